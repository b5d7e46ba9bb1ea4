"""Joining and splitting in NumPy's ways, and matrices made of parts, under PyTorch's names."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from refnet.engine.dtypes import promote
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.comparison import logical_xor
from refnet.functions.dims import integer, one_dim
from refnet.functions.einsum import check_tensors
from refnet.functions.grids import meshgrid
from refnet.functions.joining import all_tensors, cat, narrow, split, stack, vstack
from refnet.functions.operands import refuse_bool, require_tensor
from refnet.functions.rearranging import on_diagonal
from refnet.functions.shape import diagonal, movedim

__all__ = [
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "block_diag",
    "cartesian_prod",
    "column_stack",
    "concatenate",
    "diag_embed",
    "diagflat",
    "diff",
    "dsplit",
    "dstack",
    "hsplit",
    "row_stack",
    "split_with_sizes",
    "tensor_split",
    "trace",
    "vsplit",
]

concatenate, row_stack = cat, vstack


# --- dimensions ----------------------------------------------------------------------------------


def atleast_1d(*tensors: Any) -> Any:
    """Reshapes tensors without dimensions to one dimension.

    Args:
        tensors: one tensor, several tensors, or a list or tuple of tensors

    Returns:
        the tensor if one was given, else a tuple

    Example:
        >>> refnet.atleast_1d(refnet.tensor(3))
        tensor([3])
    """
    return _at_least("atleast_1d", lambda x: x.reshape(1) if x.ndim == 0 else x, tensors)


def atleast_2d(*tensors: Any) -> Any:
    """Reshapes tensors of fewer than two dimensions to two. A vector becomes a row.

    Args:
        tensors: one tensor, several tensors, or a list or tuple of tensors

    Returns:
        the tensor if one was given, else a tuple

    Example:
        >>> refnet.atleast_2d(refnet.tensor([1, 2]), refnet.tensor(3))
        (tensor([[1, 2]]), tensor([[3]]))
    """
    return _at_least("atleast_2d", lambda x: x.reshape(1, -1) if x.ndim < 2 else x, tensors)


def atleast_3d(*tensors: Any) -> Any:
    """Reshapes tensors of fewer than three dimensions to three.

    A vector of shape (n) becomes (1, n, 1), a matrix of shape (n, m) becomes (n, m, 1).

    Args:
        tensors: one tensor, several tensors, or a list or tuple of tensors

    Returns:
        the tensor if one was given, else a tuple

    Example:
        >>> refnet.atleast_3d(refnet.zeros(5)).shape
        refnet.Size([1, 5, 1])
        >>> refnet.atleast_3d(refnet.zeros(5, 4)).shape
        refnet.Size([5, 4, 1])
    """

    def deep(x: Tensor) -> Tensor:
        if x.ndim < 2:
            return x.reshape(1, -1, 1)
        return x.unsqueeze(-1) if x.ndim == 2 else x

    return _at_least("atleast_3d", deep, tensors)


def _at_least(function: str, deepen: Callable[[Tensor], Tensor], tensors: tuple[Any, ...]) -> Any:
    one = len(tensors) == 1 and not isinstance(tensors[0], (tuple, list))
    xs = tensors[0] if len(tensors) == 1 and not one else tensors
    check_tensors(function, **{f"tensors[{i}]": x for i, x in enumerate(xs)})
    return deepen(xs[0]) if one else tuple(deepen(x) for x in xs)


# --- joining -------------------------------------------------------------------------------------


def dstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joins tensors in depth: along dimension 2, after `refnet.atleast_3d`.

    The gradient is derived in `refnet.ops.cat`.

    Args:
        tensors: list or tuple of tensors

    Example:
        >>> refnet.dstack([refnet.tensor([1, 2]), refnet.tensor([3, 4])])
        tensor([[[1, 3],
                 [2, 4]]])
    """
    return cat(atleast_3d(list(all_tensors(tensors, "dstack"))), 2)


def column_stack(tensors: Sequence[Tensor]) -> Tensor:
    """Joins tensors along dimension 1, where vectors and numbers count as columns.

    The gradient is derived in `refnet.ops.cat`.

    Args:
        tensors: list or tuple of tensors

    Example:
        >>> refnet.column_stack([refnet.tensor([1, 2]), refnet.tensor([3, 4])])
        tensor([[1, 3],
                [2, 4]])
    """
    xs = all_tensors(tensors, "column_stack")
    return cat([x.reshape(-1, 1) if x.ndim < 2 else x for x in xs], 1)


