"""Elementwise rules with broadcasting: arithmetic, powers, exponentials, bounds, choice.

A Python number stands for a constant operand and has no cotangent. Source for the values at
kinks and ties: PyTorch's own results, which the parity suite pins.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from refnet.ops.rule import Array, Pullback, refuse_kink, unbroadcast

__all__ = [
    "abs",
    "add",
    "clamp",
    "cos",
    "div",
    "exp",
    "expm1",
    "log",
    "log1p",
    "maximum",
    "minimum",
    "mul",
    "neg",
    "pow",
    "reciprocal",
    "rsqrt",
    "sin",
    "sqrt",
    "square",
    "sub",
    "where",
]

_NUMBER = (float, int)


def add(a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = a + b

    Shapes    a, b, y: broadcast to (*)
    Pullback  ā = ȳ,  b̄ = ȳ, each summed over the axes along which its operand was repeated
    """

    if type(b) in _NUMBER or a.shape == b.shape:
        return a + b, _to_both
    a_shape, b_shape = a.shape, b.shape  # not a and b, which then need not be kept

    def pullback(dy: Array) -> tuple[Array, Array]:
        return unbroadcast(dy, a_shape), unbroadcast(dy, b_shape)

    return a + b, pullback


def _to_both(dy: Array) -> tuple[Array, Array]:
    """The pullback of a sum where nothing was broadcast."""
    return dy, dy


def _shape(x: Any) -> tuple[int, ...] | None:
    """The shape of an operand; None for a number, which has no cotangent."""
    return None if type(x) in _NUMBER else x.shape


def _to(shape: tuple[int, ...] | None, dx: Array) -> Array | None:
    """The cotangent of an operand of this shape: summed where the operand was broadcast."""
    return dx if dx.shape == shape or shape is None else unbroadcast(dx, shape)


def sub(a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = a − b

    Shapes    a, b, y: broadcast to (*)
    Pullback  ā = ȳ,  b̄ = −ȳ
    """

    a_shape, b_shape = _shape(a), _shape(b)

    def pullback(dy: Array) -> tuple[Array | None, Any]:
        return _to(a_shape, dy), None if b_shape is None else (lambda: _to(b_shape, -dy))

    return a - b, pullback


def mul(a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = a b

    Shapes    a, b, y: broadcast to (*)
    Pullback  ā = ȳ b,  b̄ = ȳ a
    """
    if type(b) in _NUMBER:

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
            return _to(_shape(a), dy / b)

        def db() -> Array | None:
            return _to(_shape(b), -dy * (y / b))

        return da, None if type(b) in _NUMBER else db

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
            if type(b) in _NUMBER:
                slope = b * _real_power(a, b - 1) if b else np.zeros_like(y)
            else:
                slope = np.where(b == 0, 0, b * _real_power(a, b - 1))
            return _to(_shape(a), dy * slope.astype(y.dtype, copy=False))

        def db() -> Array | None:
            zero = np.equal(np.real(a), 0) & (np.real(b) >= 0)
            logarithm = np.log(np.where(zero, 1, a))
            if np.iscomplexobj(a):
                logarithm = np.where(np.real(a) < 0, np.nan, logarithm)
            slope = np.where(zero, 0, y * logarithm)
            return _to(_shape(b), dy * slope.astype(y.dtype, copy=False))

        return da, None if type(b) in _NUMBER else db

    return y, pullback


def _real_power(a: Any, b: Any) -> Array:
    """aᵇ, whose real part is the real power's also for complex arguments."""
    whole_number = type(b) in _NUMBER and float(b).is_integer()
    if not (np.iscomplexobj(a) or np.iscomplexobj(b)):
        if np.result_type(a, b).kind == "i" and np.any(np.less(b, 0)):
            inverse = np.power(np.where(np.abs(a) == 1, a, 0), np.abs(b))  # rounded to 0
            return np.asarray(np.where(b < 0, inverse, np.power(a, np.maximum(b, 0))))
        if not (whole_number and a.dtype.kind == "f"):
            return np.asarray(np.power(a, b))
        if b in (2, 3):
            return _whole_power(a, int(b))
        size: Array = np.power(np.abs(a), b)  # np.power takes 40 times as long for a negative base
        return np.asarray(np.copysign(size, a) if b % 2 else size)
    if whole_number and abs_(b) <= 64:
        return _whole_power(np.asarray(a), int(b))
    y = np.power(np.asarray(a, dtype=complex), b)
    whole = np.equal(np.real(b), np.round(np.real(b)))
    negative = np.real(a) < 0
    return np.asarray(np.where(negative & ~whole, np.nan, y))


abs_ = abs  # the builtin, which the rule of the same name hides below


def _whole_power(a: Array, n: int) -> Array:
    """aⁿ by repeated multiplication: np.power loses a tiny imaginary part to log and exp."""
    if n < 0:
        return 1 / _whole_power(a, -n)
    y = np.ones_like(a)
    for _ in range(n):
        y = y * a
    return y


def neg(x: Array) -> tuple[Array, Pullback]:
    """y = −x

    Shapes    x, y: (*)
    Pullback  x̄ = −ȳ
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (-dy,)

    return -x, pullback


def exp(x: Array) -> tuple[Array, Pullback]:
    """y = eˣ

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ y
    """
    y = np.exp(x)

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * y,)

    return y, pullback


def expm1(x: Array) -> tuple[Array, Pullback]:
    """y = eˣ − 1, accurate near 0

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ (y + 1)
    """
    y = np.expm1(x)

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * (y + 1),)

    return y, pullback


def _positive(rule: str, x: Array) -> Array:
    """x, but NaN where a complex x has a negative real part, as the real function gives."""
    if x.dtype.kind != "c":
        return x
    refuse_kink(rule, x, x.real == 0)
    return np.where(x.real < 0, np.nan, x)


def log(x: Array) -> tuple[Array, Pullback]:
    """y = log x; −∞ at 0, NaN below

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ / x
    """
    y = np.log(_positive("log", x))

    def pullback(dy: Array) -> tuple[Array]:
        return (dy / x,)

    return y, pullback


def log1p(x: Array) -> tuple[Array, Pullback]:
    """y = log(1 + x), accurate near 0; −∞ at −1, NaN below

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ / (1 + x)
    """
    y = np.log1p(x if x.dtype.kind != "c" else _positive("log1p", 1 + x) - 1)

    def pullback(dy: Array) -> tuple[Array]:
        return (dy / (1 + x),)

    return y, pullback


def sqrt(x: Array) -> tuple[Array, Pullback]:
    """y = √x; NaN below 0

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ / 2y, which is infinite at 0
    """
    y = np.sqrt(_positive("sqrt", x))

    def pullback(dy: Array) -> tuple[Array]:
        return (dy / (2 * y),)

    return y, pullback


def rsqrt(x: Array) -> tuple[Array, Pullback]:
    """y = 1 / √x; +∞ at 0, NaN below

    Shapes    x, y: (*)
    Pullback  x̄ = −½ ȳ y³
    """
    y = 1 / np.sqrt(_positive("rsqrt", x))

    def pullback(dy: Array) -> tuple[Array]:
        return (-0.5 * dy * (y * y * y),)

    return y, pullback


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


def sin(x: Array) -> tuple[Array, Pullback]:
    """y = sin x

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ cos x
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * np.cos(x),)

    return np.sin(x), pullback


