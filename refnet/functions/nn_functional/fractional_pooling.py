"""Fractional max pooling of nn.functional: windows at random distances.

d numbers in [0, 1) determine the windows of each plane; see refnet.ops.windows.fractional. The
numbers are given as _random_samples, or refnet's default generator draws them, as in PyTorch.
"""

import math
from typing import Any

import numpy as np

from refnet import ops, random
from refnet.engine.tape import apply_several
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.nn_functional.checks import check_constant
from refnet.functions.nn_functional.max_pooling import with_indices
from refnet.functions.nn_functional.sizes import check_planes, sizes
from refnet.functions.operands import need_float
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
    """Computes fractional max pooling over the last d dimensions."""
    function, shape = f"fractional_max_pool{d}d", input._array.shape
    if output_size is None and output_ratio is None:
        raise ValueError(f"{function}(): expected output_size or output_ratio, got neither")
    if len(shape) <= d:
        raise IndexError(f"{function}(): expected {d + 1}D or {d + 2}D input, got {list(shape)}")
    n = shape[len(shape) - d :]
    if output_size is None:
        output_size = _scaled(function, n, output_ratio)
    m = sizes(function, "output_size", output_size, d, single=False)
    k = sizes(function, "kernel_size", kernel_size, d, single=False)
    check_planes(function, input, d, nonzero=1)
    need_float(function, input)
    for ni, mi, ki in zip(n, m, k, strict=True):
        room = ni - (mi + ki - 1) - (d == 3)  # in three dimensions PyTorch requires one entry more
        if room < 0 or ki < 1 or mi < 0:
            raise RuntimeError(
                f"{function}(): expected a dimension that holds {mi} windows of size {ki}, got {ni}"
            )
    u = _samples(function, input, d, samples)
    if d == 2:
        u = u[..., ::-1]  # in two dimensions PyTorch's first number is that of the last dimension
    windows = [
        fractional(ni, mi, kernel=ki, u=u[..., axis])
        for axis, (ni, mi, ki) in enumerate(zip(n, m, k, strict=True))
    ]
    return _max_pool(input, grid(windows, n), m)