def block_diag(*tensors: Tensor) -> Tensor:
    """Places matrices one after the other along the diagonal of a matrix of zeros.

    The gradient is derived in `refnet.ops.cat`.

    Args:
        tensors: tensors of at most two dimensions; a vector counts as a row

    Raises:
        RuntimeError: for a tensor of more than two dimensions

    Example:
        >>> refnet.block_diag(refnet.tensor([[1, 2], [3, 4]]), refnet.tensor([[5]]))
        tensor([[1, 2, 0],
                [3, 4, 0],
                [0, 0, 5]])
    """
    for i, x in enumerate(tensors):
        if hasattr(x, "_array") and x.ndim > 2:
            raise RuntimeError(
                "block_diag: Input tensors must have 2 or fewer dimensions. "
                f"Input {i} has {x.ndim} dimensions"
            )
    if not tensors:
        return wrap(np.zeros((1, 0), np.float32))
    check_tensors("block_diag", **{f"tensors[{i}]": x for i, x in enumerate(tensors)})
    blocks: list[Tensor] = [atleast_2d(x) for x in promote(*tensors)]
    dtype = blocks[0]._array.dtype
    widths = [x._array.shape[1] for x in blocks]
    rows = []
    for i, x in enumerate(blocks):
        left, right = sum(widths[:i]), sum(widths[i + 1 :])
        n = x._array.shape[0]
        rows.append(
            cat([wrap(np.zeros((n, left), dtype)), x, wrap(np.zeros((n, right), dtype))], 1)
        )
    return cat(rows, 0)


def cartesian_prod(*tensors: Tensor) -> Tensor:
    """Lists all combinations of one entry of each vector, one combination a row.

    The gradient is derived in `refnet.ops.stack`.

    Args:
        tensors: vectors of the same dtype

    Raises:
        RuntimeError: if a tensor is not a vector, the dtypes differ, or no tensor is given

    Example:
        >>> refnet.cartesian_prod(refnet.tensor([1, 2]), refnet.tensor([3, 4]))
        tensor([[1, 3],
                [1, 4],
                [2, 3],
                [2, 4]])
    """
    for x in tensors:
        if x.ndim != 1:
            raise RuntimeError(f"Expect a 1D vector, but got shape {list(x._array.shape)}")
    if not tensors or any(x._array.dtype != tensors[0]._array.dtype for x in tensors):
        raise RuntimeError("cartesian_prod(): expected one or more vectors of the same dtype")
    if len(tensors) == 1:
        return tensors[0]
    return stack([x.reshape(-1) for x in meshgrid(*tensors, indexing="ij")], 1)


# --- splitting -----------------------------------------------------------------------------------


def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Splits a tensor along a dimension into parts of nearly equal size, or at given indices.

    The parts are views. If the size of the dimension is not a multiple of the number of parts, the
    first parts are larger by 1.

    The gradient is derived in `refnet.ops.index`.

    Args:
        input: tensor with at least one dimension
        indices_or_sections: number of parts, or a sequence of indices before which to split; either
            may
            be an int64 tensor
        dim: dimension to split

    Raises:
        RuntimeError: if the tensor has no dimensions, or the number of parts is not positive

    Example:
        >>> refnet.tensor_split(refnet.arange(5), 2)
        (tensor([0, 1, 2]), tensor([3, 4]))
        >>> refnet.tensor_split(refnet.arange(5), [1, 3])
        (tensor([0]), tensor([1, 2]), tensor([3, 4]))
    """
    if input.ndim == 0:
        raise RuntimeError(
            "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims"
        )
    given = indices_or_sections
    if hasattr(given, "_array"):
        if given._array.dtype != np.int64 or given.ndim > 1:
            raise RuntimeError(
                "tensor_split expected tensor_indices_or_sections to be of dtype long and of 0 or "
                f"1 dimensions, but got {given.dtype} with {given.ndim}"
            )
        given = given.tolist()
    axis = one_dim(dim, input.ndim)
    n = input._array.shape[axis]
    if hasattr(given, "__index__"):
        if given < 1:
            raise RuntimeError(f"number of sections must be larger than 0, got {given}")
        small, larger = divmod(n, given)
        given = [i * small + min(i, larger) for i in range(1, given)]
    elif not isinstance(given, (tuple, list)):
        raise TypeError(f"tensor_split(): expected indices or a number of sections, got {given!r}")
    ends = [0, *given, n]
    cuts = [slice(a, b).indices(n)[:2] for a, b in pairwise(ends)]
    return tuple(narrow(input, axis, a, max(b - a, 0)) for a, b in cuts)


def hsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Splits a tensor into columns: along dimension 1, and a vector along dimension 0.

    The parts are views.

    The gradient is derived in `refnet.ops.index`.

    Args:
        input: tensor with at least one dimension
        indices_or_sections: number of equal parts, or a sequence of indices before which to split

    Raises:
        RuntimeError: if the size is not a multiple of the number of parts

    Example:
        >>> refnet.hsplit(refnet.tensor([[1, 2], [3, 4]]), 2)
        (tensor([[1],
                [3]]), tensor([[2],
                [4]]))
    """
    return _split_evenly("hsplit", input, indices_or_sections, min(input.ndim - 1, 1), least=1)


def vsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Splits a tensor into rows, along dimension 0.

    The parts are views.

    The gradient is derived in `refnet.ops.index`.

    Args:
        input: tensor with at least two dimensions
        indices_or_sections: number of equal parts, or a sequence of indices before which to split

    Raises:
        RuntimeError: if the size is not a multiple of the number of parts

    Example:
        >>> refnet.vsplit(refnet.tensor([[1, 2], [3, 4]]), 2)
        (tensor([[1, 2]]), tensor([[3, 4]]))
    """
    return _split_evenly("vsplit", input, indices_or_sections, 0, least=2)


def dsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Splits a tensor in depth, along dimension 2.

    The parts are views.

    The gradient is derived in `refnet.ops.index`.

    Args:
        input: tensor with at least three dimensions
        indices_or_sections: number of equal parts, or a sequence of indices before which to split

    Raises:
        RuntimeError: if the size is not a multiple of the number of parts

    Example:
        >>> refnet.dsplit(refnet.tensor([[[1, 2, 3, 4]]]), [1])
        (tensor([[[1]]]), tensor([[[2, 3, 4]]]))
    """
    return _split_evenly("dsplit", input, indices_or_sections, 2, least=3)


def _split_evenly(
    function: str, input: Tensor, parts: Any, dim: int, *, least: int
) -> tuple[Tensor, ...]:
    if input.ndim < least:
        raise RuntimeError(
            f"{function} requires a tensor with at least {least} dimension, but got a tensor with "
            f"{input.ndim} dimensions!"
        )
    n = input._array.shape[dim]
    if hasattr(parts, "__index__") and (parts == 0 or n % parts):
        raise RuntimeError(
            f"{function} attempted to split along dimension {dim}, but the size of the dimension "
            f"{n} is not divisible by the split_size {parts}!"
        )
    return tensor_split(input, parts, dim)


def split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Splits a tensor into consecutive parts of given sizes along a dimension. The parts are views.

    The gradient is derived in `refnet.ops.split`.

    Args:
        input: tensor with at least one dimension
        split_sizes: sizes of the parts, which sum to the size of `dim`
        dim: dimension to split

    Raises:
        RuntimeError: if the sizes are negative or do not sum to the size of `dim`

    Example:
        >>> refnet.split_with_sizes(refnet.arange(5), [2, 3])
        (tensor([0, 1]), tensor([2, 3, 4]))
    """
    return split(input, list(split_sizes), dim)


# --- diagonals and differences -------------------------------------------------------------------


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
    squares = on_diagonal(input, integer(offset, "offset", "diag_embed"))
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


def diff(
    input: Tensor,
    n: int = 1,
    dim: int = -1,
    prepend: Tensor | None = None,
    append: Tensor | None = None,
) -> Tensor:
    """Computes the differences of neighbours along a dimension, n times.

        yᵢ = xᵢ₊₁ − xᵢ

    For booleans, yᵢ says whether the neighbours differ.

    The gradient is derived in `refnet.ops.cat` and `refnet.ops.index`.

    Args:
        input: x
        n: how many times differences are taken
        dim: dimension along which neighbours are compared
        prepend: tensor that is joined before the input first
        append: tensor that is joined after the input first

    Raises:
        RuntimeError: for n < 0, a 0-d tensor, and if `prepend` or `append` does not match the input

    Example:
        >>> x = refnet.tensor([1, 4, 9, 16])
        >>> refnet.diff(x)
        tensor([3, 5, 7])
        >>> refnet.diff(x, n=2)
        tensor([2, 2])
    """
    ends = [require_tensor(x) for x in (prepend, append) if x is not None]
    if input.ndim == 0:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if integer(n, "n", "diff") < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    axis = one_dim(dim, input.ndim)
    if any(x.ndim != input.ndim for x in ends):
        raise RuntimeError("diff expects prepend or append to be the same dimension as input")
    if n == 0:
        return input.clone()
    x = cat([x for x in (prepend, input, append) if x is not None], axis) if ends else input
    for _ in range(n):
        size = x._array.shape[axis]
        m = max(size - 1, 0)
        earlier, later = narrow(x, axis, 0, m), narrow(x, axis, size - m, m)
        x = logical_xor(later, earlier) if x._array.dtype.kind == "b" else later - earlier
    return x
