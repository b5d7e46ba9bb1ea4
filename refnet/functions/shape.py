"""Functions of the shape under PyTorch's names, as refnet.reshape(x, ...) and x.reshape(...).

They return the same entries in another shape. The rules are in refnet.ops.shape. joining.py joins
tensors, splitting.py splits them, and rearranging.py repeats and moves entries.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, overload

import numpy as np

from refnet import ops
from refnet.engine import dtypes
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.dims import normalise_dim, one_dim, several, sizes_of
from refnet.functions.operands import check_tensors, require_tensor

__all__ = [
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "diagonal",
    "flatten",
    "movedim",
    "permute",
    "ravel",
    "reshape",
    "squeeze",
    "swapaxes",
    "t",
    "transpose",
    "unflatten",
    "unsqueeze",
]

Sizes = Sequence[int] | None


def _fill_in(sizes: tuple[int, ...], numel: int) -> tuple[int, ...]:
    """Returns the sizes, with −1 replaced by the size that makes the number of elements correct."""
    known = math.prod(n for n in sizes if n != -1)
    if sizes.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    if any(n < -1 for n in sizes):
        raise RuntimeError(f"invalid shape dimension {min(sizes)} in shape {list(sizes)}")
    if -1 not in sizes:
        fits = known == numel
    elif known:
        fits = numel % known == 0
    elif numel == 0:
        raise RuntimeError(
            f"cannot reshape tensor of 0 elements into shape {list(sizes)} because the "
            "unspecified dimension size -1 can be any value and is ambiguous"
        )
    else:
        fits = False
    if not fits:
        raise RuntimeError(f"shape '{list(sizes)}' is invalid for input of size {numel}")
    return tuple(numel // known if n == -1 else n for n in sizes)


def _reshaped(input: Tensor, sizes: tuple[int, ...]) -> Tensor:
    return apply(ops.reshape, input, shape=sizes)


def reshape(input: Tensor, *sizes: Any, shape: Sizes = None) -> Tensor:
    """Returns the same elements in another shape, as a view if possible, else as a copy.

    The gradient is derived in `refnet.ops.reshape`.

    Args:
        input: tensor
        sizes: sizes of the result; one of them may be −1, which is inferred
        shape: the same, by keyword

    Raises:
        RuntimeError: if the shape has another number of elements

    Example:
        >>> refnet.reshape(refnet.arange(4), (2, -1))
        tensor([[0, 1],
                [2, 3]])
    """
    return _reshaped(input, _fill_in(several("shape", sizes, shape), input._array.size))


def view(input: Tensor, *sizes: Any, size: Sizes = None, dtype: Any = None) -> Tensor:
    """Returns the same elements in another shape, as a view.

    The gradient is derived in `refnet.ops.reshape`.

    Args:
        input: tensor
        sizes: sizes of the result; one of them may be −1, which is inferred
        size: the same, by keyword
        dtype: not supported; use `to(dtype)`

    Raises:
        RuntimeError: if the shape has another number of elements or needs a copy, and for a dtype

    Example:
        >>> refnet.arange(4).view(2, 2)
        tensor([[0, 1],
                [2, 3]])
    """
    if dtype is not None or (len(sizes) == 1 and isinstance(sizes[0], dtypes.dtype)):
        raise RuntimeError(
            "view(): expected sizes, got a dtype, which is not supported; use to(dtype)"
        )
    y = _reshaped(input, _fill_in(several("size", sizes, size), input._array.size))
    if input._array.size and not np.may_share_memory(y._array, input._array):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one "
            "dimension spans across two contiguous subspaces). Use .reshape(...) instead."
        )
    return y


def view_as(input: Tensor, other: Tensor) -> Tensor:
    """Returns a view in the shape of another tensor; see `refnet.Tensor.view`.

    The gradient is derived in `refnet.ops.reshape`.

    Args:
        input: tensor
        other: tensor with the same number of elements

    Example:
        >>> refnet.arange(4).view_as(refnet.zeros(2, 2))
        tensor([[0, 1],
                [2, 3]])
    """
    return view(input, other.shape)


def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """Reshapes a tensor to the shape of another; see `refnet.reshape`.

    The gradient is derived in `refnet.ops.reshape`.

    Args:
        input: tensor
        other: tensor with the same number of elements

    Example:
        >>> refnet.arange(4).reshape_as(refnet.zeros(2, 2))
        tensor([[0, 1],
                [2, 3]])
    """
    return reshape(input, other.shape)


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Merges consecutive dimensions into one.

    If `start_dim` and `end_dim` are the same, the result is the tensor itself.

    The gradient is derived in `refnet.ops.reshape`.

    Args:
        input: tensor
        start_dim: first dimension
        end_dim: last dimension

    Raises:
        RuntimeError: if `start_dim` comes after `end_dim`

    Example:
        >>> x = refnet.tensor([[[1, 2], [3, 4]]])
        >>> refnet.flatten(x)
        tensor([1, 2, 3, 4])
        >>> refnet.flatten(x, start_dim=1)
        tensor([[1, 2, 3, 4]])
    """
    first, last = one_dim(start_dim, input.ndim), one_dim(end_dim, input.ndim)
    shape = input._array.shape
    if not shape:
        return _reshaped(input, (1,))
    if first > last:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if first == last:
        return input
    merged = math.prod(shape[first : last + 1])
    return _reshaped(input, (*shape[:first], merged, *shape[last + 1 :]))


