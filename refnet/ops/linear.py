"""Products of matrices: matmul, linear, bilinear, einsum.

Each gradient of a product is a product of the same cost, so every entry of these pullbacks is
a thunk: what nobody asks for is not computed.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from refnet.ops.rule import Array, Pullback, may_save_nothing, unbroadcast

__all__ = ["addmm", "bilinear", "einsum", "linear", "matmul"]

Thunk = Callable[[], Array]


def _dot(a: Array, b: Array) -> Array:
    """a @ b, for vectors and matrices.

    np.dot is the same BLAS as np.matmul, with less work before it where the matrices are small,
    and for k = 1, where np.matmul does without BLAS. But it fills the result with zeros first: a
    tenth to a quarter of the time, if the result is large and the sums are short.
    """
    large = a.size >= 2**14 and a.ndim == 2 == b.ndim and len(a) * b.shape[1] >= 2**16
    y: Array = np.matmul(a, b) if large and len(b) > 1 else np.dot(a, b)
    return y


def _rows(x: Array) -> Array:
    """x with all dimensions but the last merged into one: (..., k) -> (n, k), (k,) -> (1, k)"""
    return x if x.ndim == 2 else x.reshape(math.prod(x.shape[:-1]), x.shape[-1])


def _product(a: Array, b: Array) -> Array:
    """a @ b. (..., n, k), (..., k, m) -> (..., n, m), and vectors as np.matmul has them.

    A batch of matrices times one matrix is one tall GEMM, where np.matmul would run a GEMM for
    each.
    """
    if b.ndim > 2:
        return _batched_product(a, b)
    y = _dot(_rows(a) if a.ndim > 2 else a, b)
    return y.reshape(a.shape[:-1] + b.shape[1:]) if a.ndim > 2 else y


def _batched_product(a: Array, b: Array) -> Array:
    y: Array = a * b if a.ndim > 1 and a.shape[-1] == 1 == b.shape[-2] else np.matmul(a, b)
    return y


def column_sums(x: Array) -> Array:
    """Σ_i x_i. (n, m) -> (m,)

    x.sum(axis=0) adds one row after the other to a sum that outgrows them, and in float32 loses
    some √n units in the last place. Here 32 rows that lie far apart are added, for all such
    groups in one product with a vector of ones, then 32 of these sums, and so on; it is faster, too.
    """
    n, m = x.shape
    if n <= 32:
        y: Array = np.add.reduce(x, axis=0)
        return y
    rest = n % 32
    groups = x[rest:].reshape(32, n // 32, m)
    if x.flags.c_contiguous:
        groups = _dot(np.ones(32, x.dtype), groups.reshape(32, n // 32 * m))
    else:  # the product would need a copy
        groups = np.add.reduce(groups, axis=0)
    sums = column_sums(groups.reshape(n // 32, m))
    return sums + column_sums(x[:rest]) if rest else sums


def matmul(a: Array, b: Array) -> tuple[Array, Pullback]:
    """y = a b

    Shapes    a: (..., n, k)  b: (..., k, m)  y: (..., n, m), where the batches ... broadcast;
              a (k,) is a row, b (k,) a column, and y lacks the dimension that they lack
    Pullback  ā = ȳ bᵀ,  b̄ = aᵀ ȳ, each summed over the batches along which it was repeated
    Source    https://docs.pytorch.org/docs/stable/generated/torch.matmul.html
    """
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
                return _dot(_rows(A).T, _rows(dY)).reshape(b.shape)
            return unbroadcast(_product(A.swapaxes(-1, -2), dY), B.shape).reshape(b.shape)

        return da, db

    return y, pullback


def addmm(c: Array, a: Array, b: Array, *, beta: float, alpha: float) -> tuple[Array, Pullback]:
    """y = β c + α a b

    For β = 0 the values of c are not read, so a nan among them does no harm.

    Shapes    a: (..., n, k)  b: (..., k, m)  c, y: (..., n, m)
    Pullback  c̄ = β ȳ,  ā = α ȳ bᵀ,  b̄ = α aᵀ ȳ
    Source    https://docs.pytorch.org/docs/stable/generated/torch.addmm.html
    """
    y, pullback_product = matmul(a, b)
    if alpha != 1:
        y = y * alpha
    if beta != 0:
        y = y + (c if beta == 1 else c * beta)

    def pullback(dy: Array) -> tuple[Thunk, Thunk, Thunk]:
        da, db = pullback_product(dy if alpha == 1 else dy * alpha)
        return lambda: dy if beta == 1 else dy * beta, da, db

    return y, pullback


def linear(x: Array, W: Array, b: Array | None) -> tuple[Array, Pullback]:
    """y = x Wᵀ + b

    The batch, whatever its dimensions, is one matrix, so each line below is one GEMM.

    Shapes    x: (..., in)  W: (out, in)  b: (out,) or None  y: (..., out)
    Pullback  x̄ = ȳ W,  W̄ = Σ ȳ xᵀ,  b̄ = Σ ȳ, summed over the batch
    Source    https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html
    """
    X, shape, biased = _rows(x), x.shape, b is not None
    y = _dot(X, W.T)
    if b is not None:
        y = y + b if b.dtype.kind == "c" else np.add(y, b, out=y)

    def pullback(dy: Array) -> tuple[Thunk, Thunk, Thunk | None]:
        dY = _rows(dy)
        return (
            lambda: _dot(dY, W).reshape(shape),
            lambda: _dot(dY.T, X),
            (lambda: column_sums(dY)) if biased else None,
        )

    return y.reshape(shape[:-1] + W.shape[:1]), pullback


def bilinear(x1: Array, x2: Array, W: Array, b: Array | None) -> tuple[Array, Pullback]:
    """y_k = x1ᵀ W_k x2 + b_k

    The rows of all W_k, stacked, are one matrix (out·in1, in2), so the product with x2 and its
    two gradients are one GEMM each.

    Shapes    x1: (..., in1)  x2: (..., in2)  W: (out, in1, in2)  b: (out,) or None  y: (..., out)
    Pullback  x̄1 = Σ_k ȳ_k W_k x2,  x̄2 = Σ_k ȳ_k W_kᵀ x1,  W̄_k = Σ ȳ_k x1 x2ᵀ,  b̄ = Σ ȳ
    Source    https://docs.pytorch.org/docs/stable/generated/torch.nn.Bilinear.html
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
            lambda: _dot(dy_x1(), stacked).reshape(x2.shape),
            lambda: _dot(dy_x1().T, X2).reshape(W.shape),
            (lambda: column_sums(dY)) if biased else None,
        )

    return y.reshape((*x1.shape[:-1], out)), pullback


