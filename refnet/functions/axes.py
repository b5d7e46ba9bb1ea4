"""Functions that broadcast, sum, flip, rotate or window dimensions, under PyTorch's names."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from refnet import ops
from refnet.engine.size import Size
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.dims import one_dim, several
from refnet.functions.operands import check_tensors, misfit
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
    """Expands a tensor to a shape. The result is a view.

    The gradient is derived in `refnet.ops.expand`.

    Args:
        input: a tensor
        size: the shape of the result, a tuple or list

    Raises:
        TypeError: if `size` is not a tuple or list
        RuntimeError: if the tensor does not broadcast to `size`

    Example:
        >>> refnet.broadcast_to(refnet.tensor([[1], [2]]), (2, 3))
        tensor([[1, 1, 1],
                [2, 2, 2]])
    """
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"broadcast_to(): size must be tuple of ints, not {type(size).__name__}")
    return expand(input, size)


def broadcast_shapes(*shapes: Any) -> Size:
    """Returns the shape to which tensors of these shapes broadcast.

    Args:
        *shapes: tuples of sizes; an integer is a shape of one dimension

    Raises:
        RuntimeError: if the shapes do not broadcast
        ValueError: for a negative size

    Example:
        >>> refnet.broadcast_shapes((4, 1), (3,), ())
        refnet.Size([4, 3])
    """
    tuples = [(s,) if hasattr(s, "__index__") else tuple(s) for s in shapes]
    if any(n < 0 for shape in tuples for n in shape):
        raise ValueError(f"broadcast_shapes(): expected sizes of 0 or more, got {tuples}")
    try:
        return Size(np.broadcast_shapes(*tuples))
    except ValueError as error:
        raise RuntimeError(
            f"broadcast_shapes(): expected shapes that broadcast, got {tuples}"
        ) from error


def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """Expands tensors to their common shape. The results are views.

    The gradient is derived in `refnet.ops.expand`.

    Args:
        *tensors: the tensors

    Raises:
        RuntimeError: if the shapes do not broadcast

    Example:
        >>> refnet.broadcast_tensors(refnet.tensor([[1], [2]]), refnet.tensor([3, 4]))
        (tensor([[1, 1],
                [2, 2]]), tensor([[3, 4],
                [3, 4]]))
    """
    check_tensors("broadcast_tensors", **{f"tensors[{i}]": x for i, x in enumerate(tensors)})
    try:
        shape = np.broadcast_shapes(*(x._array.shape for x in tensors))
    except ValueError as error:
        raise misfit(*tensors) from error
    return tuple(expand(x, shape) for x in tensors)


def sum_to_size(input: Tensor, *sizes: Any, size: Any = None) -> Tensor:
    """Sums over the dimensions that `expand` would repeat, so the result has the shape `size`.

    Args:
        input: a tensor
        *sizes: the shape of the result, as integers or as one tuple
        size: the shape of the result, given by name

    Raises:
        RuntimeError: if `size` does not broadcast to the shape of `input`

    Example:
        >>> refnet.ones(2, 3).sum_to_size(1, 3)
        tensor([[2., 2., 2.]])
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
    """Reverses the order along dimension 1.

    The gradient is derived in `refnet.ops.flip`.

    Args:
        input: a tensor of 2 or more dimensions

    Raises:
        RuntimeError: if `input` has fewer than 2 dimensions

    Example:
        >>> refnet.fliplr(refnet.tensor([[1, 2], [3, 4]]))
        tensor([[2, 1],
                [4, 3]])
    """
    if input._array.ndim < 2:
        raise RuntimeError("Input must be >= 2-d.")
    return flip(input, 1)


def flipud(input: Tensor) -> Tensor:
    """Reverses the order along dimension 0.

    The gradient is derived in `refnet.ops.flip`.

    Args:
        input: a tensor of 1 or more dimensions

    Raises:
        RuntimeError: if `input` is a 0-d tensor

    Example:
        >>> refnet.flipud(refnet.tensor([[1, 2], [3, 4]]))
        tensor([[3, 4],
                [1, 2]])
    """
    if input._array.ndim < 1:
        raise RuntimeError("Input must be >= 1-d.")
    return flip(input, 0)


def rot90(input: Tensor, k: int = 1, dims: Sequence[int] = (0, 1)) -> Tensor:
    """Rotates the plane of two dimensions by quarter turns, from the first towards the second.

    The gradient is derived in `refnet.ops.flip` and `refnet.ops.permute`.

    Args:
        input: a tensor of 2 or more dimensions
        k: the number of quarter turns; a negative number turns the other way
        dims: the two dimensions

    Raises:
        RuntimeError: if `dims` are not two different dimensions, or `input` has fewer than 2

    Example:
        >>> refnet.rot90(refnet.tensor([[1, 2], [3, 4]]))
        tensor([[2, 4],
                [1, 3]])
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
    """Swaps the last two dimensions, which is the conjugate transpose of a real matrix. A view.

    The gradient is derived in `refnet.ops.permute`.

    Args:
        input: a matrix, a batch of matrices, or a 0-d tensor, which is returned itself

    Raises:
        RuntimeError: if `input` is a vector

    Example:
        >>> refnet.adjoint(refnet.tensor([[1, 2], [3, 4]]))
        tensor([[1, 3],
                [2, 4]])
    """
    if input._array.ndim == 1:
        raise RuntimeError(
            "tensor.adjoint() is only supported on matrices or batches of matrices. "
            f"Got {input._array.ndim}-D tensor."
        )
    return transpose(input, -2, -1) if input._array.ndim else input


def unfold(input: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """Returns sliding windows of a dimension. The result is a view.

    Window i starts at i · step, and its entries lie along a new last dimension.

    Args:
        input: a tensor
        dimension: the dimension of the windows
        size: the length of a window
        step: the distance between the starts of two windows

    Raises:
        RuntimeError: if `size` is negative or larger than the dimension, or if `step` is not
            positive

    Example:
        >>> refnet.arange(5).unfold(0, size=3, step=1)
        tensor([[0, 1, 2],
                [1, 2, 3],
                [2, 3, 4]])
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
