"""Formulas on large arrays, one block at a time, so that the block stays in the processor's cache
during all passes of the formula; threads share the blocks (refnet.kernels.threads).

A formula is a function of arrays that gets corresponding parts of them, as views, and writes into
some of them or returns something. Where the parts end depends on sizes alone, so the result is the
same, bit for bit, for every number of threads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from refnet.kernels import tuning
from refnet.kernels.threads import share
from refnet.ops.rule import Array


def by_rows(formula: Callable[..., Any], *arrays: Array | None) -> list[Any]:
    """[formula(*arrays[rows]) for each block of rows]

    All arrays have as many rows, entries of the first axis, as the first array, whose size is what
    counts. An argument that is None stays None. If the first array is not large, all of it is one
    block.
    """
    first = arrays[0]
    assert first is not None
    if first.size < tuning.LARGE:
        return [formula(*arrays)]
    n = len(first)
    height = max(1, tuning.BLOCK * n // first.size)

    def block(i: int) -> Any:
        rows = slice(i * height, (i + 1) * height)
        return formula(*[None if a is None else a[rows] for a in arrays])

    return share(block, -(-n // height))


def elementwise(formula: Callable[..., Array], *xs: Array) -> Array:
    """formula(*xs, out) of arrays of one shape and dtype (or bool), entry by entry

    out is what the formula writes into and returns; None means a new array, as for NumPy's
    functions.
    """
    x = xs[0]
    if x.size < tuning.LARGE:
        return formula(*xs, None)
    y = np.empty_like(x)
    by_rows(formula, *flat(*xs, y))
    return y


def flat(*arrays: Array) -> list[Array]:
    """Arrays of one shape as views with one axis, in the order in which they lie in memory; as they
    are, if one of them has gaps or lies in another order.
    """
    first = arrays[0]
    order = sorted(range(first.ndim), key=lambda axis: -first.strides[axis])
    turned = [a.transpose(order) for a in arrays]
    if all(a.flags.c_contiguous for a in turned):
        return [a.reshape(-1) for a in turned]
    return list(arrays)
