"""Products and extremes of what an index sends to one place: refnet.scatter_reduce.

Its sums are scatter_add (indexing.py), and its means are sums divided by the numbers of terms.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from refnet.ops.indexing import Index, along, filled
from refnet.ops.rule import Array, Pullback, refuse_kink

__all__ = ["scatter_amax", "scatter_amin", "scatter_prod"]


def scatter_prod(x: Array, i: Array, v: Array, *, dim: int) -> tuple[Array, Pullback]:
    """y = x, and y[…, i[j₀, j₁, …], …] ×= v[j₀, j₁, …], the index standing at dim

    Shapes    x, y: (*), at least one dimension; i: of x's dimensions; v: at least i's sizes
    Pullback  x̄, v̄ = ȳ times the product of the other factors at the place: y over the factor itself or,
              where that is 0, the product of those that are not, if it is the only 0
    """
    where, part = along(i, dim), tuple(slice(n) for n in i.shape)
    w, v_shape = v[part], v.shape
    y = _reduced(np.multiply, x, w, where)
    zeros = _reduced(np.add, (x.real == 0).astype(np.intp), (w.real == 0).astype(np.intp), where)
    for moved, of in (x, zeros), (w, zeros[where]):
        refuse_kink("scatter_prod", moved, of > 1)

    def pullback(dy: Array) -> tuple[Any, None, Any]:
        rest = _reduced(np.multiply, _without_zeros(x), _without_zeros(w), where)
        rest = np.where(zeros == 1, rest, y)  # of several zeros y is 0, or NaN
        dx = dy * np.where(x.real == 0, rest, y / x)
        dw = dy[where] * np.where(w.real == 0, rest[where], y[where] / w)
        return dx, None, filled(v_shape, part, dw)

    return y, pullback


def _without_zeros(x: Array) -> Array:
    return np.where(x.real == 0, x.dtype.type(1), x)


def scatter_amax(
    x: Array, i: Array, v: Array, *, dim: int, include_self: bool = True
) -> tuple[Array, Pullback]:
    """y = x, and y[…, i[j₀, j₁, …], …] = the larger of itself and v[j₀, j₁, …]; NaN wins

    Without include_self, x stands at the indices only to be exceeded, and has no part in ȳ there.

    Shapes    x, y: (*), at least one dimension; i: of x's dimensions; v: at least i's sizes
    Pullback  x̄, v̄ = ȳ / m at the m entries of x and v that equal their y, else 0
    """
    return _extreme("scatter_amax", np.maximum, x, i, v, dim, include_self)


def scatter_amin(
    x: Array, i: Array, v: Array, *, dim: int, include_self: bool = True
) -> tuple[Array, Pullback]:
    """y = x, and y[…, i[j₀, j₁, …], …] = the smaller of itself and v[j₀, j₁, …]; NaN wins

    Without include_self, x stands at the indices only to be exceeded, and has no part in ȳ there.

    Shapes    x, y: (*), at least one dimension; i: of x's dimensions; v: at least i's sizes
    Pullback  x̄, v̄ = ȳ / m at the m entries of x and v that equal their y, else 0
    """
    return _extreme("scatter_amin", np.minimum, x, i, v, dim, include_self)


def _extreme(
    rule: str, extreme: np.ufunc, x: Array, i: Array, v: Array, dim: int, include_self: bool
) -> tuple[Array, Pullback]:
    where, part = along(i, dim), tuple(slice(n) for n in i.shape)
    w, v_shape = v[part], v.shape
    y = _reduced(extreme, x, w, where)
    at_x, at_w = x.real == y.real, w.real == y[where].real
    if not include_self:
        at_x[where] = False
    m = _reduced(np.add, at_x.astype(x.real.dtype), at_w.astype(x.real.dtype), where)
    refuse_kink(rule, x, at_x & (m > 1))
    refuse_kink(rule, w, at_w & (m[where] > 1))

    def pullback(dy: Array) -> tuple[Any, None, Any]:
        shared = dy / m
        return at_x * shared, None, filled(v_shape, part, at_w * shared[where])

    return y, pullback


def _reduced(operation: np.ufunc, x: Array, v: Array, where: Index) -> Array:
    """x with each v joined by the operation to the entry at its index."""
    y = x.astype(np.result_type(x, v))
    operation.at(y, where, v)
    return y