def cos(x: Array) -> tuple[Array, Pullback]:
    """y = cos x

    Shapes    x, y: (*)
    Pullback  x̄ = −ȳ sin x
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (-dy * np.sin(x),)

    return np.cos(x), pullback


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
    tied = np.equal(a.real, b.real)
    refuse_kink(rule, np.asarray(a - b) if "c" in a.dtype.kind + b.dtype.kind else a, tied)
    a_loses, b_loses = wins(b.real, a.real), wins(a.real, b.real)
    a_shape, b_shape = a.shape, b.shape

    def pullback(dy: Array) -> tuple[Array | None, Array | None]:
        zero = dy.dtype.type(0)
        shared = np.where(tied, dy / 2, dy)
        return (
            _to(a_shape, np.where(a_loses, zero, shared)),
            _to(b_shape, np.where(b_loses, zero, shared)),
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
        y = _choose(x.real < np.real(low), low, y)
    if high is not None:
        refuse_kink("clamp", x, x.real == np.real(high))
        y = _choose(y.real > np.real(high), high, y)

    def pullback(dy: Array) -> tuple[Any, ...]:
        zero = dy.dtype.type(0)
        inside = np.True_
        if low is not None:
            inside = inside & (x.real >= np.real(low))
        if high is not None:
            inside = inside & (x.real <= np.real(high))
        dx = unbroadcast(np.where(inside, dy, zero), x.shape)
        dlow = dhigh = None
        if isinstance(low, np.ndarray):
            active = x.real < low.real
            if high is not None:
                active = active & (low.real < np.real(high))
            dlow = _to(low.shape, np.where(active, dy, zero))
        if isinstance(high, np.ndarray):
            active = x.real > high.real
            if low is not None:
                active = active | (high.real < np.real(low))
            dhigh = _to(high.shape, np.where(active, dy, zero))
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
    y = np.where(condition, a, b)
    for x in (a, b):
        if isinstance(x, np.ndarray) and y.dtype.kind != "c":
            y = y.astype(x.dtype, copy=False)

    def pullback(dy: Array) -> tuple[Any, ...]:
        zero = dy.dtype.type(0)
        return (
            None,
            lambda: _to(_shape(a), np.where(condition, dy, zero)),
            lambda: _to(_shape(b), np.where(condition, zero, dy)),
        )

    return y, pullback
