"""Selection by a mask without np.where, and clipping.

The functions with an argument `out`, an array to write into, are formulas of refnet.kernels.blocks.

For an irregular mask np.where takes 15 times as long, since the processor mispredicts branches, and
x * mask is NaN where x is infinite or NaN. So the bits of x, read as an integer, are multiplied by
0 or 1. The mask is cast in a pass of its own: a product that casts takes twice as long.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from refnet.ops.rule import Array

_INTEGER: dict[int, np.dtype[Any]] = {  # by the bytes of an entry
    2: np.dtype(np.int16),
    4: np.dtype(np.int32),
    8: np.dtype(np.int64),
}


def kept(x: Array, mask: Array, out: Array | None = None) -> Array:
    """Returns x where the mask is True, else 0; x and mask broadcast."""
    if x.dtype.kind != "f":
        return _written(np.where(mask, x, x.dtype.type(0)), out)
    integer = _INTEGER[x.itemsize]
    if out is None and x.size >= 4096 and x.shape == mask.shape:
        out = np.empty_like(x)  # so that there is one temporary array, not two
    bits = _cast(mask, integer, out)
    y: Array = np.multiply(bits, x.view(integer), out=None if out is None else bits)
    return y.view(x.dtype)


def _written(y: Array, out: Array | None) -> Array:
    """Returns y, in the memory of `out` if it is given."""
    if out is None:
        return y
    out[...] = y
    return out


def _cast(mask: Array, integer: np.dtype[Any], out: Array | None) -> Array:
    """Returns the mask as 0 and 1, in the memory of `out` if it is given."""
    if out is None:
        return mask.astype(integer)
    bits = out.view(integer)
    bits[...] = mask
    return bits


def chosen(mask: Array, a: Array, b: Array) -> Array:
    """Returns a where the mask is True, else b; all three broadcast."""
    if a.dtype != b.dtype or a.dtype.kind != "f":
        return np.where(mask, a, b)
    integer = _INTEGER[a.itemsize]
    A, B = a.view(integer), b.view(integer)
    bits: Array = (A - B) * mask.astype(integer) + B  # exact: integers wrap around
    return bits.view(a.dtype)


def levels(
    mask: Array, high: float, low: float, dtype: np.dtype[Any], out: Array | None = None
) -> Array:
    """Returns the number `high` where the mask is True, else the number `low`."""
    integer = _INTEGER[dtype.itemsize]
    bits = np.asarray(_cast(mask, integer, out))
    ends = np.array([high, low], dtype).view(integer)
    bits *= np.subtract(ends[:1], ends[1:]).reshape(())  # exact: integers wrap around
    bits += ends[1]
    return bits.view(dtype)


def within(x: Array, low: float, high: float, out: Array | None = None) -> Array:
    """Returns min(max(x, low), high), by the real part of a complex x; NaN stays NaN.

    It takes a third of the time of np.maximum or np.minimum with a number.
    """
    if x.dtype.kind == "c":
        return _written(np.where(x.real < low, low, np.where(x.real > high, high, x)), out)
    return np.asarray(x.clip(low, high, out=out))


def positive_part(x: Array) -> Array:
    """Returns max(x, 0), also of integers; NaN stays NaN, and −0 can become 0.

    np.maximum has less overhead than `within` (0.6 instead of 1.3 µs for 100 values), but a third
    of its speed on large arrays.
    """
    if x.dtype.kind == "c" or (x.dtype.kind == "f" and x.size >= 4096):
        return within(x, 0, math.inf)
    return np.asarray(np.maximum(np.zeros((), x.dtype), x))
