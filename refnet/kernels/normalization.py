"""Kernels of refnet.ops.normalization: blocks of channels or rows of a large array, in place.

Means and variances are products with ones (refnet.kernels.summation). The rounding error of a mean
is estimated only if the mean is far from 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from refnet import ops
from refnet.kernels import tuning
from refnet.kernels.blocks import by_rows
from refnet.kernels.channels import Channels
from refnet.kernels.registry import kernel
from refnet.kernels.summation import column_sums, is_far, mean_error, row_dots, row_sums
from refnet.ops.rule import Array, Pullback, Thunk

TAKES = (
    "arrays of one real floating-point dtype, "
    f"of {tuning.FUSED} entries or of more than {tuning.ADDENDS} rows"
)


def _takes(x: Array, *others: Array | None) -> bool:
    """Returns whether x is large, or has too many rows for accurate plain sums in float32."""
    return (
        x.dtype.kind == "f"
        and (x.size >= tuning.FUSED or x.size > tuning.ADDENDS * x.shape[-1])
        and all(a is None or a.dtype == x.dtype for a in others)
    )


def _added(sums: Sequence[Array]) -> Array:
    """Returns the sum of the blocks' sums."""
    return sums[0] if len(sums) == 1 else column_sums(np.stack(sums))


# --- the entries of a channel ------------------------------------------------------------------


@kernel(ops.batch_norm, takes=TAKES)
def batch_norm(
    x: Array, gamma: Array | None, beta: Array | None, *, eps: float
) -> tuple[tuple[Array, Array, Array], Pullback]:
    if not _takes(x, gamma, beta):
        return ops.batch_norm(x, gamma, beta, eps=eps)
    channels = Channels(x)
    n, row, sums = channels.n, channels.row, channels.sums
    d, y = (np.empty(x.shape, x.dtype) for _ in range(2))
    mean, var, r = (np.empty(channels.C, x.dtype) for _ in range(3))

    def forward(X: Array, D: Array, Y: Array, *numbers: Any) -> None:
        mean, var, r, gamma, beta = numbers
        mean[:] = sums(X) / n
        np.subtract(X, row(mean), out=D)
        np.multiply(D, D, out=Y)
        var[:] = sums(Y) / n
        if is_far(mean, var):
            error = mean_error(sums(D) / n)
            mean += error
            D -= row(error)
            np.multiply(D, D, out=Y)
            var[:] = sums(Y) / n
        r[:] = 1 / np.sqrt(var + eps)
        np.multiply(D, row(r if gamma is None else gamma * r), out=Y)
        if beta is not None:
            Y += row(beta)

    channels.each(forward, x, d, y, mean, var, r, gamma, beta)

    def pullback(dys: tuple[Array, Array, Array]) -> tuple[Thunk, Array | None, Array | None]:
        dy, dmean, dvar = dys
        scale = r if gamma is None else gamma * r
        product = np.empty(x.shape, np.result_type(*dys))
        dgamma, dbeta = (np.empty(channels.C, product.dtype) for _ in range(2))

        def sums_of(DY: Array, D: Array, P: Array, r: Array, dgamma: Array, dbeta: Array) -> None:
            np.multiply(DY, D, out=P)
            dgamma[:] = sums(P) * r
            dbeta[:] = sums(DY)

        def towards_x(DX: Array, DY: Array, D: Array, *numbers: Array) -> None:
            along_d, dy_mean, scale, dmean, dvar = numbers
            np.multiply(D, row(along_d), out=DX)
            DX += DY
            DX -= row(dy_mean)
            DX *= row(scale)
            if np.any(dmean) or np.any(dvar):  # usually 0: running statistics have no gradient
                DX += row(dmean / n)
                DX += row(2 * dvar / n) * D

        def dx() -> Array:
            channels.each(towards_x, product, dy, d, -r * dgamma / n, dbeta / n, scale, dmean, dvar)
            return product

        channels.each(sums_of, dy, d, product, r, dgamma, dbeta)
        return dx, None if gamma is None else dgamma, None if beta is None else dbeta

    return (y, mean, var), pullback


@kernel(ops.fixed_batch_norm, takes=TAKES)
def fixed_batch_norm(
    x: Array, mean: Array, var: Array, gamma: Array | None, beta: Array | None, *, eps: float
) -> tuple[Array, Pullback]:
    if not _takes(x, mean, var, gamma, beta):
        return ops.fixed_batch_norm(x, mean, var, gamma, beta, eps=eps)
    channels = Channels(x)
    row, sums = channels.row, channels.sums
    X = channels.matrix(x)
    r = 1 / np.sqrt(var + eps)
    scale = r if gamma is None else gamma * r
    Y = X - row(mean)
    Y *= row(scale)
    if beta is not None:
        Y += row(beta)

    def pullback(dy: Array) -> tuple[Thunk, None, None, Thunk | None, Thunk | None]:
        dY = channels.matrix(dy)
        return (
            lambda: (dY * row(scale)).reshape(x.shape),
            None,
            None,
            None if gamma is None else lambda: sums(dY * (X - row(mean))) * r,
            None if beta is None else lambda: sums(dY),
        )

    return Y.reshape(x.shape), pullback


# --- the entries of a sample -------------------------------------------------------------------


