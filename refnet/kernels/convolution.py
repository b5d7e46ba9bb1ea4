"""Kernels of refnet.ops.convolution, by the three maps of refnet.kernels.correlation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from refnet import ops
from refnet.kernels.correlation import correlate, kernel_gradient, spread
from refnet.kernels.registry import kernel
from refnet.kernels.slabs import Axis
from refnet.kernels.summation import total
from refnet.ops.convolution import Widths
from refnet.ops.rule import Array, Pullback, Thunk

TAKES = "real floating-point arrays, and a finite W"


@kernel(ops.convolution, takes=TAKES)
def convolution(
    x: Array,
    W: Array,
    b: Array | None,
    *,
    stride: Sequence[int],
    padding: Widths,
    dilation: Sequence[int],
    groups: int,
) -> tuple[Array, Pullback]:
    if not _takes(x, W, b):
        return ops.convolution(
            x, W, b, stride=stride, padding=padding, dilation=dilation, groups=groups
        )
    axes = [
        Axis(n, k, (n + p + q - d * (k - 1) - 1) // s + 1, s, d, -p)
        for n, k, s, (p, q), d in zip(
            x.shape[2:], W.shape[2:], stride, padding, dilation, strict=True
        )
    ]
    y = correlate(x, W, axes, groups, b)
    biased = b is not None

    def pullback(dy: Array) -> tuple[Thunk, Thunk, Thunk | None]:
        return (
            lambda: spread(dy, W, axes, groups),
            lambda: kernel_gradient(x, dy, axes, groups),
            (lambda: _channel_sums(dy)) if biased else None,
        )

    return y, pullback


@kernel(ops.transposed_convolution, takes=TAKES)
def transposed_convolution(
    x: Array,
    W: Array,
    b: Array | None,
    *,
    stride: Sequence[int],
    padding: Widths,
    output_padding: Sequence[int],
    dilation: Sequence[int],
    groups: int,
) -> tuple[Array, Pullback]:
    if not _takes(x, W, b):
        return ops.transposed_convolution(
            x,
            W,
            b,
            stride=stride,
            padding=padding,
            output_padding=output_padding,
            dilation=dilation,
            groups=groups,
        )
    axes = [
        Axis((m - 1) * s - p - q + d * (k - 1) + e + 1, k, m, s, d, -p)
        for m, k, s, (p, q), e, d in zip(
            x.shape[2:], W.shape[2:], stride, padding, output_padding, dilation, strict=True
        )
    ]
    y = spread(x, W, axes, groups, b)
    biased = b is not None

    def pullback(dy: Array) -> tuple[Thunk, Thunk, Thunk | None]:
        return (
            lambda: correlate(dy, W, axes, groups),
            lambda: kernel_gradient(dy, x, axes, groups),
            (lambda: _channel_sums(dy)) if biased else None,
        )

    return y, pullback


def _takes(x: Array, W: Array, b: Array | None) -> bool:
    """Tests the arguments; W must be finite, since `spread` multiplies weights by added zeros."""
    real = x.dtype.kind == W.dtype.kind == "f" and (b is None or b.dtype.kind == "f")
    return real and bool(np.isfinite(W).all())


def _channel_sums(dy: Array) -> Array:
    sums: Array = total(dy, (0, *range(2, dy.ndim)))
    return sums
