"""Convolution and transposed convolution, in any number of dimensions.

Both are linear in x, in W and in y, and one sum contains them:

    T(x, W, y) = Σ_{j, o, c, m, k} y[j, o, m] W[o, c, k] x[j, c, m·stride + k·dilation − padding]

Its derivatives are the three maps of this file: `correlate` is ∂T/∂y, `spread` ∂T/∂x and `shared`
∂T/∂W. Each is a sum over the entries k of the kernel; a term is the product of the matrix
W[:, :, k] and a strided slice of x.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from refnet.ops.padding import pad
from refnet.ops.primitives import put_at
from refnet.ops.rule import Array, Pullback, Thunk
from refnet.ops.windows import Index, entries

__all__ = ["convolution", "transposed_convolution"]

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
    """y[j, o, m] = b[o] + Σ_{c, k} W[o, c, k] x[j, c, m·stride + k·dilation − padding]

    m, k, stride, dilation and padding have d components. The padding in the formula is the part
    before; outside, x is 0. An output channel o depends only on the channels c of its group.

    Every output has the same weights: y = A x, where the matrix A has W[o, c, k] wherever the
    formula uses it, and 0 elsewhere. So x̄ = Aᵀ ȳ, which is a transposed convolution, and the
    gradient of a weight is the sum over all its places in A.

    Shape:
        x: (N, C, n₁, …, n_d)
        W: (O, C/groups, k₁, …, k_d)
        b: (O,) or None
        y: (N, O, m₁, …, m_d),   mᵢ = ⌊(nᵢ + before + after − dilationᵢ (kᵢ − 1) − 1)/strideᵢ⌋ + 1

    Pullback:
        x̄[j, c, i] = Σ W[o, c, k] ȳ[j, o, m] over the m, k with m·stride + k·dilation − padding = i
        W̄[o, c, k] = Σ_{j, m} ȳ[j, o, m] x[j, c, m·stride + k·dilation − padding]
        b̄[o] = Σ_{j, m} ȳ[j, o, m]

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
    """
    n, kernel, spans = x.shape[2:], W.shape[2:], zip(stride, padding, dilation, strict=True)
    m = [
        (n + p + q - d * (k - 1) - 1) // s + 1
        for n, k, (s, (p, q), d) in zip(n, kernel, spans, strict=True)
    ]
    g = Geometry(n, kernel, m, stride, padding, dilation, groups)
    biased = b is not None  # not b, which can be changed in place later

    def pullback(dy: Array) -> tuple[Thunk, Thunk, Thunk | None]:
        return (
            lambda: spread(dy, W, g),
            lambda: shared(x, dy, g),
            (lambda: _channel_sums(dy)) if biased else None,
        )

    return _biased(correlate(x, W, g), b), pullback


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
    """Computes the transpose of a convolution.

        y[j, o, i] = b[o] + Σ W[c, o, k] x[j, c, m]

    over the m, k with m·stride + k·dilation − padding = i. If a convolution is y = A x, this is
    y = Aᵀ x with the same W and the same options: the forward pass of one is the backward pass of
    the other. Convolutions of inputs of several sizes n have outputs of the same size m;
    output_padding selects the size n of y.

    Shape:
        x: (N, C, m₁, …, m_d)
        W: (C, O/groups, k₁, …, k_d)
        b: (O,) or None
        y: (N, O, n₁, …, n_d),
            nᵢ = (mᵢ − 1) strideᵢ − before − after + dilationᵢ (kᵢ − 1) + output_paddingᵢ + 1

    Pullback:
        x̄[j, c, m] = Σ_{o, k} W[c, o, k] ȳ[j, o, m·stride + k·dilation − padding]
        W̄[c, o, k] = Σ_{j, m} x[j, c, m] ȳ[j, o, m·stride + k·dilation − padding]
        b̄[o] = Σ_{j, i} ȳ[j, o, i]

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html
    """
    m, kernel = x.shape[2:], W.shape[2:]
    spans = zip(stride, padding, output_padding, dilation, strict=True)
    n = [
        (m - 1) * s - p - q + d * (k - 1) + e + 1
        for m, k, (s, (p, q), e, d) in zip(m, kernel, spans, strict=True)
    ]
    g = Geometry(n, kernel, m, stride, padding, dilation, groups)
    biased = b is not None  # not b, which can be changed in place later

    def pullback(dy: Array) -> tuple[Thunk, Thunk, Thunk | None]:
        return (
            lambda: correlate(dy, W, g),
            lambda: shared(dy, x, g),
            (lambda: _channel_sums(dy)) if biased else None,
        )

    return _biased(spread(x, W, g), b), pullback


class Geometry(NamedTuple):
    """The sizes of a convolution.

    Along each axis, a kernel maps n entries of x to m outputs. Output i uses, with entry k of the
    kernel, the entry i·stride + k·dilation − before of x; (before, after) is the padding.
    """

    n: Sequence[int]
    kernel: Sequence[int]
    m: Sequence[int]
    stride: Sequence[int]
    padding: Widths
    dilation: Sequence[int]
    groups: int

    def entries(self) -> Iterator[tuple[Index, Index]]:
        """Yields each entry k of the kernel, and the slices of the padded x that it sees."""
        return entries(self.kernel, self.m, self.stride, self.dilation)

    def padded(self, x: Array) -> Array:
        return pad(x, widths=((0, 0), (0, 0), *self.padding))[0]

    def grouped(self, x: Array) -> Array:
        """Reshapes (N, groups·C, *sizes) to (N, groups, C, Π sizes)."""
        channels = x.shape[1] // self.groups
        return x.reshape(len(x), self.groups, channels, math.prod(x.shape[2:]))

    def matrix(self, W: Array, k: Index) -> Array:
        """Returns W[:, :, k], the matrices of the groups: (groups, O, C)"""
        return W[k].reshape(self.groups, len(W) // self.groups, W.shape[1])


def correlate(x: Array, W: Array, g: Geometry) -> Array:
    """y[j, o, m] = Σ_{c, k} W[o, c, k] x[j, c, m·stride + k·dilation − padding]"""
    X, zeros = g.padded(x), np.zeros((len(x), len(W), *g.m), x.dtype)
    terms = (g.matrix(W, k) @ g.grouped(X[seen]) for k, seen in g.entries())
    return sum(terms, start=g.grouped(zeros)).reshape(zeros.shape)


def spread(y: Array, W: Array, g: Geometry) -> Array:
    """x[j, c, i] = Σ W[o, c, k] y[j, o, m] where m·stride + k·dilation − padding = i"""
    shape = len(y), W.shape[1] * g.groups
    sizes = (n + before + after for n, (before, after) in zip(g.n, g.padding, strict=True))
    zeros = np.zeros((*shape, *sizes), np.result_type(y.dtype, W.dtype))
    Y = g.grouped(y)
    parts = ((g.matrix(W, k).swapaxes(-1, -2) @ Y, seen) for k, seen in g.entries())
    terms = (put_at(zeros, seen, part.reshape(*shape, *g.m)) for part, seen in parts)
    narrower = ((0, 0), (0, 0), *((-before, -after) for before, after in g.padding))
    return pad(sum(terms, start=zeros), widths=narrower)[0]


def shared(x: Array, y: Array, g: Geometry) -> Array:
    """W[o, c, k] = Σ_{j, m} y[j, o, m] x[j, c, m·stride + k·dilation − padding]"""
    X, Y = g.padded(x), g.grouped(y)
    parts = [(Y @ g.grouped(X[seen]).swapaxes(-1, -2)).sum(axis=0) for _, seen in g.entries()]
    return np.stack(parts, axis=-1).reshape(y.shape[1], x.shape[1] // g.groups, *g.kernel)


def _biased(y: Array, b: Array | None) -> Array:
    return y if b is None else y + b.reshape(-1, *(1,) * (y.ndim - 2))


def _channel_sums(dy: Array) -> Array:
    sums: Array = dy.sum(axis=(0, *range(2, dy.ndim)))
    return sums
