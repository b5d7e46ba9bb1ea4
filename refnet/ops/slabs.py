"""Slabs: the windows of a convolution as matrices, without a copy of each window.

Windows overlap, so to copy all of them costs K times the input for a kernel of K entries. A slab
is such a copy for all axes but the first one; along the first axis the windows are the slab itself,
shifted by whole rows. So there is one matrix product for each kernel entry of the first axis, with a
shifted view of the slab, and the products are added. Where that would be more than to copy the windows
whole, for few channels and many outputs, the slab gathers all axes, and there is one product.

A slab holds a block of images, or of the rows of one, that stays in the processor's caches. It lies in
memory that was used before: fresh memory costs more than what is written into it. The threads (see
refnet.ops.threads) share the blocks, and each copies, multiplies and adds by itself. Blocks depend on
sizes alone, so the result is the same on any number of threads.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from refnet.ops.rule import Array
from refnet.ops.threads import share

SLAB_BYTES = 2**22  # a slab has no more
ALONE_BYTES = 2**19  # less than this is not worth a helper's waking
PARTS = 4  # the work is shared in so many
KEPT_BYTES = 2**25  # memory is kept for the next call up to this size

Block = tuple[slice, slice]  # some images, and some outputs of the first axis


class Axis(NamedTuple):
    """Along one axis, output m sees with its kernel entry k the entry m·stride + k·dilation + start."""

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


class Slabs:
    """The windows of x as matrices, block by block, for products that have so many output channels."""

    def __init__(self, x: Array, outputs: int, axes: Sequence[Axis], groups: int) -> None:
        self.x, self.axes, self.groups = x, axes, groups
        first, *rest = axes
        window = x.shape[1] * math.prod(a.kernel for a in rest)
        whole = window <= outputs  # to copy it costs less than to add the products
        self.gathered = axes if whole else rest
        # Which rows of the slab the products see: remainder -> [(part of the kernel, shift)]
        self.shifts: dict[int, list[tuple[int, int]]] = {}
        for k in range(1 if whole else first.kernel):
            shift, remainder = divmod(k * first.dilation, first.stride)
            self.shifts.setdefault(remainder, []).append((k, shift))

    def parts(self, W: Array) -> Array:
        """A view of W with a part for each product: (products, groups, *gathered axes, C, O)"""
        W = W.reshape(self.groups, len(W) // self.groups, *W.shape[1:])
        gathered = range(W.ndim - len(self.gathered), W.ndim)
        if self.gathered is self.axes:
            return W.transpose(0, *gathered, 2, 1)[None]
        return W.transpose(3, 0, *gathered, 2, 1)

    def share(self, work: Callable[[list[Block], Memory], Any]) -> list[Any]:
        """[work(blocks, memory), …] for PARTS of the blocks, or fewer, shared among the threads."""
        blocks = self._blocks()

        def task(part: int) -> Any:
            memory = _borrowed()
            result = work(blocks[part::PARTS], memory)
            _give_back(memory)
            return result

        return share(task, min(PARTS, len(blocks)))

    def _blocks(self) -> list[Block]:
        """Blocks of one size, as far as possible: one, or a multiple of PARTS."""
        rows = self.axes[0].outputs
        more = max(shift for shifts in self.shifts.values() for _, shift in shifts)
        row = [self.x.shape[1], *(a.kernel for a in self.gathered)]
        row += [a.outputs for a in self.axes[1:]]
        row_bytes = max(math.prod(row) * self.x.itemsize, 1)
        part_bytes = len(self.x) * (rows + more) * row_bytes // PARTS
        fit = min(SLAB_BYTES, max(part_bytes, ALONE_BYTES)) // row_bytes
        high = rows if rows + more <= fit else max(fit - more, more)
        images = fit // max(high + more, 1)
        return list(itertools.product(_cut(len(self.x), images), _cut(rows, high)))

    def windows(self, images: slice, outputs: slice, memory: Memory) -> Iterator[tuple[int, Array]]:
        """(k, X) for each product: X (images, groups, K·C, outputs) has what part k of the kernel sees.

        It is good until the next one is asked for. With a stride, the parts of one remainder share
        a slab.
        """
        x, high = self._padded(images, outputs, memory), outputs.stop - outputs.start
        for remainder, shifts in self.shifts.items():
            slab = self._slab(x[:, :, remainder:], high + shifts[-1][1], memory)
            for k, shift in shifts:
                X = slab[..., shift : shift + high, :]
                yield k, X.reshape(*X.shape[:3], high * X.shape[-1])

    def _padded(self, images: slice, outputs: slice, memory: Memory) -> Array:
        """What the outputs see of x, with zeros where that lies outside."""
        first, *rest = self.axes
        start = first.start + outputs.start * first.stride
        axes = (first._replace(outputs=outputs.stop - outputs.start, start=start), *rest)
        seen = [
            slice(*(min(max(i, 0), a.entries) for i in (a.start, a.start + a.reach))) for a in axes
        ]
        x = self.x[images, :, *seen]
        reach = tuple(a.reach for a in axes)
        if x.shape[2:] == reach:
            return x
        places = tuple(
            slice(s.start - a.start, s.stop - a.start) for s, a in zip(seen, axes, strict=True)
        )
        padded = memory("padded", (*x.shape[:2], *reach), x.dtype)
        margin = (padded.shape, x.shape, places[0].start)
        if memory.margin != margin:  # else its zeros are there from the block before
            padded[...] = 0
            memory.margin = margin
        padded[:, :, *places] = x
        return padded

    def _slab(self, x: Array, high: int, memory: Memory) -> Array:
        """(images, groups·C, …) -> (images, groups, K·C, high, outputs of the other axes)"""
        image, channel, *steps = x.strides
        C = x.shape[1] // self.groups
        kernel = [a.kernel for a in self.gathered]
        rest = [a.outputs for a in self.axes[1:]]
        along_kernel = [a.dilation * step for a, step in zip(self.axes, steps, strict=True)]
        if self.gathered is not self.axes:
            del along_kernel[0]
        windows = as_strided(
            x,
            (len(x), self.groups, *kernel, C, high, *rest),
            (
                *(image, C * channel, *along_kernel, channel),
                *(a.stride * step for a, step in zip(self.axes, steps, strict=True)),
            ),
            writeable=False,
        )
        if math.prod(kernel) > 1 or not windows[0, 0].flags.c_contiguous:
            slab = memory("slab", windows.shape, x.dtype)
            np.copyto(slab, windows)
            windows = slab
        return windows.reshape(len(x), self.groups, math.prod(kernel) * C, high, math.prod(rest))


class Memory:
    """Arrays by name, for one thread; one of a name overwrites the one before it."""

    def __init__(self) -> None:
        self.bytes: dict[str, Array] = {}
        self.margin: Any = None  # where "padded" has its zeros

    def __call__(self, name: str, shape: Sequence[int], dtype: Any) -> Array:
        size = math.prod(shape) * np.dtype(dtype).itemsize
        if name not in self.bytes or self.bytes[name].size < size:
            self.bytes[name] = np.empty(size, np.uint8)
        array: Array = self.bytes[name][:size].view(dtype).reshape(shape)
        return array


free: list[Memory] = []  # what no call uses now; list.pop and append are safe among threads


def _borrowed() -> Memory:
    """Memory that nobody uses now."""
    try:
        memory = free.pop()
    except IndexError:
        memory = Memory()
    memory.margin = None
    return memory


def _give_back(memory: Memory) -> None:
    """Keep it for the next call, unless it is large."""
    if sum(block.nbytes for block in memory.bytes.values()) <= KEPT_BYTES:
        free.append(memory)


def _cut(n: int, most: int) -> Iterator[slice]:
    """0 … n − 1 in slices of about the same size, of at most so many if it is not 0: one slice, or
    a multiple of PARTS as far as possible."""
    count = -(-n // max(most, 1))
    if count > 1:
        count = min(-(-count // PARTS) * PARTS, n)
    for i in range(count):
        yield slice(i * n // count, (i + 1) * n // count)
