"""Embeddings: what the parity suite does not compare, and the sums over groups in their kernels."""

from typing import Any

import numpy as np
import pytest

import refnet
from refnet import nn
from refnet.kernels import tuning
from refnet.kernels.grouping import added, sums_at
from refnet.nn import functional as F
from refnet.ops.primitives import add_at

rng = np.random.default_rng(0)


@pytest.mark.parametrize("n", [1, 5, 1000, 70000, 300000])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0,)])
def test_sums_at_are_those_of_numpy(
    monkeypatch: pytest.MonkeyPatch, n: int, shape: tuple[int, ...]
) -> None:
    monkeypatch.setattr(tuning, "ADDED", 1)
    i, x = rng.integers(0, n, 500), rng.standard_normal((500, *shape))
    i[:100] = i[0]
    expected = np.zeros((n, *shape))
    np.add.at(expected, i, x)
    np.testing.assert_allclose(sums_at(i, x, n), expected, atol=1e-13)


WHERE = [
    (np.array([3, -1, 0, -4, 3]),),
    (np.array([3, -1, 0, -4, 3]), np.array([-1, 4, -5, 1, -1])),
    (np.array([[0], [-1]]), np.array([1, -1]), np.array([1, -2])),
    (slice(None), np.array([0, 0, -1])),
    (slice(1, None, 2), 3),
    (rng.random((4, 5)) < 0.5,),
]


@pytest.mark.parametrize("where", WHERE, ids=str)
def test_sums_at_an_index_are_those_of_the_primitive(
    monkeypatch: pytest.MonkeyPatch, where: tuple[Any, ...]
) -> None:
    monkeypatch.setattr(tuning, "ADDED", 1)
    shape = (4, 5, 2)
    values = rng.standard_normal(np.zeros(shape)[where].shape)
    np.testing.assert_allclose(
        added(shape, where, values), add_at(shape, where, values), atol=1e-15, rtol=1e-12
    )


def test_a_long_sum_is_exact_in_float32() -> None:
    x = np.full((2**17, 1), np.float32(0.1))
    y = sums_at(np.zeros(2**17, np.intp), x, 1)
    assert abs(float(y[0, 0]) / (2**17 * float(x[0, 0])) - 1) < 1e-6


@pytest.mark.parametrize("mode", ["sum", "mean"])
def test_bags_divide_by_the_count_of_the_row(mode: str) -> None:
    """With rows of different counts, for which PyTorch 2.13 gives another gradient."""
    i = refnet.tensor([0, 0, 0, 1, 1, 3])
    W = refnet.randn(4, 2, requires_grad=True)
    plain, scaled = (
        refnet.autograd.grad(
            F.embedding_bag(i[None], W, mode=mode, scale_grad_by_freq=by).square().sum(), W
        )[0]
        for by in (False, True)
    )
    numbers = refnet.tensor([[3.0], [2.0], [1.0], [1.0]])
    assert refnet.allclose(plain / numbers, scaled)


def test_what_comes_after_the_last_offset_is_in_no_bag() -> None:
    W = refnet.randn(4, 2, requires_grad=True)
    i, offsets = refnet.tensor([0, 1, 2, 3]), refnet.tensor([0, 1, 3])
    y = F.embedding_bag(i, W, offsets, mode="sum", include_last_offset=True)
    assert refnet.allclose(y, refnet.stack([W[0], W[1] + W[2]]))
    y.backward(refnet.tensor([[1.0, -2.0], [3.0, 0.5]]))
    assert W.grad is not None
    assert W.grad.tolist() == [[1, -2], [3, 0.5], [3, 0.5], [0, 0]]


def test_the_same_without_offsets() -> None:
    y = F.embedding_bag(refnet.tensor([0, 1]), refnet.ones(2, 3), refnet.tensor([0])[:0])
    assert y.shape == (0, 3)


def test_decreasing_offsets_are_refused() -> None:
    with pytest.raises(RuntimeError, match="do not decrease"):
        F.embedding_bag(refnet.arange(4), refnet.ones(4, 3), refnet.tensor([0, 3, 1]))


@pytest.mark.parametrize("layer", [nn.Embedding, nn.EmbeddingBag])
def test_sparse_gradients_are_refused_with_the_reason(layer: type[nn.Module]) -> None:
    with pytest.raises(NotImplementedError, match=rf"{layer.__name__}.*dense"):
        layer(3, 2, sparse=True)
    for call in (
        lambda: F.embedding(refnet.tensor([0]), refnet.ones(1, 1), sparse=True),
        lambda: F.embedding_bag(refnet.tensor([[0]]), refnet.ones(1, 1), sparse=True),
    ):
        with pytest.raises(NotImplementedError, match="dense"):
            call()


def test_nothing_is_scaled_when_the_call_is_refused() -> None:
    W = refnet.ones(3, 2)
    for call in (
        lambda: F.embedding(refnet.tensor([0, 3]), W, max_norm=0.5),
        lambda: F.embedding_bag(refnet.tensor([0, 3]), W, refnet.tensor([0]), max_norm=0.5),
        lambda: F.embedding_bag(refnet.tensor([0, 1]), W, refnet.tensor([0]), 0.5, mode="min"),
    ):
        with pytest.raises((IndexError, RuntimeError, ValueError)):
            call()
    assert (W == 1).all()


def test_scaling_rows_that_a_pullback_needs_is_noticed() -> None:
    layer = nn.Embedding(3, 2, max_norm=0.1)
    y = layer.weight * layer.weight
    layer(refnet.tensor([0]))
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward(refnet.randn(3, 2))


def test_two_calls_with_max_norm_can_both_be_differentiated() -> None:
    layer = nn.Embedding(3, 2, max_norm=0.1)
    first, second = layer(refnet.tensor([0, 1])), layer(refnet.tensor([1, 2]))
    dy = refnet.randn(2, 2)
    (first * second).backward(dy)
    # The second call may scale row 1 once more, if rounding left its norm above max_norm.
    (a, b), (b_again, c) = first.detach(), second.detach()
    expected = refnet.stack([dy[0] * b_again, dy[0] * a + dy[1] * c, dy[1] * b])
    assert layer.weight.grad is not None
    np.testing.assert_allclose(layer.weight.grad.numpy(), expected.numpy(), rtol=1e-6)
