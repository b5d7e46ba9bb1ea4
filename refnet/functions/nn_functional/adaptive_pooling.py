"""Adaptive pooling of nn.functional: the size of the output determines the windows.

The functions of two and three dimensions have the parameters of those of one. output_size is an
int, or a tuple with one int for each of the last dimensions; in two and three dimensions None
means the size of the input.
"""

from typing import Any

import numpy as np

from refnet import ops
from refnet.engine.tape import apply, apply_several
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.max_pooling import with_indices
from refnet.functions.nn_functional.sizes import check_planes, sizes
from refnet.functions.operands import need_float
from refnet.ops.windows import Windows, adaptive, grid

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool1d_with_indices",
    "adaptive_max_pool2d",
    "adaptive_max_pool2d_with_indices",
    "adaptive_max_pool3d",
    "adaptive_max_pool3d_with_indices",
]


def _windows(function: str, input: Tensor, d: int, output_size: Any, nonzero: int) -> list[Windows]:
    """Returns the windows of the last d dimensions; no size from `nonzero` on may be 0."""
    shape = input._array.shape
    if isinstance(output_size, (tuple, list)) and d > 1:
        if len(shape) <= len(output_size):
            least = len(output_size) + 1
            raise ValueError(
                f"{function}(): expected at least {least} dimensions, got {len(shape)}"
            )
        ends = shape[len(shape) - len(output_size) :]
        output_size = [n if m is None else m for m, n in zip(output_size, ends, strict=True)]
    m = sizes(function, "output_size", output_size, d, single=False)
    # The mean of all entries exists without entries too: it is NaN.
    whole = function.startswith("adaptive_avg") and set(m) == {1}
    check_planes(function, input, d, nonzero=len(shape) if whole else nonzero)
    if min(m) < 0:
        raise RuntimeError(f"{function}(): expected output_size of at least 0, got {output_size}")
    need_float(function, input)
    return [adaptive(n, k) for n, k in zip(shape[len(shape) - d :], m, strict=True)]


def _adaptive_avg_pool(input: Tensor, d: int, output_size: Any, nonzero: int) -> Tensor:
    """Computes adaptive average pooling over the last d dimensions."""
    windows = _windows(f"adaptive_avg_pool{d}d", input, d, output_size, nonzero)
    y: Tensor
    if all(w.place.shape[1] == 1 for w in windows):  # one window with every entry
        y = apply(ops.mean, input, dim=tuple(range(input.ndim - d, input.ndim)), keepdim=True)
        return y
    count = np.ones((), np.intp)
    for w in windows:
        count = count[..., None] * w.inside.sum(axis=0)
    y = apply(ops.avg_pool, input, windows=windows, divisor=count)
    return y


def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """Computes the means of output_size windows that cover the last dimension.

        y_j = mean x_i,   ⌊j L / M⌋ ≤ i < ⌈(j + 1) L / M⌉

    The gradient is derived in `refnet.ops.mean` (M = 1) and `refnet.ops.avg_pool`.

    Shape:
        input x: (N, C, L) or (C, L)
        y: (N, C, M) or (C, M)

    Args:
        input: x
        output_size: M

    Raises:
        RuntimeError: a size does not fit
        NotImplementedError: the input is not floating-point

    Example:
        >>> F.adaptive_avg_pool1d(refnet.tensor([[1.0, 3.0, 5.0, 9.0]]), 2)
        tensor([[2., 7.]])
    """
    return _adaptive_avg_pool(input, 1, output_size, -1)


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """Computes the means of windows that cover the last two dimensions.

    See adaptive_avg_pool1d for the parameters. The gradient is derived in `refnet.ops.mean` (size
    1) and `refnet.ops.avg_pool`.

    Shape:
        input: (N, C, H, W) or (C, H, W)

    Example:
        >>> F.adaptive_avg_pool2d(refnet.arange(6.0).reshape(1, 2, 3), (None, 1))
        tensor([[[1.],
                 [4.]]])
    """
    return _adaptive_avg_pool(input, 2, output_size, -2)


def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Tensor:
    """Computes the means of windows that cover the last three dimensions.

    See adaptive_avg_pool1d for the parameters. The gradient is derived in `refnet.ops.mean` (size
    1) and `refnet.ops.avg_pool`.

    Shape:
        input: (N, C, D, H, W) or (C, D, H, W)

    Example:
        >>> F.adaptive_avg_pool3d(refnet.arange(8.0).reshape(1, 2, 2, 2), 1)
        tensor([[[[3.5000]]]])
    """
    return _adaptive_avg_pool(input, 3, output_size, 1)


