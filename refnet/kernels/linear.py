"""Kernels of refnet.ops.linear: a batch of rows is one matrix, so a product is one call of BLAS.

They accept arrays of every dtype, as NumPy's products do.
"""

from __future__ import annotations

import numpy as np

from refnet import ops
from refnet.kernels import tuning
from refnet.kernels.registry import kernel
from refnet.kernels.summation import column_sums
from refnet.ops.linear import rows
from refnet.ops.rule import Array, Pullback, Thunk, unbroadcast

ALL = "all arrays"


def dot(a: Array, b: Array) -> Array:
    """Returns a @ b for vectors and matrices.

    np.dot calls the same BLAS as np.matmul. It has less overhead for small matrices, and also uses
    BLAS for k = 1. But it fills the result with zeros first, which takes a tenth to a quarter of
    the time if the result is large and the sums are short. And if a factor is a single 0, np.dot
    returns 0 even if the other factor is infinite.
    """
    if a.size == 1 or b.size == 1 or (a.size >= tuning.FACTOR and _is_large(a, b)):
        y: Array = np.matmul(a, b)
    else:
        y = np.dot(a, b)
    return y


def _is_large(a: Array, b: Array) -> bool:
    return a.ndim == 2 == b.ndim and len(b) > 1 and len(a) * b.shape[1] >= tuning.PRODUCT


def _rows(x: Array) -> Array:
    return x if x.ndim == 2 else rows(x)


def _product(a: Array, b: Array) -> Array:
    """Returns a @ b, with np.matmul's shapes.

    For a batch of matrices times one matrix it runs one tall GEMM; np.matmul runs one for each.
    """
    if b.ndim > 2:
        return _batched_product(a, b)
    y = dot(_rows(a) if a.ndim > 2 else a, b)
    return y.reshape(a.shape[:-1] + b.shape[1:]) if a.ndim > 2 else y


def _batched_product(a: Array, b: Array) -> Array:
    y: Array = a * b if a.ndim > 1 and a.shape[-1] == 1 == b.shape[-2] else np.matmul(a, b)
    return y


@kernel(ops.matmul, takes=ALL)
def matmul(a: Array, b: Array) -> tuple[Array, Pullback]:
    y = _product(a, b)
    A = a[None, :] if a.ndim == 1 else a
    B = b[:, None] if b.ndim == 1 else b

    def pullback(dy: Array) -> tuple[Thunk, Thunk]:
        dY = dy[..., None] if b.ndim == 1 else dy
        if a.ndim == 1:
            dY = dY[..., None, :]

        def da() -> Array:
            return unbroadcast(_product(dY, B.swapaxes(-1, -2)), A.shape).reshape(a.shape)

        def db() -> Array:
            if A.ndim > 2 and B.ndim == 2:  # the sum over the batch is part of one GEMM
                return dot(_rows(A).T, _rows(dY)).reshape(b.shape)
            return unbroadcast(_product(A.swapaxes(-1, -2), dY), B.shape).reshape(b.shape)

        return da, db

    return y, pullback


@kernel(ops.addmm, takes=ALL)
def addmm(c: Array, a: Array, b: Array, *, beta: float, alpha: float) -> tuple[Array, Pullback]:
    y, pullback_product = matmul(a, b)
    if alpha != 1:
        y = y * alpha
    if beta != 0:
        y = y + (c if beta == 1 else c * beta)

    def pullback(dy: Array) -> tuple[Thunk, Thunk, Thunk]:
        da, db = pullback_product(dy if alpha == 1 else dy * alpha)
        return lambda: dy if beta == 1 else dy * beta, da, db

    return y, pullback


@kernel(ops.linear, takes=ALL)
def linear(x: Array, W: Array, b: Array | None) -> tuple[Array, Pullback]:
    X, shape, biased = _rows(x), x.shape, b is not None
    y = dot(X, W.T)
    if b is not None:
        y = np.add(y, b, out=y) if b.dtype == y.dtype else y + b

    def pullback(dy: Array) -> tuple[Thunk, Thunk, Thunk | None]:
        dY = _rows(dy)
        return (
            lambda: dot(dY, W).reshape(shape),
            lambda: dot(dY.T, X),
            (lambda: column_sums(dY)) if biased else None,
        )

    return y.reshape(shape[:-1] + W.shape[:1]), pullback


@kernel(ops.bilinear, takes=ALL)
def bilinear(x1: Array, x2: Array, W: Array, b: Array | None) -> tuple[Array, Pullback]:
    """The rows of all W_k, stacked, are one matrix (out·in1, in2), so the product with x2 and its
    two gradients are one GEMM each.
    """
    out, in1, in2 = W.shape
    X1, X2 = _rows(x1), _rows(x2)
    n = len(X1)
    stacked = W.reshape(out * in1, in2)
    biased = b is not None
    Wx2 = (X2 @ stacked.T).reshape(n, out, in1)
    y: Array = (Wx2 @ X1[:, :, None])[:, :, 0]
    if b is not None:
        y = y + b

    def pullback(dy: Array) -> tuple[Thunk, Thunk, Thunk, Thunk | None]:
        dY = _rows(dy)

        def dy_x1() -> Array:
            return (dY[:, :, None] * X1[:, None, :]).reshape(n, out * in1)

        return (
            lambda: _batched_product(dY[:, None, :], Wx2).reshape(x1.shape),
            lambda: dot(dy_x1(), stacked).reshape(x2.shape),
            lambda: dot(dy_x1().T, X2).reshape(W.shape),
            (lambda: column_sums(dY)) if biased else None,
        )

    return y.reshape((*x1.shape[:-1], out)), pullback
