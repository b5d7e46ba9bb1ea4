"""Slabs: the windows of a convolution as matrices, without a copy of each window.

Windows overlap, so to copy all of them costs K times the input for a kernel of K entries. A slab is
such a copy for all axes but the first one; along the first axis the windows are the slab itself,
shifted by whole rows. So there is one matrix product for each kernel entry of the first axis, with
a shifted view of the slab, and the products are added. Where that would be more than to copy the
windows whole, for few channels and many outputs, the slab gathers all axes, and there is one
product.

A slab holds a block of images, or of the rows of one, that stays in the processor's caches. It lies
in memory that was used before: fresh memory costs more than what is written into it. The threads
(see refnet.kernels.threads) share the blocks, and each copies, multiplies and adds by itself. A
thread that runs Python makes the others wait, so all that depends on sizes alone is worked out once
(Slabs). That includes the blocks, so the result is the same on any number of threads.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from refnet.kernels import tuning
from refnet.kernels.scratch import Memory, borrowed, give_back
from refnet.kernels.threads import share
from refnet.ops.rule import Array


class Axis(NamedTuple):
    """Along one axis, output m sees with its kernel entry k the entry m·stride + k·dilation +
    start.
    """

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


class Block(NamedTuple):
    """Some images, and some outputs of the first axis."""

    outputs: tuple[slice, ...]  # the index of these outputs, in y
    images: int
    high: int  # how many outputs of the first axis
    seen: tuple[slice, ...]  # what they see, in x
    reach: tuple[int, ...]  # its sizes with the zeros around it
    place: tuple[slice, ...]  # where it lies among them


class Limits(NamedTuple):
    """What tuning says, which is part of what a Slabs depends on."""

    slab: int
    alone: int
    parts: int
    few: int


def slabs(x: Array, outputs: int, axes: Sequence[Axis], groups: int) -> Slabs:
    """Those of x, kept from the last call with the same sizes."""
    limits = Limits(tuning.SLAB_BYTES, tuning.ALONE_BYTES, tuning.PARTS, tuning.OUTPUTS)
    return Slabs(x.shape, x.itemsize, outputs, tuple(axes), groups, limits)


@functools.lru_cache(maxsize=1024)
class Slabs:
    """The windows of an x of some shape as matrices, block by block, for products with this number
    of output channels. It depends on sizes alone, and is kept for the next call with the same ones.

    The matrices are (K·C, outputs) with the outputs of one image, or of all images of a block if
    they are side by side: row after row, in each row image after image.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        itemsize: int,
        outputs: int,
        axes: tuple[Axis, ...],
        groups: int,
        limits: Limits,
    ) -> None:
        self.axes, self.groups, self.limits = axes, groups, limits
        first, *rest = axes
        self.side_by_side = math.prod(a.outputs for a in axes) <= limits.few
        window = shape[1] * math.prod(a.kernel for a in rest)
        self.whole = window <= outputs  # to copy it costs less than to add the products
        self.gathered = axes if self.whole else axes[1:]
        self.kernel = tuple(a.kernel for a in self.gathered)
        self.K = math.prod(self.kernel)
        self.rest = tuple(a.outputs for a in rest)
        self.width = math.prod(self.rest)
        # Which rows of the slab the products see: remainder -> [(part of the kernel, shift)]
        self.shifts: dict[int, list[tuple[int, int]]] = {}
        for k in range(1 if self.whole else first.kernel):
            shift, remainder = divmod(k * first.dilation, first.stride)
            self.shifts.setdefault(remainder, []).append((k, shift))
        self.more = max(shift for shifts in self.shifts.values() for _, shift in shifts)
        self.blocks = [self._block(images, rows) for images, rows in self._cut(shape, itemsize)]
        same = all(a.stride == 1 for a in axes) and all(a.entries == a.outputs for a in rest)
        several = self.K > 1 and not self.whole  # else x may serve as it is
        self.moves = _moves(rest) if same and several and not self.side_by_side else []

    def parts(self, W: Array) -> Array:
        """A view of W with a part for each product: (products, groups, *gathered axes, C, O)"""
        W = W.reshape(self.groups, len(W) // self.groups, *W.shape[1:])
        gathered = range(W.ndim - len(self.gathered), W.ndim)
        if self.whole:
            return W.transpose(0, *gathered, 2, 1)[None]
        return W.transpose(3, 0, *gathered, 2, 1)

    def share(self, work: Callable[[list[Block], Memory], Any]) -> list[Any]:
        """[work(blocks, memory), …] for `limits.parts` of the blocks, or fewer, shared among the
        threads.
        """
        parts = self.limits.parts

        def task(part: int) -> Any:
            memory = borrowed()
            result = work(self.blocks[part::parts], memory)
            give_back(memory)
            return result

        return share(task, min(parts, len(self.blocks)))

    def _cut(self, shape: tuple[int, ...], itemsize: int) -> Iterator[tuple[slice, slice]]:
        """Blocks of one size, as far as possible: one, or a multiple of the parts."""
        rows = self.axes[0].outputs
        more, limits = self.more, self.limits
        row_bytes = max(shape[1] * self.K * self.width * itemsize, 1)
        part_bytes = shape[0] * (rows + more) * row_bytes // limits.parts
        fit = min(limits.slab, max(part_bytes, limits.alone)) // row_bytes
        high = rows if rows + more <= fit else max(fit - more, more)
        images = fit // max(high + more, 1)
        return itertools.product(
            _cut(shape[0], images, limits.parts), _cut(rows, high, limits.parts)
        )

    def _block(self, images: slice, rows: slice) -> Block:
        first, *rest = self.axes
        high = rows.stop - rows.start
        axes = (first._replace(outputs=high, start=first.start + rows.start * first.stride), *rest)
        seen = [
            slice(*(min(max(i, 0), a.entries) for i in (a.start, a.start + a.reach))) for a in axes
        ]
        reach = tuple(a.reach for a in axes)
        place = tuple(
            slice(s.start - a.start, s.stop - a.start) for s, a in zip(seen, axes, strict=True)
        )
        every = slice(None)
        return Block(
            outputs=(images, every, rows),
            images=images.stop - images.start,
            high=high,
            seen=(images, every, *seen),
            reach=reach,
            place=(every, every, *place),
        )

    def pieces(self, x: Array, block: Block, memory: Memory) -> Iterator[tuple[int, Array]]:
        """(k, X) for each product: X (images, groups, K·C, outputs) has what part k of the kernel
        sees.

        It is good until the next one is asked for. With a stride, the parts of one remainder share
        a slab. Where images are side by side, they are one.
        """
        high = block.high
        moved = bool(self.moves) and x[0, 0].flags.c_contiguous
        if not moved:
            x = _padded(x, block, memory)
        for remainder, shifts in self.shifts.items():
            if moved:
                slab = self._moved(x, block, memory)
            else:
                slab = self._slab(x[:, :, remainder:], high + shifts[-1][1], memory)
            *matrix, _, width = slab.shape
            for k, shift in shifts:
                yield k, slab[..., shift : shift + high, :].reshape(*matrix, high * width)

    def _moved(self, x: Array, block: Block, memory: Memory) -> Array:
        """_slab, where outputs and entries are equally many along all axes but the first.

        There a kernel entry sees the plane moved: one copy of all of its rows, which is two to
        three times as fast as one row by row; then come zeros where something went over an edge.
        """
        images, _, rows, *_ = block.seen
        top, width, C = block.place[2].start, self.width, x.shape[1] // self.groups
        x = x[images, :, rows]
        entries, size = x.shape[2] * width, (block.high + self.more) * width
        x = x.reshape(len(x), self.groups, C, entries)
        slab = memory("slab", (*x.shape[:2], *self.kernel, C, size // width, *self.rest), x.dtype)
        flat = slab.reshape(*slab.shape[: -1 - len(self.rest)], size)
        for move in self.moves:
            start = top * width - move.distance  # of x in the slab
            first = max(start, 0)
            last = max(min(start + entries, size), first)
            flat[*move.place, first:last] = x[..., first - start : last - start]
            for edge in move.edges:
                slab[edge] = 0
        flat[..., : top * width] = 0
        flat[..., top * width + entries :] = 0
        return flat.reshape(len(x), self.groups, self.K * C, size // width, width)

    def _slab(self, x: Array, high: int, memory: Memory) -> Array:
        """(images, groups·C, …) -> (images, groups, K·C, high, outputs of the other axes)"""
        image, channel, *steps = x.strides
        n, groups, C = len(x), self.groups, x.shape[1] // self.groups
        apart, together = (1, n) if self.side_by_side else (n, 1)
        row, *others = (a.stride * step for a, step in zip(self.axes, steps, strict=True))
        if not self.whole:
            del steps[0]
        windows = as_strided(
            x,
            (apart, groups, *self.kernel, C, high, together, *self.rest),
            (
                *(image, C * channel),
                *(a.dilation * step for a, step in zip(self.gathered, steps, strict=True)),
                *(channel, row, image, *others),
            ),
        )
        if self.K > 1 or not windows[0, 0].flags.c_contiguous:
            slab = memory("slab", windows.shape, x.dtype)
            np.copyto(slab, windows)
            windows = slab
        return windows.reshape(apart, groups, self.K * C, high, self.width * together)

    def in_order(self, Y: Array) -> Array:
        """A block of y, its axes in the order of the products' outputs: channels, then rows, then
        images where these are side by side.
        """
        return Y.transpose(1, 2, 0, *range(3, Y.ndim)) if self.side_by_side else Y

    def shape(self, block: Block, channels: int) -> tuple[int, int, int, int]:
        """The shape of a block of y for the products: (images, groups, O, outputs)"""
        outputs = block.high * self.width
        apart, together = (1, block.images) if self.side_by_side else (block.images, 1)
        return apart, self.groups, channels // self.groups, outputs * together


class Move(NamedTuple):
    """What a kernel entry sees, as a plane that was moved."""

    place: tuple[Any, ...]  # of what it sees, in the slab
    distance: int  # in entries, towards the front
    edges: list[tuple[Any, ...]]  # where something outside is seen: the indices


def _moves(axes: Sequence[Axis]) -> list[Move]:
    """A move for each entry of a kernel on these axes, which are all of a plane's but the first."""
    every = slice(None)
    moves = []
    for kernel_entry in itertools.product(*(range(a.kernel) for a in axes)):
        place = (every, every, *kernel_entry, every)
        distance, edges = 0, []
        for i, (a, k) in enumerate(zip(axes, kernel_entry, strict=True)):
            step = k * a.dilation + a.start
            distance = distance * a.entries + step
            if step:
                edge = slice(-step) if step < 0 else slice(max(a.entries - step, 0), None)
                edges.append((*place, *[every] * (i + 1), edge))
        moves.append(Move(place, distance, edges))
    return moves


def _padded(x: Array, block: Block, memory: Memory) -> Array:
    """What the block's outputs see of x, with zeros where that lies outside."""
    x = x[block.seen]
    if x.shape[2:] == block.reach:
        return x
    padded = memory("padded", (*x.shape[:2], *block.reach), x.dtype)
    margin = (padded.shape, block.place)
    if memory.margin != margin:  # else its zeros are there from the block before
        padded[...] = 0
        memory.margin = margin
    padded[block.place] = x
    return padded


def _cut(n: int, most: int, parts: int) -> Iterator[slice]:
    """0 … n − 1 in slices of about the same size, of at most `most` if it is not 0: one slice, or a
    multiple of the parts as far as possible."""
    count = -(-n // max(most, 1))
    if count > 1:
        count = min(-(-count // parts) * parts, n)
    for i in range(count):
        yield slice(i * n // count, (i + 1) * n // count)
