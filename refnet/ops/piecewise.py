"""Functions in pieces: |x|, the larger of two, bounds, a choice.

A Python number stands for a constant operand and has no cotangent. Source for the values at
kinks and ties: PyTorch's own results, which the parity suite pins.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from refnet.kernels.masking import chosen, kept
from refnet.ops.rule import (
    Array,
    Pullback,
    refuse_kink,
    shape_of,
    summed_to,
    unbroadcast,
)

__all__ = [
    "abs",
    "clamp",
    "maximum",
    "minimum",
    "where",
]


def abs(x: Array) -> tuple[Array, Pullback]:
    """y = |x|

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ sign(x), 0 at the kink x = 0 and where x is NaN
    """
    if x.dtype.kind == "c":
        refuse_kink("abs", x, x.real == 0)
        y = np.where(x.real < 0, -x, x)
    else:
        y = np.abs(x)

    def pullback(dy: Array) -> tuple[Array]:
        sign = np.subtract(x.real > 0, x.real < 0, dtype=x.real.dtype)
        return (dy * sign,)

    return y, pullback


def maximum(a: Array, b: Array) -> tuple[Array, Pullback]:
    """y = max(a, b); NaN if either is

    Shapes    a, b, y: broadcast to (*)
    Pullback  ȳ goes to the larger; at a tie, half to each; to both where one is NaN
    """
    return _extremum("maximum", np.maximum, np.greater, a, b)


def minimum(a: Array, b: Array) -> tuple[Array, Pullback]:
    """y = min(a, b); NaN if either is

    Shapes    a, b, y: broadcast to (*)
    Pullback  ȳ goes to the smaller; at a tie, half to each; to both where one is NaN
    """
    return _extremum("minimum", np.minimum, np.less, a, b)


def _extremum(
    rule: str, extremum: np.ufunc, wins: np.ufunc, a: Array, b: Array
) -> tuple[Array, Pullback]:
    if "c" in a.dtype.kind + b.dtype.kind:
        refuse_kink(rule, np.asarray(a - b), a.real == b.real)

    def pullback(dy: Array) -> tuple[Array | None, Array | None]:
        tied = np.equal(a.real, b.real)
        shared = np.where(tied, dy / 2, dy) if tied.any() else dy
        return (
            summed_to(a.shape, kept(shared, ~wins(b.real, a.real))),
            summed_to(b.shape, kept(shared, ~wins(a.real, b.real))),
        )

    return extremum(a, b), pullback


def clamp(x: Array, low: Any = None, high: Any = None) -> tuple[Array, Pullback]:
    """y = min(max(x, low), high)

    Shapes    x, y: (*); the bounds are numbers, or arrays that broadcast with x
    Pullback  x̄ = ȳ where low ≤ x ≤ high, the bounds included, else 0; a bound that is an array
              gets ȳ where it took effect
    """
    y = x
    if low is not None:
        refuse_kink("clamp", x, x.real == np.real(low))
        y = _choose(x.real < np.real(low), low, y) if x.dtype.kind == "c" else np.maximum(y, low)
    if high is not None:
        refuse_kink("clamp", x, x.real == np.real(high))
        y = _choose(y.real > np.real(high), high, y) if x.dtype.kind == "c" else np.minimum(y, high)

    def pullback(dy: Array) -> tuple[Any, ...]:
        inside: Any = True
        if low is not None:
            inside = inside & (x.real >= np.real(low))
        if high is not None:
            inside = inside & (x.real <= np.real(high))
        dx = unbroadcast(kept(dy, inside), x.shape)
        dlow = dhigh = None
        if isinstance(low, np.ndarray):
            active = x.real < low.real
            if high is not None:
                active = active & (low.real < np.real(high))
            dlow = summed_to(low.shape, kept(dy, active))
        if isinstance(high, np.ndarray):
            active = x.real > high.real
            if low is not None:
                active = active | (high.real < np.real(low))
            dhigh = summed_to(high.shape, kept(dy, active))
        return dx, dlow, dhigh

    return y if y is not x else x.copy(), pullback


def _choose(condition: Array, bound: Any, x: Array) -> Array:
    """The bound where the condition holds, else x, in x's dtype unless one of them is complex."""
    y = np.where(condition, bound, x)
    return y if y.dtype.kind == "c" else y.astype(x.dtype, copy=False)


def where(condition: Array, a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = a where the condition holds, else b

    Shapes    condition, a, b, y: broadcast to (*)
    Pullback  ā = ȳ where the condition holds, else 0;  b̄ the other way round
    """
    y = chosen(condition, a, b)
    for x in (a, b):
        if isinstance(x, np.ndarray) and y.dtype.kind != "c":
            y = y.astype(x.dtype, copy=False)

    def pullback(dy: Array) -> tuple[Any, ...]:
        return (
            None,
            lambda: summed_to(shape_of(a), kept(dy, condition)),
            lambda: summed_to(shape_of(b), kept(dy, ~condition)),
        )

    return y, pullback
