"""max_unpool1d, 2d and 3d of nn.functional, which put maxima back at their indices.

max_unpool2d and max_unpool3d have the parameters of max_unpool1d; a size is an int, or a tuple with
one int for each dimension.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.sizes import check_planes, sizes
from refnet.functions.operands import need_float

__all__ = ["max_unpool1d", "max_unpool2d", "max_unpool3d"]


def _max_unpool(
    input: Tensor,
    indices: Tensor,
    d: int,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    output_size: Sequence[int] | None,
) -> Tensor:
    """Puts the input at the indices of the last d dimensions."""
    function, shape, i = f"max_unpool{d}d", input._array.shape, indices._array
    if len(shape) < d:
        raise IndexError(f"{function}(): expected {d + 1}D or {d + 2}D input, got {list(shape)}")
    k = sizes(function, "kernel_size", kernel_size, d, single=False)
    s = k if stride is None else sizes(function, "stride", stride, d, single=False)
    p = sizes(function, "padding", padding, d, single=False)
    size = _output_size(function, shape[len(shape) - d :], k, s, p, output_size)
    check_planes(function, input, d, nonzero=1)
    need_float(function, input)
    if d == 3 and min(s) <= 0:
        raise RuntimeError(f"{function}(): expected stride above 0, got {list(s)}")
    if i.dtype != np.int64:
        raise RuntimeError(f"{function}(): expected indices of int64, got {indices.dtype}")
    if i.shape != shape:
        raise RuntimeError(
            f"{function}(): expected indices of the input's shape {list(shape)}, got "
            f"{list(i.shape)}"
        )
    if i.size and not 0 <= i.min() <= i.max() < np.prod(size):
        raise RuntimeError(
            f"{function}(): expected indices within an output of size {list(size)}, got {i.min()} "
            f"to {i.max()}"
        )
    return apply(ops.max_unpool, input, indices, size=size)


def _output_size(
    function: str,
    m: tuple[int, ...],
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    padding: tuple[int, ...],
    given: Sequence[int] | None,
) -> tuple[int, ...]:
    """Returns the default size, or the given one if it differs by less than the stride."""
    d = len(m)
    default = tuple(
        (mi - 1) * s - 2 * p + k for mi, k, s, p in zip(m, kernel, stride, padding, strict=True)
    )
    size = default
    if given is not None:
        size = tuple(given)
        if len(size) not in (d, d + 2):
            raise ValueError(
                f"{function}(): expected output_size with {d} or {d + 2} elements, got {len(size)}"
            )
        size = size[len(size) - d :]
        for axis, (n, middle, s) in enumerate(zip(size, default, stride, strict=True)):
            if not middle - s < n < middle + s:
                raise ValueError(
                    f"{function}(): expected output_size {axis} between {middle - s} and "
                    f"{middle + s}, got {size}"
                )
    if min(size) < 0:
        raise ValueError(f"{function}(): expected output_size of at least 0, got {list(size)}")
    return size


def max_unpool1d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    output_size: Any = None,
) -> Tensor:
    """Puts the entries of the input at the indices, among zeros.

        y[indices_j] = x_j

    The gradient is derived in `refnet.ops.max_unpool`.

    Shape:
        input x, indices: (N, C, M) or (C, M), as max_pool1d returns them
        y: (N, C, L) or (C, L), by default L = (M − 1)·stride − 2·padding + kernel_size

    Args:
        input: x
        indices: positions in the last dimension of y
        kernel_size: kernel_size of the pooling
        stride: stride of the pooling; kernel_size by default
        padding: padding of the pooling
        output_size: (L), or the shape of y, because pooling gives the same M for several L

    Raises:
        ValueError: output_size differs from the default by the stride or more
        RuntimeError: an index is outside y, or sizes or dtypes do not fit
        NotImplementedError: the input is not floating-point

    Example:
        >>> F.max_unpool1d(refnet.tensor([[3.0, 2.0]]), refnet.tensor([[1, 2]]), 2)
        tensor([[0., 3., 2., 0.]])
    """
    return _max_unpool(input, indices, 1, kernel_size, stride, padding, output_size)


def max_unpool2d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    output_size: Any = None,
) -> Tensor:
    """Puts the entries of the input at the indices, among zeros, in two dimensions.

    The parameters are those of max_unpool1d; an index is a position in the flattened plane. The
    gradient is derived in `refnet.ops.max_unpool`.

    Shape:
        input, indices: (N, C, M₁, M₂) or (C, M₁, M₂)

    Example:
        >>> F.max_unpool2d(refnet.tensor([[[5.0]]]), refnet.tensor([[[2]]]), 2)
        tensor([[[0., 0.],
                 [5., 0.]]])
    """
    return _max_unpool(input, indices, 2, kernel_size, stride, padding, output_size)


def max_unpool3d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    output_size: Any = None,
) -> Tensor:
    """Puts the entries of the input at the indices, among zeros, in three dimensions.

    The parameters are those of max_unpool1d; an index is a position in the flattened volume. The
    gradient is derived in `refnet.ops.max_unpool`.

    Shape:
        input, indices: (N, C, M₁, M₂, M₃) or (C, M₁, M₂, M₃)

    Example:
        >>> F.max_unpool3d(refnet.tensor([[[[5.0]]]]), refnet.tensor([[[[1]]]]), (1, 1, 2))
        tensor([[[[0., 5.]]]])
    """
    return _max_unpool(input, indices, 3, kernel_size, stride, padding, output_size)
