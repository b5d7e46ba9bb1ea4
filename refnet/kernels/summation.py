"""Sums with a small rounding error along every axis, and fast sums of a matrix, as products."""

from __future__ import annotations

import math
from itertools import groupby
from typing import Any

import numpy as np

from refnet.kernels import tuning
from refnet.ops.rule import Array

FAR = 16  # a mean is far from 0 if its square is larger than FAR times the variance


def total(x: Array, axes: tuple[int, ...] | None = None, keepdims: bool = False) -> Any:
    """Returns Σ x over the axes; None means all.

    NumPy sums pairwise only along the axis with the smallest stride. Along the others it adds row
    after row, with an error that grows with the number of rows n: in float32, 10 ulp for 1024 rows,
    where PyTorch's sum has 1. So blocks of ADDENDS rows are summed first, then their sums, at no
    cost (refnet.kernels.tuning). Short rows are summed by a product, since NumPy's sum takes 40 ns
    for each.
    """
    if x.dtype.kind in "biu":
        return x.sum(axis=axes, keepdims=keepdims, dtype=x.dtype)  # NumPy would widen the dtype
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
    """Returns Σ x over the axes of a contiguous array, with neighbouring axes merged."""
    runs = [
        (reduced, [x.shape[a] for a in run])
        for reduced, run in groupby(range(x.ndim), axes.__contains__)
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
    """Returns Σ x over an axis that is not the last one."""
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
    """Returns whether the rounding error of a mean μ is not small relative to the deviations x − μ.

    All deviations have this error in common, so it is their mean; see mean_error.

    Args:
        mean: μ
        squares: Σ (x − μ)² over n entries, or its mean (n = 1)
        n: the number of entries in `squares`
    """
    return bool(np.count_nonzero(mean * mean > FAR / max(n, 1) * squares))


def mean_error(mean_deviation: Array) -> Array:
    """Returns the mean of the deviations, to be subtracted from them; 0 if it is not finite."""
    return np.where(np.isfinite(mean_deviation), mean_deviation, 0)


def deviations(x: Array, axes: tuple[int, ...] | None, n: int) -> tuple[Array, Array]:
    """Returns x − μ and Σ (x − μ)² with μ = Σ x / n; the axes (None means all) keep size 1."""
    mean = total(x, axes, True) / n
    d = x - mean
    squares: Array = total(d * d, axes, True)
    if is_far(mean, squares, n):
        d = d - mean_error(total(d, axes, True) / n)
        wide = np.result_type(d, np.float64)
        squares = (d * d).sum(axis=axes, keepdims=True, dtype=wide).astype(d.dtype)
    return d, squares


def row_sums(a: Array) -> Array:
    """Returns Σ_j a_ij: (n, m) -> (n, 1)"""
    y: Array = np.dot(a, np.ones((a.shape[1], 1), a.dtype))
    return y


def row_dots(a: Array, b: Array) -> Array:
    """Returns Σ_j a_ij b_ij: (n, m), (n, m) -> (n, 1)"""
    y: Array = np.matmul(a[:, None, :], b[:, :, None])[:, :, 0]
    return y


def column_sums(x: Array) -> Array:
    """Returns Σ_i x_ij: (n, m) -> (m,)

    x.sum(axis=0) adds one row after another to a growing sum; in float32 the error is about √n
    units in the last place. Here n / 32 sums of 32 rows each are one product with a vector of ones,
    then these sums are summed in the same way. This is more accurate, and faster.
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
