"""Powers of 2, and exponentials that are at most 1, as fast as NumPy can.

NumPy has vector code for float32's 2^z where the processor has AVX-512, and then takes half the
time that eˣ takes; elsewhere it calls the C library for each number, and eˣ is the faster one.
"""

from __future__ import annotations

import functools
import math

import numpy as np

from refnet.ops.rule import Array

LOG2_E = math.log2(math.e)


@functools.cache
def _has_vector_code() -> bool:
    """Whether NumPy runs float32's exp2 with more than the instructions that it always has."""
    try:
        info = np.lib.introspect.opt_func_info("^exp2$", "^float32$")["exp2"]
    except (AttributeError, KeyError):  # before NumPy 2.1
        return False
    return all("baseline" not in signature["current"] for signature in info.values())


def exp2(z: Array, out: Array | None = None) -> Array:
    """2^z"""
    if z.dtype == np.float32 and not _has_vector_code():
        z = np.asarray(np.multiply(z, math.log(2), out=out))
        np.exp(z, out=z)
        return z
    y: Array = np.exp2(z, out=out)
    return y


def decay(x: Array, out: Array | None = None) -> Array:
    """eˣ for x ≤ 0, right to a unit in the last place of 1

    As 2^(x log₂ e), for which the product is rounded: relative to eˣ, which is less than 1, the
    error is that of an x which is off by half a unit in its own last place.
    """
    if x.dtype == np.float32 and _has_vector_code():
        z = np.asarray(np.multiply(x, LOG2_E, out=out))
        np.exp2(z, out=z)
        return z
    y: Array = np.exp(x, out=out)
    return y
