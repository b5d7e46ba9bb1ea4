"""Reductions that select entries: the largest, the smallest, the median, the first k in order.

For maxima NaN is larger and for minima smaller than every number. PyTorch has three conventions for
the gradient of equal entries:

    amax, amin                       equal shares for equal entries; NaN everywhere if y is NaN
    max_all, min_all, median_all     equal shares for equal entries, or for all that are NaN
    max, min, median, topk           everything for the entry whose index is returned
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from refnet.ops.indexing import along
from refnet.ops.primitives import put_at
from refnet.ops.rule import Array, Pullback, refuse_kink

__all__ = ["amax", "amin", "max", "max_all", "median", "median_all", "min", "min_all", "topk"]

Dim = tuple[int, ...] | None
Chosen = tuple[Array, Array]


def amax(
    x: Array, *, dim: Dim = None, keepdim: bool = False, nan: bool = False
) -> tuple[Array, Pullback]:
    """y = the largest entry over dim

    Shape:
        x: (*); y: without the dimensions dim, or with size 1 for keepdim

    Pullback:
        x̄ = ȳ / m at the m entries that equal y, else 0
        With `nan`, NaN equals NaN.
    """
    y = x.real.max(axis=dim, keepdims=True)
    return _shared("amax", x, y, _equal(x, y, nan), dim, keepdim)


def amin(
    x: Array, *, dim: Dim = None, keepdim: bool = False, nan: bool = False
) -> tuple[Array, Pullback]:
    """y = the smallest entry over dim

    Shape:
        x: (*); y: without the dimensions dim, or with size 1 for keepdim

    Pullback:
        x̄ = ȳ / m at the m entries that equal y, else 0
        With `nan`, NaN equals NaN.
    """
    y = x.real.min(axis=dim, keepdims=True)
    return _shared("amin", x, y, _equal(x, y, nan), dim, keepdim)


def _equal(x: Array, y: Array, nan: bool) -> Array:
    equal: Array = x.real == y
    return equal | np.isnan(x.real) if nan else equal


def max_all(x: Array) -> tuple[Array, Pullback]:
    """y = the largest entry

    Shape:
        x: (*); y: ()

    Pullback:
        x̄ = ȳ / m at the m entries that equal y, else 0, where NaN equals NaN
    """
    return amax(x, nan=x.dtype.kind in "fc")


def min_all(x: Array) -> tuple[Array, Pullback]:
    """y = the smallest entry

    Shape:
        x: (*); y: ()

    Pullback:
        x̄ = ȳ / m at the m entries that equal y, else 0, where NaN equals NaN
    """
    return amin(x, nan=x.dtype.kind in "fc")


def median_all(x: Array) -> tuple[Array, Pullback]:
    """y = the median, the lower one of two

    y is NaN if x has a NaN or no entry.

    Shape:
        x: (*); y: ()

    Pullback:
        x̄ = ȳ / m at the m entries that equal y, else 0, where NaN equals NaN
    """
    flat = x.real.reshape(-1)
    if x.size == 0:
        y = np.float64(np.nan).astype(x.real.dtype)  # for integers as NumPy converts NaN
    elif x.dtype.kind in "fc" and np.isnan(flat).any():
        y = flat[np.isnan(flat)][0]
    else:
        middle = (x.size - 1) // 2
        y = np.partition(flat, middle)[middle]
    y = y.reshape((1,) * x.ndim)
    return _shared("median", x, y, _equal(x, y, x.dtype.kind in "fc"), None, False)


def _shared(
    rule: str, x: Array, y: Array, at: Array, dim: Dim, keepdim: bool
) -> tuple[Array, Pullback]:
    """Returns y, whose cotangent the entries `at` share; y has size 1 at dim."""
    axes = tuple(range(x.ndim)) if dim is None else dim
    m = np.add.reduce(
        at, axis=dim, keepdims=True, dtype=x.real.dtype if x.dtype.kind in "fc" else int
    )
    if x.dtype.kind == "c":
        refuse_kink(rule, x, at & (m > 1))
        y = y + 1j * np.add.reduce(np.where(at, x.imag, 0), axis=dim, keepdims=True)
    kept_shape = y.shape

    def pullback(dy: Array) -> tuple[Array]:
        return (at * (dy.reshape(kept_shape) / m),)

    return y if keepdim else y.squeeze(axes), pullback


# --- one entry, and its index --------------------------------------------------------------------


def max(x: Array, *, dim: int, keepdim: bool = False) -> tuple[Chosen, Pullback]:
    """y, i = the largest entry along dim and its index, the first one at a tie

    Shape:
        x: (*), at least one dimension; y, i: without dim, or with size 1 for keepdim

    Pullback:
        x̄ = ȳ at i, else 0
    """
    return _extreme("max", np.argmax, x, dim, keepdim)


def min(x: Array, *, dim: int, keepdim: bool = False) -> tuple[Chosen, Pullback]:
    """y, i = the smallest entry along dim and its index, the first one at a tie

    Shape:
        x: (*), at least one dimension; y, i: without dim, or with size 1 for keepdim

    Pullback:
        x̄ = ȳ at i, else 0
    """
    return _extreme("min", np.argmin, x, dim, keepdim)


def _extreme(
    rule: str, first: Callable[..., Any], x: Array, dim: int, keepdim: bool
) -> tuple[Chosen, Pullback]:
    i = first(x.real, axis=dim, keepdims=True)
    if x.dtype.kind == "c":
        at = x.real == np.take_along_axis(x.real, i, dim)
        refuse_kink(rule, x, at & (at.sum(axis=dim, keepdims=True) > 1))
    return _taken(x, i, dim, keepdim)


def median(x: Array, *, dim: int, keepdim: bool = False) -> tuple[Chosen, Pullback]:
    """y, i = the median along dim, the lower one of two, and its index

    If there are NaN, it is the first one.

    Shape:
        x: (*), at least one dimension; y, i: without dim, or with size 1 for keepdim

    Pullback:
        x̄ = ȳ at i, else 0
    """
    _refuse_ties("median", x, dim)
    order = np.argsort(x.real, axis=dim, kind="stable")
    middle = (x.shape[dim] - 1) // 2
    i = order[(slice(None),) * dim + (slice(middle, middle + 1),)]
    if x.dtype.kind in "fc":
        nan = np.isnan(x.real)
        i = np.where(nan.any(axis=dim, keepdims=True), np.argmax(nan, axis=dim, keepdims=True), i)
    return _taken(x, i, dim, keepdim)


def topk(x: Array, *, k: int, dim: int, largest: bool = True) -> tuple[Chosen, Pullback]:
    """y, i = the k largest (or smallest) entries along dim in order, and their indices

    Among equal entries the smaller index comes first. NaN is the largest. If k is the size of dim,
    this is a stable sort.

    Shape:
        x: (*), at least one dimension; y, i: with size k at dim

    Pullback:
        x̄ = ȳ at i, else 0
    """
    _refuse_ties("topk", x, dim)
    if largest:  # reversed twice, so that a stable ascending sort keeps the first of a tie first
        back = np.argsort(np.flip(x.real, dim), axis=dim, kind="stable")
        i = x.shape[dim] - 1 - np.flip(back, dim)
    else:
        i = np.argsort(x.real, axis=dim, kind="stable")
    return _taken(x, i[(slice(None),) * dim + (slice(k),)], dim, True)


def _refuse_ties(rule: str, x: Array, dim: int) -> None:
    if x.dtype.kind == "c":
        refuse_kink(rule, x, np.any(np.diff(np.sort(x.real, axis=dim), axis=dim) == 0))


def _taken(x: Array, i: Array, dim: int, keepdim: bool) -> tuple[Chosen, Pullback]:
    """Returns the entries at the indices i along dim, and the pullback that puts ȳ there."""
    y, i = np.take_along_axis(x, i, dim), i.astype(np.int64, copy=False)
    shape, kept_shape = x.shape, y.shape

    def pullback(dys: tuple[Array, None]) -> tuple[Array]:
        dy = dys[0].reshape(kept_shape)
        return (put_at(np.zeros(shape, dy.dtype), along(i, dim), dy),)

    return (y, i) if keepdim else (y.squeeze(dim), i.squeeze(dim)), pullback
