"""max_unpool1d, 2d and 3d under PyTorch's names: maxima put back to their places.

The input and the indices, which max_pool returned, are (N, C, m₁, …, m_d) or (C, m₁, …, m_d). By default
a dimension has n = (m − 1)·stride − 2·padding + kernel_size entries in the output. More than one
size can lead to m windows, and output_size says which one it was.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.checks import check_floating
from refnet.functions.nn_functional.sizes import check_planes, sizes

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
    function, shape, i = f"max_unpool{d}d", input._array.shape, indices._array
    if len(shape) < d:
        raise IndexError(f"{function}: expected {d + 1}D or {d + 2}D input, got {list(shape)}")
    k = sizes(function, "kernel_size", kernel_size, d, single=False)
    s = k if stride is None else sizes(function, "stride", stride, d, single=False)
    p = sizes(function, "padding", padding, d, single=False)
    size = _output_size(function, shape[len(shape) - d :], k, s, p, output_size)
    check_planes(function, input, d, nonzero=1)
    check_floating(function, input)
    if d == 3 and min(s) <= 0:
        raise RuntimeError(f"{function}: strides should be greater than zero, got {list(s)}")
    if i.dtype != np.int64:
        raise RuntimeError(f"{function}: elements in indices should be int64, got {indices.dtype}")
    if i.shape != shape:
        raise RuntimeError(
            f"{function}: expected indices of the input's shape {list(shape)}, got {list(i.shape)}"
        )
    if i.size and not 0 <= i.min() <= i.max() < np.prod(size):
        raise RuntimeError(
            f"{function}: found an invalid max index {i.min()} or {i.max()} for an output of size "
            f"{list(size)}"
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
    """The default size, or the one given if the same windows lead to it."""
    d = len(m)
    default = tuple(
        (mi - 1) * s - 2 * p + k for mi, k, s, p in zip(m, kernel, stride, padding, strict=True)
    )
    size = default
    if given is not None:
        size = tuple(given)
        if len(size) not in (d, d + 2):
            raise ValueError(
                f"{function}: output_size should be a sequence containing {d} or {d + 2} elements, "
                f"but it has a length of '{len(size)}'"
            )
        size = size[len(size) - d :]
        for axis, (n, middle, s) in enumerate(zip(size, default, stride, strict=True)):
            if not middle - s < n < middle + s:
                raise ValueError(
                    f'{function}: invalid output_size "{size}" (dim {axis} must be between '
                    f"{middle - s} and {middle + s})"
                )
    if min(size) < 0:
        raise ValueError(f"{function}: output_size must not be negative, got {list(size)}")
    return size


def max_unpool1d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    output_size: Any = None,
) -> Tensor:
    """Zeros, with the input's entries at the indices.

    Raises ValueError for an output_size that cannot be, RuntimeError for indices outside of it.

    The gradient is derived in `refnet.ops.max_unpool`.
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
    """Zeros, with the input's entries at the indices.

    Raises ValueError for an output_size that cannot be, RuntimeError for indices outside of it.

    The gradient is derived in `refnet.ops.max_unpool`.
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
    """Zeros, with the input's entries at the indices.

    Raises ValueError for an output_size that cannot be, RuntimeError for indices outside of it.

    The gradient is derived in `refnet.ops.max_unpool`.
    """
    return _max_unpool(input, indices, 3, kernel_size, stride, padding, output_size)
