"""Dimensions turned, repeated, summed or cut into windows, under PyTorch's names."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from refnet import ops
from refnet.engine.size import Size
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.dims import one_dim, several
from refnet.functions.einsum import check_tensors
from refnet.functions.operands import misfit
from refnet.functions.rearranging import flip
from refnet.functions.shape import expand, movedim, transpose

__all__ = [
    "adjoint",
    "broadcast_shapes",
    "broadcast_tensors",
    "broadcast_to",
    "fliplr",
    "flipud",
    "moveaxis",
    "rot90",
    "swapdims",
]


def broadcast_to(input: Tensor, size: Sequence[int]) -> Tensor:
    """Dimensions of size 1 repeated to this size; a view

    The gradient is derived in `refnet.ops.expand`.
    """
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"broadcast_to(): size must be tuple of ints, not {type(size).__name__}")
    return expand(input, size)


def broadcast_shapes(*shapes: Any) -> Size:
    """The shape to which tensors of these shapes broadcast

    Raises RuntimeError if they do not, ValueError for a negative size.
    """
    whole = [(s,) if hasattr(s, "__index__") else tuple(s) for s in shapes]
    if any(n < 0 for shape in whole for n in shape):
        raise ValueError(f"a size must not be negative, got the shapes {whole}")
    try:
        return Size(np.broadcast_shapes(*whole))
    except ValueError as error:
        raise RuntimeError(f"the shapes {whole} cannot be broadcast together") from error


def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """The tensors, each repeated to the shape that they have in common; views

    Raises RuntimeError if there is none.

    The gradient is derived in `refnet.ops.expand`.
    """
    check_tensors("broadcast_tensors", **{f"tensors[{i}]": x for i, x in enumerate(tensors)})
    shape: tuple[int, ...] = ()
    for i, x in enumerate(tensors):
        try:
            shape = np.broadcast_shapes(shape, x._array.shape)
        except ValueError as error:
            raise misfit(tensors[0], tensors[i]) from error
    return tuple(expand(x, shape) for x in tensors)


def sum_to_size(input: Tensor, *sizes: Any, size: Any = None) -> Tensor:
    """The sum over what was repeated to broadcast this size to input's shape

    Raises RuntimeError if the size does not broadcast to input's shape.
    """
    target, shape = several("size", sizes, size), input._array.shape
    extra = len(shape) - len(target)
    pairs = zip(target, shape[extra:], strict=False)
    if extra < 0 or any(n not in (1, m) for n, m in pairs):
        raise RuntimeError(f"size {list(target)} is not expandable to size {list(shape)}.")
    if target == shape:
        return input
    repeated = [i for i, n in enumerate(shape) if i < extra or target[i - extra] != n]
    return input.sum(repeated, keepdim=True).reshape(target)


def fliplr(input: Tensor) -> Tensor:
    """The opposite order along dimension 1

    The gradient is derived in `refnet.ops.flip`.
    """
    if input._array.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return flip(input, 1)


def flipud(input: Tensor) -> Tensor:
    """The opposite order along dimension 0

    The gradient is derived in `refnet.ops.flip`.
    """
    if input._array.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return flip(input, 0)


def rot90(input: Tensor, k: int = 1, dims: Sequence[int] = (0, 1)) -> Tensor:
    """The plane of two dimensions turned by k quarters of a circle, from the first to the second

    Raises RuntimeError for anything else than two different dimensions.

    The gradient is derived in `refnet.ops.flip` and `refnet.ops.permute`.
    """
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if input.ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {input.ndim}")
    a, b = (one_dim(d, input.ndim) for d in dims)
    if a == b:
        raise RuntimeError(
            f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}"
        )
    quarters = k % 4
    if quarters == 0:
        return input.clone()
    if quarters == 2:
        return flip(input, a, b)
    return transpose(flip(input, b if quarters == 1 else a), a, b)


def adjoint(input: Tensor) -> Tensor:
    """The last two dimensions swapped: refnet's tensors are real

    The gradient is derived in `refnet.ops.permute`.
    """
    if input._array.ndim == 1:
        raise RuntimeError(
            "tensor.adjoint() is only supported on matrices or batches of matrices. "
            f"Got {input._array.ndim}-D tensor."
        )
    return transpose(input, -2, -1) if input._array.ndim else input


def unfold(input: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """Every step-th window of this size along a dimension, as a new last dimension; a view

    Raises RuntimeError for a size that is negative or larger than the dimension, and for a step
    that is not positive.
    """
    axis = one_dim(dimension, input.ndim)
    if size < 0:
        raise RuntimeError(f"size is {size} but must be >= 0")
    n = input._array.shape[axis] if input.ndim else 1
    if size > n:
        raise RuntimeError(f"maximum size for tensor at dimension {axis} is {n} but size is {size}")
    if step <= 0:
        raise RuntimeError(f"step is {step} but must be > 0")
    if input.ndim == 0:
        return input.reshape(1)[:size]
    return apply(ops.sliding_windows, input, dim=axis, size=size, step=step)


moveaxis = movedim
swapdims = transpose
