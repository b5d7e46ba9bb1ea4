"""Products of matrices: matmul, linear, bilinear, einsum.

Each gradient of a product is a product of the same cost, so every entry of these pullbacks is a
thunk, which is computed only if the gradient is needed.
"""

from __future__ import annotations

import math

import numpy as np

from refnet.ops.indexing import grids
from refnet.ops.primitives import put_at
from refnet.ops.rule import Array, Pullback, Thunk, may_save_nothing, unbroadcast

__all__ = ["addmm", "bilinear", "einsum", "linear", "matmul"]


def matmul(a: Array, b: Array) -> tuple[Array, Pullback]:
    """y = a b

    Shape:
        a: (..., n, k)  b: (..., k, m)  y: (..., n, m), where the batches ... broadcast;
        a vector a (k,) is a row, a vector b (k,) a column, and y has no dimension for it

    Pullback:
        ā = ȳ bᵀ,  b̄ = aᵀ ȳ, each summed over the batches along which it was broadcast

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.matmul.html
    """
    A = a[None, :] if a.ndim == 1 else a
    B = b[:, None] if b.ndim == 1 else b

    def pullback(dy: Array) -> tuple[Thunk, Thunk]:
        columns = dy[..., None] if b.ndim == 1 else dy
        dY = columns[..., None, :] if a.ndim == 1 else columns
        return (
            lambda: unbroadcast(dY @ B.swapaxes(-1, -2), A.shape).reshape(a.shape),
            lambda: unbroadcast(A.swapaxes(-1, -2) @ dY, B.shape).reshape(b.shape),
        )

    return a @ b, pullback


def addmm(c: Array, a: Array, b: Array, *, beta: float, alpha: float) -> tuple[Array, Pullback]:
    """y = β c + α a b

    For β = 0 the values of c are not used, so a NaN in c does not matter.

    Shape:
        a: (..., n, k)  b: (..., k, m)  c, y: (..., n, m)

    Pullback:
        c̄ = β ȳ,  ā = α ȳ bᵀ,  b̄ = α aᵀ ȳ

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.addmm.html
    """
    product, pullback_product = matmul(a, b)
    y = alpha * product if beta == 0 else beta * c + alpha * product

    def pullback(dy: Array) -> tuple[Thunk, Thunk, Thunk]:
        return lambda: beta * dy, *pullback_product(alpha * dy)

    return y, pullback


def linear(x: Array, W: Array, b: Array | None) -> tuple[Array, Pullback]:
    """y = x Wᵀ + b

    Shape:
        x: (..., in)  W: (out, in)  b: (out,) or None  y: (..., out)

    Pullback:
        x̄ = ȳ W,  W̄ = Σ ȳ xᵀ,  b̄ = Σ ȳ, summed over the batch

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html
    """
    y = x @ W.T if b is None else x @ W.T + b
    biased = b is not None

    def pullback(dy: Array) -> tuple[Thunk, Thunk, Thunk | None]:
        return (
            lambda: dy @ W,
            lambda: rows(dy).T @ rows(x),
            (lambda: rows(dy).sum(axis=0)) if biased else None,
        )

    return y, pullback


def rows(x: Array) -> Array:
    """Returns x with all dimensions except the last merged: (..., k) -> (n, k), (k,) -> (1, k)."""
    return x.reshape(math.prod(x.shape[:-1]), x.shape[-1])


def bilinear(x1: Array, x2: Array, W: Array, b: Array | None) -> tuple[Array, Pullback]:
    """y_k = x1ᵀ W_k x2 + b_k

    Shape:
        x1: (..., in1)  x2: (..., in2)  W: (out, in1, in2)  b: (out,) or None  y: (..., out)

    Pullback:
        x̄1 = Σ_k ȳ_k W_k x2,  x̄2 = Σ_k ȳ_k W_kᵀ x1,  W̄_k = Σ ȳ_k x1 x2ᵀ,  b̄ = Σ ȳ

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.Bilinear.html
    """
    X1, X2 = rows(x1), rows(x2)
    Wx2 = np.einsum("kij,nj->nki", W, X2)
    y = np.einsum("nki,ni->nk", Wx2, X1).reshape(*x1.shape[:-1], len(W))
    biased = b is not None

    def pullback(dy: Array) -> tuple[Thunk, Thunk, Thunk, Thunk | None]:
        dY = rows(dy)
        dy_x1 = dY[:, :, None] * X1[:, None, :]
        return (
            lambda: np.einsum("nk,nki->ni", dY, Wx2).reshape(x1.shape),
            lambda: np.einsum("nki,kij->nj", dy_x1, W).reshape(x2.shape),
            lambda: np.einsum("nki,nj->kij", dy_x1, X2),
            (lambda: dY.sum(axis=0)) if biased else None,
        )

    return y if b is None else y + b, pullback


@may_save_nothing
def einsum(*operands: Array, equation: str) -> tuple[Array, Pullback]:
    """y[out] = Σ Π_i x_i[labels_i]

    The sum is over every label that is not in the output. The equation, such as "bij,bjk->bik", has
    a letter for each dimension and the output after the arrow. A letter that an operand repeats
    takes its diagonal. A dimension of size 1 broadcasts.

    Shape:
        by the equation

    Pullback:
        x̄_i is the einsum of ȳ and the other operands with the labels of x_i as the output.
        x̄_i is constant along a label that only x_i has, since the sum is over it.
        x̄_i is 0 off the diagonal of a repeated label.

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.einsum.html
    """
    inputs, out = equation.split("->")
    labels = inputs.split(",")
    shapes = [x.shape for x in operands]
    factors = operands if len(operands) > 1 else ()  # x̄ of a single x does not need x

    def cotangent(i: int, dy: Array) -> Array:
        others, arrays = [*labels[:i], *labels[i + 1 :], out], [*factors[:i], *factors[i + 1 :], dy]
        sizes = dict(zip(labels[i], shapes[i], strict=True))  # of each letter, once
        known = "".join(c for c in sizes if c in "".join(others))
        dx = np.einsum(",".join(others) + "->" + known, *arrays, optimize=len(arrays) > 1)
        dx = dx[tuple(slice(None) if c in known else None for c in sizes)]
        shape = tuple(sizes.values())
        dx = np.broadcast_to(dx, np.broadcast_shapes(dx.shape, shape))  # along the summed labels
        dx = unbroadcast(dx, shape)
        if len(sizes) == len(shapes[i]):
            return dx
        grid = dict(zip(sizes, grids(dx.shape), strict=True))
        return put_at(np.zeros(shapes[i], dx.dtype), tuple(grid[c] for c in labels[i]), dx)

    def pullback(dy: Array) -> tuple[Thunk, ...]:
        return tuple(lambda i=i: cotangent(i, dy) for i in range(len(shapes)))

    return np.einsum(equation, *operands, optimize=len(operands) > 1), pullback
