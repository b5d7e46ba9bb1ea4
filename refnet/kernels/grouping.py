"""Sums of values with equal indices: gradients of indexing and embeddings, bags of embeddings."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from refnet.kernels import tuning
from refnet.kernels.summation import total
from refnet.ops.rule import Array


def added(shape: tuple[int, ...], where: tuple[Any, ...], values: Array) -> Array:
    """Returns the same as refnet.ops.primitives.add_at."""
    y = np.zeros(shape, values.dtype)
    add_into(y, where, values)
    return y


def add_into(y: Array, where: tuple[Any, ...], values: Array) -> None:
    """y[where] += values, where each repetition of an entry counts; y is contiguous."""
    lists = [p for p in where if isinstance(p, np.ndarray)]
    if all(p.dtype == bool for p in lists):
        y[where] += values  # slices and masks contain an entry once
    elif (
        y.ndim > 1
        and values.size >= tuning.ADDED
        and len(lists) == len(where)
        and all(p.dtype != bool for p in lists)
    ):
        np.add.at(y.reshape(-1), _places(y.shape, where), values.reshape(-1))
    else:
        np.add.at(y, where, values)


def _places(shape: tuple[int, ...], where: tuple[Any, ...]) -> Array:
    """Returns the indices of x[where] in the flattened x; `where` has arrays of integers only.

    np.add.at is several times as fast with these as with the index itself.
    """
    place: Any = 0
    for i, n in zip(where, shape, strict=False):
        place = place * n + i % n
    rest = math.prod(shape[len(where) :])
    places: Array = (np.multiply(place, rest)[..., None] + np.arange(rest)).reshape(-1)
    return places


def sums_at(i: Array, x: Array, n: int) -> Array:
    """y_r = Σ_j x_j over the places j where i_j = r

    Shape:
        i: (m), integers from 0 to n − 1; x: (m, *); y: (n, *)

    For many rows, np.add.at takes ten times as long. Here an assignment y[i] = x first keeps the
    last row of each group (the rows with equal i). The other rows of a group are cut into blocks of
    1, 2, 4, … rows, by the binary digits of their number. All blocks of one size are summed
    together, so many short groups and one long group both take few steps.
    """
    if x.size < tuning.ADDED:
        return added((n, *x.shape[1:]), (i,), x)
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
    """Returns np.argsort(i, kind="stable") for integers from 0 to n − 1.

    For integers of 16 bits NumPy uses radix sort, which is ten times as fast.
    """
    order = np.argsort(i.astype(np.uint16), kind="stable")  # by the low 16 bits
    if n > tuning.PLACES:
        order = order.take(np.argsort((i >> 16).take(order).astype(np.uint16), kind="stable"))
    return order
