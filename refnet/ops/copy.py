"""Rules that move values without changing them: clone, cast."""

from __future__ import annotations

from typing import Any

import numpy as np

from refnet.ops.rule import Array, Pullback, keeps_dtypes, saves_nothing

__all__ = ["cast", "clone"]


def allocate(shape: tuple[int, ...], dtype: Any, strides: tuple[int, ...]) -> Array:
    """A new array with these strides, which count elements; its values are to be set."""
    plain = np.empty(shape, dtype)
    in_bytes = tuple(s * plain.itemsize for s in strides)
    if plain.strides == in_bytes:
        return plain
    size = 1 + sum((n - 1) * s for n, s in zip(shape, strides, strict=True)) if plain.size else 0
    return np.ndarray(shape, dtype, np.empty(size, dtype), 0, in_bytes)


def _copied(x: Array, dtype: Any, strides: tuple[int, ...] | None) -> Array:
    if strides is None:
        return x.copy(order="K") if x.dtype == dtype else x.astype(dtype)
    y = allocate(x.shape, dtype, strides)
    y[...] = x
    return y


@saves_nothing
def clone(x: Array, *, strides: tuple[int, ...] | None = None) -> tuple[Array, Pullback]:
    """y = x, in memory of its own, with these strides in elements, or in the order of x's memory

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (dy,)

    return _copied(x, x.dtype, strides), pullback


@keeps_dtypes
@saves_nothing
def cast(
    x: Array, *, dtype: np.dtype[Any], strides: tuple[int, ...] | None = None
) -> tuple[Array, Pullback]:
    """y = x, rounded to dtype, in memory as clone's

    A complex x (the complex step) stays complex: the direction it carries has no other place.

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ, in the dtype of x; None for an x that is not floating-point
    """
    source, target = x.dtype, np.dtype(dtype)
    if source.kind == "c" and target.kind == "f":
        target = source
    elif source.kind == "c":
        x = x.real

    def pullback(dy: Array) -> tuple[Array | None]:
        if source.kind not in "fc":
            return (None,)
        return (dy if dy.dtype.kind == "c" else dy.astype(source, copy=False),)

    return _copied(x, target, strides), pullback
