"""Convolution and transposed convolution, in any number of dimensions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from refnet.kernels.correlation import correlate, kernel_gradient, spread
from refnet.kernels.slabs import Axis
from refnet.kernels.summation import total
from refnet.ops.rule import Array, Pullback

__all__ = ["convolution", "transposed_convolution"]

Thunk = Callable[[], Array]
Widths = Sequence[tuple[int, int]]  # (before, after) for each dimension


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
    """y[n, o, m] = b[o] + Σ_{c, k} W[o, c, k] x[n, c, m·stride + k·dilation − padding]

    m and k have d components, as have stride, dilation and padding (of which this is the part
    before; outside of it x is 0). Channels c and o meet within one of the groups only.

    Every output has the same weights: y = A x with a matrix A that has W[o, c, k] in each place where the
    formula has it, and 0 elsewhere. So x̄ = Aᵀ ȳ, which is a transposed convolution; and each
    weight's gradient is the sum over all its places in A.

    Shapes    x: (N, C, n₁, …, n_d)  W: (O, C/groups, k₁, …, k_d)  b: (O,) or None
              y: (N, O, m₁, …, m_d), mᵢ = ⌊(nᵢ + before + after − dilationᵢ (kᵢ − 1) − 1)/strideᵢ⌋ + 1
    Pullback  x̄[n, c, i] = Σ W[o, c, k] ȳ[n, o, m] over the m, k with m·stride + k·dilation − padding = i
              W̄[o, c, k] = Σ_{n, m} ȳ[n, o, m] x[n, c, m·stride + k·dilation − padding],  b̄ = Σ_{n, m} ȳ
    Source    https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
    """
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
    """y[n, o, i] = b[o] + Σ W[c, o, k] x[n, c, m] over the m, k with m·stride + k·dilation − padding = i

    With a convolution y = A x, this is y = Aᵀ x with the same W and the same options: what is
    forward there is backward here. Since convolutions of several sizes n have the same number of outputs,
    output_padding says which of these sizes y has.

    Shapes    x: (N, C, m₁, …, m_d)  W: (C, O/groups, k₁, …, k_d)  b: (O,) or None  y: (N, O, n₁, …, n_d),
              nᵢ = (mᵢ − 1) strideᵢ − before − after + dilationᵢ (kᵢ − 1) + output_paddingᵢ + 1
    Pullback  x̄[n, c, m] = Σ_{o, k} W[c, o, k] ȳ[n, o, m·stride + k·dilation − padding]
              W̄[c, o, k] = Σ_{n, m} x[n, c, m] ȳ[n, o, m·stride + k·dilation − padding],  b̄ = Σ_{n, i} ȳ
    Source    https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html
    """
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


def _channel_sums(dy: Array) -> Array:
    sums: Array = total(dy, (0, *range(2, dy.ndim)))
    return sums