def _by_sample(
    X: Array, weight: Array | None, bias: Array | None, *, parts: int, eps: float
) -> tuple[Array, Pullback]:
    """y = w x̂ + b, where x̂ is a row x whose equal parts are normalised separately

    Shape:
        X, Y: (N, M)  w, b: (M,) or None, which means 1 and 0

    Pullback:
        x̄ = r (h − mean(h) − x̂ mean(h x̂)) with h = w ȳ,  w̄ = Σ ȳ x̂,  b̄ = Σ ȳ
    """
    N, M = X.shape
    m = M // parts
    xhat, r = np.empty(X.shape, X.dtype), np.empty((N, parts), X.dtype)
    plain = weight is None and bias is None
    Y = xhat if plain else np.empty(X.shape, X.dtype)

    def forward(X: Array, xhat: Array, r: Array, Y: Array) -> None:
        z, zhat, s = X.reshape(r.size, m), xhat.reshape(r.size, m), r.reshape(r.size, 1)
        mean = row_sums(z) / m
        np.subtract(z, mean, out=zhat)
        var = row_dots(zhat, zhat) / m
        if is_far(mean, var):
            zhat -= mean_error(row_sums(zhat) / m)
            var = row_dots(zhat, zhat) / m
        np.divide(1, np.sqrt(var + eps), out=s)
        zhat *= s
        if weight is not None:
            np.multiply(xhat, weight, out=Y)
        if bias is not None:
            np.add(xhat if weight is None else Y, bias, out=Y)

    by_rows(forward, X, xhat, r, Y)

    def pullback(dY: Array) -> tuple[Array, Array | None, Array | None]:
        dX = np.empty(X.shape, np.result_type(dY, xhat))

        def backward(dY: Array, xhat: Array, r: Array, dX: Array) -> tuple[Array, Array]:
            product = np.multiply(dY, xhat, dtype=dX.dtype)
            dw, db = column_sums(product), column_sums(dY)
            h = dY if weight is None else np.multiply(dY, weight, out=dX)
            h, zhat, dz, p = (a.reshape(r.size, m) for a in (h, xhat, dX, product))
            mean, along = row_sums(h) / m, row_dots(h, zhat) / m
            np.subtract(h, mean, out=dz)
            dz -= np.multiply(zhat, along, out=p)
            dz *= r.reshape(r.size, 1)
            return dw, db

        dw, db = map(_added, zip(*by_rows(backward, dY, xhat, r, dX), strict=True))
        return dX, None if weight is None else dw, None if bias is None else db

    return Y, pullback


@kernel(ops.layer_norm, takes=TAKES)
def layer_norm(
    x: Array, gamma: Array | None, beta: Array | None, *, dims: int, eps: float
) -> tuple[Array, Pullback]:
    if not _takes(x, gamma, beta):
        return ops.layer_norm(x, gamma, beta, dims=dims, eps=eps)
    D = x.shape[x.ndim - dims :]
    shape = math.prod(x.shape[: x.ndim - dims]), math.prod(D)
    w, b = (None if a is None else a.reshape(-1) for a in (gamma, beta))
    Y, by_sample = _by_sample(x.reshape(shape), w, b, parts=1, eps=eps)

    def pullback(dy: Array) -> tuple[Array, Array | None, Array | None]:
        dx, dw, db = by_sample(dy.reshape(shape))
        return (
            dx.reshape(x.shape),
            None if dw is None else dw.reshape(D),
            None if db is None else db.reshape(D),
        )

    return Y.reshape(x.shape), pullback


@kernel(ops.group_norm, takes=TAKES)
def group_norm(
    x: Array, gamma: Array | None, beta: Array | None, *, groups: int, eps: float
) -> tuple[Array, Pullback]:
    if not _takes(x, gamma, beta):
        return ops.group_norm(x, gamma, beta, groups=groups, eps=eps)
    channels = Channels(x)
    w, b = (None if a is None else channels.row(a) for a in (gamma, beta))
    Y, by_sample = _by_sample(channels.matrix(x), w, b, parts=groups, eps=eps)

    def pullback(dy: Array) -> tuple[Array, Array | None, Array | None]:
        dx, dw, db = by_sample(channels.matrix(dy))
        return (
            dx.reshape(x.shape),
            None if dw is None else channels.folded(dw),
            None if db is None else channels.folded(db),
        )

    return Y.reshape(x.shape), pullback


@kernel(ops.rms_norm, takes=TAKES)
def rms_norm(x: Array, gamma: Array | None, *, dims: int, eps: float) -> tuple[Array, Pullback]:
    if not _takes(x, gamma):
        return ops.rms_norm(x, gamma, dims=dims, eps=eps)
    D = x.shape[x.ndim - dims :]
    n, m = math.prod(x.shape[: x.ndim - dims]), math.prod(D)
    X, weight = x.reshape(n, m), None if gamma is None else gamma.reshape(m)
    r, Y = np.empty((n, 1), X.dtype), np.empty((n, m), X.dtype)

    def forward(X: Array, r: Array, Y: Array) -> None:
        np.divide(1, np.sqrt(row_dots(X, X) / m + eps), out=r)
        np.multiply(X, r, out=Y)
        if weight is not None:
            Y *= weight

    by_rows(forward, X, r, Y)

    def pullback(dy: Array) -> tuple[Array, Array | None]:
        dX = np.empty((n, m), np.result_type(dy, X))

        def backward(dY: Array, X: Array, r: Array, dX: Array) -> Array:
            xhat = np.multiply(X, r, dtype=dX.dtype)
            dw = column_sums(dY * xhat)
            h = dY if weight is None else np.multiply(dY, weight, out=dX)
            xhat *= row_dots(h, xhat) / m
            np.subtract(h, xhat, out=dX)
            dX *= r
            return dw

        dw = _added(by_rows(backward, dy.reshape(n, m), X, r, dX))
        return dX.reshape(x.shape), None if weight is None else dw.reshape(D)

    return Y.reshape(x.shape), pullback
