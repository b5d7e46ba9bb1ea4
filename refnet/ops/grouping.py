"""Sums of the rows that go to one place: what bags and gradients of embeddings are made of."""

from __future__ import annotations

import numpy as np

from refnet.kernels.summation import total
from refnet.ops.rule import Array


def sums_at(i: Array, x: Array, n: int) -> Array:
    """y_r = Σ_j x_j over the places j where i_j = r

    Shapes  i: (m), integers from 0 to n − 1; x: (m, *); y: (n, *)

    np.add.at does the same in ten times the time. Here an assignment writes all rows, of which the
    last for each place stays. What remains of a group is cut into blocks of 1, 2, 4, ... rows, as the
    binary digits of their number say, and the blocks of one size are summed together: a few steps
    for many short groups and for one long group alike.
    """
    y = np.zeros((n, *x.shape[1:]), x.dtype)
    y[i] = x
    order, count = _order(i, n), np.bincount(i, minlength=n)
    several = np.flatnonzero(count > 1)
    start, rest = (np.cumsum(count) - count).take(several), count.take(several) - 1
    size, most = 1, rest.max(initial=0)
    while size <= most:
        here = np.flatnonzero(rest & size)
        blocks = order.take(start.take(here) + np.arange(size)[:, None])
        r = several.take(here)
        y[r] = y.take(r, axis=0) + total(x.take(blocks, axis=0), (0,))
        start += rest & size
        size *= 2
    return y


def _order(i: Array, n: int) -> Array:
    """np.argsort(i, kind="stable") for integers from 0 to n − 1

    NumPy sorts integers of 16 bits by radix, ten times as fast as longer ones.
    """
    order = np.argsort(i.astype(np.uint16), kind="stable")  # by the low 16 bits
    if n > 2**16:
        order = order.take(np.argsort((i >> 16).take(order).astype(np.uint16), kind="stable"))
    return order
