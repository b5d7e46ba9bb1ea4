"""Unfold and fold: the windows of an array as columns, and the sum of columns as windows."""

from __future__ import annotations

import math

import numpy as np

from refnet.ops.padding import pad
from refnet.ops.primitives import put_at
from refnet.ops.rule import Array, Pullback, saves_nothing
from refnet.ops.windows import entries

__all__ = ["fold", "unfold"]

Numbers = tuple[int, ...]  # one for each dimension


@saves_nothing
def unfold(
    x: Array, *, kernel: Numbers, stride: Numbers, padding: Numbers, dilation: Numbers
) -> tuple[Array, Pullback]:
    """y[n, (c, k), m] = x[n, c, m·stride + k·dilation − padding]

    x is 0 outside of its entries. Each column of y is a window of x, so a convolution is the
    product W y with W: (O, C·K).

    Shape:
        x: (N, C, n₁, …, n_d); y: (N, C k₁ ⋯ k_d, m₁ ⋯ m_d),
        mᵢ = ⌊(nᵢ + 2 paddingᵢ − dilationᵢ (kᵢ − 1) − 1)/strideᵢ⌋ + 1

    Pullback:
        x̄ = fold(ȳ)

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.Unfold.html
    """
    N, C, size = len(x), x.shape[1], x.shape[2:]
    m = outputs(size, kernel, stride, padding, dilation)
    padded, _ = pad(x, widths=((0, 0), (0, 0), *((p, p) for p in padding)))
    windows = [padded[seen] for _, seen in entries(kernel, m, stride, dilation)]
    y = np.stack(windows, axis=2).reshape(N, C * math.prod(kernel), math.prod(m))

    def pullback(dy: Array) -> tuple[Array]:
        options = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
        return (fold(dy, size=size, **options)[0],)

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

    The values of overlapping windows are added: fold(unfold(x)) is x times the number of windows
    that contain each entry.

    Shape:
        x: (N, C k₁ ⋯ k_d, m₁ ⋯ m_d); size: (n₁, …, n_d); y: (N, C, n₁, …, n_d)

    Pullback:
        x̄ = unfold(ȳ)

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.Fold.html
    """
    N, C, K = len(x), x.shape[1] // math.prod(kernel), math.prod(kernel)
    m = outputs(size, kernel, stride, padding, dilation)
    zeros = np.zeros((N, C, *(n + 2 * p for n, p in zip(size, padding, strict=True))), x.dtype)
    windows, places = x.reshape(N, C, K, *m), entries(kernel, m, stride, dilation)
    terms = (put_at(zeros, seen, windows[:, :, j]) for j, (_, seen) in enumerate(places))
    y, _ = pad(sum(terms, start=zeros), widths=((0, 0), (0, 0), *((-p, -p) for p in padding)))

    def pullback(dy: Array) -> tuple[Array]:
        options = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
        return (unfold(dy, **options)[0],)

    return y, pullback


def outputs(
    sizes: Numbers, kernel: Numbers, stride: Numbers, padding: Numbers, dilation: Numbers
) -> Numbers:
    """Returns the number of windows along each dimension."""
    return tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1
        for n, k, s, p, d in zip(sizes, kernel, stride, padding, dilation, strict=True)
    )
