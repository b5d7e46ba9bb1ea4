"""Sums, products, quotients and powers, with broadcasting.

A Python number stands for a constant operand and has no cotangent. Source for the values at
kinks and ties: PyTorch's own results, which the parity suite pins.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from refnet.ops.rule import (
    NUMBER,
    Array,
    Pullback,
    may_save_nothing,
    saves_nothing,
    shape_of,
    summed_to,
    unbroadcast,
)

__all__ = [
    "add",
    "div",
    "lerp",
    "mul",
    "neg",
    "pow",
    "reciprocal",
    "scale",
    "square",
    "sub",
]


@saves_nothing
def add(a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = a + b

    Shapes    a, b, y: broadcast to (*)
    Pullback  ā = ȳ,  b̄ = ȳ, each summed over the axes along which its operand was repeated
    """

    if type(b) in NUMBER or a.shape == b.shape:
        return a + b, _to_both
    a_shape, b_shape = a.shape, b.shape  # not a and b, which then need not be kept

    def pullback(dy: Array) -> tuple[Array, Array]:
        return unbroadcast(dy, a_shape), unbroadcast(dy, b_shape)

    return a + b, pullback


def _to_both(dy: Array) -> tuple[Array, Array]:
    """The pullback of a sum where nothing was broadcast."""
    return dy, dy