def _adaptive_max_pool(input: Tensor, d: int, output_size: Any) -> tuple[Tensor, Tensor]:
    """Computes adaptive max pooling over the last d dimensions."""
    windows = _windows(f"adaptive_max_pool{d}d", input, d, output_size, 1)
    table = grid(windows, input._array.shape[input.ndim - d :])
    size = tuple(w.place.shape[1] for w in windows)
    y, indices = apply_several(ops.max_pool, input, windows=table, size=size)
    return y, indices


def adaptive_max_pool1d_with_indices(
    input: Tensor, output_size: Any, return_indices: bool = False
) -> tuple[Tensor, Tensor]:
    """Computes adaptive_max_pool1d, and always returns the indices of the maxima too.

    The parameters are those of adaptive_max_pool1d; return_indices has no effect. The gradient is
    derived in `refnet.ops.max_pool`.

    Example:
        >>> F.adaptive_max_pool1d_with_indices(refnet.tensor([[1.0, 4.0, 2.0, 3.0]]), 2)
        (tensor([[4., 3.]]), tensor([[1, 3]]))
    """
    return _adaptive_max_pool(input, 1, output_size)


def adaptive_max_pool2d_with_indices(
    input: Tensor, output_size: Any, return_indices: bool = False
) -> tuple[Tensor, Tensor]:
    """Computes adaptive_max_pool2d, and always returns the indices of the maxima too.

    The parameters are those of adaptive_max_pool2d; return_indices has no effect. The gradient is
    derived in `refnet.ops.max_pool`.

    Example:
        >>> F.adaptive_max_pool2d_with_indices(refnet.arange(4.0).reshape(1, 2, 2), 1)
        (tensor([[[3.]]]), tensor([[[3]]]))
    """
    return _adaptive_max_pool(input, 2, output_size)


def adaptive_max_pool3d_with_indices(
    input: Tensor, output_size: Any, return_indices: bool = False
) -> tuple[Tensor, Tensor]:
    """Computes adaptive_max_pool3d, and always returns the indices of the maxima too.

    The parameters are those of adaptive_max_pool3d; return_indices has no effect. The gradient is
    derived in `refnet.ops.max_pool`.

    Example:
        >>> F.adaptive_max_pool3d_with_indices(refnet.arange(8.0).reshape(1, 2, 2, 2), 1)
        (tensor([[[[7.]]]]), tensor([[[[7]]]]))
    """
    return _adaptive_max_pool(input, 3, output_size)


def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: bool = False) -> Tensor:
    """Computes the maxima of output_size windows that cover the last dimension.

        y_j = max x_i,   ⌊j L / M⌋ ≤ i < ⌈(j + 1) L / M⌉

    The gradient goes to the first of equal maxima. The gradient is derived in
    `refnet.ops.max_pool`.

    Shape:
        input x: (N, C, L) or (C, L)
        y: (N, C, M) or (C, M)

    Args:
        input: x
        output_size: M
        return_indices: if True, the indices of the maxima are returned too

    Returns:
        y, or (y, indices)

    Raises:
        RuntimeError: a size does not fit
        NotImplementedError: the input is not floating-point

    Example:
        >>> F.adaptive_max_pool1d(refnet.tensor([[1.0, 4.0, 2.0, 3.0]]), 2)
        tensor([[4., 3.]])
    """
    return with_indices(_adaptive_max_pool(input, 1, output_size), return_indices)


def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Tensor:
    """Computes the maxima of windows that cover the last two dimensions.

    See adaptive_max_pool1d for the parameters. The gradient is derived in `refnet.ops.max_pool`.

    Shape:
        input: (N, C, H, W) or (C, H, W)

    Example:
        >>> F.adaptive_max_pool2d(refnet.arange(6.0).reshape(1, 2, 3), (None, 1))
        tensor([[[2.],
                 [5.]]])
    """
    return with_indices(_adaptive_max_pool(input, 2, output_size), return_indices)


def adaptive_max_pool3d(input: Tensor, output_size: Any, return_indices: bool = False) -> Tensor:
    """Computes the maxima of windows that cover the last three dimensions.

    See adaptive_max_pool1d for the parameters. The gradient is derived in `refnet.ops.max_pool`.

    Shape:
        input: (N, C, D, H, W) or (C, D, H, W)

    Example:
        >>> F.adaptive_max_pool3d(refnet.arange(8.0).reshape(1, 2, 2, 2), 1)
        tensor([[[[7.]]]])
    """
    return with_indices(_adaptive_max_pool(input, 3, output_size), return_indices)
