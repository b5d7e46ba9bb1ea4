"""Kernels of refnet.ops.reduction: fast sums, accurate along every axis."""

from __future__ import annotations

import numpy as np

from refnet import ops
from refnet.kernels import tuning
from refnet.kernels.registry import kernel
from refnet.kernels.summation import deviations, total
from refnet.ops.reduction import Dim, entry_count, with_kept_dims
from refnet.ops.rule import Array, Pullback

REAL = "real floating-point arrays"


def _repeated(dy: Array, shape: tuple[int, ...]) -> Array:
    """Returns ȳ, repeated in new memory: a view with strides of 0 would slow down a product."""
    dx: Array = np.empty(shape, dy.dtype)
    dx[...] = dy
    return dx


@kernel(ops.sum, takes=REAL)
def sum(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f":
        return ops.sum(x, dim=dim, keepdim=keepdim)
    shape = x.shape

    def pullback(dy: Array) -> tuple[Array]:
        return (_repeated(with_kept_dims(dy, shape, dim, keepdim), shape),)

    return total(x, dim, keepdim), pullback


@kernel(ops.mean, takes=REAL)
def mean(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f":
        return ops.mean(x, dim=dim, keepdim=keepdim)
    shape, n = x.shape, entry_count(x, dim)

    def pullback(dy: Array) -> tuple[Array]:
        return (_repeated(with_kept_dims(dy, shape, dim, keepdim) / n, shape),)

    return total(x, dim, keepdim) / n, pullback


@kernel(ops.var, takes=REAL)
def var(
    x: Array, *, dim: Dim = None, correction: float = 1, keepdim: bool = False
) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f":
        return ops.var(x, dim=dim, correction=correction, keepdim=keepdim)
    n = entry_count(x, dim)
    f = n - correction if n > correction else 0
    d, squares = deviations(x, dim, n)
    axes = tuple(range(x.ndim)) if dim is None else dim

    def pullback(dy: Array) -> tuple[Array]:
        return (with_kept_dims(dy, x.shape, dim, keepdim) * 2 / f * d,)

    return (squares if keepdim else squares.squeeze(axes)) / f, pullback


@kernel(ops.std, takes=REAL)
def std(
    x: Array, *, dim: Dim = None, correction: float = 1, keepdim: bool = False
) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f":
        return ops.std(x, dim=dim, correction=correction, keepdim=keepdim)
    v, var_pullback = var(x, dim=dim, correction=correction, keepdim=keepdim)
    y = np.sqrt(v)

    def pullback(dy: Array) -> tuple[Array]:
        (dx,) = var_pullback(np.where(y == 0, dy.dtype.type(0), dy / (2 * y)))
        return (dx,)

    return y, pullback


@kernel(
    ops.logsumexp,
    takes=f"real floating-point arrays of {tuning.FUSED} entries, or sums over {tuning.ADDENDS}",
)
def logsumexp(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    short = x.size < tuning.FUSED and entry_count(x, dim) <= tuning.ADDENDS
    if x.dtype.kind != "f" or short:
        return ops.logsumexp(x, dim=dim, keepdim=keepdim)
    axes = tuple(range(x.ndim)) if dim is None else dim
    m = x.max(axes, keepdims=True, initial=-np.inf)
    m = np.where(np.isfinite(m), m, m.dtype.type(0))
    y = m + np.log(total(np.exp(x - m), axes, True))

    def pullback(dy: Array) -> tuple[Array]:
        return (with_kept_dims(dy, x.shape, dim, keepdim) * np.exp(x - y),)

    return y if keepdim else y.squeeze(axes), pullback


@kernel(ops.norm, takes=f"real floating-point arrays of {tuning.FUSED} entries or more")
def norm(x: Array, *, dim: Dim = None, keepdim: bool = False) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f" or x.size < tuning.FUSED:
        return ops.norm(x, dim=dim, keepdim=keepdim)
    y = np.sqrt(total(x * x, dim, True))
    axes = tuple(range(x.ndim)) if dim is None else dim

    def pullback(dy: Array) -> tuple[Array]:
        unit = np.where(y == 0, y.dtype.type(0), x / y)
        return (with_kept_dims(dy, x.shape, dim, keepdim) * unit,)

    return y if keepdim else y.squeeze(axes), pullback


@kernel(ops.cumprod, takes=REAL)
def cumprod(x: Array, *, dim: int) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f":
        return ops.cumprod(x, dim=dim)

    def pullback(dy: Array) -> tuple[Array]:
        first = np.moveaxis(x, dim, 0)
        zero, after_zero = first == 0, np.zeros(first.shape, bool)
        s = np.array(np.moveaxis(dy, dim, 0), dtype=np.result_type(x, dy))
        for j in range(len(first) - 2, -1, -1):
            s[j] += np.where(zero[j + 1], 0, first[j + 1] * s[j + 1])
        s[1:] *= _partial_products(first, 0)[:-1]
        after_zero[1:] = np.logical_or.accumulate(zero, axis=0)[:-1]
        s[~np.isfinite(first)] = np.nan
        s[after_zero] = 0
        return (np.moveaxis(s, 0, dim),)

    return _partial_products(x, dim), pullback


def _partial_products(x: Array, dim: int) -> Array:
    """Returns partial products, computed in double precision, as in PyTorch."""
    y: Array = np.multiply.accumulate(x, axis=dim, dtype=np.float64).astype(x.dtype, copy=False)
    return y