@saves_nothing
def sub(a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = a − b

    Shapes    a, b, y: broadcast to (*)
    Pullback  ā = ȳ,  b̄ = −ȳ
    """

    a_shape, b_shape = shape_of(a), shape_of(b)

    def pullback(dy: Array) -> tuple[Array | None, Any]:
        return summed_to(a_shape, dy), None if b_shape is None else (
            lambda: summed_to(b_shape, -dy)
        )

    return a - b, pullback


def mul(a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = a b

    Shapes    a, b, y: broadcast to (*)
    Pullback  ā = ȳ b,  b̄ = ȳ a
    """
    if type(b) in NUMBER:

        def pullback_scaled(dy: Array) -> tuple[Array, None]:
            return dy * b, None

        return a * b, pullback_scaled

    def pullback(dy: Array) -> tuple[Any, Any]:
        return lambda: unbroadcast(dy * b, a.shape), lambda: unbroadcast(dy * a, b.shape)

    return a * b, pullback


def div(a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = a / b

    Shapes    a, b, y: broadcast to (*)
    Pullback  ā = ȳ / b,  b̄ = −ȳ y / b
    """
    y = a / b

    def pullback(dy: Array) -> tuple[Any, Any]:
        def da() -> Array | None:
            return summed_to(shape_of(a), dy / b)

        def db() -> Array | None:
            return summed_to(shape_of(b), -dy * (y / b))

        return da, None if type(b) in NUMBER else db

    return y, pullback


def pow(a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = aᵇ

    Shapes    a, b, y: broadcast to (*)
    Pullback  ā = ȳ b aᵇ⁻¹, 0 where b = 0;  b̄ = ȳ y log a, 0 where a = 0 and b ≥ 0
    The complex step gives NaN for a < 0 with an exponent that is not a whole number, as the
    real power does.
    """
    y = _real_power(a, b)

    def pullback(dy: Array) -> tuple[Any, Any]:
        def da() -> Array | None:
            if type(b) in NUMBER:
                slope = b * _real_power(a, b - 1) if b else np.zeros_like(y)
            else:
                slope = np.where(b == 0, 0, b * _real_power(a, b - 1))
            return summed_to(shape_of(a), dy * slope.astype(y.dtype, copy=False))

        def db() -> Array | None:
            zero = np.equal(np.real(a), 0) & (np.real(b) >= 0)
            logarithm = np.log(np.where(zero, 1, a))
            if np.iscomplexobj(a):
                logarithm = np.where(np.real(a) < 0, np.nan, logarithm)
            slope = np.where(zero, 0, y * logarithm)
            return summed_to(shape_of(b), dy * slope.astype(y.dtype, copy=False))

        return da, None if type(b) in NUMBER else db

    return y, pullback


@may_save_nothing
def lerp(a: Array, b: Array, w: Any) -> tuple[Array, Pullback]:
    """y = a + w (b − a) where |w| < ½, else b − (1 − w)(b − a): from the nearer end

    Shapes    a, b, w, y: broadcast to (*); w may be a number
    Pullback  ā = (1 − w) ȳ,  b̄ = w ȳ,  w̄ = (b − a) ȳ
    """
    d = b - a
    y = np.where(np.abs(np.real(w)) < 0.5, a + w * d, b - (1 - w) * d)

    a_shape, b_shape = a.shape, b.shape
    slope = None if type(w) in NUMBER else d  # with a number there is nothing to keep

    def pullback(dy: Array) -> tuple[Any, Any, Any]:
        dw = None if slope is None else lambda: summed_to(shape_of(w), dy * slope)
        return (
            lambda: unbroadcast(dy * (1 - w), a_shape),
            lambda: unbroadcast(dy * w, b_shape),
            dw,
        )

    return y, pullback


def _real_power(a: Any, b: Any) -> Array:
    """aᵇ, whose real part is the real power's also for complex arguments."""
    whole_number = type(b) in NUMBER and float(b).is_integer()
    if not (np.iscomplexobj(a) or np.iscomplexobj(b)):
        if (
            type(b) in NUMBER and b in (0.5, -0.5) and a.dtype.kind == "f"
        ):  # NaN at −∞, as in PyTorch
            return np.asarray(np.sqrt(a) if b > 0 else 1 / np.sqrt(a))
        if np.result_type(a, b).kind == "i" and np.any(np.less(b, 0)):
            unit = np.where(np.abs(a) == 1, a, 0)  # all other inverses are rounded to 0
            inverse = np.where(b % 2 == 0, unit * unit, unit)
            return np.asarray(np.where(b < 0, inverse, np.power(a, np.maximum(b, 0))))
        if not (whole_number and a.dtype.kind == "f"):
            return np.asarray(np.power(a, b))
        if b in (2, 3):
            return _whole_power(a, int(b))
        size: Array = np.power(np.abs(a), b)  # np.power takes 40 times as long for a negative base
        return np.asarray(np.copysign(size, a) if b % 2 else size)
    if whole_number and abs(b) <= 64:
        return _whole_power(np.asarray(a), int(b))
    y = np.power(np.asarray(a, dtype=complex), b)
    whole = np.equal(np.real(b), np.round(np.real(b)))
    negative = np.real(a) < 0
    return np.asarray(np.where(negative & ~whole, np.nan, y))


def _whole_power(a: Array, n: int) -> Array:
    """aⁿ by repeated multiplication: np.power loses a tiny imaginary part to log and exp."""
    if n < 0:
        return 1 / _whole_power(a, -n)
    y = np.ones_like(a)
    for _ in range(n):
        y = y * a
    return y


@saves_nothing
def scale(x: Array, *, factor: float) -> tuple[Array, Pullback]:
    """y = c x, with a number c, the factor

    Shapes    x, y: (*)
    Pullback  x̄ = c ȳ
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * factor,)

    return x * factor, pullback


@saves_nothing
def neg(x: Array) -> tuple[Array, Pullback]:
    """y = −x

    Shapes    x, y: (*)
    Pullback  x̄ = −ȳ
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (-dy,)

    return -x, pullback


def square(x: Array) -> tuple[Array, Pullback]:
    """y = x²

    Shapes    x, y: (*)
    Pullback  x̄ = 2 ȳ x
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (2 * dy * x,)

    return x * x, pullback


def reciprocal(x: Array) -> tuple[Array, Pullback]:
    """y = 1 / x

    Shapes    x, y: (*)
    Pullback  x̄ = −ȳ y²
    """
    y = 1 / x

    def pullback(dy: Array) -> tuple[Array]:
        return (-dy * (y * y),)

    return y, pullback
