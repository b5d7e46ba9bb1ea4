"""Σ with a small rounding error along every axis, and the sums of a matrix as products, which are
fast.
"""

from __future__ import annotations

import math
from itertools import groupby
from typing import Any

import numpy as np

from refnet.kernels import tuning
from refnet.ops.rule import Array

FAR = 16  # a mean is far from 0 where its square is this many times the variance


def total(x: Array, axes: tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """Σ x over the axes, None meaning all.

    NumPy adds pairwise only along the axis that lies densest in memory. Along the others it adds
    row after row, with an error that grows as the number of rows n: in float32 10 ulp at 1024 rows,
    where PyTorch's sum has 1. Blocks of rows, each with a sum of its own, make that
    ADDENDS + n / ADDENDS (refnet.kernels.tuning), and cost nothing. Short rows are added by a
    product: NumPy's sum takes 40 ns for each.
    """
    if x.dtype.kind in "biu":
        return x.sum(axis=axes, keepdims=keepdims, dtype=x.dtype)  # which NumPy would widen
    dense = x.flags.c_contiguous
    if axes is None or not (dense or x.flags.f_contiguous):
        return x.sum(axis=axes, keepdims=keepdims)
    n, last = math.prod([x.shape[a] for a in axes]), min(axes, default=-1) == x.ndim - len(axes)
    if dense and last and 1 < n <= tuning.ADDENDS and x.size > n and x.dtype.char in "fdFD":
        y = row_sums(x.reshape(x.size // n, n))
        return y.reshape(x.shape[: -len(axes)] + (1,) * (len(axes) if keepdims else 0))
    if n <= tuning.ADDENDS or (dense and last):
        return x.sum(axis=axes, keepdims=keepdims)
    flat = _in_memory_order(x if dense else x.T, {a if dense else x.ndim - 1 - a for a in axes})
    kept = [n for a, n in enumerate(x.shape) if a not in axes]
    y = flat.reshape(kept) if dense else flat.reshape(kept[::-1]).T
    return y.reshape([1 if a in axes else n for a, n in enumerate(x.shape)]) if keepdims else y


def _in_memory_order(x: Array, axes: set[int]) -> Array:
    """Σ x over the axes of a contiguous array; neighbouring axes count as one."""
    runs = [
        (of, [x.shape[a] for a in run]) for of, run in groupby(range(x.ndim), axes.__contains__)
    ]
    x = x.reshape([math.prod(sizes) for _, sizes in runs])
    for axis in reversed(range(len(runs))):
        reduced, _ = runs[axis]
        if reduced and axis == len(runs) - 1:
            x = x.sum(axis=axis)
        elif reduced:
            x = _by_blocks(x, axis)
    return x


def _by_blocks(x: Array, axis: int) -> Array:
    """Σ x over an axis that is not the last."""
    before = (slice(None),) * axis
    while x.shape[axis] > tuning.ADDENDS:
        k = x.shape[axis] // tuning.ADDENDS
        whole = x[(*before, slice(k * tuning.ADDENDS))]
        blocks = whole.reshape(*x.shape[:axis], k, tuning.ADDENDS, *x.shape[axis + 1 :]).sum(
            axis=axis + 1
        )
        if k * tuning.ADDENDS < x.shape[axis]:
            blocks[(*before, -1)] += x[(*before, slice(k * tuning.ADDENDS, None))].sum(axis=axis)
        x = blocks
    y: Array = x.sum(axis=axis)
    return y


def is_far(mean: Array, squares: Array, n: int = 1) -> bool:
    """Whether a mean μ is so far from 0 that its rounding error counts beside the deviations x − μ,
    whose squares are this sum over n of them, or this mean.

    All deviations are off by that error, so it is their mean. Once this is subtracted, too, they
    are as exact as those from a mean near 0; see mean_error.
    """
    return bool(np.count_nonzero(mean * mean > FAR / max(n, 1) * squares))


def mean_error(mean_deviation: Array) -> Array:
    """What is still to be subtracted from the deviations; 0 where an entry is not finite."""
    return np.where(np.isfinite(mean_deviation), mean_deviation, 0)


def deviations(x: Array, axes: tuple[int, ...] | None, n: int) -> tuple[Array, Array]:
    """x − μ and Σ (x − μ)² with μ = Σ x / n; the axes, None meaning all, stay with size 1."""
    mean = total(x, axes, True) / n
    d = x - mean
    squares: Array = total(d * d, axes, True)
    if is_far(mean, squares, n):
        d = d - mean_error(total(d, axes, True) / n)
        wide = np.result_type(d, np.float64)
        squares = (d * d).sum(axis=axes, keepdims=True, dtype=wide).astype(d.dtype)
    return d, squares


def row_sums(a: Array) -> Array:
    """Σ_j a_ij. (n, m) -> (n, 1)"""
    y: Array = np.dot(a, np.ones((a.shape[1], 1), a.dtype))
    return y


def row_dots(a: Array, b: Array) -> Array:
    """Σ_j a_ij b_ij. (n, m), (n, m) -> (n, 1)"""
    y: Array = np.matmul(a[:, None, :], b[:, :, None])[:, :, 0]
    return y


def column_sums(x: Array) -> Array:
    """Σ_i x_i. (n, m) -> (m,)

    x.sum(axis=0) adds one row after the other to a sum that outgrows them, and in float32 loses
    some √n units in the last place. Here 32 rows that lie far apart are added, for all such groups
    in one product with a vector of ones, then 32 of these sums, and so on; it is faster, too.
    """
    n, m = x.shape
    if n <= 32:
        y: Array = np.add.reduce(x, axis=0)
        return y
    rest = n % 32
    groups = x[rest:].reshape(32, n // 32, m)
    if x.flags.c_contiguous:
        groups = np.dot(np.ones(32, x.dtype), groups.reshape(32, n // 32 * m))
    else:  # the product would need a copy
        groups = np.add.reduce(groups, axis=0)
    sums = column_sums(groups.reshape(n // 32, m))
    return sums + column_sums(x[:rest]) if rest else sums
