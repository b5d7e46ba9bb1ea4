"""Fractional max pooling under PyTorch's names: windows at random steps of two sizes.

The input is (N, C, n₁, …, n_d) or (C, n₁, …, n_d), d = 2 or 3; every plane has windows of its own,
which follow from d numbers of [0, 1): see refnet.ops.windows.fractional. They are drawn from
refnet.random's default generator, as PyTorch draws them, or given as _random_samples (N, C, d).
"""

import math
from typing import Any

import numpy as np

from refnet import ops, random
from refnet.engine.tape import apply_several
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.nn_functional.checks import check_constant, check_floating
from refnet.functions.nn_functional.max_pooling import with_indices
from refnet.functions.nn_functional.sizes import check_planes, sizes
from refnet.ops.rule import Array
from refnet.ops.windows import fractional, grid

__all__ = [
    "fractional_max_pool2d",
    "fractional_max_pool2d_with_indices",
    "fractional_max_pool3d",
    "fractional_max_pool3d_with_indices",
]


def _fractional_max_pool(
    input: Tensor,
    d: int,
    kernel_size: Any,
    output_size: Any,
    output_ratio: Any,
    samples: Tensor | None,
) -> tuple[Tensor, Tensor]:
    function, shape = f"fractional_max_pool{d}d", input._array.shape
    if output_size is None and output_ratio is None:
        raise ValueError(f"{function} requires specifying either an output_size or an output_ratio")
    if len(shape) <= d:
        raise IndexError(f"{function}: expected {d + 1}D or {d + 2}D input, got {list(shape)}")
    n = shape[len(shape) - d :]
    if output_size is None:
        output_size = _scaled(function, n, output_ratio)
    m, k = (
        sizes(function, "output_size", output_size, d, single=False),
        sizes(function, "kernel_size", kernel_size, d, single=False),
    )
    check_planes(function, input, d, nonzero=1)
    check_floating(function, input)
    for ni, mi, ki in zip(n, m, k, strict=True):
        room = ni - (mi + ki - 1) - (d == 3)  # in three dimensions PyTorch leaves one entry free
        if room < 0 or ki < 1 or mi < 0:
            raise RuntimeError(
                f"{function}: {mi} windows of size {ki} do not fit into a dimension of size {ni}"
            )
    u = _samples(function, input, d, samples)
    if d == 2:
        u = u[..., ::-1]  # PyTorch takes the columns' number first, in three dimensions the last
    windows = [
        fractional(ni, mi, kernel=ki, u=u[..., axis])
        for axis, (ni, mi, ki) in enumerate(zip(n, m, k, strict=True))
    ]
    return _max_pool(input, grid(windows, n), m)


def _max_pool(input: Tensor, windows: Array, size: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Max pooling with windows of its own for each plane: all planes are one, and their windows are its.

    windows: (k, *, m₁ ⋯ m_d)
    """
    batch = input.shape[: input.ndim - len(size)]
    planes, n = math.prod(batch), math.prod(input.shape[len(batch) :])
    start = np.arange(planes).reshape(*batch, 1) * n  # of each plane
    table = (windows + start).reshape(len(windows), planes * math.prod(size))
    y, i = apply_several(ops.max_pool, input.reshape(-1), windows=table, size=table.shape[1:])
    start = start.reshape(*batch, *(1,) * len(size))
    return y.reshape(*batch, *size), i.reshape(*batch, *size) - wrap(start)


def _scaled(function: str, n: tuple[int, ...], ratio: Any) -> tuple[int, ...]:
    """The sizes of the output for a ratio of each dimension."""
    d = len(n)
    if d == 3 and isinstance(ratio, float):
        ratio = (ratio,) * d
    if not isinstance(ratio, (tuple, list)):
        raise TypeError(f"{function}: output_ratio must be a tuple of {d} numbers, got {ratio!r}")
    if d == 2 and len(ratio) > d:
        raise ValueError(f"{function}: output_ratio must be {d} numbers, got {ratio}")
    return tuple(int(n[i] * ratio[i]) for i in range(d))


def _samples(function: str, input: Tensor, d: int, samples: Tensor | None) -> Array:
    """The random numbers, drawn or given, as (N, C, d), or (C, d) without a batch."""
    x, batch = input._array, input._array.shape[: input.ndim - d]
    if samples is None:
        drawn = random.default_generator.uniform((*batch, d), x.real.dtype)
        return drawn
    check_constant(function, random_samples=samples)
    u, planes = samples._array, (1, *batch)[-2:]
    if u.dtype != x.real.dtype:
        raise RuntimeError(f"{function}: expect _random_samples to have the same dtype as input")
    if u.ndim != 3 or u.shape[0] < planes[0] or u.shape[1:] != (planes[1], d):
        raise RuntimeError(
            f"{function}: expect _random_samples of shape {[*planes, d]}, got {list(u.shape)}"
        )
    u = u[: planes[0]].reshape(*batch, d)
    if not np.all((u >= 0) & (u <= 1)):
        raise RuntimeError(f"{function}: _random_samples must lie between 0 and 1")
    return u


def fractional_max_pool2d_with_indices(
    input: Tensor,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """The largest entry of each window, and its place; return_indices changes nothing.

    The gradient is derived in `refnet.ops.max_pool`.
    """
    return _fractional_max_pool(input, 2, kernel_size, output_size, output_ratio, _random_samples)


def fractional_max_pool3d_with_indices(
    input: Tensor,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """The largest entry of each window, and its place; return_indices changes nothing.

    The gradient is derived in `refnet.ops.max_pool`.
    """
    return _fractional_max_pool(input, 3, kernel_size, output_size, output_ratio, _random_samples)


def fractional_max_pool2d(
    input: Tensor,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Tensor:
    """The largest entry of each window; with return_indices also its place.

    The gradient is derived in `refnet.ops.max_pool`.
    """
    pair = _fractional_max_pool(input, 2, kernel_size, output_size, output_ratio, _random_samples)
    return with_indices(pair, return_indices)


def fractional_max_pool3d(
    input: Tensor,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Tensor:
    """The largest entry of each window; with return_indices also its place.

    The gradient is derived in `refnet.ops.max_pool`.
    """
    pair = _fractional_max_pool(input, 3, kernel_size, output_size, output_ratio, _random_samples)
    return with_indices(pair, return_indices)
