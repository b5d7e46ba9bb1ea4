"""Functions that take parts of a tensor along a dimension: split, chunk, unbind, select, narrow, …

The parts are views.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from refnet import ops
from refnet.engine.tape import apply, apply_several
from refnet.engine.tensor import Tensor
from refnet.functions.dims import integer, one_dim, sizes_of

__all__ = [
    "chunk",
    "dsplit",
    "hsplit",
    "narrow",
    "select",
    "split",
    "split_with_sizes",
    "tensor_split",
    "unbind",
    "vsplit",
]


def split(
    tensor: Tensor, split_size_or_sections: int | Sequence[int], dim: int = 0
) -> tuple[Tensor, ...]:
    """Splits a tensor into consecutive parts along a dimension. The parts are views.

    The gradient is derived in `refnet.ops.split`.

    Args:
        tensor: tensor with at least one dimension
        split_size_or_sections: size of each part (the last part may be smaller), or a list of sizes
        dim: dimension to split

    Raises:
        RuntimeError: if the sizes are negative or do not sum to the size of `dim`

    Example:
        >>> x = refnet.arange(5)
        >>> refnet.split(x, 2)
        (tensor([0, 1]), tensor([2, 3]), tensor([4]))
        >>> refnet.split(x, [1, 4])
        (tensor([0]), tensor([1, 2, 3, 4]))
    """
    if tensor.ndim == 0:
        raise RuntimeError("split expects at least a 1-dimensional tensor")
    axis = one_dim(dim, tensor.ndim)
    n = tensor._array.shape[axis]
    if isinstance(split_size_or_sections, (tuple, list)):
        sizes = sizes_of((split_size_or_sections,))
        if sum(sizes) != n or any(s < 0 for s in sizes):
            raise RuntimeError(
                "split_with_sizes expects split_sizes to be non-negative and to sum exactly to "
                f"{n} (input tensor's size at dimension {axis}), but got "
                f"split_sizes={list(sizes)}"
            )
    else:
        (size,) = sizes_of((split_size_or_sections,))
        if size < 0:
            raise RuntimeError(
                f"split expects split_size be non-negative, but got split_size={size}"
            )
        if size == 0 and n:
            raise RuntimeError(
                f"split_size can only be 0 if dimension size is 0, but got dimension size of {n}"
            )
        sizes = tuple(min(size, n - i) for i in range(0, n, size)) if n else (0,)
    if not sizes:
        return ()
    return apply_several(ops.split, tensor, sizes=sizes, dim=axis)


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


def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """Splits a tensor into at most `chunks` parts along a dimension. The parts are views.

    Every part except the last has the same size, the size of `dim` divided by `chunks` and rounded
    up.

    The gradient is derived in `refnet.ops.split`.

    Args:
        input: tensor with at least one dimension
        chunks: largest number of parts
        dim: dimension to split

    Raises:
        RuntimeError: if `chunks` is not positive or the tensor has no dimensions

    Example:
        >>> refnet.chunk(refnet.arange(5), 3)
        (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    if input.ndim == 0:
        raise RuntimeError("chunk expects at least a 1-dimensional tensor")
    if integer(chunks, "chunks", "chunk") <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    n = input._array.shape[one_dim(dim, input.ndim)]
    return split(input, -(-n // chunks) if n else [0] * chunks, dim)


def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Splits a tensor along a dimension into parts of nearly equal size, or at given indices.

    The parts are views. If the size of the dimension is not a multiple of the number of parts, the
    first parts are larger by 1.

    The gradient is derived in `refnet.ops.index`.

    Args:
        input: tensor with at least one dimension
        indices_or_sections: number of parts, or a sequence of indices before which to split; either
            may be an int64 tensor
        dim: dimension to split

    Raises:
        RuntimeError: if the tensor has no dimensions, or the number of parts is not positive
        TypeError: if `indices_or_sections` is neither a number nor a sequence

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
        RuntimeError: if the tensor has too few dimensions, or the size of the dimension is not a
            multiple of the number of parts

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
        RuntimeError: if the tensor has too few dimensions, or the size of the dimension is not a
            multiple of the number of parts

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
        RuntimeError: if the tensor has too few dimensions, or the size of the dimension is not a
            multiple of the number of parts

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


def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """Returns the slices along a dimension as a tuple. The slices are views.

    The gradient is derived in `refnet.ops.unbind`.

    Args:
        input: tensor with at least one dimension
        dim: dimension to remove

    Raises:
        IndexError: if `dim` is out of range or the tensor has no dimensions

    Example:
        >>> refnet.unbind(refnet.tensor([[1, 2], [3, 4]]), dim=1)
        (tensor([1, 3]), tensor([2, 4]))
    """
    if input.ndim == 0:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    axis = one_dim(dim, input.ndim)
    if input._array.shape[axis] == 0:
        return ()
    return apply_several(ops.unbind, input, dim=axis)


def select(input: Tensor, dim: int, index: int) -> Tensor:
    """Returns the slice at one index of a dimension. The slice is a view.

    The gradient is derived in `refnet.ops.index`.

    Args:
        input: tensor with at least one dimension
        dim: dimension to remove
        index: position along `dim`; negative numbers count from the end

    Raises:
        IndexError: if the index is out of range or the tensor has no dimensions

    Example:
        >>> refnet.select(refnet.tensor([[1, 2], [3, 4]]), dim=1, index=0)
        tensor([1, 3])
    """
    if input.ndim == 0:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    axis = one_dim(dim, input.ndim)
    n = input._array.shape[axis]
    i = integer(index, "index", "select")
    if not -n <= i < n:
        raise IndexError(
            f"select(): index {i} out of range for tensor of size {list(input._array.shape)} "
            f"at dimension {axis}"
        )
    return apply(ops.index, input, where=(slice(None),) * axis + (i,))


def narrow(input: Tensor, dim: int, start: int | Tensor, length: int) -> Tensor:
    """Returns the entries from `start` to `start + length` along a dimension. The result is a view.

    The gradient is derived in `refnet.ops.index`.

    Args:
        input: tensor with at least one dimension
        dim: dimension to shorten
        start: first index, an integer or a 0-d integer tensor; negative numbers count from the end
        length: number of entries

    Raises:
        RuntimeError: if `length` is negative, or `start + length` exceeds the size of `dim`
        IndexError: if `start` is out of range

    Example:
        >>> refnet.narrow(refnet.arange(5), 0, 1, 3)
        tensor([1, 2, 3])
    """
    if input.ndim == 0:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    axis = one_dim(dim, input.ndim)
    array = getattr(start, "_array", None)
    if array is not None and (array.ndim or array.dtype.kind not in "iu"):
        raise RuntimeError(
            "narrow(): expected start to be an integer or a 0-d integer tensor, got "
            f"{array.dtype} of shape {list(array.shape)}"
        )
    n, begin = input._array.shape[axis], start.__index__()
    if length < 0:
        raise RuntimeError(f"narrow(): length must be non-negative, got {length}")
    if not -n <= begin <= n:
        raise IndexError(
            f"start out of range (expected to be in range of [{-n}, {n}], but got {begin})"
        )
    begin += n if begin < 0 else 0
    if begin + length > n:
        raise RuntimeError(f"start ({begin}) + length ({length}) exceeds dimension size ({n}).")
    where = (slice(None),) * axis + (slice(begin, begin + length),)
    return apply(ops.index, input, where=where)
