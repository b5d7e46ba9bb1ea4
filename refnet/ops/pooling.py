"""Pooling: one number for each window of the last dimensions, and the inverse of max pooling.

Windows are tables (refnet.ops.windows), so the rules are the same for one, two and three dimensions
and for sliding, adaptive and fractional windows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from refnet.ops.primitives import add_at, put_at
from refnet.ops.rule import Array, Pullback, refuse_kink
from refnet.ops.windows import Windows, transposed, weighted_sum

__all__ = ["avg_pool", "max_pool", "max_unpool"]


def max_pool(
    x: Array, *, windows: Array, size: tuple[int, ...]
) -> tuple[tuple[Array, Array], Pullback]:
    """y_j = max_k x[windows_kj], and i_j = the place of that entry

    Among equal entries the first one of the window counts, and among several NaN the last one. NaN
    is larger than every number. Places are indices into the last dimensions, merged into one.

    Shape:
        x: (*, n₁, …, n_d); windows: (k, m₁ ⋯ m_d), integers; size: (m₁, …, m_d);
        y, i: (*, m₁, …, m_d)

    Pullback:
        x̄[i_j] = ȳ_j, summed over the windows with the same entry

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html
    """
    shape, batch, (k, m) = x.shape, x.shape[: x.ndim - len(size)], windows.shape
    flat = math.prod(batch), math.prod(shape[len(batch) :])
    planes = x.reshape(flat)
    seen = np.take(planes.real, windows, axis=1)  # (planes, k, m)
    nan = np.isnan(seen)
    last = k - 1 - nan[:, ::-1].argmax(axis=1)
    chosen = np.where(nan.any(axis=1), last, np.argmax(seen, axis=1))
    i = windows[chosen, np.arange(m)].astype(np.int64)
    y = np.take_along_axis(planes, i, axis=1)
    ties = (seen == y.real[:, None]) & (windows != i[:, None])
    refuse_kink("max_pool", x, np.any(ties))

    def pullback(dys: tuple[Array, None]) -> tuple[Array]:
        at = np.arange(len(i))[:, None], i
        return (add_at(flat, at, dys[0].reshape(i.shape)).reshape(shape),)

    return (y.reshape(batch + size), i.reshape(batch + size)), pullback


def max_unpool(x: Array, i: Array, *, size: tuple[int, ...]) -> tuple[Array, Pullback]:
    """y[i_j] = x_j, and 0 elsewhere

    This is the pullback of max_pool as a function. If a place has several x_j, the last one is kept
    (PyTorch does not define which), but each of them has a gradient, as in PyTorch.

    Shape:
        x, i: (*, m₁, …, m_d), i the places of max_pool; size: (n₁, …, n_d);
        y: (*, n₁, …, n_d)

    Pullback:
        x̄_j = ȳ[i_j]

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html
    """
    shape, batch, n = x.shape, x.shape[: x.ndim - len(size)], math.prod(size)
    start = np.arange(math.prod(batch)).reshape(batch + (1,) * len(size)) * n  # of each plane
    at = (i + start).reshape(-1)
    y = put_at(np.zeros(start.size * n, x.dtype), at, x.reshape(-1))

    def pullback(dy: Array) -> tuple[Array, None]:
        return dy.reshape(-1)[at].reshape(shape), None

    return y.reshape(batch + size), pullback


def avg_pool(
    x: Array, *, windows: Sequence[Windows], divisor: Array | int
) -> tuple[Array, Pullback]:
    """y_j = Σ_{i in window j} x_i / divisor_j

    Shape:
        x: (*, n₁, …, n_d); windows: one for each of the d axes, with m₁, …, m_d outputs;
        divisor: broadcasts to (m₁, …, m_d); y: (*, m₁, …, m_d)

    Pullback:
        x̄_i = Σ_{j: i in window j} ȳ_j / divisor_j

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html
    """
    first = x.ndim - len(windows)
    sizes = x.shape[first:]
    y = x
    for axis, w in enumerate(windows, first):
        y = weighted_sum(y, w, axis)

    def pullback(dy: Array) -> tuple[Array]:
        dx = divided(dy, divisor)
        for axis, (w, n) in enumerate(zip(windows, sizes, strict=True), first):
            dx = weighted_sum(dx, transposed(w, n), axis)
        return (dx,)

    return divided(y, divisor), pullback


def divided(x: Array, divisor: Array | int) -> Array:
    """Returns x / divisor in the dtype of x, rounded towards zero for integers, as in C."""
    if x.dtype.kind in "iu":
        quotient: Array = abs(x) // np.abs(divisor)
        return np.where((x < 0) == np.less(divisor, 0), quotient, -quotient)
    quotient = x / np.array(divisor, x.real.dtype)
    return quotient
