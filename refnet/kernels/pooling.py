"""Kernels of refnet.ops.pooling: a loop over the entries of a window, for all windows at once."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from refnet import ops
from refnet.kernels import tuning
from refnet.kernels.blocks import by_rows
from refnet.kernels.registry import kernel
from refnet.kernels.windows import weighted_sum
from refnet.ops.pooling import divided
from refnet.ops.rule import Array, Pullback
from refnet.ops.windows import Windows, transposed

REAL = "real floating-point arrays"


@kernel(ops.max_pool, takes=f"{REAL} from {tuning.TABLE} entries on")
def max_pool(
    x: Array, *, windows: Array, size: tuple[int, ...]
) -> tuple[tuple[Array, Array], Pullback]:
    if x.dtype.kind != "f" or x.size < tuning.TABLE:
        return ops.max_pool(x, windows=windows, size=size)
    shape, batch = x.shape, x.shape[: x.ndim - len(size)]
    count, n, m = math.prod(batch), math.prod(shape[len(batch) :]), windows.shape[1]
    y, i = np.empty((count, m), x.dtype), np.empty((count, m), np.int64)

    def forward(y: Array, i: Array, x: Array) -> None:  # y first: its size determines the blocks
        i[...] = _largest(x, windows)
        x.reshape(-1).take(_flat(i, n), out=y, mode="clip")

    by_rows(forward, y, i, x.reshape(count, n))

    def pullback(dys: tuple[Array, None]) -> tuple[Array]:
        dx = np.zeros((count, n), dys[0].dtype)

        def backward(dx: Array, dy: Array, i: Array) -> None:
            np.add.at(dx.reshape(-1), _flat(i, n).reshape(-1), dy.reshape(-1))

        by_rows(backward, dx, dys[0].reshape(count, m), i)
        return (dx.reshape(shape),)

    return (y.reshape(batch + size), i.reshape(batch + size)), pullback


def _flat(i: Array, n: int) -> Array:
    """Returns the places i (c, m) in planes of n entries as indices into all planes, flattened."""
    return np.asarray(i + np.arange(len(i))[:, None] * n)


def _largest(x: Array, windows: Array) -> Array:
    """Returns the place of the largest entry of each window: (c, n), (k, m) -> (c, m)

    A loop goes through the entries of a window and keeps the number of the best one, in one byte if
    possible. The numbers increase, so the new best is max(best, better · entry).
    """
    k, m = windows.shape
    y = x.take(windows[0], axis=1)
    number = np.zeros(y.shape, np.min_scalar_type(k - 1))
    v, better, nan = np.empty_like(y), np.empty(y.shape, np.bool), np.empty(y.shape, np.bool)
    candidate = np.empty_like(number)
    for entry in range(1, k):
        x.take(windows[entry], axis=1, out=v, mode="clip")
        np.greater(v, y, out=better)
        np.logical_or(better, np.not_equal(v, v, out=nan), out=better)
        np.multiply(better, number.dtype.type(entry), out=candidate)
        np.maximum(number, candidate, out=number)
        np.maximum(y, v, out=y)
    place = np.multiply(number, m, dtype=np.intp)
    place += np.arange(m)
    i: Array = windows.reshape(-1).take(place)
    return i


@kernel(ops.avg_pool, takes=REAL)
def avg_pool(
    x: Array, *, windows: Sequence[Windows], divisor: Array | int
) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f":
        return ops.avg_pool(x, windows=windows, divisor=divisor)
    first = x.ndim - len(windows)
    sizes = x.shape[first:]
    y = x
    for axis, w in enumerate(windows, first):
        y = weighted_sum(y, w, axis)

    def pullback(dy: Array) -> tuple[Array]:
        dx = divided(dy, divisor)
        for axis, (w, n) in enumerate(zip(windows, sizes, strict=True), first):
            dx = weighted_sum(dx, transposed(w, n), axis)
        return (dx,)

    return divided(y, divisor), pullback
