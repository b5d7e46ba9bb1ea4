"""Formulas by blocks: the same as at once, whatever the layout, and on any number of threads."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

import refnet
from refnet.ops import blocks
from refnet.ops.blocks import by_rows, elementwise, flat
from refnet.ops.rule import Array

LAYOUTS: dict[str, Callable[[Array], Array]] = {
    "C": lambda x: x,
    "Fortran": lambda x: x.T,
    "permuted": lambda x: x.transpose(1, 2, 0),
    "with gaps": lambda x: x[:, ::2],
    "backwards": lambda x: x[::-1],
    "broadcast": lambda x: np.broadcast_to(x[:1], x.shape),
    "one row": lambda x: x[:1],
    "empty": lambda x: x[:0],
    "0-d": lambda x: x[0, 0, 0],
}


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "LARGE", 8)
    monkeypatch.setattr(blocks, "BLOCK", 7)


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
    x, y = (np.random.default_rng(s).standard_normal((5, 4, 6)) for s in (0, 1))
    x, y = np.asarray(LAYOUTS[first](x)), np.asarray(LAYOUTS[second](y))
    if x.shape == y.shape:
        z = elementwise(softplus, x, y)
        np.testing.assert_array_equal(z, softplus(x, y, None))
        assert z.dtype == x.dtype


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
