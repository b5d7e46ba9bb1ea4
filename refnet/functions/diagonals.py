"""Matrices with given diagonals, and the trace of a matrix: diag, diag_embed, diagflat, trace."""

import numpy as np

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.dims import integer, one_dim
from refnet.functions.operands import refuse_bool
from refnet.functions.shape import diagonal, movedim

__all__ = [
    "diag",
    "diag_embed",
    "diagflat",
    "trace",
]


def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """Returns a square matrix with a vector on its diagonal, or the diagonal of a matrix.

    The gradient is derived in `refnet.ops.diagonal` and `refnet.ops.index_put`.

    Args:
        input: vector or matrix
        diagonal: which diagonal: 0 the main one, 1 the one above it, −1 the one below it, …

    Raises:
        RuntimeError: unless the input has 1 or 2 dimensions

    Example:
        >>> refnet.diag(refnet.tensor([1, 2]))
        tensor([[1, 0],
                [0, 2]])
        >>> refnet.diag(refnet.tensor([[1, 2], [3, 4]]))
        tensor([1, 4])
    """
    if input.ndim not in (1, 2):
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.ndim}D")
    diagonal = integer(diagonal, "diagonal", "diag")
    if input.ndim == 1:
        return _on_diagonal(input, diagonal)
    return apply(ops.diagonal, input, offset=diagonal, dim1=0, dim2=1).clone()


def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Places the last dimension of a tensor on the diagonals of square matrices.

    The gradient is derived in `refnet.ops.index_put`.

    Shape:
        input: (*, n)
        result: (*, n + |offset|, n + |offset|), if the matrices lie along the last two dimensions

    Args:
        input: diagonals
        offset: which diagonal: 0 the main one, 1 the one above it, −1 the one below it, …
        dim1: first dimension of the matrices in the result
        dim2: second dimension of the matrices in the result

    Raises:
        RuntimeError: if dim1 and dim2 are the same

    Example:
        >>> refnet.diag_embed(refnet.tensor([1, 2]), offset=1)
        tensor([[0, 1, 0],
                [0, 0, 2],
                [0, 0, 0]])
    """
    a, b = one_dim(dim1, input.ndim + 1), one_dim(dim2, input.ndim + 1)
    if a == b:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    squares = _on_diagonal(input, integer(offset, "offset", "diag_embed"))
    return movedim(squares, (-2, -1), (a, b))


def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """Places all elements of a tensor on a diagonal of a square matrix.

    The gradient is derived in `refnet.ops.index_put`.

    Args:
        input: elements of the diagonal, in a tensor of any shape
        offset: which diagonal: 0 the main one, 1 the one above it, −1 the one below it, …

    Example:
        >>> refnet.diagflat(refnet.tensor([[1], [2]]))
        tensor([[1, 0],
                [0, 2]])
    """
    return diag_embed(input.reshape(-1), offset)


def _on_diagonal(input: Tensor, offset: int) -> Tensor:
    """Returns square matrices of zeros, with the last dimension of the input on a diagonal."""
    *batch, n = input._array.shape
    size, row, column = n + abs(offset), max(-offset, 0), max(offset, 0)
    where = (..., list(range(row, row + n)), list(range(column, column + n)))
    zeros = wrap(np.zeros((*batch, size, size), input._array.dtype))
    return apply(ops.index_put, zeros, input, where=where)


def trace(input: Tensor) -> Tensor:
    """Computes the sum of the diagonal of a matrix.

    The gradient is derived in `refnet.ops.diagonal`.

    Args:
        input: matrix

    Raises:
        RuntimeError: if the input is not a matrix
        NotImplementedError: for booleans

    Example:
        >>> refnet.trace(refnet.tensor([[1, 2], [3, 4]]))
        tensor(5)
    """
    refuse_bool("trace", input)
    if input.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input.ndim}")
    return diagonal(input).sum()
