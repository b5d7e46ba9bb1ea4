"""Rules on a window of an array's memory, for in-place operations on views.

A window starts `offset` elements into the memory of an array and has its own shape and strides,
counted in elements: whatever a view of the array can show.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from refnet.ops.rule import Array, Pullback, saves_nothing

__all__ = ["read_window", "write_window"]


def _window(x: Array, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> Array:
    """The window of x, as a view, whose base is x's: as_strided would hide it."""
    order = sorted(range(x.ndim), key=lambda i: -x.strides[i])
    memory = x.transpose(order).reshape(-1)
    steps = tuple(s * x.itemsize for s in strides)
    return np.ndarray(shape, x.dtype, memory, offset * x.itemsize if x.size else 0, steps)


def _zeros(shape: tuple[int, ...], strides: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """Zeros that are dense in memory, with these strides."""
    memory = np.zeros(math.prod(shape), dtype)
    return as_strided(memory, shape, tuple(s * memory.itemsize for s in strides))


def _strides(x: Array) -> tuple[int, ...]:
    return tuple(s // x.itemsize for s in x.strides)


def _overlaps(shape: tuple[int, ...], strides: tuple[int, ...]) -> bool:
    """Whether a window may show an element twice: where a step does not lead past all that the
    smaller steps reach."""
    reach = 0
    for stride, n in sorted((abs(s), n) for s, n in zip(strides, shape, strict=True) if n > 1):
        if stride <= reach:
            return True
        reach += (n - 1) * stride
    return False


@saves_nothing
def read_window(
    x: Array, *, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]
) -> tuple[Array, Pullback]:
    """y = x[window], as a view

    Shapes    x: dense in memory, in any order of its axes; y: shape
    Pullback  x̄ = 0 but ȳ in the window, summed where the window shows an element repeatedly
    """
    x_shape, x_strides = x.shape, _strides(x)  # not x, which may be changed in place later

    def pullback(dy: Array) -> tuple[Array]:
        dx = _zeros(x_shape, x_strides, dy.dtype)
        if _overlaps(shape, strides):
            places = _window(np.arange(dx.size), offset, shape, strides)
            np.add.at(_window(dx, 0, (dx.size,), (1,)), places, dy)
        else:
            _window(dx, offset, shape, strides)[...] = dy
        return (dx,)

    return _window(x, offset, shape, strides), pullback


@saves_nothing
def write_window(
    x: Array, v: Array, *, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]
) -> tuple[Array, Pullback]:
    """y = x, but v in the window, which shows no element twice

    Shapes    x, y: dense in memory, in the same order of axes; v: shape
    Pullback  x̄ = ȳ but 0 in the window,  v̄ = ȳ[window]
    """
    y = np.zeros_like(x, dtype=np.result_type(x, v) if v.dtype.kind == "c" else x.dtype)
    np.copyto(y, x)
    _window(y, offset, shape, strides)[...] = v
    x_shape, x_strides = x.shape, _strides(x)

    def pullback(dy: Array) -> tuple[Array, Array]:
        dx = _zeros(x_shape, x_strides, dy.dtype)
        np.copyto(dx, dy)
        window = _window(dx, offset, shape, strides)
        dv = window.copy()
        window[...] = 0
        return dx, dv

    return y, pullback
