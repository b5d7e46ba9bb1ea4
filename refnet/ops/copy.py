"""Rules that move values without changing them: clone, cast."""

from __future__ import annotations

from typing import Any

import numpy as np

from refnet.ops.primitives import copy_as
from refnet.ops.rule import Array, Pullback, keeps_dtypes, saves_nothing

__all__ = ["cast", "clone"]


@saves_nothing
def clone(x: Array, *, strides: tuple[int, ...] | None = None) -> tuple[Array, Pullback]:
    """y = x, in new memory, with the given strides in elements, or in the order of x

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (dy,)

    return x.copy(order="K") if strides is None else copy_as(x, x.dtype, strides), pullback


@keeps_dtypes
@saves_nothing
def cast(
    x: Array, *, dtype: np.dtype[Any], strides: tuple[int, ...] | None = None
) -> tuple[Array, Pullback]:
    """y = x, rounded to dtype, in new memory as in `clone`

    A complex x (the complex step) stays complex if dtype is floating-point, since it carries a
    direction.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ, in the dtype of x; None if x is not floating-point
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

    return x.astype(target) if strides is None else copy_as(x, target, strides), pullback
