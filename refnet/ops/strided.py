"""Rules on a window of an array's memory, for in-place operations on views."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided as strided

from refnet.ops.rule import Array, Pullback

__all__ = ["read_window", "write_window"]


def _window(x: Array, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> Array:
    """The elements that start `offset` bytes into x and lie `strides` bytes apart."""
    flat = strided(x, (x.nbytes // x.itemsize,), (x.itemsize,)) if x.size else x.reshape(-1)
    return strided(flat[offset // x.itemsize :], shape, strides)


def read_window(
    x: Array, *, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]
) -> tuple[Array, Pullback]:
    """y = x[window], as a view; the window is given in bytes of x's memory

    Shapes    x: dense in memory, in any order of its axes; y: shape
    Pullback  x̄ = 0 but ȳ in the window
    """

    def pullback(dy: Array) -> tuple[Array]:
        dx = np.zeros_like(x, dtype=dy.dtype)
        scale = dx.itemsize // x.itemsize
        _window(dx, offset * scale, shape, tuple(s * scale for s in strides))[...] = dy
        return (dx,)

    return _window(x, offset, shape, strides), pullback


def write_window(
    x: Array, v: Array, *, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]
) -> tuple[Array, Pullback]:
    """y = x, but v in the window

    Shapes    x, y: dense in memory, in the same order of axes; v: shape
    Pullback  x̄ = ȳ but 0 in the window,  v̄ = ȳ[window]
    """
    dtype = np.result_type(x, v) if v.dtype.kind == "c" else x.dtype
    y = np.zeros_like(x, dtype=dtype)
    np.copyto(y, x)
    grow = y.itemsize // x.itemsize
    _window(y, offset * grow, shape, tuple(s * grow for s in strides))[...] = v

    def pullback(dy: Array) -> tuple[Array, Array]:
        dx = np.zeros_like(x, dtype=dy.dtype)
        np.copyto(dx, dy)
        scale = dx.itemsize // x.itemsize
        window = _window(dx, offset * scale, shape, tuple(s * scale for s in strides))
        dv = window.copy()
        window[...] = 0
        return dx, dv

    return y, pullback
