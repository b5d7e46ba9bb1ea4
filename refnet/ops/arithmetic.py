"""Sums, products, quotients and powers, with broadcasting.

A Python number is a constant operand without a cotangent.

Source:
    values at kinks and ties: PyTorch's own results, which the parity suite pins
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

__all__ = ["add", "div", "lerp", "mul", "neg", "pow", "reciprocal", "scale", "square", "sub"]


@saves_nothing
def add(a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = a + b

    Shape:
        a, b, y: broadcast to (*)

    Pullback:
        ā = ȳ,   b̄ = ȳ, each summed over the axes along which its operand was repeated
    """
    if type(b) in NUMBER or a.shape == b.shape:
        return a + b, _to_both
    a_shape, b_shape = a.shape, b.shape  # not a and b, so that they are not kept

    def pullback(dy: Array) -> tuple[Array, Array]:
        return unbroadcast(dy, a_shape), unbroadcast(dy, b_shape)

    return a + b, pullback


def _to_both(dy: Array) -> tuple[Array, Array]:
    """The pullback of a sum without broadcasting."""
    return dy, dy


@saves_nothing
def sub(a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = a − b

    Shape:
        a, b, y: broadcast to (*)

    Pullback:
        ā = ȳ,   b̄ = −ȳ
    """
    a_shape, b_shape = shape_of(a), shape_of(b)

    def pullback(dy: Array) -> tuple[Array | None, Array | None]:
        return summed_to(a_shape, dy), summed_to(b_shape, -dy)

    return a - b, pullback


def mul(a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = a b

    Shape:
        a, b, y: broadcast to (*)

    Pullback:
        ā = ȳ b,   b̄ = ȳ a
    """
    if type(b) in NUMBER:
        return a * b, lambda dy: (dy * b, None)

    def pullback(dy: Array) -> tuple[Array, Array]:
        return unbroadcast(dy * b, a.shape), unbroadcast(dy * a, b.shape)

    return a * b, pullback


def div(a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = a / b

    Shape:
        a, b, y: broadcast to (*)

    Pullback:
        ā = ȳ / b,   b̄ = −ȳ y / b
    """
    y = a / b

    def pullback(dy: Array) -> tuple[Array | None, Array | None]:
        return summed_to(shape_of(a), dy / b), summed_to(shape_of(b), -dy * (y / b))

    return y, pullback


def pow(a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = aᵇ

    Shape:
        a, b, y: broadcast to (*)

    Pullback:
        ā = ȳ b aᵇ⁻¹,    0 where b = 0
        b̄ = ȳ y log a,   0 where a = 0 and b ≥ 0
    """
    y = _power(a, b)

    def pullback(dy: Array) -> tuple[Array | None, Array | None]:
        if type(b) in NUMBER and b == 0:
            return np.zeros_like(dy), None
        da = dy * np.where(np.equal(b, 0), 0, b * _power(a, b - 1)).astype(y.dtype)
        zero = np.equal(np.real(a), 0) & (np.real(b) >= 0)
        log_a = np.where(np.real(a) < 0, np.nan, np.log(a))
        db = dy * np.where(zero, 0, y * log_a).astype(y.dtype)
        return summed_to(shape_of(a), da), summed_to(shape_of(b), db)

    return y, pullback


def _power(a: Any, b: Any) -> Any:
    """Returns aᵇ; NaN for a < 0 unless b is a whole number, also for a complex a."""
    if type(b) in NUMBER and abs(b) == 0.5 and a.dtype.kind == "f":
        return np.sqrt(a) if b > 0 else 1 / np.sqrt(a)  # NaN at −∞, as in PyTorch
    y = np.power(a, b)
    if y.dtype.kind != "c":
        return y
    whole = np.equal(np.real(b), np.rint(np.real(b)))
    return np.where((np.real(a) < 0) & ~whole, np.nan, y)


@may_save_nothing
def lerp(a: Array, b: Array, w: Any) -> tuple[Array, Pullback]:
    """y = a + w (b − a) where |w| < ½,   y = b − (1 − w) (b − a) elsewhere

    y is computed from the nearer end.

    Shape:
        a, b, w, y: broadcast to (*); w can be a number

    Pullback:
        ā = (1 − w) ȳ,   b̄ = w ȳ,   w̄ = (b − a) ȳ
    """
    d = b - a
    y = np.where(np.abs(np.real(w)) < 0.5, a + w * d, b - (1 - w) * d)
    a_shape, b_shape, w_shape = a.shape, b.shape, shape_of(w)
    slope = 0 if w_shape is None else d  # for a number, d is not kept

    def pullback(dy: Array) -> tuple[Array | None, ...]:
        return (
            unbroadcast(dy * (1 - w), a_shape),
            unbroadcast(dy * w, b_shape),
            summed_to(w_shape, dy * slope),
        )

    return y, pullback


@saves_nothing
def scale(x: Array, *, factor: float) -> tuple[Array, Pullback]:
    """y = c x, where c is the factor, a number

    Shape:
        x, y: (*)

    Pullback:
        x̄ = c ȳ
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * factor,)

    return x * factor, pullback


@saves_nothing
def neg(x: Array) -> tuple[Array, Pullback]:
    """y = −x

    Shape:
        x, y: (*)

    Pullback:
        x̄ = −ȳ
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (-dy,)

    return -x, pullback


def square(x: Array) -> tuple[Array, Pullback]:
    """y = x²

    Shape:
        x, y: (*)

    Pullback:
        x̄ = 2 ȳ x
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (2 * dy * x,)

    return x * x, pullback


def reciprocal(x: Array) -> tuple[Array, Pullback]:
    """y = 1 / x

    Shape:
        x, y: (*)

    Pullback:
        x̄ = −ȳ y²
    """
    y = 1 / x

    def pullback(dy: Array) -> tuple[Array]:
        return (-dy * (y * y),)

    return y, pullback
