"""Rules that pick entries by index or mask, and put them back."""

from typing import Any

import numpy as np

from refnet.ops.rule import Array, Pullback, unbroadcast

__all__ = ["gather", "index", "index_put", "masked_fill", "scatter", "scatter_add"]

Index = Any  # whatever indexes a NumPy array


def _is_basic(where: Index) -> bool:
    """Whether the index has slices, integers, None and Ellipsis only: then no entry repeats."""
    parts = where if isinstance(where, tuple) else (where,)
    return not any(isinstance(p, np.ndarray) for p in parts)


def _add_at(dx: Array, where: Index, dy: Any) -> None:
    """dx[where] += dy, also where an entry is named more than once."""
    if _is_basic(where) or all(
        p.dtype == bool
        for p in (where if isinstance(where, tuple) else (where,))
        if isinstance(p, np.ndarray)
    ):
        dx[where] = dy
    else:
        np.add.at(dx, where, dy)


def index(x: Array, *, where: Index) -> tuple[Array, Pullback]:
    """y = x[where], a view for slices and integers, else a copy

    Shapes    x: (*); y: as NumPy's indexing gives it
    Pullback  x̄[where] = ȳ, summed where an entry was picked more than once; else 0
    """
    shape = x.shape
    if _is_basic(where):  # the Ellipsis makes a view also of a single entry
        where = (*where, ...) if isinstance(where, tuple) else (where, ...)
        where = where[:-1] if Ellipsis in where[:-1] else where

    def pullback(dy: Array) -> tuple[Any]:
        def dx() -> Array:
            cotangent = np.zeros(shape, dtype=np.asarray(dy).dtype)
            _add_at(cotangent, where, dy)
            return cotangent

        return (dx,)

    return x[where], pullback


def index_put(x: Array, v: Array, *, where: Index) -> tuple[Array, Pullback]:
    """y = x, but y[where] = v; of values for the same entry, one is kept

    Shapes    x, y: (*); v: broadcasts with x[where]
    Pullback  x̄ = ȳ but 0 at where,  v̄ = ȳ[where] summed over what was repeated
    """
    y = x.astype(np.result_type(x, v) if v.dtype.kind == "c" else x.dtype)
    y[where] = v
    v_shape = v.shape

    def pullback(dy: Array) -> tuple[Array, Array]:
        dx = np.array(dy)
        dx[where] = 0
        return dx, unbroadcast(np.asarray(dy[where]), v_shape)

    return y, pullback


def _along(i: Array, dim: int) -> tuple[Array, ...]:
    """The index that names entry i[j₀, …] along dim, and j elsewhere."""
    grids = np.ogrid[tuple(slice(n) for n in i.shape)]
    return tuple(i if axis == dim else grid for axis, grid in enumerate(grids))


def gather(x: Array, i: Array, *, dim: int) -> tuple[Array, Pullback]:
    """y[j₀, j₁, …] = x[…, i[j₀, j₁, …], …], the index standing at dim

    Shapes    x: (*); i, y: of x's dimensions, not larger but at dim
    Pullback  x̄ = Σ ȳ over the places where an entry was picked
    """
    where, shape = _along(i, dim), x.shape

    def pullback(dy: Array) -> tuple[Any, None]:
        def dx() -> Array:
            cotangent = np.zeros(shape, dtype=dy.dtype)
            np.add.at(cotangent, where, dy)
            return cotangent

        return dx, None

    return x[where], pullback


def scatter(x: Array, i: Array, v: Array, *, dim: int) -> tuple[Array, Pullback]:
    """y = x, but y[…, i[j₀, j₁, …], …] = v[j₀, j₁, …], the index standing at dim

    Shapes    x, y: (*); i: of x's dimensions; v: at least i's sizes
    Pullback  x̄ = ȳ but 0 where it was written,  v̄ = ȳ at i
    """
    where, v_shape = _along(i, dim), v.shape
    part = tuple(slice(n) for n in i.shape)
    y = x.astype(np.result_type(x, v) if v.dtype.kind == "c" else x.dtype)
    y[where] = v[part]

    def pullback(dy: Array) -> tuple[Array, None, Array]:
        dx = np.array(dy)
        dx[where] = 0
        dv = np.zeros(v_shape, dtype=dy.dtype)
        dv[part] = dy[where]
        return dx, None, dv

    return y, pullback


def scatter_add(x: Array, i: Array, v: Array, *, dim: int) -> tuple[Array, Pullback]:
    """y = x, and y[…, i[j₀, j₁, …], …] += v[j₀, j₁, …], the index standing at dim

    Shapes    x, y: (*); i: of x's dimensions; v: at least i's sizes
    Pullback  x̄ = ȳ,  v̄ = ȳ at i
    """
    where, v_shape = _along(i, dim), v.shape
    part = tuple(slice(n) for n in i.shape)
    y = x.astype(np.result_type(x, v))
    np.add.at(y, where, v[part])

    def pullback(dy: Array) -> tuple[Array, None, Array]:
        dv = np.zeros(v_shape, dtype=dy.dtype)
        dv[part] = dy[where]
        return dy, None, dv

    return y, pullback


def masked_fill(x: Array, mask: Array, v: Any) -> tuple[Array, Pullback]:
    """y = x, but v where the mask holds

    Shapes    x, mask, y: broadcast to (*); v: a number or a 0-d array
    Pullback  x̄ = ȳ but 0 where the mask holds,  v̄ = Σ ȳ where it holds
    """
    y = np.where(mask, np.asarray(v, dtype=None if np.iscomplexobj(v) else x.dtype), x)
    shape, v_is_array = x.shape, isinstance(v, np.ndarray)

    def pullback(dy: Array) -> tuple[Any, ...]:
        zero = dy.dtype.type(0)
        dv = np.asarray(np.where(mask, dy, zero).sum()) if v_is_array else None
        return unbroadcast(np.where(mask, zero, dy), shape), None, dv

    return y, pullback