@may_save_nothing
def einsum(*operands: Array, equation: str) -> tuple[Array, Pullback]:
    """y[out] = Σ Π_i x_i[labels_i], summed over every label that is not in the output

    The equation is written out, as in "bij,bjk->bik": a letter for each dimension, the output
    after the arrow. A letter that an operand repeats is its diagonal; a dimension of size 1
    stands for any size.

    Shapes    as the equation says
    Pullback  x̄_i is the einsum of ȳ and the other operands with the labels of x_i as the output.
              A label that only x_i has was summed over: x̄_i is constant along it. Off the
              diagonal of a repeated label x̄_i is 0.
    Source    https://docs.pytorch.org/docs/stable/generated/torch.einsum.html
    """
    inputs, out = equation.split("->")
    labels = inputs.split(",")
    y: Array = np.einsum(equation, *operands, optimize=len(operands) > 1)
    shapes = [x.shape for x in operands]
    factors = operands if len(operands) > 1 else ()  # x̄ of a single x does not need x

    def cotangent(i: int, dy: Array) -> Array:
        unique = "".join(dict.fromkeys(labels[i]))
        others = [*labels[:i], *labels[i + 1 :], out]
        arrays = [*factors[:i], *factors[i + 1 :], dy]
        known = "".join(c for c in unique if any(c in other for other in others))
        dx = np.einsum(",".join(others) + "->" + known, *arrays, optimize=len(arrays) > 1)
        dx = dx[tuple(slice(None) if c in known else None for c in unique)]
        sizes = dict(zip(labels[i], shapes[i], strict=True))
        shape = tuple(sizes[c] for c in unique)
        stretched = tuple(k for k, n in enumerate(shape) if n == 1 and dx.shape[k] != 1)
        if stretched:
            dx = dx.sum(stretched, keepdims=True)
        if len(unique) == len(shapes[i]):
            return np.broadcast_to(dx, shape)
        full = np.zeros(shapes[i], dx.dtype)
        np.einsum(f"{labels[i]}->{unique}", full)[...] = dx  # a view: the diagonal
        return full

    def pullback(dy: Array) -> tuple[Thunk, ...]:
        return tuple(lambda i=i: cotangent(i, dy) for i in range(len(shapes)))

    return y, pullback
