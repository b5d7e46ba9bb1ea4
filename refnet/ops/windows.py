"""Windows: the entries of an axis that belong to each output, and weighted sums over them.

Pooling and interpolation share this geometry and differ in the operation on a window. Each axis has
a small table; `grid` combines the tables of several axes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from refnet.ops.primitives import put_at
from refnet.ops.rule import Array

Index = tuple[Any, ...]


class Windows(NamedTuple):
    """Windows on an axis, as tables with a column for each output and a row for each entry.

    Attributes:
        place: (k, m), the places of the entries on the axis, in the order of the window
        inside: (k, m), False where a window has no such entry and place is arbitrary
        weight: (k, m), the weights of the entries in a sum; None means 1
    """

    place: Array
    inside: Array
    weight: Array | None = None


def sliding(n: int, m: int, *, kernel: int, stride: int, padding: int, dilation: int) -> Windows:
    """Returns m windows on n entries; entry k of window j is j·stride − padding + k·dilation."""
    index = np.arange(m) * stride - padding + np.arange(kernel)[:, None] * dilation
    return _clipped(index, (index >= 0) & (index < n), n)


def adaptive(n: int, m: int) -> Windows:
    """Returns m windows that cover n entries; window j has ⌊j n / m⌋ … ⌈(j + 1) n / m⌉ − 1."""
    j = np.arange(m)
    start, stop = j * n // m, -(-(j + 1) * n // m)
    index = start + np.arange(np.max(stop - start, initial=1))[:, None]
    return _clipped(index, index < stop, n)


def fractional(n: int, m: int, *, kernel: int, u: Array) -> Windows:
    """Returns m windows of the kernel's size, at steps of ⌊α⌋ or ⌈α⌉.

        α = (n − kernel) / (m − 1)

    Window j < m − 1 starts at ⌊(j + u) α⌋ − ⌊u α⌋, in the precision of u, and the last window ends
    at the end of the axis. Each plane has its own u in [0, 1) and its own windows.

    Shape:
        u: (*); result: (kernel, *, m)

    Source:
        Graham 2014, "Fractional max-pooling", section 2
    """
    u = u[..., None]
    alpha = u.dtype.type(n - kernel) / u.dtype.type(max(m - 1, 1))
    j = np.arange(m - 1, dtype=u.dtype)
    start = ((j + u) * alpha).astype(np.intp) - (u * alpha).astype(np.intp)
    last = np.full((*u.shape[:-1], min(m, 1)), n - kernel)
    start = np.concatenate([start, last], axis=-1)
    index = start + np.arange(kernel).reshape(-1, *(1,) * start.ndim)
    return Windows(index, np.ones(index.shape, np.bool))


def _clipped(index: Array, inside: Array, n: int) -> Windows:
    return Windows(np.clip(index, 0, max(n - 1, 0)), inside)


def grid(axes: Sequence[Windows], sizes: Sequence[int]) -> Array:
    """Returns the windows of several axes as one table of places in the flattened grid.

    Entries are in row-major order. An entry that is not inside is replaced by the nearest one that
    is, so it changes neither the maximum nor the first or last entry of a value.

    Shape:
        axes: (kᵢ, *, mᵢ) each, at least one entry inside of each window;
        result: (Π kᵢ, *, Π mᵢ)
    """
    batch = axes[0].place.shape[1:-1]
    table = np.zeros((1, *batch, 1), np.intp)
    for w, n in zip(axes, sizes, strict=True):
        entry = np.arange(len(w.place)).reshape(-1, *(1,) * (w.place.ndim - 1))
        last = len(w.place) - 1 - w.inside[::-1].argmax(axis=0)
        nearest = np.clip(entry, w.inside.argmax(axis=0), last)
        place = np.take_along_axis(w.place, nearest, axis=0)
        table = table[:, None, ..., None] * n + place[None, ..., None, :]
        k, _, *_, m, _ = table.shape
        table = table.reshape(k * len(w.place), *batch, m * w.place.shape[-1])
    return table


def weighted_sum(x: Array, w: Windows, axis: int) -> Array:
    """y_j = Σ_k weight_kj x[place_kj] along an axis, (…, n, …) -> (…, m, …)"""
    table = w.place.shape + (1,) * (x.ndim - axis - 1)
    seen = np.take(x, w.place, axis=axis)  # (…, k, m, …)
    if w.weight is not None:
        seen = seen * w.weight.astype(x.real.dtype).reshape(table)
    terms = np.where(w.inside.reshape(table), seen, x.dtype.type(0))
    y: Array = terms.sum(axis=axis, dtype=x.dtype)
    return y


def transposed(w: Windows, n: int) -> Windows:
    """Returns the windows of the transpose of a weighted sum over n entries.

        x̄_i = Σ_jk ȳ_j weight_kj over the j, k with place_kj = i

    The window of entry i has the outputs j.
    """
    k, j = np.nonzero(w.inside)
    order = np.lexsort((j, w.place[k, j]))
    k, j = k[order], j[order]
    i = w.place[k, j]
    count = np.bincount(i, minlength=n)
    row = np.arange(len(i)) - (np.cumsum(count) - count)[i]  # the position in its window
    shape = (max(int(np.max(count, initial=0)), 1), n)
    index = put_at(np.zeros(shape, np.intp), (row, i), j)
    inside = np.arange(shape[0])[:, None] < count
    weight = None if w.weight is None else put_at(np.zeros(shape), (row, i), w.weight[k, j])
    return Windows(index, inside, weight)


def entries(
    kernel: Sequence[int], m: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> Iterator[tuple[Index, Index]]:
    """Yields the index of each entry k in the last axes of a kernel, and in those of a padded x.

    The second is the place of the entry in the m windows, j·stride + k·dilation for j < m along
    each axis.
    """
    for k in itertools.product(*map(range, kernel)):
        axes = zip(k, m, stride, dilation, strict=True)
        yield (..., *k), (..., *(slice(i * d, i * d + n * s, s) for i, n, s, d in axes))