def ravel(input: Tensor) -> Tensor:
    """Merges all dimensions into one.

    The gradient is derived in `refnet.ops.reshape`.

    Args:
        input: tensor

    Example:
        >>> refnet.ravel(refnet.tensor([[1, 2], [3, 4]]))
        tensor([1, 2, 3, 4])
    """
    return _reshaped(input, (input._array.size,))


def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """Splits one dimension into several.

    The gradient is derived in `refnet.ops.reshape`.

    Args:
        input: tensor
        dim: dimension
        sizes: sizes whose product is that of `dim`; one may be −1, which is inferred

    Raises:
        RuntimeError: if the product of the sizes is not the size of `dim`
        TypeError: if `sizes` is not a tuple or list

    Example:
        >>> refnet.unflatten(refnet.arange(4), 0, (2, -1))
        tensor([[0, 1],
                [2, 3]])
    """
    axis = one_dim(dim, input.ndim)
    parts = sizes_of((sizes,)) if isinstance(sizes, (tuple, list)) else None
    if parts is None:
        raise TypeError(f"unflatten(): expected sizes to be a tuple of ints, got {sizes!r}")
    if not parts:
        raise RuntimeError("unflatten: sizes must be non-empty")
    shape = input._array.shape or (1,)
    try:
        parts = _fill_in(parts, shape[axis])
    except RuntimeError as error:
        raise RuntimeError(
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {dim} "
            f"({shape[axis]}) in the input tensor"
        ) from error
    return _reshaped(input, (*shape[:axis], *parts, *shape[axis + 1 :]))


def permute(input: Tensor, *order: Any, dims: Sizes = None) -> Tensor:
    """Reorders the dimensions. The result is a view.

    The gradient is derived in `refnet.ops.permute`.

    Args:
        input: tensor
        order: dimensions of the input, in the order of the result
        dims: the same, by keyword

    Raises:
        RuntimeError: if `dims` has another length than the shape, or a dimension is repeated

    Example:
        >>> refnet.permute(refnet.zeros(2, 3, 4), (2, 0, 1)).shape
        refnet.Size([4, 2, 3])
    """
    chosen = several("dims", order, dims)
    if len(chosen) != input.ndim:
        raise RuntimeError(
            "permute: the number of dimensions in the tensor input does not match the length of "
            f"the desired order: input.dim() = {input.ndim} is not equal to len(dims) = "
            f"{len(chosen)}"
        )
    return apply(ops.permute, input, dims=normalise_dim(chosen, input.ndim))


