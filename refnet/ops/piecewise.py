"""Piecewise functions: |x|, maximum, minimum, clamp, where.

A Python number is a constant operand, which has no cotangent.

Source:
    the results of PyTorch, for the values at kinks and ties
"""

from __future__ import annotations

from typing import Any

import numpy as np

from refnet.ops.rule import (
    Array,
    Pullback,
    refuse_kink,
    shape_of,
    summed_to,
    unbroadcast,
)

__all__ = ["abs", "clamp", "maximum", "minimum", "where"]


def abs(x: Array) -> tuple[Array, Pullback]:
    """y = |x|

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ sign(x), and 0 at the kink x = 0 and where x is NaN
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
    """y = max(a, b)

    y is NaN where a or b is NaN.

    Shape:
        a, b, y: broadcast to (*)

    Pullback:
        ā = ȳ where a > b, ȳ/2 where a = b, 0 where a < b, and ȳ where a or b is NaN
        b̄ = ȳ where b > a, ȳ/2 where a = b, 0 where b < a, and ȳ where a or b is NaN
    """
    return np.maximum(a, b), _to_one("maximum", np.less, a, b)


def minimum(a: Array, b: Array) -> tuple[Array, Pullback]:
    """y = min(a, b)

    y is NaN where a or b is NaN.

    Shape:
        a, b, y: broadcast to (*)

    Pullback:
        ā = ȳ where a < b, ȳ/2 where a = b, 0 where a > b, and ȳ where a or b is NaN
        b̄ = ȳ where b < a, ȳ/2 where a = b, 0 where b > a, and ȳ where a or b is NaN
    """
    return np.minimum(a, b), _to_one("minimum", np.greater, a, b)


def _to_one(rule: str, loses: np.ufunc, a: Array, b: Array) -> Pullback:
    """Returns the pullback that gives ȳ to one of the two, or half to each."""
    if "c" in a.dtype.kind + b.dtype.kind:
        refuse_kink(rule, a - b, a.real == b.real)

    def pullback(dy: Array) -> tuple[Array, Array]:
        shared = np.where(a.real == b.real, dy / 2, dy)
        return (
            unbroadcast(np.where(loses(a.real, b.real), 0, shared), a.shape),
            unbroadcast(np.where(loses(b.real, a.real), 0, shared), b.shape),
        )

    return pullback


def clamp(x: Array, low: Any = None, high: Any = None) -> tuple[Array, Pullback]:
    """y = min(max(x, low), high)

    A bound can be None.

    Shape:
        x, y: (*); low, high: numbers, or arrays that broadcast with x

    Pullback:
        x̄ = ȳ where low ≤ x ≤ high, else 0
        A bound that is an array gets ȳ where it determines y; for x < low = high none gets it, as
        in PyTorch.
    """
    least = -np.inf if low is None else np.real(low)
    most = np.inf if high is None else np.real(high)
    refuse_kink("clamp", x, (x.real == least) | (x.real == most))
    above_low = x.copy() if low is None else np.maximum(x, low)

    def pullback(dy: Array) -> tuple[Array | None, ...]:
        inside = (least <= x.real) & (x.real <= most)
        below = (x.real < least) & (high is None or least < most)
        above = (x.real > most) | (most < least)
        return tuple(
            unbroadcast(np.where(places, dy, 0), z.shape) if hasattr(z, "shape") else None
            for z, places in ((x, inside), (low, below), (high, above))
        )

    return above_low if high is None else np.minimum(above_low, high), pullback


def where(condition: Array, a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = a where the condition is true, else b

    Shape:
        condition, a, b, y: broadcast to (*)

    Pullback:
        ā = ȳ where the condition is true, else 0
        b̄ = 0 where the condition is true, else ȳ
    """
    a_shape, b_shape = shape_of(a), shape_of(b)

    def pullback(dy: Array) -> tuple[Array | None, ...]:
        return (
            None,
            summed_to(a_shape, np.where(condition, dy, 0)),
            summed_to(b_shape, np.where(condition, 0, dy)),
        )

    return np.where(condition, a, b), pullback
