"""Rules that pick entries by index or mask, and put values in their place.

An index `where` is a tuple of slices, integers, None, Ellipsis, arrays of integers and
boolean masks, with NumPy's meaning. Integers and arrays do not stand in one index: PyTorch
takes the integers first (see refnet.functions.indexing).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from refnet.ops.rule import Array, Pullback, may_save_nothing, unbroadcast

__all__ = ["gather", "index", "index_add", "index_put", "masked_fill", "scatter", "scatter_add"]

Index = tuple[Any, ...]


def _view_of(x: Array, where: Index) -> Array:
    """x[where] as an array also where NumPy gives a number, which would be a copy."""
    y: Any = x[where]
    view: Array = y if isinstance(y, np.ndarray) else x[(*where, ...)]
    return view


def _add_at(dx: Array, where: Index, dy: Array) -> None:
    """dx[where] += dy, also where an entry is named more than once; dx is contiguous."""
    lists = [p for p in where if isinstance(p, np.ndarray)]
    if all(p.dtype == bool for p in lists):
        dx[where] += dy  # slices and masks name an entry once
    elif len(lists) == len(where) and all(p.dtype != bool for p in lists):
        np.add.at(dx.reshape(-1), _places(dx.shape, where), dy.reshape(-1))
    else:
        np.add.at(dx, where, dy)


def _places(shape: tuple[int, ...], where: Index) -> Array:
    """The places in memory of x[where], for arrays of integers at the first dimensions.

    NumPy's add.at is several times as fast with these as with the index itself.
    """
    place: Any = 0
    for i, n in zip(where, shape, strict=False):
        place = place * n + i % n
    rest = int(np.prod(shape[len(where) :]))
    places: Array = (np.multiply(place, rest)[..., None] + np.arange(rest)).reshape(-1)
    return places


@may_save_nothing
def index(x: Array, *, where: Index) -> tuple[Array, Pullback]:
    """y = x[where], a view for slices and integers, else a copy

    Shapes    x: (*); y: as NumPy's indexing gives it
    Pullback  x̄[where] = ȳ, summed where an entry was picked more than once; else 0
    """
    shape = x.shape

    def pullback(dy: Array) -> tuple[Any]:
        def dx() -> Array:
            cotangent = np.zeros(shape, dtype=dy.dtype)
            _add_at(cotangent, where, dy)
            return cotangent

        return (dx,)

    return _view_of(x, where), pullback


def _wide_enough(x: Array, v: Array) -> np.dtype[Any]:
    """The dtype of x with values of v in it: x's own, complex where v carries a direction."""
    return np.result_type(x, v) if v.dtype.kind == "c" else x.dtype


@may_save_nothing
def index_put(x: Array, v: Array, *, where: Index) -> tuple[Array, Pullback]:
    """y = x, but y[where] = v; of several values for one entry the last is kept

    Shapes    x, y: (*); v: broadcasts to x[where]
    Pullback  x̄ = ȳ but 0 at where,  v̄ = ȳ[where] summed over what was repeated
    """
    y = x.astype(_wide_enough(x, v))
    y[where] = v
    v_shape = v.shape

    def pullback(dy: Array) -> tuple[Any, Any]:
        def dx() -> Array:
            cotangent = np.array(dy)
            cotangent[where] = 0
            return cotangent

        return dx, lambda: unbroadcast(_view_of(dy, where), v_shape)

    return y, pullback


def index_add(x: Array, v: Array, *, where: Index) -> tuple[Array, Pullback]:
    """y = x, and y[where] += v, once for each time that an entry is named

    Shapes    x, y: (*); v: x[where]'s
    Pullback  x̄ = ȳ,  v̄ = ȳ[where]
    """
    y = np.array(x, dtype=_wide_enough(x, v), order="C")
    _add_at(y, where, v)

    def pullback(dy: Array) -> tuple[Array, Any]:
        return dy, lambda: _view_of(dy, where)

    return y, pullback


def along(i: Array, dim: int) -> Index:
    """The index that names entry i[j₀, …] along dim, and j elsewhere."""
    grids = np.ogrid[tuple(slice(n) for n in i.shape)]
    return tuple(i if axis == dim else grid for axis, grid in enumerate(grids))


def gather(x: Array, i: Array, *, dim: int) -> tuple[Array, Pullback]:
    """y[j₀, j₁, …] = x[…, i[j₀, j₁, …], …], the index standing at dim

    Shapes    x: (*), at least one dimension; i, y: of x's dimensions, not larger but at dim
    Pullback  x̄ = Σ ȳ over the places where an entry was picked
    """
    where, shape = along(i, dim), x.shape

    def pullback(dy: Array) -> tuple[Any, None]:
        def dx() -> Array:
            cotangent = np.zeros(shape, dtype=dy.dtype)
            _add_at(cotangent, where, dy)
            return cotangent

        return dx, None

    return x[where], pullback


def scatter(x: Array, i: Array, v: Array, *, dim: int) -> tuple[Array, Pullback]:
    """y = x, but y[…, i[j₀, j₁, …], …] = v[j₀, j₁, …], the index standing at dim

    Shapes    x, y: (*), at least one dimension; i: of x's dimensions; v: at least i's sizes
    Pullback  x̄ = ȳ but 0 where it was written,  v̄ = ȳ at i
    """
    where = along(i, dim)
    part, v_shape = tuple(slice(n) for n in i.shape), v.shape
    y = x.astype(_wide_enough(x, v))
    y[where] = v[part]

    def pullback(dy: Array) -> tuple[Any, None, Any]:
        def dx() -> Array:
            cotangent = np.array(dy)
            cotangent[where] = 0
            return cotangent

        return dx, None, lambda: filled(v_shape, part, dy[where])

    return y, pullback


def filled(shape: tuple[int, ...], part: Index, dy: Array) -> Array:
    """dy at the part, 0 elsewhere."""
    dv = np.zeros(shape, dtype=dy.dtype)
    dv[part] = dy
    return dv


def scatter_add(x: Array, i: Array, v: Array, *, dim: int) -> tuple[Array, Pullback]:
    """y = x, and y[…, i[j₀, j₁, …], …] += v[j₀, j₁, …], the index standing at dim

    Shapes    x, y: (*), at least one dimension; i: of x's dimensions; v: at least i's sizes
    Pullback  x̄ = ȳ,  v̄ = ȳ at i
    """
    where = along(i, dim)
    part, v_shape = tuple(slice(n) for n in i.shape), v.shape
    y = np.array(x, dtype=_wide_enough(x, v), order="C")
    _add_at(y, where, v[part])

    def pullback(dy: Array) -> tuple[Array, None, Any]:
        return dy, None, lambda: filled(v_shape, part, dy[where])

    return y, pullback


def masked_fill(x: Array, mask: Array, v: Any) -> tuple[Array, Pullback]:
    """y = x, but v where the mask holds

    Shapes    x, mask, y: broadcast to (*); v: a number or a 0-d array
    Pullback  x̄ = ȳ but 0 where the mask holds,  v̄ = Σ ȳ where it holds
    """
    y = np.where(mask, np.asarray(v, dtype=None if np.iscomplexobj(v) else x.dtype), x)
    shape, constant = x.shape, not isinstance(v, np.ndarray)

    def pullback(dy: Array) -> tuple[Any, ...]:
        zero = dy.dtype.type(0)

        def dv() -> Array:
            return np.asarray(np.where(mask, dy, zero).sum())

        return unbroadcast(np.where(mask, zero, dy), shape), None, None if constant else dv

    return y, pullback
