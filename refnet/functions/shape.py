"""Shapes, as refnet.reshape(x, ...) and x.reshape(...): PyTorch's spelling of refnet.ops.shape.

Here stands what shows the same entries under another shape; joining.py joins and splits, and
rearranging.py repeats and moves.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from refnet import ops
from refnet.engine import dtypes
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.dims import normalise_dim, one_dim, several, sizes_of
from refnet.functions.operands import require_tensor

__all__ = [
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
    """The sizes, with the one −1 replaced by what makes the number of elements right."""
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
    """The same elements in another shape, one size of which may be −1; a view if memory allows

    Raises RuntimeError if the numbers of elements differ.

    The gradient is derived in `refnet.ops.reshape`.
    """
    return _reshaped(input, _fill_in(several("shape", sizes, shape), input._array.size))


def view(input: Tensor, *sizes: Any, size: Sizes = None, dtype: Any = None) -> Tensor:
    """reshape, but a RuntimeError where that would need a copy, and for another dtype"""
    if dtype is not None or (len(sizes) == 1 and isinstance(sizes[0], dtypes.dtype)):
        raise RuntimeError("view(dtype), a reinterpretation of bits, is left out; use to(dtype)")
    y = _reshaped(input, _fill_in(several("size", sizes, size), input._array.size))
    if input._array.size and not np.may_share_memory(y._array, input._array):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one "
            "dimension spans across two contiguous subspaces). Use .reshape(...) instead."
        )
    return y


def view_as(input: Tensor, other: Tensor) -> Tensor:
    """view in the shape of other"""
    return view(input, other.shape)


def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """reshape to the shape of other"""
    return reshape(input, other.shape)


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The dimensions from start_dim to end_dim as one; the tensor itself if that is what it has

    The gradient is derived in `refnet.ops.reshape`.
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
    """All dimensions as one

    The gradient is derived in `refnet.ops.reshape`.
    """
    return _reshaped(input, (input._array.size,))


def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """Dimension dim as several, one size of which may be −1

    The gradient is derived in `refnet.ops.reshape`.
    """
    axis = one_dim(dim, input.ndim)
    parts = sizes_of((sizes,)) if isinstance(sizes, (tuple, list)) else None
    if parts is None:
        raise TypeError(f"unflatten(): sizes must be a tuple of ints, got {sizes!r}")
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
    """The dimensions in another order; a view

    The gradient is derived in `refnet.ops.permute`.
    """
    chosen = several("dims", order, dims)
    if len(chosen) != input.ndim:
        raise RuntimeError(
            "permute: the number of dimensions in the tensor input does not match the length of "
            f"the desired order: input.dim() = {input.ndim} is not equal to len(dims) = {len(chosen)}"
        )
    return apply(ops.permute, input, dims=normalise_dim(chosen, input.ndim))


def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two dimensions swapped; a view

    The gradient is derived in `refnet.ops.permute`.
    """
    a, b = one_dim(dim0, require_tensor(input).ndim), one_dim(dim1, input.ndim)
    order = list(range(input.ndim))
    if order:
        order[a], order[b] = b, a
    return apply(ops.permute, input, dims=tuple(order))


def swapaxes(input: Tensor, axis0: int, axis1: int) -> Tensor:
    """transpose, under NumPy's name

    The gradient is derived in `refnet.ops.permute`.
    """
    return transpose(input, axis0, axis1)


def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; a vector as it is

    Raises RuntimeError for more than two dimensions.

    The gradient is derived in `refnet.ops.permute`.
    """
    if require_tensor(input).ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return apply(ops.permute, input, dims=tuple(reversed(range(input.ndim))))


def movedim(input: Tensor, source: Any, destination: Any) -> Tensor:
    """Dimensions moved to other places, the others keeping their order; a view

    The gradient is derived in `refnet.ops.permute`.
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
    """Without the dimensions of size 1, or without those of dim that have it; a view

    The gradient is derived in `refnet.ops.reshape`.
    """
    shape = input._array.shape
    chosen = () if isinstance(dim, tuple) and not dim else normalise_dim(dim, len(shape))
    return _reshaped(input, tuple(n for i, n in enumerate(shape) if i not in chosen or n != 1))


def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """With a new dimension of size 1 at dim; a view

    The gradient is derived in `refnet.ops.reshape`.
    """
    shape = input._array.shape
    axis = one_dim(dim, len(shape) + 1)
    return _reshaped(input, (*shape[:axis], 1, *shape[axis:]))


def expand(input: Tensor, *sizes: Any, size: Sizes = None) -> Tensor:
    """Dimensions of size 1 repeated to the sizes, of which −1 leaves one as it is; a view

    Raises RuntimeError for another size than 1 to repeat.
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
    """expand to the shape of other"""
    return expand(input, other.shape)


def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """The entries with equal indices at dim1 and dim2, as a new last dimension; a view

    The gradient is derived in `refnet.ops.diagonal`.
    """
    a, b = one_dim(dim1, input.ndim), one_dim(dim2, input.ndim)
    if a == b:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    return apply(ops.diagonal, input, offset=offset, dim1=a, dim2=b)
