"""Kernels of refnet.ops.strided, which write into views of the window."""

from __future__ import annotations

import math

import numpy as np

from refnet import ops
from refnet.kernels.registry import kernel
from refnet.ops.primitives import window
from refnet.ops.rule import Array, Pullback
from refnet.ops.strided import from_memory, in_memory

EVERYTHING = "everything"


def _overlaps(shape: tuple[int, ...], strides: tuple[int, ...]) -> bool:
    """Returns whether a window may contain an element twice.

    It cannot if each stride is larger than the distance that all smaller strides reach together.
    """
    reach = 0
    for stride, n in sorted((abs(s), n) for s, n in zip(strides, shape, strict=True) if n > 1):
        if stride <= reach:
            return True
        reach += (n - 1) * stride
    return False


@kernel(ops.read_window, takes="windows without repeated elements")
def read_window(
    x: Array,
    *,
    order: tuple[int, ...],
    offset: int,
    shape: tuple[int, ...],
    strides: tuple[int, ...],
) -> tuple[Array, Pullback]:
    if _overlaps(shape, strides):
        return ops.read_window(x, order=order, offset=offset, shape=shape, strides=strides)
    x_shape = x.shape

    def pullback(dy: Array) -> tuple[Array]:
        memory = np.zeros(math.prod(x_shape), dy.dtype)
        window(memory, offset, shape, strides)[...] = dy
        return (from_memory(memory, x_shape, order),)

    return window(in_memory(x, order), offset, shape, strides), pullback


@kernel(ops.write_window, takes=EVERYTHING)
def write_window(
    x: Array,
    v: Array,
    *,
    order: tuple[int, ...],
    offset: int,
    shape: tuple[int, ...],
    strides: tuple[int, ...],
) -> tuple[Array, Pullback]:
    y = np.empty_like(x, dtype=np.result_type(x, v) if v.dtype.kind == "c" else x.dtype)
    np.copyto(y, x)
    window(in_memory(y, order), offset, shape, strides)[...] = v
    x_shape = x.shape

    def pullback(dy: Array) -> tuple[Array, Array]:
        memory = in_memory(dy, order).copy()
        shown = window(memory, offset, shape, strides)
        dv = shown.copy()
        shown[...] = 0
        return from_memory(memory, x_shape, order), dv

    return y, pullback
