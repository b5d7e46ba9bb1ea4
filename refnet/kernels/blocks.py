"""Formulas on large arrays, computed block by block by several threads (refnet.kernels.threads).

A block stays in the processor's cache during all passes of the formula. A formula is a function
that gets corresponding parts of arrays, as views; it writes into some of them or returns a result.
The blocks depend on sizes alone, so the result is the same, bit for bit, for every number of
threads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from refnet.kernels import tuning
from refnet.kernels.threads import share
from refnet.ops.rule import Array


def by_rows(formula: Callable[..., Any], *arrays: Array | None) -> list[Any]:
    """Returns [formula(*arrays[rows]) for each block of rows].

    Rows are the entries of the first axis; all arrays have the same number of them. The size of the
    first array determines the blocks: one block if it is not large. An argument None stays None.
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
    """Returns formula(*xs, out) for arrays of one shape and one dtype (or bool), entry by entry.

    The formula writes into `out` and returns it; None means a new array, as in NumPy's functions.
    """
    x = xs[0]
    if x.size < tuning.LARGE:
        return formula(*xs, None)
    y = np.empty_like(x)
    by_rows(formula, *flat(*xs, y))
    return y


def flat(*arrays: Array) -> list[Array]:
    """Returns arrays of one shape as vectors (views), with the entries in the order of memory.

    The arrays are returned unchanged if one of them has gaps or another order in memory.
    """
    first = arrays[0]
    order = sorted(range(first.ndim), key=lambda axis: -first.strides[axis])
    turned = [a.transpose(order) for a in arrays]
    if all(a.flags.c_contiguous for a in turned):
        return [a.reshape(-1) for a in turned]
    return list(arrays)
