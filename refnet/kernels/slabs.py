"""Slabs: the windows of a convolution as matrices, without a copy of each window.

Windows overlap, so a copy of all windows has K times the size of the input, for a kernel of K
entries. A slab is such a copy for all axes except the first; along the first axis, the windows are
views of the slab, shifted by whole rows. So there is one matrix product for each kernel entry of
the first axis, and the products are added. With few input and many output channels, adding them
would cost more than copying complete windows: then the slab gathers all axes, and there is one
product.

A slab contains a block of images, or of the rows of one, that stays in the processor's caches. It
is in memory that was used before (refnet.kernels.scratch). The threads (refnet.kernels.threads)
share the blocks. A thread that runs Python makes the others wait, so everything that depends on
sizes alone is computed once (Slabs). That includes the blocks, so the result is the same on any
number of threads.
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
    """One axis: kernel entry k of output m is at the entry m·stride + k·dilation + start."""

    entries: int  # of the input
    kernel: int
    outputs: int
    stride: int
    dilation: int
    start: int

    @property
    def reach(self) -> int:
        """The number of entries from the first to the last one in any window."""
        return (self.outputs - 1) * self.stride + (self.kernel - 1) * self.dilation + 1


class Block(NamedTuple):
    """Some images, and some outputs of the first axis."""

    outputs: tuple[slice, ...]  # the index of these outputs, in y
    images: int
    high: int  # the number of outputs on the first axis
    seen: tuple[slice, ...]  # the index in x of the entries in their windows
    reach: tuple[int, ...]  # the sizes of these entries with the zeros around them
    place: tuple[slice, ...]  # the index of these entries among the zeros


class Limits(NamedTuple):
    """The sizes of refnet.kernels.tuning on which a Slabs depends."""

    slab: int
    alone: int
    parts: int
    few: int


def slabs(x: Array, outputs: int, axes: Sequence[Axis], groups: int) -> Slabs:
    """Returns the Slabs for x; the result is cached by sizes."""
    limits = Limits(tuning.SLAB_BYTES, tuning.ALONE_BYTES, tuning.PARTS, tuning.OUTPUTS)
    return Slabs(x.shape, x.itemsize, outputs, tuple(axes), groups, limits)


@functools.lru_cache(maxsize=1024)
class Slabs:
    """The windows of an array of some shape as matrices, block by block.

    It depends on sizes alone: of the array, the axes, the groups and the number of output channels.
    A matrix is (K·C, outputs), with the outputs of one image, or, if `side_by_side`, of all images
    of a block: row after row, and in each row image after image.
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
        self.whole = window <= outputs  # copying it costs less than adding products
        self.gathered = axes if self.whole else axes[1:]
        self.kernel = tuple(a.kernel for a in self.gathered)
        self.K = math.prod(self.kernel)
        self.rest = tuple(a.outputs for a in rest)
        self.width = math.prod(self.rest)
        # The rows of the slab in the products: remainder -> [(part of the kernel, shift)]
        self.shifts: dict[int, list[tuple[int, int]]] = {}
        for k in range(1 if self.whole else first.kernel):
            shift, remainder = divmod(k * first.dilation, first.stride)
            self.shifts.setdefault(remainder, []).append((k, shift))
        self.more = max(shift for shifts in self.shifts.values() for _, shift in shifts)
        self.blocks = [self._block(images, rows) for images, rows in self._cut(shape, itemsize)]
        same = all(a.stride == 1 for a in axes) and all(a.entries == a.outputs for a in rest)
        several = self.K > 1 and not self.whole  # otherwise x itself can be the slab
        self.moves = _moves(rest) if same and several and not self.side_by_side else []

    def parts(self, W: Array) -> Array:
        """Returns a view of W: (products, groups, *gathered axes, C, O)"""
        W = W.reshape(self.groups, len(W) // self.groups, *W.shape[1:])
        gathered = range(W.ndim - len(self.gathered), W.ndim)
        if self.whole:
            return W.transpose(0, *gathered, 2, 1)[None]
        return W.transpose(3, 0, *gathered, 2, 1)

    def share(self, work: Callable[[list[Block], Memory], Any]) -> list[Any]:
        """Returns [work(blocks, memory), …] for at most `limits.parts` lists of blocks, which the
        threads share.
        """
        parts = self.limits.parts

        def task(part: int) -> Any:
            memory = borrowed()
            result = work(self.blocks[part::parts], memory)
            give_back(memory)
            return result

        return share(task, min(parts, len(self.blocks)))

    def _cut(self, shape: tuple[int, ...], itemsize: int) -> Iterator[tuple[slice, slice]]:
        """Yields the images and rows of the blocks: one block, or a multiple of the parts."""
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
        """Yields (k, X) for each product: X is (images, groups, K·C, outputs), the windows of part
        k of the kernel.

        X is valid until the next one is requested. With a stride, the parts of one remainder share
        a slab. Images that are side by side count as one.
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
        """Returns the same as _slab, if all axes except the first have as many outputs as entries.

        Then the entries at one kernel entry are the plane, moved by a distance. One copy of all its
        rows is two to three times as fast as a copy row by row; entries that were moved across an
        edge are then set to 0.
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
        """Gathers windows: (images, groups·C, …) -> (images, groups, K·C, high, other outputs)"""
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
        """Returns a block of y with its axes in the order of the products: channels, rows, images
        if these are side by side.
        """
        return Y.transpose(1, 2, 0, *range(3, Y.ndim)) if self.side_by_side else Y

    def shape(self, block: Block, channels: int) -> tuple[int, int, int, int]:
        """Returns the shape of a block of y for the products: (images, groups, O, outputs)"""
        outputs = block.high * self.width
        apart, together = (1, block.images) if self.side_by_side else (block.images, 1)
        return apart, self.groups, channels // self.groups, outputs * together


class Move(NamedTuple):
    """The entries at one kernel entry, as a plane that was moved."""

    place: tuple[Any, ...]  # their index in the slab
    distance: int  # in entries, towards the front
    edges: list[tuple[Any, ...]]  # the indices of entries outside of the plane


def _moves(axes: Sequence[Axis]) -> list[Move]:
    """Returns a move for each entry of a kernel on these axes, all except the first."""
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
    """Returns the part of x that the block needs, padded with zeros."""
    x = x[block.seen]
    if x.shape[2:] == block.reach:
        return x
    padded = memory("padded", (*x.shape[:2], *block.reach), x.dtype)
    margin = (padded.shape, block.place)
    if memory.margin != margin:  # otherwise the zeros of the previous block remain
        padded[...] = 0
        memory.margin = margin
    padded[block.place] = x
    return padded


def _cut(n: int, most: int, parts: int) -> Iterator[slice]:
    """Cuts 0 … n − 1 into slices of about equal sizes, at most `most` (if it is not 0).

    The result is one slice, or a multiple of `parts` if n is large enough.
    """
    count = -(-n // max(most, 1))
    if count > 1:
        count = min(-(-count // parts) * parts, n)
    for i in range(count):
        yield slice(i * n // count, (i + 1) * n // count)
