"""Pooling: one number for each window of the last dimensions, and the way back of max pooling.

The rules know windows only as tables (refnet.ops.windows), so one, two and three dimensions,
sliding, adaptive and fractional windows are the same here.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from refnet.kernels.blocks import by_rows
from refnet.kernels.masking import kept
from refnet.ops.arithmetic import pow as power
from refnet.ops.rule import Array, Pullback, refuse_kink
from refnet.ops.windows import Windows, transposed, weighted_sum

__all__ = ["avg_pool", "fractional_max_pool", "lp_pool", "max_pool", "max_unpool"]


def max_pool(
    x: Array, *, windows: Array, size: tuple[int, ...]
) -> tuple[tuple[Array, Array], Pullback]:
    """y_j = max_k x[windows_kj], and i_j = the place of that entry

    Of equal entries the first one of the window is taken, of several NaN the last one, and NaN is larger
    than every number. Places count through the last dimensions as if they were one.

    Shapes    x: (*, n₁, …, n_d); windows: (k, m₁ ⋯ m_d), integers; size: (m₁, …, m_d);
              y, i: (*, m₁, …, m_d)
    Pullback  x̄[i_j] = ȳ_j, summed over the windows that chose the same entry
    Source    https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html
    """
    shape, batch = x.shape, x.shape[: x.ndim - len(size)]
    count, n, m = math.prod(batch), math.prod(shape[len(batch) :]), windows.shape[1]
    y, i = np.empty((count, m), x.dtype), np.empty((count, m), np.int64)

    def forward(y: Array, i: Array, x: Array) -> None:  # y is as large as what a call writes
        i[...] = _largest(x, windows)
        x.reshape(-1).take(_flat(i, n), out=y, mode="clip")

    by_rows(forward, y, i, x.reshape(count, n))

    def pullback(dys: tuple[Array, None]) -> tuple[Array]:
        dx = np.zeros((count, n), dys[0].dtype)

        def backward(dx: Array, dy: Array, i: Array) -> None:
            np.add.at(dx.reshape(-1), _flat(i, n).reshape(-1), dy.reshape(-1))

        by_rows(backward, dx, dys[0].reshape(count, m), i)
        return (dx.reshape(shape),)

    return (y.reshape(batch + size), i.reshape(batch + size)), pullback


def _flat(i: Array, n: int) -> Array:
    """The places i in planes of n entries, counted through all of them. (c, m) -> (c, m)"""
    return np.asarray(i + np.arange(len(i))[:, None] * n)


def _largest(x: Array, windows: Array) -> Array:
    """The place of the largest entry of each window. (c, n), (k, m) -> (c, m)

    The number of the entry is kept while the window is walked through, in one byte if it fits: it only
    grows, so the larger of the old one and the new one times (better or not) is the new one.
    """
    k, m = windows.shape
    y = x.real.take(windows[0], axis=1)
    number = np.zeros(y.shape, np.min_scalar_type(k - 1))
    v, better, nan = np.empty_like(y), np.empty(y.shape, np.bool), np.empty(y.shape, np.bool)
    candidate = np.empty_like(number)
    for entry in range(1, k):
        x.real.take(windows[entry], axis=1, out=v, mode="clip")
        np.greater(v, y, out=better)
        np.logical_or(better, np.not_equal(v, v, out=nan), out=better)
        np.multiply(better, number.dtype.type(entry), out=candidate)
        np.maximum(number, candidate, out=number)
        np.maximum(y, v, out=y)
    place = np.multiply(number, m, dtype=np.intp)
    place += np.arange(m)
    i: Array = windows.reshape(-1).take(place)
    if x.dtype.kind == "c":
        for entry in windows:
            v = x.real.take(entry, axis=1)
            refuse_kink("max_pool", x, np.any((v == y) & (entry != i)))
    return i


def fractional_max_pool(
    x: Array, *, windows: Array, size: tuple[int, ...]
) -> tuple[tuple[Array, Array], Pullback]:
    """max_pool with windows of its own for each plane of the last dimensions

    Shapes    x: (*, n₁, …, n_d); windows: (k, *, m₁ ⋯ m_d); size: (m₁, …, m_d);
              y, i: (*, m₁, …, m_d)
    Pullback  that of max_pool
    Source    Graham 2014, "Fractional max-pooling"
    """
    shape, batch = x.shape, x.shape[: x.ndim - len(size)]
    n = math.prod(shape[len(batch) :])
    start = np.arange(math.prod(batch)).reshape(*batch, 1) * n  # of each plane, all as one plane
    table = (windows + start).reshape(len(windows), -1)
    (y, i), pullback_max = max_pool(x.reshape(-1), windows=table, size=table.shape[1:])

    def pullback(dys: tuple[Array, None]) -> tuple[Array]:
        return (pullback_max((dys[0].reshape(-1), None))[0].reshape(shape),)

    i = i.reshape(windows.shape[1:]) - start
    return (y.reshape(batch + size), i.reshape(batch + size)), pullback


def max_unpool(x: Array, i: Array, *, size: tuple[int, ...]) -> tuple[Array, Pullback]:
    """y[i_j] = x_j, and 0 where no i points: max_pool's pullback as a function

    Of several x_j for one place the last one stays (PyTorch says nothing), but each has a gradient,
    as in PyTorch.

    Shapes    x, i: (*, m₁, …, m_d), i the places of max_pool; size: (n₁, …, n_d);
              y: (*, n₁, …, n_d)
    Pullback  x̄_j = ȳ[i_j]
    Source    https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html
    """
    batch = x.shape[: x.ndim - len(size)]
    plane, n = np.arange(math.prod(batch)), math.prod(size)
    start = plane.reshape(batch + (1,) * len(size)) * n
    at = (i + start).reshape(-1)
    y = np.zeros(len(plane) * n, x.dtype)
    y[at] = x.reshape(-1)

    def pullback(dy: Array) -> tuple[Array, None]:
        return dy.reshape(-1).take(at).reshape(x.shape), None

    return y.reshape(batch + size), pullback


def _sums(x: Array, windows: Sequence[Windows]) -> Array:
    """The sum over each window of the last dimensions, one axis after the other."""
    for axis, w in enumerate(windows, x.ndim - len(windows)):
        x = weighted_sum(x, w, axis)
    return x


def avg_pool(
    x: Array, *, windows: Sequence[Windows], divisor: Array | int
) -> tuple[Array, Pullback]:
    """y_j = Σ_{i in window j} x_i / divisor_j

    Shapes    x: (*, n₁, …, n_d); windows: one for each of the d axes, with m₁, …, m_d outputs;
              divisor: broadcasts to (m₁, …, m_d); y: (*, m₁, …, m_d)
    Pullback  x̄_i = Σ_{j: i in window j} ȳ_j / divisor_j
    Source    https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html
    """
    sizes = x.shape[x.ndim - len(windows) :]

    def pullback(dy: Array) -> tuple[Array]:
        back = [transposed(w, n) for w, n in zip(windows, sizes, strict=True)]
        return (_sums(_divided(dy, divisor), back),)

    return _divided(_sums(x, windows), divisor), pullback


def _divided(x: Array, divisor: Array | int) -> Array:
    """x / divisor in the dtype of x; towards zero for integers, as in C"""
    if x.dtype.kind in "iu":
        quotient = np.abs(x) // np.abs(divisor)
        return np.asarray(np.where((x < 0) == (np.asarray(divisor) < 0), quotient, -quotient))
    return np.asarray(x / np.asarray(divisor, x.real.dtype))


def lp_pool(
    x: Array, *, p: float, windows: Sequence[Windows], divisor: Array, size: int
) -> tuple[Array, Pullback]:
    """y_j = (size/divisor_j Σ_{i in window j} x_iᵖ)^{1/p}

    divisor_j is the number of entries of window j, and differs from the size of a whole window
    at the end of a dimension if at all.

    Shapes    as of avg_pool
    Pullback  x̄_i = Σ_j ȳ_j y_j^{1−p} x_i^{p−1} size/divisor_j over the windows that hold i;
              nothing from a window whose sum is 0, where the root has no derivative
    Source    https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html
    """
    powers, pullback_power = power(x, p)
    means, pullback_mean = avg_pool(powers, windows=windows, divisor=divisor)
    y, pullback_root = power(means * size, 1 / p)
    refuse_kink("lp_pool", means, means.real == 0)

    def pullback(dy: Array) -> tuple[Array]:
        droot = pullback_root(dy)[0] * size * (means == means)  # 0 for p = 1 and a NaN
        (dmeans,) = pullback_mean(kept(droot, means != 0))
        return (pullback_power(dmeans)[0],)

    return y, pullback
