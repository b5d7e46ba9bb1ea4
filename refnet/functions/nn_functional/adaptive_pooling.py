"""Adaptive pooling under PyTorch's names: the windows follow from the size of the output.

Along a dimension of n entries, window j of m holds the entries from ⌊j n / m⌋ to ⌈(j + 1) n / m⌉ − 1.
The input is (N, C, n₁, …, n_d) or (C, n₁, …, n_d). output_size is an int, or a tuple with one for
each of the last dimensions; in two and three dimensions one of them may be None, for the size of
the input. RuntimeError is raised for sizes that do not fit, TypeError for what is not an int.
"""

from typing import Any

import numpy as np

from refnet import ops
from refnet.engine.tape import apply, apply_several
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.checks import check_floating
from refnet.functions.nn_functional.max_pooling import with_indices
from refnet.functions.nn_functional.sizes import check_planes, sizes
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
    """One for each of the last d dimensions; raises for sizes that do not fit."""
    shape = input._array.shape
    if isinstance(output_size, (tuple, list)) and d > 1:
        if len(shape) <= len(output_size):
            raise ValueError(f"Input dimension should be at least {len(output_size) + 1}")
        ends = shape[len(shape) - len(output_size) :]
        output_size = [n if m is None else m for m, n in zip(output_size, ends, strict=True)]
    m = sizes(function, "output_size", output_size, d, single=False)
    whole = function.startswith("adaptive_avg") and set(m) == {1}  # a mean, which may be of nothing
    check_planes(function, input, d, nonzero=len(shape) if whole else nonzero)
    if min(m) < 0:
        raise RuntimeError(f"{function}: output_size must not be negative, got {output_size}")
    check_floating(function, input)
    return [adaptive(n, k) for n, k in zip(shape[len(shape) - d :], m, strict=True)]


def _adaptive_avg_pool(input: Tensor, d: int, output_size: Any, nonzero: int) -> Tensor:
    windows = _windows(f"adaptive_avg_pool{d}d", input, d, output_size, nonzero)
    y: Tensor
    if all(w.place.shape[1] == 1 for w in windows):  # one window that holds everything
        y = apply(ops.mean, input, dim=tuple(range(input.ndim - d, input.ndim)), keepdim=True)
        return y
    count = np.ones((), np.intp)
    for w in windows:
        count = count[..., None] * w.inside.sum(axis=0)
    y = apply(ops.avg_pool, input, windows=windows, divisor=count)
    return y


def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """The mean of each window.

    The gradient is derived in `refnet.ops.mean` and `refnet.ops.avg_pool`.
    """
    return _adaptive_avg_pool(input, 1, output_size, -1)


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """The mean of each window.

    The gradient is derived in `refnet.ops.mean` and `refnet.ops.avg_pool`.
    """
    return _adaptive_avg_pool(input, 2, output_size, -2)


def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Tensor:
    """The mean of each window.

    The gradient is derived in `refnet.ops.mean` and `refnet.ops.avg_pool`.
    """
    return _adaptive_avg_pool(input, 3, output_size, 1)


def _adaptive_max_pool(input: Tensor, d: int, output_size: Any) -> tuple[Tensor, Tensor]:
    windows = _windows(f"adaptive_max_pool{d}d", input, d, output_size, 1)
    table = grid(windows, input._array.shape[input.ndim - d :])
    size = tuple(w.place.shape[1] for w in windows)
    y, indices = apply_several(ops.max_pool, input, windows=table, size=size)
    return y, indices


def adaptive_max_pool1d_with_indices(
    input: Tensor, output_size: Any, return_indices: bool = False
) -> tuple[Tensor, Tensor]:
    """The largest entry of each window, and its place; return_indices changes nothing.

    The gradient is derived in `refnet.ops.max_pool`.
    """
    return _adaptive_max_pool(input, 1, output_size)


def adaptive_max_pool2d_with_indices(
    input: Tensor, output_size: Any, return_indices: bool = False
) -> tuple[Tensor, Tensor]:
    """The largest entry of each window, and its place; return_indices changes nothing.

    The gradient is derived in `refnet.ops.max_pool`.
    """
    return _adaptive_max_pool(input, 2, output_size)


def adaptive_max_pool3d_with_indices(
    input: Tensor, output_size: Any, return_indices: bool = False
) -> tuple[Tensor, Tensor]:
    """The largest entry of each window, and its place; return_indices changes nothing.

    The gradient is derived in `refnet.ops.max_pool`.
    """
    return _adaptive_max_pool(input, 3, output_size)


def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: bool = False) -> Tensor:
    """The largest entry of each window; with return_indices also its place.

    The gradient is derived in `refnet.ops.max_pool`.
    """
    pair = _adaptive_max_pool(input, 1, output_size)
    return with_indices(pair, return_indices)


def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Tensor:
    """The largest entry of each window; with return_indices also its place.

    The gradient is derived in `refnet.ops.max_pool`.
    """
    pair = _adaptive_max_pool(input, 2, output_size)
    return with_indices(pair, return_indices)


def adaptive_max_pool3d(input: Tensor, output_size: Any, return_indices: bool = False) -> Tensor:
    """The largest entry of each window; with return_indices also its place.

    The gradient is derived in `refnet.ops.max_pool`.
    """
    pair = _adaptive_max_pool(input, 3, output_size)
    return with_indices(pair, return_indices)
