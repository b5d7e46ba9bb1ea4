"""Unfold and fold: the windows of an array as columns, and their sum back in place."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from refnet.ops.rule import Array, Pullback, saves_nothing

__all__ = ["fold", "unfold"]

Index = tuple[Any, ...]
Numbers = tuple[int, ...]  # one for each dimension


@saves_nothing
def unfold(
    x: Array, *, kernel: Numbers, stride: Numbers, padding: Numbers, dilation: Numbers
) -> tuple[Array, Pullback]:
    """y[n, (c, k), m] = x[n, c, m·stride + k·dilation − padding], and 0 outside of x

    Each column of y is a window of x, so a convolution is a product with it: W y for W (O, C·K).

    Shapes    x: (N, C, n₁, …, n_d); y: (N, C k₁ ⋯ k_d, m₁ ⋯ m_d),
              mᵢ = ⌊(nᵢ + 2 paddingᵢ − dilationᵢ (kᵢ − 1) − 1)/strideᵢ⌋ + 1
    Pullback  x̄ = fold(ȳ)
    Source    https://docs.pytorch.org/docs/stable/generated/torch.nn.Unfold.html
    """
    sizes = x.shape[2:]
    y = _unfold(x, kernel, stride, padding, dilation)

    def pullback(dy: Array) -> tuple[Array]:
        return (_fold(dy, sizes, kernel, stride, padding, dilation),)

    return y, pullback


@saves_nothing
def fold(
    x: Array,
    *,
    size: Numbers,
    kernel: Numbers,
    stride: Numbers,
    padding: Numbers,
    dilation: Numbers,
) -> tuple[Array, Pullback]:
    """y[n, c, i] = Σ x[n, (c, k), m] over the m, k with m·stride + k·dilation − padding = i

    Where windows overlap, their values are added, so this undoes unfold but for a factor.

    Shapes    x: (N, C k₁ ⋯ k_d, m₁ ⋯ m_d); size: (n₁, …, n_d); y: (N, C, n₁, …, n_d)
    Pullback  x̄ = unfold(ȳ)
    Source    https://docs.pytorch.org/docs/stable/generated/torch.nn.Fold.html
    """
    y = _fold(x, size, kernel, stride, padding, dilation)

    def pullback(dy: Array) -> tuple[Array]:
        return (_unfold(dy, kernel, stride, padding, dilation),)

    return y, pullback


def _unfold(
    x: Array, kernel: Numbers, stride: Numbers, padding: Numbers, dilation: Numbers
) -> Array:
    N, C, sizes = len(x), x.shape[1], x.shape[2:]
    padded = np.zeros((N, C, *(n + 2 * p for n, p in zip(sizes, padding, strict=True))), x.dtype)
    padded[_inside(sizes, padding)] = x
    m = outputs(sizes, kernel, stride, padding, dilation)
    y = np.empty((N, C, *kernel, *m), x.dtype)
    for k, places in _places(kernel, m, stride, dilation):
        y[k] = padded[places]
    return y.reshape(N, C * math.prod(kernel), math.prod(m))


def _fold(
    y: Array, sizes: Numbers, kernel: Numbers, stride: Numbers, padding: Numbers, dilation: Numbers
) -> Array:
    N, C = len(y), y.shape[1] // math.prod(kernel)
    padded = np.zeros((N, C, *(n + 2 * p for n, p in zip(sizes, padding, strict=True))), y.dtype)
    m = outputs(sizes, kernel, stride, padding, dilation)
    y = y.reshape(N, C, *kernel, *m)
    for k, places in _places(kernel, m, stride, dilation):
        padded[places] += y[k]
    return np.ascontiguousarray(padded[_inside(sizes, padding)])


def outputs(
    sizes: Numbers, kernel: Numbers, stride: Numbers, padding: Numbers, dilation: Numbers
) -> Numbers:
    """How many windows there are along each dimension."""
    return tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, k, s, p, d in zip(sizes, kernel, stride, padding, dilation, strict=True)
    )


def _places(
    kernel: Numbers, m: Numbers, stride: Numbers, dilation: Numbers
) -> Iterator[tuple[Index, Index]]:
    """Each kernel entry k, and where the windows have it: k·dilation + m·stride for all m."""
    for k in itertools.product(*map(range, kernel)):
        places = (
            slice(i * d, i * d + (n - 1) * s + 1, s)
            for i, n, s, d in zip(k, m, stride, dilation, strict=True)
        )
        yield (..., *k, *(slice(None),) * len(m)), (..., *places)


def _inside(sizes: Numbers, padding: Numbers) -> Index:
    return (..., *(slice(p, p + n) for n, p in zip(sizes, padding, strict=True)))
