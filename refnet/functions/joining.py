"""Functions that join and split tensors: cat, stack, split, chunk, … (refnet.ops.shape)."""

import functools
from collections.abc import Sequence
from typing import Any

from refnet import ops
from refnet.engine import dtypes
from refnet.engine.argument_errors import type_name
from refnet.engine.tape import apply, apply_several
from refnet.engine.tensor import Tensor
from refnet.functions.dims import integer, one_dim, sizes_of

__all__ = [
    "cat",
    "chunk",
    "concat",
    "hstack",
    "narrow",
    "select",
    "split",
    "stack",
    "unbind",
    "vstack",
]


def all_tensors(tensors: Any, function: str) -> tuple[Tensor, ...]:
    """Returns the tensors of a list or tuple, promoted to one dtype."""
    if not isinstance(tensors, (tuple, list)):
        raise TypeError(
            f"{function}(): expected a list or tuple of Tensors, got {type(tensors).__name__}"
        )
    if not tensors:
        error = ValueError if function == "cat" else RuntimeError  # as in PyTorch
        raise error(f"{function}(): expected a non-empty list of Tensors")
    for i, x in enumerate(tensors):
        if not hasattr(x, "_array"):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type_name(x)}")
    if all(x._array.dtype == tensors[0]._array.dtype for x in tensors):
        return tuple(tensors)
    common = functools.reduce(dtypes.join, (x._array.dtype for x in tensors))
    return tuple(dtypes.cast(x, common) for x in tensors)


def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Concatenates tensors along an existing dimension.

    Empty tensors of shape (0) are skipped.

    The gradient is derived in `refnet.ops.cat`.

    Args:
        tensors: list or tuple of tensors whose sizes agree in every dimension except `dim`
        dim: dimension along which the tensors are joined

    Raises:
        RuntimeError: if the sizes differ in another dimension, or a tensor has no dimensions
        ValueError: if the list is empty
        TypeError: if an element is not a tensor

    Example:
        >>> refnet.cat([refnet.tensor([1, 2]), refnet.tensor([3])])
        tensor([1, 2, 3])
        >>> refnet.cat([refnet.zeros(2, 2), refnet.ones(2, 1)], dim=1)
        tensor([[0., 0., 1.],
                [0., 0., 1.]])
    """
    xs = all_tensors(tensors, "cat")
    shapes = [x._array.shape for x in xs]
    first = next((shape for shape in shapes if shape != (0,)), (0,))
    if () in shapes:
        raise RuntimeError(
            f"zero-dimensional tensor (at position {shapes.index(())}) cannot be concatenated"
        )
    axis = one_dim(dim, len(first))
    for i, shape in enumerate(shapes):
        if shape == (0,):
            continue
        if len(shape) != len(first):
            raise RuntimeError(
                f"Tensors must have same number of dimensions: got {len(first)} and {len(shape)}"
            )
        for d, (n, m) in enumerate(zip(first, shape, strict=True)):
            if d != axis and n != m:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {axis}. Expected size {n} "
                    f"but got size {m} for tensor number {i} in the list."
                )
    return apply(ops.cat, *xs, dim=axis)


concat = cat


def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Joins tensors of one shape along a new dimension.

    The gradient is derived in `refnet.ops.stack`.

    Args:
        tensors: list or tuple of tensors of the same shape
        dim: position of the new dimension in the result

    Raises:
        RuntimeError: if the shapes differ or the list is empty

    Example:
        >>> a, b = refnet.tensor([1, 2]), refnet.tensor([3, 4])
        >>> refnet.stack([a, b])
        tensor([[1, 2],
                [3, 4]])
        >>> refnet.stack([a, b], dim=1)
        tensor([[1, 3],
                [2, 4]])
    """
    xs = all_tensors(tensors, "stack")
    for i, x in enumerate(xs):
        if x._array.shape != xs[0]._array.shape:
            raise RuntimeError(
                "stack expects each tensor to be equal size, but got "
                f"{list(xs[0]._array.shape)} at entry 0 and {list(x._array.shape)} at entry {i}"
            )
    return apply(ops.stack, *xs, dim=one_dim(dim, xs[0].ndim + 1))


def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joins tensors horizontally: along dimension 1, and vectors along dimension 0.

    The gradient is derived in `refnet.ops.cat`.

    Args:
        tensors: list or tuple of tensors; a 0-d tensor counts as a vector of one element

    Raises:
        RuntimeError: if the list is empty, or sizes differ in another dimension

    Example:
        >>> refnet.hstack([refnet.tensor([[1], [2]]), refnet.tensor([[3], [4]])])
        tensor([[1, 3],
                [2, 4]])
        >>> refnet.hstack([refnet.tensor([1, 2]), refnet.tensor(3)])
        tensor([1, 2, 3])
    """
    xs = [x.reshape(1) if x.ndim == 0 else x for x in all_tensors(tensors, "hstack")]
    return cat(xs, 0 if xs[0].ndim == 1 else 1)


def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joins tensors vertically: along dimension 0, where a vector counts as one row.

    `row_stack` is the same function.

    The gradient is derived in `refnet.ops.cat`.

    Args:
        tensors: list or tuple of tensors; a vector of shape (n) counts as a matrix of shape (1, n)

    Raises:
        RuntimeError: if the list is empty, or sizes differ in another dimension

    Example:
        >>> refnet.vstack([refnet.tensor([1, 2]), refnet.tensor([3, 4])])
        tensor([[1, 2],
                [3, 4]])
    """
    return cat([x.reshape(1, -1) if x.ndim < 2 else x for x in all_tensors(tensors, "vstack")], 0)


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


def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """Returns the slices along a dimension as a tuple. The slices are views.

    The gradient is derived in `refnet.ops.unbind`.

    Args:
        input: tensor with at least one dimension
        dim: dimension that the slices do not have any more

    Raises:
        IndexError: if the tensor has no dimensions

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
        dim: dimension that the slice does not have any more
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
        dim: dimension that becomes shorter
        start: first index, an integer or a 0-d integer tensor; negative numbers count from the end
        length: number of entries

    Raises:
        RuntimeError: if `length` is negative or the range ends after the dimension
        IndexError: if `start` is out of range

    Example:
        >>> refnet.narrow(refnet.arange(5), 0, 1, 3)
        tensor([1, 2, 3])
    """
    if input.ndim == 0:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    axis = one_dim(dim, input.ndim)
    place = getattr(start, "_array", None)
    if place is not None and (place.ndim or place.dtype.kind not in "iu"):
        raise RuntimeError(
            "narrow(): expected start to be an integer or a 0-d integer tensor, got "
            f"{place.dtype} of shape {list(place.shape)}"
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
