"""Rules that select entries by index or mask, and rules that replace them.

An index `where` is a tuple of slices, integers, None, Ellipsis, arrays of integers and boolean
masks, with NumPy's meaning. An index never has both integers and arrays: PyTorch applies the
integers first (see refnet.functions.indexing).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from refnet.ops.primitives import add_at, put_at
from refnet.ops.rule import Array, Pullback, may_save_nothing, unbroadcast

__all__ = ["gather", "index", "index_add", "index_put", "masked_fill", "scatter", "scatter_add"]

Index = tuple[Any, ...]


def view_of(x: Array, where: Index) -> Array:
    """Returns x[where] as an array, also where NumPy returns a number, which would be a copy."""
    return x[where if any(part is ... for part in where) else (*where, ...)]


@may_save_nothing
def index(x: Array, *, where: Index) -> tuple[Array, Pullback]:
    """y = x[where]

    y is a view for slices and integers, and otherwise a copy.

    Shape:
        x: (*); y: as by NumPy's indexing

    Pullback:
        x̄[where] = ȳ, summed over repeated entries, and x̄ = 0 elsewhere
    """
    shape = x.shape

    def pullback(dy: Array) -> tuple[Any]:
        return (lambda: add_at(shape, where, dy),)

    return view_of(x, where), pullback


def _wide_enough(x: Array, v: Array) -> np.dtype[Any]:
    """Returns the dtype of x, or complex if v carries a direction of the complex step."""
    return np.result_type(x, v) if v.dtype.kind == "c" else x.dtype


@may_save_nothing
def index_put(x: Array, v: Array, *, where: Index) -> tuple[Array, Pullback]:
    """y[where] = v, and y = x elsewhere

    If an entry has several values, the last one is kept.

    Shape:
        x, y: (*); v: broadcasts to x[where]

    Pullback:
        x̄[where] = 0, and x̄ = ȳ elsewhere
        v̄ = ȳ[where], summed over the dimensions along which v was broadcast
    """
    y = put_at(x.astype(_wide_enough(x, v)), where, v)
    v_shape = v.shape

    def pullback(dy: Array) -> tuple[Any, Any]:
        return (
            lambda: put_at(dy, where, 0),
            lambda: unbroadcast(view_of(dy, where), v_shape),
        )

    return y, pullback


def index_add(x: Array, v: Array, *, where: Index) -> tuple[Array, Pullback]:
    """y = x, and y[where] += v

    A repeated entry gets each of its values.

    Shape:
        x, y: (*); v: the shape of x[where]

    Pullback:
        x̄ = ȳ,  v̄ = ȳ[where]
    """

    def pullback(dy: Array) -> tuple[Array, Any]:
        return dy, lambda: view_of(dy, where)

    return x + add_at(x.shape, where, v), pullback


def grids(shape: tuple[int, ...]) -> Index:
    """Returns the index j₀, j₁, … of each entry: on each axis the numbers from 0 along it."""
    ndim = len(shape)
    return tuple(
        np.arange(n).reshape((1,) * axis + (n,) + (1,) * (ndim - 1 - axis))
        for axis, n in enumerate(shape)
    )


def along(i: Array, dim: int) -> Index:
    """Returns the index with i[j₀, …] at dim, and j at the other dimensions."""
    j = grids(i.shape)
    return (*j[:dim], i, *j[dim + 1 :])


def gather(x: Array, i: Array, *, dim: int) -> tuple[Array, Pullback]:
    """y[j₀, j₁, …] = x[…, i[j₀, j₁, …], …]

    The index i is at the dimension dim.

    Shape:
        x: (*), at least one dimension; i, y: as many dimensions as x, not larger except at dim

    Pullback:
        x̄ = Σ ȳ over the places that selected the entry
    """
    where, shape = along(i, dim), x.shape

    def pullback(dy: Array) -> tuple[Any, None]:
        return lambda: add_at(shape, where, dy), None

    return x[where], pullback


def scatter(x: Array, i: Array, v: Array, *, dim: int) -> tuple[Array, Pullback]:
    """y[…, i[j₀, j₁, …], …] = v[j₀, j₁, …], and y = x elsewhere

    The index i is at the dimension dim.

    Shape:
        x, y: (*), at least one dimension; i: as many dimensions as x; v: at least the sizes of i

    Pullback:
        x̄ = 0 at the written entries, and x̄ = ȳ elsewhere
        v̄ = ȳ at i
    """
    where = along(i, dim)
    part, v_shape = tuple(slice(n) for n in i.shape), v.shape
    y = put_at(x.astype(_wide_enough(x, v)), where, v[part])

    def pullback(dy: Array) -> tuple[Any, None, Any]:
        return lambda: put_at(dy, where, 0), None, lambda: filled(v_shape, part, dy[where])

    return y, pullback


def filled(shape: tuple[int, ...], part: Index, dy: Array) -> Array:
    """Returns dy in the part and 0 elsewhere."""
    return put_at(np.zeros(shape, dy.dtype), part, dy)


def scatter_add(x: Array, i: Array, v: Array, *, dim: int) -> tuple[Array, Pullback]:
    """y = x, and y[…, i[j₀, j₁, …], …] += v[j₀, j₁, …]

    The index i is at the dimension dim.

    Shape:
        x, y: (*), at least one dimension; i: as many dimensions as x; v: at least the sizes of i

    Pullback:
        x̄ = ȳ,  v̄ = ȳ at i
    """
    where = along(i, dim)
    part, v_shape = tuple(slice(n) for n in i.shape), v.shape

    def pullback(dy: Array) -> tuple[Array, None, Any]:
        return dy, None, lambda: filled(v_shape, part, dy[where])

    return x + add_at(x.shape, where, v[part]), pullback


def masked_fill(x: Array, mask: Array, v: Any) -> tuple[Array, Pullback]:
    """y = v where the mask is true, and x elsewhere

    Shape:
        x, mask, y: broadcast to (*); v: a number or a 0-d array

    Pullback:
        x̄ = 0 where the mask is true, and ȳ elsewhere
        v̄ = Σ ȳ where the mask is true
    """
    shape, constant = x.shape, not hasattr(v, "dtype")
    fill = x.dtype.type(v) if constant else v.astype(_wide_enough(x, v))

    def pullback(dy: Array) -> tuple[Any, ...]:
        dv = None if constant else lambda: np.where(mask, dy, 0).sum()
        return unbroadcast(np.where(mask, 0, dy), shape), None, dv

    return np.where(mask, fill, x), pullback