def _max_pool(input: Tensor, windows: Array, size: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Pools each plane with its own windows, as one flattened plane with the windows of all.

    Args:
        input: (*, n₁, …, n_d)
        windows: (k, *, m₁ ⋯ m_d)
        size: (m₁, …, m_d)
    """
    batch = input.shape[: input.ndim - len(size)]
    planes, n = math.prod(batch), math.prod(input.shape[len(batch) :])
    start = np.arange(planes).reshape(*batch, 1) * n  # of each plane
    table = (windows + start).reshape(len(windows), planes * math.prod(size))
    y, i = apply_several(ops.max_pool, input.reshape(-1), windows=table, size=table.shape[1:])
    start = start.reshape(*batch, *(1,) * len(size))
    return y.reshape(*batch, *size), i.reshape(*batch, *size) - wrap(start)


def _scaled(function: str, n: tuple[int, ...], ratio: Any) -> tuple[int, ...]:
    """Returns the sizes of the output for a ratio of each dimension."""
    d = len(n)
    if d == 3 and isinstance(ratio, float):
        ratio = (ratio,) * d
    if not isinstance(ratio, (tuple, list)):
        raise TypeError(f"{function}(): expected output_ratio of {d} numbers, got {ratio!r}")
    if d == 2 and len(ratio) > d:
        raise ValueError(f"{function}(): expected output_ratio of {d} numbers, got {ratio}")
    return tuple(int(n[i] * ratio[i]) for i in range(d))


def _samples(function: str, input: Tensor, d: int, samples: Tensor | None) -> Array:
    """Returns the random numbers, drawn or given, as (N, C, d), or (C, d) without a batch."""
    x, batch = input._array, input._array.shape[: input.ndim - d]
    if samples is None:
        drawn = random.default_generator.uniform((*batch, d), x.real.dtype)
        return drawn
    check_constant(function, random_samples=samples)
    u, planes = samples._array, (1, *batch)[-2:]
    if u.dtype != x.real.dtype:
        raise RuntimeError(
            f"{function}(): expected _random_samples of {input.dtype}, got {samples.dtype}"
        )
    if u.ndim != 3 or u.shape[0] < planes[0] or u.shape[1:] != (planes[1], d):
        raise RuntimeError(
            f"{function}(): expected _random_samples of shape {[*planes, d]}, got {list(u.shape)}"
        )
    u = u[: planes[0]].reshape(*batch, d)
    if not np.all((u >= 0) & (u <= 1)):
        raise RuntimeError(f"{function}(): expected _random_samples between 0 and 1")
    return u


def fractional_max_pool2d_with_indices(
    input: Tensor,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Computes fractional_max_pool2d, and always returns the indices of the maxima too.

    The parameters are those of fractional_max_pool2d; return_indices has no effect. The gradient is
    derived in `refnet.ops.max_pool`.

    Example:
        >>> y, indices = F.fractional_max_pool2d_with_indices(refnet.randn(1, 9, 9), 3, 2)
        >>> indices.shape
        refnet.Size([1, 2, 2])
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
    """Computes fractional_max_pool3d, and always returns the indices of the maxima too.

    The parameters are those of fractional_max_pool3d; return_indices has no effect. The gradient is
    derived in `refnet.ops.max_pool`.

    Example:
        >>> x = refnet.randn(1, 8, 8, 8)
        >>> y, indices = F.fractional_max_pool3d_with_indices(x, 2, 3)
        >>> bool((x.flatten()[indices] == y).all())
        True
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
    """Computes maxima over windows at random distances, in the last two dimensions.

        y_j = max_k x[s_j + k],   k = 0, …, kernel_size − 1
        s_j = ⌊(j + u) α⌋ − ⌊u α⌋ for j < m − 1,   s_{m−1} = n − kernel_size
        α = (n − kernel_size) / (m − 1)

    along a dimension of n entries with m windows; u is random. The gradient is derived in
    `refnet.ops.max_pool`.

    Shape:
        input x: (N, C, H, W) or (C, H, W)
        y: (N, C, M₁, M₂) or (C, M₁, M₂)

    Args:
        input: x
        kernel_size: size of the windows, an int or a pair of ints
        output_size: M for both dimensions or (M₁, M₂)
        output_ratio: a pair of ratios in place of output_size: M = ⌊ratio · n⌋
        return_indices: if True, the indices of the maxima in the flattened plane are returned too
        _random_samples: the numbers u, (N, C, 2), that of the columns first; None draws them

    Returns:
        y, or (y, indices)

    Raises:
        ValueError: neither output_size nor output_ratio is given
        IndexError: the input has too few dimensions
        RuntimeError: sizes, dtypes or _random_samples do not fit

    Example:
        >>> x = refnet.arange(16.0).reshape(1, 4, 4)
        >>> F.fractional_max_pool2d(x, 2, output_size=2, _random_samples=refnet.zeros(1, 1, 2))
        tensor([[[ 5.,  7.],
                 [13., 15.]]])
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
    """Computes maxima over windows at random distances, in the last three dimensions.

    The parameters are those of fractional_max_pool2d; a size is an int or a triple of ints, and
    _random_samples is (N, C, 3), that of the depth first. The gradient is derived in
    `refnet.ops.max_pool`.

    Shape:
        input: (N, C, D, H, W) or (C, D, H, W)

    Example:
        >>> F.fractional_max_pool3d(refnet.randn(1, 8, 8, 8), 2, output_size=3).shape
        refnet.Size([1, 3, 3, 3])
    """
    pair = _fractional_max_pool(input, 3, kernel_size, output_size, output_ratio, _random_samples)
    return with_indices(pair, return_indices)
