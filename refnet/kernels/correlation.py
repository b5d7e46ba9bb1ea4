"""The three maps of a convolution.

Along each axis, kernel entry k of output m is multiplied by the input's entry

    i = m·stride + k·dilation + start

where start is minus the padding. A convolution is described by one form, linear in each of x, W and
y,

    T(x, W, y) = Σ_{n, o, c, m, k} y[n, o, m] W[o, c, k] x[n, c, i(m, k)],   x = 0 outside of it,

and its three derivatives are the three maps of this file:

    correlate         ∂T/∂y   from x and W: each output is a sum over its window
    spread            ∂T/∂x   from y and W: each output is added to the entries of its window
    kernel_gradient   ∂T/∂W   from x and y: each weight is shared by all windows

With groups, output channel o depends only on the channels c of its group: x has groups·C channels,
y has groups·O, and W has the shape (groups·O, C, *kernel). Each map is a few matrix products for
each block of windows; refnet.kernels.slabs says how the windows become matrices.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np

from refnet.kernels.scratch import Memory
from refnet.kernels.sequence import common_dtype
from refnet.kernels.slabs import Axis, Block, slabs
from refnet.ops.rule import Array


def correlate(
    x: Array, W: Array, axes: Sequence[Axis], groups: int, b: Array | None = None
) -> Array:
    """y[n, o, m] = b[o] + Σ_{c, k} W[o, c, k] x[n, c, i(m, k)]"""
    y = np.empty((len(x), len(W), *(a.outputs for a in axes)), common_dtype(x, W, b))
    _correlate(x, W, axes, groups, b, y)
    return y


def spread(y: Array, W: Array, axes: Sequence[Axis], groups: int, b: Array | None = None) -> Array:
    """x[n, c, i] = b[c] + Σ W[o, c, k] y[n, o, m] over the o, m, k with i(m, k) = i

    With a stride s, the entries i of one remainder modulo s belong to the kernel entries of one
    remainder only. So x consists of s interleaved parts along each axis, and each part is a
    correlation, with stride 1, of y with a mirrored part of the kernel.
    """
    o, c = len(W) // groups, W.shape[1]
    x = np.empty((len(y), groups * c, *(a.entries for a in axes)), common_dtype(y, W, b))
    turned = W.reshape(groups, o, c, *W.shape[2:]).swapaxes(1, 2)
    turned = turned.reshape(groups * c, o, *W.shape[2:])
    for parts in itertools.product(*(_interleaved(axis) for axis in axes)):
        entries, kernel, seen = zip(*parts, strict=True)
        _correlate(y, turned[:, :, *kernel], seen, groups, b, x[:, :, *entries])
    return x


def kernel_gradient(x: Array, y: Array, axes: Sequence[Axis], groups: int) -> Array:
    """W[o, c, k] = Σ_{n, m} y[n, o, m] x[n, c, i(m, k)]"""
    o, c = y.shape[1] // groups, x.shape[1] // groups
    W = np.empty((groups * o, c, *(a.kernel for a in axes)), common_dtype(x, y))
    windows = slabs(x, groups * o, axes, groups)
    parts = windows.parts(W)
    shape = (*parts.shape[:2], math.prod(parts.shape[2:-1]), o)

    def work(blocks: list[Block], memory: Memory) -> Array:
        sums = np.zeros(shape, W.dtype)
        for block in blocks:
            Y = windows.in_order(y[block.outputs])
            Y = Y.reshape(windows.shape(block, groups * o)).swapaxes(-1, -2)
            term = memory("term", (len(Y), *shape[1:]), W.dtype)
            for k, X in windows.pieces(x, block, memory):
                sums[k] += np.matmul(X, Y, out=term).sum(axis=0)
        return sums.reshape(parts.shape)

    parts[...] = sum(windows.share(work))
    return W


def _correlate(
    x: Array, W: Array, axes: Sequence[Axis], groups: int, b: Array | None, y: Array
) -> None:
    """Writes the result of `correlate` into y."""
    if not W.size:
        y[...] = 0 if b is None else b.reshape(-1, *(1,) * (y.ndim - 2))
        return
    windows = slabs(x, len(W), axes, groups)
    in_place = y.flags.c_contiguous and not windows.side_by_side
    kernels = _kernels(windows.parts(W))

    def work(blocks: list[Block], memory: Memory) -> None:
        for block in blocks:
            Y = windows.in_order(y[block.outputs])
            shape = windows.shape(block, len(W))
            z = Y.reshape(shape) if in_place else memory("sum", shape, y.dtype)
            term = memory("term", shape, y.dtype)
            for i, (k, X) in enumerate(windows.pieces(x, block, memory)):
                if i == 0:
                    np.matmul(kernels[k], X, out=z)
                else:
                    z += np.matmul(kernels[k], X, out=term)
            if b is not None:
                z += b.reshape(groups, -1, 1)
            if not in_place:
                Y[...] = z.reshape(Y.shape)

    windows.share(work)


def _kernels(parts: Array) -> Array:
    """Returns the matrices of the kernel, as a copy in the order in which W is read fastest.

    (products, groups, *gathered, C, O) -> (products, groups, O, K·C)
    """
    products, groups, *_, o = parts.shape
    wide = math.prod(parts.shape[2:-1])
    if parts.strides[-1] < parts.strides[-2]:
        return np.ascontiguousarray(parts).reshape(products, groups, wide, o).swapaxes(-1, -2)
    return np.ascontiguousarray(np.moveaxis(parts, -1, 2)).reshape(products, groups, o, wide)


def _interleaved(axis: Axis) -> Iterator[tuple[slice, slice, Axis]]:
    """Yields the entries of each remainder modulo the stride, their kernel entries (mirrored), and
    the axis on which these entries are outputs.
    """
    s = axis.stride
    step = s // math.gcd(s, axis.dilation)  # from one of these kernel entries to the next
    for first in range(min(s, axis.entries)):
        seen = [k for k in range(axis.kernel) if (first - axis.start - k * axis.dilation) % s == 0]
        last = seen[-1] if seen else -1
        yield (
            slice(first, None, s),
            slice(last, None, -step) if seen else slice(0),
            Axis(
                entries=axis.outputs,
                kernel=len(seen),
                outputs=len(range(first, axis.entries, s)),
                stride=1,
                dilation=step * axis.dilation // s,
                start=(first - axis.start - last * axis.dilation) // s,
            ),
        )
