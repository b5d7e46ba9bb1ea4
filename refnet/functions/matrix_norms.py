"""Norms of vectors and matrices, under the names of torch.linalg."""

import math
from typing import Any

from refnet.engine import dtypes
from refnet.engine.tensor import Tensor
from refnet.functions.dims import normalise_dim
from refnet.functions.operands import check_tensors, number
from refnet.functions.reduction import norm as vector, norm_dtype, sum as total
from refnet.functions.selection import amax, amin


def vector_norm(
    input: Tensor,
    ord: Any = 2,
    dim: Any = None,
    keepdim: bool = False,
    *,
    dtype: dtypes.dtype | None = None,
) -> Tensor:
    """Computes a norm of the entries along one or several dimensions.

        y = (Σ |x|ᵖ)^(1/p)
        y = max |x|   for p = ∞
        y = min |x|   for p = −∞

    For p = 0 it counts the entries that are not 0.

    The gradient of the 2-norm at 0 is 0; for p = ±∞ ties share it equally.

    The gradient is derived in `refnet.ops.norm`, `refnet.ops.p_norm`, `refnet.ops.zero_norm`,
    `refnet.ops.amax` and `refnet.ops.amin`.

    Args:
        input: x
        ord: p
        dim: dimensions to reduce, all if None
        keepdim: whether the reduced dimensions stay, with size 1
        dtype: dtype to which x is cast first

    Raises:
        RuntimeError: for integers, and for p = ∞ or p < 0 if there are no entries

    Example:
        >>> x = refnet.tensor([[3.0, 4.0], [0.0, -5.0]])
        >>> refnet.linalg.vector_norm(x, dim=1)
        tensor([5., 5.])
        >>> refnet.linalg.vector_norm(x, ord=1)
        tensor(12.)
    """
    check_tensors("linalg_vector_norm", input=input)
    return vector(input, float(number(ord, "ord", "linalg_vector_norm")), dim, keepdim, dtype)


def matrix_norm(
    input: Tensor,
    ord: Any = "fro",
    dim: Any = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: dtypes.dtype | None = None,
) -> Tensor:
    """Computes a norm of the matrices along two dimensions.

        "fro"    √(Σ A²), over all entries
        1, −1    largest, smallest column sum of |A|
        ∞, −∞    largest, smallest row sum of |A|

    The gradient is derived in `refnet.ops.norm`, `refnet.ops.sum`, `refnet.ops.amax` and
    `refnet.ops.amin`.

    Args:
        input: A, a tensor with at least two dimensions
        ord: one of the orders above
        dim: the two dimensions of the matrices, rows first
        keepdim: whether the two dimensions stay, with size 1
        dtype: dtype to which A is cast first

    Raises:
        RuntimeError: for an unknown order, for integers, and unless `dim` holds two different
            dimensions
        TypeError: if `dim` is not a tuple or list
        NotImplementedError: for the orders 2, −2 and "nuc", which need singular values

    Example:
        >>> A = refnet.tensor([[1.0, -2.0], [2.0, 4.0]])
        >>> refnet.linalg.matrix_norm(A)
        tensor(5.)
        >>> refnet.linalg.matrix_norm(A, ord=1)
        tensor(6.)
    """
    check_tensors("linalg_matrix_norm", input=input)
    A = input
    if not isinstance(dim, (tuple, list)):
        raise TypeError(
            f"linalg_matrix_norm(): expected dim to be a tuple of two ints, got {dim!r}"
        )
    if A._array.dtype.kind not in "fc":
        raise RuntimeError(
            "linalg.matrix_norm: Expected a floating point or complex tensor as input. "
            f"Got {A.dtype}"
        )
    if A.ndim < 2:
        raise RuntimeError(
            f"linalg.matrix_norm: The input tensor A must have at least 2 dimensions, got {A.ndim}"
        )
    if len(dim) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be two dimensions. Got {dim}")
    row, column = normalise_dim(dim, A.ndim)
    if ord in (2, -2, "nuc"):
        raise NotImplementedError(
            f"linalg.matrix_norm: order {ord} is not supported, because it needs singular values"
        )
    if ord == "fro":
        return vector(A, 2, (row, column), keepdim, dtype)
    if ord not in (1, -1, math.inf, -math.inf):
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    x = (A if dtype is None else A._as(norm_dtype("linalg_matrix_norm", A, dtype))).abs()
    summed, reduced = (row, column) if abs(ord) == 1 else (column, row)
    sums = total(x, summed, True)
    if ord > 0 and sums.shape[reduced] == 0:  # the maximum over no sums is 0
        y = total(sums.detach(), reduced, True)
    else:
        y = (amax if ord > 0 else amin)(sums, reduced, True)
    return y if keepdim else y.squeeze((row, column))


def norm(
    input: Tensor,
    ord: Any = None,
    dim: Any = None,
    keepdim: bool = False,
    *,
    dtype: dtypes.dtype | None = None,
) -> Tensor:
    """Computes a vector norm along one dimension, or a matrix norm along two.

    Without `dim`, `input` is a vector or a matrix; if `ord` is None too, it has any shape, and the
    result is the 2-norm of all entries. Along two dimensions, None as `ord` means "fro".

    The gradient is derived in `refnet.ops.norm`, `refnet.ops.p_norm`, `refnet.ops.zero_norm`,
    `refnet.ops.amax` and `refnet.ops.amin`.

    Args:
        input: tensor
        ord: order of the norm, as in `refnet.linalg.vector_norm` and `refnet.linalg.matrix_norm`
        dim: one or two dimensions
        keepdim: whether the reduced dimensions stay, with size 1
        dtype: dtype to which the input is cast first

    Raises:
        RuntimeError: for more than two dimensions, for integers, and for an unknown order
        NotImplementedError: for matrix norms that need singular values

    Example:
        >>> A = refnet.tensor([[1.0, -2.0], [2.0, 4.0]])
        >>> refnet.linalg.norm(A, dim=0)
        tensor([2.2361, 4.4721])
        >>> refnet.linalg.norm(A, ord=1)
        tensor(6.)
    """
    check_tensors("linalg_norm", input=input)
    A = input
    if ord is None and (dim is None or not isinstance(dim, (tuple, list)) or len(dim) != 2):
        return vector_norm(A, 2, dim, keepdim, dtype=dtype)
    dims = tuple(range(A.ndim)) if dim is None else dim
    dims = tuple(dims) if isinstance(dims, (tuple, list)) else (dims,)
    if len(dims) not in (1, 2):
        raise RuntimeError(
            "linalg.norm: expected one or two dimensions, in dim or of the input, got "
            f"{list(dims)} of {A.ndim}"
        )
    if len(dims) == 2 or isinstance(ord, str):
        given = dims if len(dims) == 2 else (-2, -1)
        return matrix_norm(A, "fro" if ord is None else ord, given, keepdim, dtype=dtype)
    return vector_norm(A, ord, dims, keepdim, dtype=dtype)
