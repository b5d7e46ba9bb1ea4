"""Kernels of refnet.ops.scattering: all terms in one call, not one after the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from refnet import ops
from refnet.kernels.registry import kernel
from refnet.ops.indexing import Index, along, filled
from refnet.ops.rule import Array, Pullback
from refnet.ops.scattering import without_zeros

REAL = "real floating-point arrays of one dtype"


@kernel(ops.scatter_prod, takes=REAL)
def scatter_prod(x: Array, i: Array, v: Array, *, dim: int) -> tuple[Array, Pullback]:
    if x.dtype != v.dtype or x.dtype.kind != "f":
        return ops.scatter_prod(x, i, v, dim=dim)
    where, part = along(i, dim), tuple(slice(n) for n in i.shape)
    w, v_shape = v[part], v.shape
    y = _reduced(np.multiply, x, w, where)
    zeros = _reduced(np.add, (x == 0).astype(np.intp), (w == 0).astype(np.intp), where)

    def pullback(dy: Array) -> tuple[Any, None, Any]:
        rest = _reduced(np.multiply, without_zeros(x), without_zeros(w), where)
        rest = np.where(zeros == 1, rest, y)  # of several zeros y is 0, or NaN
        dx = dy * np.where(x == 0, rest, y / x)
        dw = dy[where] * np.where(w == 0, rest[where], y[where] / w)
        return dx, None, filled(v_shape, part, dw)

    return y, pullback


@kernel(ops.scatter_amax, takes=REAL)
def scatter_amax(
    x: Array, i: Array, v: Array, *, dim: int, include_self: bool = True
) -> tuple[Array, Pullback]:
    if x.dtype != v.dtype or x.dtype.kind != "f":
        return ops.scatter_amax(x, i, v, dim=dim, include_self=include_self)
    return _extreme(np.maximum, x, i, v, dim, include_self)


@kernel(ops.scatter_amin, takes=REAL)
def scatter_amin(
    x: Array, i: Array, v: Array, *, dim: int, include_self: bool = True
) -> tuple[Array, Pullback]:
    if x.dtype != v.dtype or x.dtype.kind != "f":
        return ops.scatter_amin(x, i, v, dim=dim, include_self=include_self)
    return _extreme(np.minimum, x, i, v, dim, include_self)


def _extreme(
    extreme: np.ufunc, x: Array, i: Array, v: Array, dim: int, include_self: bool
) -> tuple[Array, Pullback]:
    where, part = along(i, dim), tuple(slice(n) for n in i.shape)
    w, v_shape = v[part], v.shape
    y = _reduced(extreme, x, w, where)
    at_x, at_w = x == y, w == y[where]
    if not include_self:
        at_x[where] = False
    m = _reduced(np.add, at_x.astype(x.dtype), at_w.astype(x.dtype), where)

    def pullback(dy: Array) -> tuple[Any, None, Any]:
        shared = dy / m
        return at_x * shared, None, filled(v_shape, part, at_w * shared[where])

    return y, pullback


def _reduced(operation: np.ufunc, x: Array, v: Array, where: Index) -> Array:
    """Applies the operation to x at the indices and each v."""
    y = x.astype(np.result_type(x, v))
    operation.at(y, where, v)
    return y
