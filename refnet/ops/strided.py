"""Rules on a window of an array's memory, for in-place operations on views.

A window starts `offset` elements into the memory of an array and has its own shape and strides,
counted in elements, so it can be any view of the array. `order` has the axes of the array, sorted
by their strides in memory, the largest first.
"""

from __future__ import annotations

import math
from functools import reduce

import numpy as np

from refnet.ops.primitives import add_at, put_at, window
from refnet.ops.rule import Array, Pullback, saves_nothing

__all__ = ["read_window", "write_window"]


def in_memory(x: Array, order: tuple[int, ...]) -> Array:
    """Returns the entries of x in the order of memory, as a vector."""
    return x.transpose(order).reshape(-1)


def from_memory(memory: Array, shape: tuple[int, ...], order: tuple[int, ...]) -> Array:
    """Returns the array of this shape with this memory."""
    inverse = [order.index(i) for i in range(len(order))]
    return memory.reshape([shape[i] for i in order]).transpose(inverse)


def _places(offset: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> Array:
    """Returns the place in memory of each element of the window, offset + Σ iₖ strideₖ."""
    steps = [s * np.arange(n) for n, s in zip(shape, strides, strict=True)]
    return reduce(np.add.outer, steps, np.array(offset))


@saves_nothing
def read_window(
    x: Array,
    *,
    order: tuple[int, ...],
    offset: int,
    shape: tuple[int, ...],
    strides: tuple[int, ...],
) -> tuple[Array, Pullback]:
    """y = x[window]

    y is a view.

    Shape:
        x: dense in memory, with its axes in this order; y: shape

    Pullback:
        x̄[window] = ȳ, summed over repeated elements, and x̄ = 0 elsewhere
    """
    x_shape = x.shape  # not x, which can change in place later

    def pullback(dy: Array) -> tuple[Array]:
        memory = add_at((math.prod(x_shape),), _places(offset, shape, strides), dy)
        return (from_memory(memory, x_shape, order),)

    return window(in_memory(x, order), offset, shape, strides), pullback


@saves_nothing
def write_window(
    x: Array,
    v: Array,
    *,
    order: tuple[int, ...],
    offset: int,
    shape: tuple[int, ...],
    strides: tuple[int, ...],
) -> tuple[Array, Pullback]:
    """y[window] = v, and y = x elsewhere

    No element may be in the window twice.

    Shape:
        x, y: dense in memory, with their axes in this order; v: shape

    Pullback:
        x̄[window] = 0, and x̄ = ȳ elsewhere
        v̄ = ȳ[window]
    """
    x_shape = x.shape
    memory = in_memory(x.astype(np.result_type(x, v)) if v.dtype.kind == "c" else x, order)

    def pullback(dy: Array) -> tuple[Array, Array]:
        memory, places = in_memory(dy, order), _places(offset, shape, strides)
        return from_memory(put_at(memory, places, 0), x_shape, order), memory[places]

    y = put_at(memory, _places(offset, shape, strides), v)
    return from_memory(y, x_shape, order), pullback