def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Swaps two dimensions. The result is a view.

    `swapdims` is the same function.

    The gradient is derived in `refnet.ops.permute`.

    Args:
        input: tensor
        dim0: first dimension
        dim1: second dimension

    Raises:
        IndexError: for a dimension out of range

    Example:
        >>> refnet.transpose(refnet.tensor([[1, 2], [3, 4]]), 0, 1)
        tensor([[1, 3],
                [2, 4]])
    """
    a, b = one_dim(dim0, require_tensor(input).ndim), one_dim(dim1, input.ndim)
    order = list(range(input.ndim))
    if order:
        order[a], order[b] = b, a
    return apply(ops.permute, input, dims=tuple(order))


def swapaxes(input: Tensor, axis0: int, axis1: int) -> Tensor:
    """Swaps two dimensions, as `refnet.transpose` does.

    The gradient is derived in `refnet.ops.permute`.

    Args:
        input: tensor
        axis0: first dimension
        axis1: second dimension

    Example:
        >>> refnet.swapaxes(refnet.tensor([[1, 2], [3, 4]]), 0, 1)
        tensor([[1, 3],
                [2, 4]])
    """
    return transpose(input, axis0, axis1)


def t(input: Tensor) -> Tensor:
    """Transposes a matrix; returns a vector as it is. The result is a view.

    The gradient is derived in `refnet.ops.permute`.

    Args:
        input: tensor of at most two dimensions

    Raises:
        RuntimeError: for more than two dimensions

    Example:
        >>> refnet.t(refnet.tensor([[1, 2], [3, 4]]))
        tensor([[1, 3],
                [2, 4]])
    """
    if require_tensor(input).ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return apply(ops.permute, input, dims=tuple(reversed(range(input.ndim))))


def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """Moves dimensions to other positions; the others keep their order. The result is a view.

    `moveaxis` is the same function.

    The gradient is derived in `refnet.ops.permute`.

    Args:
        input: tensor
        source: dimension or dimensions to move
        destination: their positions in the result

    Raises:
        RuntimeError: if `source` and `destination` differ in length, or a dimension is repeated

    Example:
        >>> refnet.movedim(refnet.zeros(2, 3, 4), 0, -1).shape
        refnet.Size([3, 4, 2])
    """
    a, b = sizes_of((source,)), sizes_of((destination,))
    if len(a) != len(b):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({list(a)} dims) should contain "
            f"the same number of dims as destination ({list(b)} dims)"
        )
    if not a or input.ndim == 0:
        normalise_dim(a, input.ndim), normalise_dim(b, input.ndim)
        return permute(input, tuple(range(input.ndim)))
    a, b = normalise_dim(a, input.ndim), normalise_dim(b, input.ndim)
    order = [i for i in range(input.ndim) if i not in a]
    for place, axis in sorted(zip(b, a, strict=True)):
        order.insert(place, axis)
    return permute(input, order)


def squeeze(input: Tensor, dim: int | Iterable[int] | None = None) -> Tensor:
    """Removes dimensions of size 1. The result is a view.

    The gradient is derived in `refnet.ops.reshape`.

    Args:
        input: tensor
        dim: dimensions to remove if their size is 1; all if None

    Example:
        >>> refnet.squeeze(refnet.zeros(1, 3, 1)).shape
        refnet.Size([3])
        >>> refnet.squeeze(refnet.zeros(1, 3, 1), 0).shape
        refnet.Size([3, 1])
    """
    shape = input._array.shape
    chosen = () if isinstance(dim, tuple) and not dim else normalise_dim(dim, len(shape))
    return _reshaped(input, tuple(n for i, n in enumerate(shape) if i not in chosen or n != 1))


def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """Inserts a dimension of size 1. The result is a view.

    The gradient is derived in `refnet.ops.reshape`.

    Args:
        input: tensor
        dim: position of the new dimension in the result

    Example:
        >>> refnet.unsqueeze(refnet.tensor([1, 2]), 1)
        tensor([[1],
                [2]])
    """
    shape = input._array.shape
    axis = one_dim(dim, len(shape) + 1)
    return _reshaped(input, (*shape[:axis], 1, *shape[axis:]))


def expand(input: Tensor, *sizes: Any, size: Sizes = None) -> Tensor:
    """Repeats dimensions of size 1 to larger sizes. The result is a view.

    The gradient is derived in `refnet.ops.expand`.

    Args:
        input: tensor
        sizes: sizes of the result; −1 leaves a dimension as it is; new dimensions are added in
            front
        size: the same, by keyword

    Raises:
        RuntimeError: if a size changes that is not 1, or for fewer sizes than dimensions

    Example:
        >>> refnet.tensor([[1], [2]]).expand(2, 3)
        tensor([[1, 1, 1],
                [2, 2, 2]])
    """
    target = list(several("size", sizes, size))
    shape = input._array.shape
    extra = len(target) - len(shape)
    if extra < 0:
        raise RuntimeError(
            f"expand({list(shape)}, size={target}): the number of sizes provided ({len(target)}) "
            f"must be greater or equal to the number of dimensions in the tensor ({len(shape)})"
        )
    for i, n in enumerate(target):
        if n == -1 and i >= extra:
            target[i] = shape[i - extra]
        elif n < 0 and i < extra:
            raise RuntimeError(
                f"The expanded size of the tensor ({n}) isn't allowed in a leading, non-existing "
                f"dimension {i}"
            )
        elif n < 0 or (i >= extra and shape[i - extra] not in (1, n)):
            raise RuntimeError(
                f"The expanded size of the tensor ({n}) must match the existing size "
                f"({shape[i - extra]}) at non-singleton dimension {i}.  "
                f"Target sizes: {target}.  Tensor sizes: {list(shape)}"
            )
    return apply(ops.expand, input, shape=tuple(target))


def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """Expands a tensor to the shape of another; see `refnet.Tensor.expand`.

    The gradient is derived in `refnet.ops.expand`.

    Args:
        input: tensor
        other: tensor with the new shape

    Example:
        >>> refnet.tensor([[1], [2]]).expand_as(refnet.zeros(2, 3))
        tensor([[1, 1, 1],
                [2, 2, 2]])
    """
    return expand(input, other.shape)


def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """Returns a diagonal of two dimensions, as a new last dimension. The result is a view.

    The gradient is derived in `refnet.ops.diagonal`.

    Args:
        input: tensor with at least two dimensions
        offset: which diagonal: 0 the main one, 1 the one above it, −1 the one below it, …
        dim1: first dimension
        dim2: second dimension

    Raises:
        RuntimeError: if dim1 and dim2 are the same

    Example:
        >>> refnet.diagonal(refnet.tensor([[1, 2], [3, 4]]))
        tensor([1, 4])
    """
    a, b = one_dim(dim1, input.ndim), one_dim(dim2, input.ndim)
    if a == b:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return apply(ops.diagonal, input, offset=offset, dim1=a, dim2=b)


@overload
def atleast_1d(tensor: Tensor, /) -> Tensor: ...
@overload
def atleast_1d(*tensors: Any) -> tuple[Tensor, ...]: ...


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


@overload
def atleast_2d(tensor: Tensor, /) -> Tensor: ...
@overload
def atleast_2d(*tensors: Any) -> tuple[Tensor, ...]: ...


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


@overload
def atleast_3d(tensor: Tensor, /) -> Tensor: ...
@overload
def atleast_3d(*tensors: Any) -> tuple[Tensor, ...]: ...


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
    single = len(tensors) == 1 and not isinstance(tensors[0], (tuple, list))
    xs = tensors[0] if len(tensors) == 1 and not single else tensors
    check_tensors(function, **{f"tensors[{i}]": x for i, x in enumerate(xs)})
    return deepen(xs[0]) if single else tuple(deepen(x) for x in xs)
