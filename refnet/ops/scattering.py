"""Products, maxima and minima of the values that an index sends to one place.

They are the rules of refnet.scatter_reduce. Its sums are scatter_add (indexing.py), and its means
are sums divided by the number of terms.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from refnet.ops.indexing import along, filled
from refnet.ops.primitives import add_at, put_at
from refnet.ops.rule import Array, Pullback, refuse_kink

__all__ = ["scatter_amax", "scatter_amin", "scatter_prod"]


def scatter_prod(x: Array, i: Array, v: Array, *, dim: int) -> tuple[Array, Pullback]:
    """y = x, and y[…, i[j₀, j₁, …], …] ×= v[j₀, j₁, …]

    The index i is at the dimension dim.

    Shape:
        x, y: (*), at least one dimension; i: as many dimensions as x; v: at least the sizes of i

    Pullback:
        x̄, v̄ = ȳ times the product of the other factors of their y
        The product is y divided by the factor. If the factor is 0, it is the product of the factors
        that are not 0, or 0 if another factor is 0.
    """
    where, part = along(i, dim), tuple(slice(n) for n in i.shape)
    w, v_shape = v[part], v.shape
    y = _joined(np.multiply, x, i, w, dim)
    zeros = (x.real == 0) + add_at(x.shape, where, (w.real == 0).astype(np.intp))
    refuse_kink("scatter_prod", x, zeros > 1)
    refuse_kink("scatter_prod", w, zeros[where] > 1)

    def pullback(dy: Array) -> tuple[Any, None, Any]:
        rest = _joined(np.multiply, without_zeros(x), i, without_zeros(w), dim)
        rest = np.where(zeros == 1, rest, y)  # of several zeros y is 0, or NaN
        dx = dy * np.where(x.real == 0, rest, y / without_zeros(x))
        dw = dy[where] * np.where(w.real == 0, rest[where], y[where] / without_zeros(w))
        return dx, None, filled(v_shape, part, dw)

    return y, pullback


def without_zeros(x: Array) -> Array:
    return np.where(x.real == 0, 1, x)


def scatter_amax(
    x: Array, i: Array, v: Array, *, dim: int, include_self: bool = True
) -> tuple[Array, Pullback]:
    """y = x, and y[…, i[j₀, j₁, …], …] = max(itself, v[j₀, j₁, …])

    The index i is at the dimension dim. NaN is larger than every number. Without include_self,
    x gets no gradient at the indices; the caller has set it to −∞ there.

    Shape:
        x, y: (*), at least one dimension; i: as many dimensions as x; v: at least the sizes of i

    Pullback:
        x̄, v̄ = ȳ / m at the m entries of x and v that equal their y, else 0
    """
    return _extreme("scatter_amax", np.maximum, x, i, v, dim, include_self)


def scatter_amin(
    x: Array, i: Array, v: Array, *, dim: int, include_self: bool = True
) -> tuple[Array, Pullback]:
    """y = x, and y[…, i[j₀, j₁, …], …] = min(itself, v[j₀, j₁, …])

    The index i is at the dimension dim. NaN is smaller than every number. Without include_self,
    x gets no gradient at the indices; the caller has set it to ∞ there.

    Shape:
        x, y: (*), at least one dimension; i: as many dimensions as x; v: at least the sizes of i

    Pullback:
        x̄, v̄ = ȳ / m at the m entries of x and v that equal their y, else 0
    """
    return _extreme("scatter_amin", np.minimum, x, i, v, dim, include_self)


def _extreme(
    rule: str, extreme: np.ufunc, x: Array, i: Array, v: Array, dim: int, include_self: bool
) -> tuple[Array, Pullback]:
    where, part = along(i, dim), tuple(slice(n) for n in i.shape)
    w, v_shape = v[part], v.shape
    y = _joined(extreme, x, i, w, dim)
    at_x, at_w = x.real == y.real, w.real == y[where].real
    at_x = at_x if include_self else put_at(at_x, where, False)
    m = at_x + add_at(x.shape, where, at_w.astype(x.real.dtype))
    refuse_kink(rule, x, at_x & (m > 1))
    refuse_kink(rule, w, at_w & (m[where] > 1))

    def pullback(dy: Array) -> tuple[Any, None, Any]:
        shared = dy / m
        return at_x * shared, None, filled(v_shape, part, at_w * shared[where])

    return y, pullback


def _joined(operation: np.ufunc, x: Array, i: Array, v: Array, dim: int) -> Array:
    """Applies the operation to x at the indices and each v, one after another along dim."""
    y = x.astype(np.result_type(x, v))
    for j in range(i.shape[dim]):
        at = along(i.take([j], axis=dim), dim)
        y = put_at(y, at, operation(y[at], v.take([j], axis=dim)))
    return y
