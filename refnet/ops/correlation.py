"""The three maps of a convolution.

Along each axis, output m sees with its kernel entry k the input's entry

    i = m·stride + k·dilation + start

(start is minus the padding). All that a convolution does is in one form, linear in each of x, W and y,

    T(x, W, y) = Σ_{n, o, c, m, k} y[n, o, m] W[o, c, k] x[n, c, i(m, k)],   with x = 0 outside of it,

and its three derivatives are the three maps of this file:

    correlate         ∂T/∂y   from x and W: each output is a sum over its window
    spread            ∂T/∂x   from y and W: each output goes back to where its window lies
    kernel_gradient   ∂T/∂W   from x and y: each weight is shared by all windows

With groups, channels c and o meet only within their group: x has g·C channels, y has g·O, and W
has the shape (g·O, C, *kernel).

How they are computed. Windows overlap, so copying each of them (a matrix with C·K rows for a kernel of
K entries) costs more than the product with it. A *slab* gathers the windows along all axes but the first one;
the windows along the first axis are the slab itself, shifted by whole rows. So there is one product
for each kernel entry of the first axis, with a shifted view of the slab. A slab holds a block of images
or of rows that stays in the processor's cache, in one buffer that every block uses.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from refnet.ops.rule import Array

SLAB_BYTES = 2**21  # of a block
SHORT = 48  # products that sum over fewer terms than this are not worth a shifted view each


class Axis(NamedTuple):
    """Along one axis: output m sees with kernel entry k the entry m·stride + k·dilation + start."""

    entries: int  # of the input
    kernel: int
    outputs: int
    stride: int
    dilation: int
    start: int

    @property
    def reach(self) -> int:
        """How many entries lie from the first to the last one that any output sees."""
        return (self.outputs - 1) * self.stride + (self.kernel - 1) * self.dilation + 1


def correlate(x: Array, W: Array, axes: Sequence[Axis], groups: int) -> Array:
    """y[n, o, m] = Σ_{c, k} W[o, c, k] x[n, c, i(m, k)]"""
    y = np.empty((len(x), len(W), *(a.outputs for a in axes)), np.result_type(x, W))
    _correlate(x, W, axes, groups, y)
    return y


def spread(y: Array, W: Array, axes: Sequence[Axis], groups: int) -> Array:
    """x[n, c, i] = Σ W[o, c, k] y[n, o, m] over the o, m, k with i(m, k) = i

    With a stride s, the entries i of one remainder modulo s are seen by the kernel entries of one remainder
    only, and among these i(m, k) moves by one output at a time. So x is s interleaved parts (for
    each axis), and each is a correlation of y, of stride 1, with a part of the kernel, mirrored.
    """
    shape = (len(y), W.shape[1] * groups, *(a.entries for a in axes))
    x = np.empty(shape, np.result_type(y, W))
    turned = _transposed(W, groups)
    for parts in itertools.product(*(_interleaved(axis) for axis in axes)):
        entries, kernel, seen = zip(*parts, strict=True)
        part = turned
        for axis, k in enumerate(kernel, 2):
            part = part.take(k, axis=axis)
        _correlate(y, part, seen, groups, x[:, :, *entries])
    return x


def kernel_gradient(x: Array, y: Array, axes: Sequence[Axis], groups: int) -> Array:
    """W[o, c, k] = Σ_{n, m} y[n, o, m] x[n, c, i(m, k)]"""
    shape = (y.shape[1], x.shape[1] // groups, *(a.kernel for a in axes))
    W = np.zeros(shape, np.result_type(x, y))
    if W.size:
        _add_kernel_gradient(*_not_short(x, W, y, axes), groups)
    return W


def _add_kernel_gradient(x: Array, W: Array, y: Array, axes: Sequence[Axis], groups: int) -> None:
    slabs = _Slabs(x, axes, groups)
    for images, rows in slabs.blocks():
        block = np.moveaxis(y[images, :, rows], 0, 2)
        Y = block.reshape(groups, block.shape[0] // groups, math.prod(block.shape[1:]))
        for k, X in slabs.matrices(images, rows):
            W[:, :, k] += (Y @ X.swapaxes(-1, -2)).reshape(W[:, :, k].shape)


def _correlate(x: Array, W: Array, axes: Sequence[Axis], groups: int, y: Array) -> None:
    """correlate, written into y."""
    if not W.size:
        y[...] = 0
        return
    x, W, y, axes = _not_short(x, W, y, axes)
    kernels = [_grouped(W[:, :, k], groups) for k in range(W.shape[2])]
    slabs = _Slabs(x, axes, groups)
    for images, rows in slabs.blocks():
        block = np.moveaxis(y[images, :, rows], 0, 2)
        z: Any = sum(kernels[k] @ X for k, X in slabs.matrices(images, rows))
        block[...] = z.reshape(block.shape)


def _interleaved(axis: Axis) -> Iterator[tuple[slice, list[int], Axis]]:
    """The entries of each remainder modulo the stride, the kernel entries that see them, mirrored,
    and the axis on which these entries are outputs."""
    s = axis.stride
    for first in range(min(s, axis.entries)):
        kernel = [
            k
            for k in reversed(range(axis.kernel))
            if (first - axis.start - k * axis.dilation) % s == 0
        ]
        start = (first - axis.start - kernel[0] * axis.dilation) // s if kernel else 0
        outputs = len(range(first, axis.entries, s))
        dilation = axis.dilation // math.gcd(s, axis.dilation)
        yield (
            slice(first, None, s),
            kernel,
            Axis(axis.outputs, len(kernel), outputs, 1, dilation, start),
        )


class _Slabs:
    """The slabs of x, block by block: a matrix of windows for each kernel entry of the first axis."""

    def __init__(self, x: Array, axes: Sequence[Axis], groups: int) -> None:
        self.x, self.groups = x, groups
        self.first, *self.rest = axes
        self.padded, self.slab = _Buffer(), _Buffer()

    def blocks(self) -> Iterator[tuple[slice, slice]]:
        """The images, and the outputs of the first axis, whose slab has about SLAB_BYTES."""
        images, rows = len(self.x), self.first.outputs
        extra = (self.first.kernel - 1) * self.first.dilation // self.first.stride
        row = self.x.shape[1] * math.prod(a.kernel * a.outputs for a in self.rest)
        fit = SLAB_BYTES // (max(row, 1) * self.x.itemsize)
        some_images = max(fit // (rows + extra), 1)
        some_rows = rows if some_images > 1 else max(fit - extra, extra + 1)
        for n in range(0, images, some_images):
            for m in range(0, rows, some_rows):
                yield slice(n, min(n + some_images, images)), slice(m, min(m + some_rows, rows))

    def matrices(self, images: slice, rows: slice) -> Iterator[tuple[int, Array]]:
        """(k, X) for each kernel entry k of the first axis; X (groups, C·K, outputs) has the windows
        along the other axes. It is good until the next one is asked for.

        With a stride, the kernel entries of one remainder share a slab: they see the same rows.
        """
        x, high = self._padded(images, rows), rows.stop - rows.start
        by_remainder: dict[int, list[tuple[int, int]]] = {}
        for k in range(self.first.kernel):
            shift, remainder = divmod(k * self.first.dilation, self.first.stride)
            by_remainder.setdefault(remainder, []).append((k, shift))
        for remainder, shifts in by_remainder.items():
            slab = self._windows(x[:, :, remainder:], high + shifts[-1][1])
            for k, shift in shifts:
                yield k, slab[:, :, shift : shift + high].reshape(*slab.shape[:2], -1)

    def _padded(self, images: slice, rows: slice) -> Array:
        """x with the zeros around it that the windows see, without what they do not."""
        start = rows.start * self.first.stride + self.first.start
        first = self.first._replace(outputs=rows.stop - rows.start, start=start)
        x, axes = self.x[images], (first, *self.rest)
        seen = [
            slice(*(min(max(i, 0), a.entries) for i in (a.start, a.start + a.reach))) for a in axes
        ]
        if all(s.stop - s.start == a.reach for s, a in zip(seen, axes, strict=True)):
            return x[:, :, *seen]
        padded = self.padded.of((*x.shape[:2], *(a.reach for a in axes)), x.dtype)
        padded[...] = 0
        inside = (
            slice(s.start - a.start, s.stop - a.start) for s, a in zip(seen, axes, strict=True)
        )
        padded[:, :, *inside] = x[:, :, *seen]
        return padded

    def _windows(self, x: Array, high: int) -> Array:
        """(images, groups·C, …) -> (groups, C·K, high, images·outputs of the other axes), dense"""
        images, channels = x.shape[:2]
        image, channel, row, *steps = x.strides
        g, C = self.groups, channels // self.groups
        kernel, outputs = ([getattr(a, name) for a in self.rest] for name in ("kernel", "outputs"))
        windows = as_strided(
            x,
            (g, C, *kernel, high, images, *outputs),
            (
                C * channel,
                channel,
                *(a.dilation * s for a, s in zip(self.rest, steps, strict=True)),
                row * self.first.stride,
                image,
                *(a.stride * s for a, s in zip(self.rest, steps, strict=True)),
            ),
            writeable=False,
        )
        if math.prod(kernel) > 1 or not windows[0, 0].flags.c_contiguous:
            slab = self.slab.of(windows.shape, x.dtype)
            np.copyto(slab, windows)
            windows = slab
        return windows.reshape(g, C * math.prod(kernel), high, images * math.prod(outputs))


class _Buffer:
    """Memory that is used again and again: fresh memory of this size costs more than a copy into it."""

    def __init__(self) -> None:
        self.flat: Array | None = None

    def of(self, shape: Sequence[int], dtype: Any) -> Array:
        """An array of this shape; it overwrites the last one."""
        size = math.prod(shape)
        if self.flat is None or self.flat.size < size:
            self.flat = np.empty(size, dtype)
        return self.flat[:size].reshape(shape)


def _not_short(
    x: Array, W: Array, y: Array, axes: Sequence[Axis]
) -> tuple[Array, Array, Array, Sequence[Axis]]:
    """The same with a first axis of size 1 where the sums would be too short for products of their
    own: then the slab gathers whole windows, and there is one product."""
    if W.shape[2] == 1 or W.shape[1] * math.prod(W.shape[3:]) >= SHORT:
        return x, W, y, axes
    return x[:, :, None], W[:, :, None], y[:, :, None], (Axis(1, 1, 1, 1, 1, 0), *axes)


def _grouped(W: Array, groups: int) -> Array:
    """(groups·O, C, *kernel) -> (groups, O, C·K)"""
    return W.reshape(groups, W.shape[0] // groups, math.prod(W.shape[1:]))


def _transposed(W: Array, groups: int) -> Array:
    """(groups·O, C, *kernel) -> (groups·C, O, *kernel)"""
    o, c = W.shape[0] // groups, W.shape[1]
    turned = W.reshape(groups, o, c, *W.shape[2:]).swapaxes(1, 2)
    return turned.reshape(groups * c, o, *W.shape[2:])
