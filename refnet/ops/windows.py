"""Windows: which entries of an axis each output sees, and weighted sums over them.

Pooling and interpolation are the same geometry with another operation on what a window holds.
It is given axis by axis, and what one axis needs is a small table; `grid` joins the tables
of several axes.
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
    """Windows on an axis, as tables of one column for each output and one row for each entry.

    Args:
        place: (k, m), where the entries lie on the axis; the entries in a window's order
        inside: (k, m), False where there is no entry; place is then any
        weight: (k, m), the entries' weights in a sum; None means ones
    """

    place: Array
    inside: Array
    weight: Array | None = None


def sliding(n: int, m: int, *, kernel: int, stride: int, padding: int, dilation: int) -> Windows:
    """m windows on n entries: window j holds j·stride − padding + k·dilation for k < kernel."""
    index = np.arange(m) * stride - padding + np.arange(kernel)[:, None] * dilation
    return _clipped(index, (index >= 0) & (index < n), n)


def adaptive(n: int, m: int) -> Windows:
    """m windows that cover n entries: window j holds ⌊j n / m⌋ … ⌈(j + 1) n / m⌉ − 1."""
    j = np.arange(m)
    start, stop = j * n // m, -(-(j + 1) * n // m)
    index = start + np.arange(np.max(stop - start, initial=1))[:, None]
    return _clipped(index, index < stop, n)


def fractional(n: int, m: int, *, kernel: int, u: Array) -> Windows:
    """m windows of the kernel's size, at steps that are now ⌊α⌋ and now ⌈α⌉ with α = (n − k)/(m − 1).

    Window j < m − 1 starts at ⌊(j + u) α⌋ − ⌊u α⌋, in the precision of u, and the last one ends
    with the axis. Every u of [0, 1), one for each plane, has windows of its own.

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
    """The windows of several axes as one table of places in the flat grid.

    Entries in row-major order. One that is not inside is another time the nearest one that is, so
    it changes neither the maximum nor which entry is the first or the last of its value.

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
    """y_j = Σ_k weight_kj x[place_kj] along an axis. (…, n, …) -> (…, m, …)"""
    table = w.place.shape + (1,) * (x.ndim - axis - 1)
    seen = np.take(x, w.place, axis=axis)  # (…, k, m, …)
    if w.weight is not None:
        seen = seen * w.weight.astype(x.real.dtype).reshape(table)
    terms = np.where(w.inside.reshape(table), seen, x.dtype.type(0))
    y: Array = terms.sum(axis=axis, dtype=x.dtype)
    return y


def transposed(w: Windows, n: int) -> Windows:
    """The transpose of a weighted sum over n entries: x̄_i = Σ_j ȳ_j Σ_{k: place_kj = i} weight_kj

    It is a weighted sum again: entry i has the outputs that saw it for a window.
    """
    k, j = np.nonzero(w.inside)
    order = np.lexsort((j, w.place[k, j]))
    k, j = k[order], j[order]
    i = w.place[k, j]
    count = np.bincount(i, minlength=n)
    row = np.arange(len(i)) - (np.cumsum(count) - count)[i]  # which of its window each one is
    shape = (max(int(np.max(count, initial=0)), 1), n)
    index = put_at(np.zeros(shape, np.intp), (row, i), j)
    inside = np.arange(shape[0])[:, None] < count
    weight = None if w.weight is None else put_at(np.zeros(shape), (row, i), w.weight[k, j])
    return Windows(index, inside, weight)


def entries(
    kernel: Sequence[int], m: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> Iterator[tuple[Index, Index]]:
    """Each entry k of a kernel as an index of a kernel's last axes, with the index of a padded x's last axes
    that is its place in the m windows: j·stride + k·dilation for j < m, along each axis."""
    for k in itertools.product(*map(range, kernel)):
        axes = zip(k, m, stride, dilation, strict=True)
        yield (..., *k), (..., *(slice(i * d, i * d + n * s, s) for i, n, s, d in axes))
