"""Formulas by blocks: the same as at once, whatever the layout, and on any number of threads."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from conftest import randn

import refnet
from refnet import ops
from refnet.kernels import tuning
from refnet.kernels.blocks import by_rows, elementwise, flat
from refnet.ops.rule import Array, Pullback

# How an array lies in memory. Each function makes it from one with normal values.
LAYOUTS: dict[str, Callable[..., Array]] = {
    "C": lambda normal, shape: normal(shape),
    "Fortran": lambda normal, shape: normal(shape[::-1]).T,
    "permuted": lambda normal, shape: normal((*shape[1:], shape[0])).transpose(2, 0, 1),
    "with gaps": lambda normal, shape: normal((*shape[:2], 2 * shape[2]))[:, :, ::2],
    "backwards": lambda normal, shape: normal(shape)[::-1],
    "broadcast": lambda normal, shape: np.broadcast_to(normal(shape[1:]), shape),
}


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "LARGE", 8)
    monkeypatch.setattr(tuning, "BLOCK", 7)


@pytest.fixture(autouse=True, params=[1, 2])
def _threads(request: pytest.FixtureRequest) -> Iterator[None]:
    before = refnet.get_num_threads()
    refnet.set_num_threads(request.param)
    yield
    refnet.set_num_threads(before)


def softplus(x: Array, y: Array, out: Array | None) -> Array:
    """log(eˣ + e^y), in steps that write into out."""
    z = np.add(np.exp(x), np.exp(y), out=out)
    return np.log(z, out=out)


@pytest.mark.parametrize("second", LAYOUTS)
@pytest.mark.parametrize("first", LAYOUTS)
def test_elementwise(first: str, second: str) -> None:
    normal = np.random.default_rng(0).standard_normal
    for shape in ((5, 4, 6), (1, 4, 6), (0, 4, 6)):
        x, y = LAYOUTS[first](normal, shape), LAYOUTS[second](normal, shape)
        z = elementwise(softplus, x, y)
        np.testing.assert_array_equal(z, softplus(x, y, None), strict=True)


def test_elementwise_of_single_values() -> None:
    x, y = np.array(0.5), np.array(-1.0)
    np.testing.assert_array_equal(elementwise(softplus, x, y), softplus(x, y, None), strict=True)


def test_elementwise_hands_a_small_array_to_the_formula_as_it_is() -> None:
    x = np.arange(7.0)
    assert elementwise(lambda x, out: (x, out), x)[0] is x
    assert elementwise(lambda x, out: (x, out), x)[1] is None


def test_flat_follows_the_memory() -> None:
    x = np.arange(24.0).reshape(2, 3, 4)
    for view in (x, x.T, x.transpose(1, 0, 2), x.transpose(2, 0, 1)):
        a, b = flat(view, np.empty_like(view))
        np.testing.assert_array_equal(a, np.arange(24.0))
        assert a.base is not None
        assert b.shape == (24,)
    for views in ((x[:, :, ::2],) * 2, (x[0], x[0].T.copy().T), (np.broadcast_to(x[0], x.shape),)):
        assert [a is b for a, b in zip(flat(*views), views, strict=True)] == [True] * len(views)


def test_by_rows_gives_every_row_once_and_results_in_order() -> None:
    x, w = np.arange(30.0).reshape(10, 3), np.arange(10.0)
    found = by_rows(lambda x, none, w: (x[0, 0], none, len(x), len(w)), x, None, w)
    assert found == [(6.0 * i, None, 2, 2) for i in range(5)]
    assert by_rows(lambda x: len(x), np.zeros((9, 1))) == [7, 2]
    assert by_rows(lambda x: len(x), np.zeros((3, 100))) == [1, 1, 1]
    assert by_rows(lambda x: len(x), np.zeros((3, 2))) == [3]
    assert by_rows(lambda x: len(x), np.zeros((0, 2))) == [0]


# --- the rules that go by blocks -----------------------------------------------------------------


MASK = np.where(randn(3, 1, 4, 7) > 1, -np.inf, 0.0)
KEEP = randn(3, 2, 4, 7, seed=1) > 0
RULES: dict[str, Callable[[], tuple[Any, Pullback]]] = {
    "sigmoid": lambda: ops.sigmoid(randn(50)),
    "relu": lambda: ops.relu(randn(50)),
    "leaky_relu": lambda: ops.leaky_relu(randn(5, 4, 6).T, negative_slope=0.1),
    "elu": lambda: ops.elu(randn(50), alpha=1.5, scale=1.2, steepness=0.7),
    "hardtanh": lambda: ops.hardtanh(randn(50), low=-0.5, high=0.7),
    "hardsigmoid": lambda: ops.hardsigmoid(4 * randn(50)),
    "hardswish": lambda: ops.hardswish(4 * randn(50)),
    "hardshrink": lambda: ops.hardshrink(randn(5, 4, 6).T),
    "softshrink": lambda: ops.softshrink(randn(50)),
    "silu": lambda: ops.silu(randn(5, 4, 6).T),
    "gelu": lambda: ops.gelu(randn(50)),
    "gelu, single precision": lambda: ops.gelu(randn(50).astype(np.float32)),
    "softmax, last": lambda: ops.softmax(randn(9, 5), dim=1),
    "softmax, middle": lambda: ops.softmax(randn(4, 5, 6), dim=1),
    "softmax, first": lambda: ops.softmax(randn(5, 6), dim=0),
    "log_softmax": lambda: ops.log_softmax(randn(4, 5, 6), dim=-1),
    "layer_norm": lambda: ops.layer_norm(
        randn(50, 2, 3), randn(2, 3), randn(2, 3, seed=1), dims=2, eps=1e-5
    ),
    "layer_norm, plain": lambda: ops.layer_norm(randn(5, 6), None, None, dims=1, eps=1e-5),
    "group_norm": lambda: ops.group_norm(
        randn(6, 4, 5), randn(4), randn(4, seed=1), groups=2, eps=1e-5
    ),
    "batch_norm": lambda: ops.batch_norm(randn(70, 6, 3), randn(6), randn(6, seed=1), eps=1e-5),
    "batch_norm, plain": lambda: ops.batch_norm(randn(5, 4, 3, 2), None, None, eps=1e-5),
    "batch_norm, many samples": lambda: ops.batch_norm(randn(300, 3), None, randn(3), eps=1e-5),
    "rms_norm": lambda: ops.rms_norm(randn(50, 3), randn(3), dims=1, eps=1e-5),
    "attention": lambda: ops.attention(
        randn(3, 2, 4, 5), randn(3, 1, 7, 5), randn(2, 7, 3), MASK, KEEP, scale=0.5, p=0.4
    ),
}


def everything(rule: Callable[[], tuple[Any, Pullback]]) -> list[Array]:
    """The values of a rule, and its cotangents for random ones of these."""
    value, pullback = rule()
    values = value if isinstance(value, tuple) else (value,)
    dys = tuple(randn(*y.shape, seed=9).astype(y.dtype) for y in values)
    dxs = pullback(dys if isinstance(value, tuple) else dys[0])
    return [*values, *(dx() if callable(dx) else dx for dx in dxs if dx is not None)]


@pytest.mark.parametrize("name", RULES)
def test_a_rule_by_blocks_is_the_rule_at_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    by_blocks = everything(RULES[name])
    monkeypatch.setattr(tuning, "LARGE", 10**9)
    for a, b in zip(by_blocks, everything(RULES[name]), strict=True):
        assert a.dtype == b.dtype
        error = 1e-6 if a.dtype == np.float32 else 1e-14
        np.testing.assert_allclose(a, b, rtol=0, atol=error * np.abs(b).max())


@pytest.mark.parametrize("name", RULES)
def test_a_rule_does_not_depend_on_the_number_of_threads(name: str) -> None:
    found = []
    for threads in (1, 2, 3):
        refnet.set_num_threads(threads)
        found.append(everything(RULES[name]))
    for others in found[1:]:
        for a, b in zip(found[0], others, strict=True):
            np.testing.assert_array_equal(a, b)


def test_a_rule_does_not_depend_on_the_number_of_threads_with_blocks_of_real_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()
    q, k, v = (randn(64, 128, 64, seed=s).astype(np.float32) for s in range(3))
    x, w = randn(2050, 300).astype(np.float32), randn(300).astype(np.float32)
    for rule in (
        lambda: ops.attention(q, k, v, None, None, scale=0.125),
        lambda: ops.layer_norm(x, w, w, dims=1, eps=1e-5),
        lambda: ops.softmax(x, dim=1),
        lambda: ops.gelu(x),
    ):
        found = []
        for threads in (1, 2):
            refnet.set_num_threads(threads)
            found.append(everything(rule))
        for a, b in zip(*found, strict=True):
            np.testing.assert_array_equal(a, b)
