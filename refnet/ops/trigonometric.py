"""Trigonometric and hyperbolic functions and their inverses (sin and cos are in transcendental.py).

A complex argument whose real part is outside of the domain gives NaN, as the real function does.
"""

from __future__ import annotations

import numpy as np

from refnet.ops.rule import Array, Pullback, refuse_kink, unbroadcast

__all__ = [
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cosh",
    "sinc",
    "sinh",
    "tan",
]


def tan(x: Array) -> tuple[Array, Pullback]:
    """y = tan x

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ (1 + y²)
    """
    y = np.tan(x)

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * (1 + y * y),)

    return y, pullback


def asin(x: Array) -> tuple[Array, Pullback]:
    """y = arcsin x

    y is in [−π/2, π/2], and NaN for |x| > 1.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ / √(1 − x²), infinite at ±1
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (dy / np.sqrt((1 - x) * (1 + x)),)

    return np.arcsin(_within("asin", x, -1, 1)), pullback


def acos(x: Array) -> tuple[Array, Pullback]:
    """y = arccos x

    y is in [0, π], and NaN for |x| > 1.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = −ȳ / √(1 − x²), infinite at ±1
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (-dy / np.sqrt((1 - x) * (1 + x)),)

    return np.arccos(_within("acos", x, -1, 1)), pullback


def atan(x: Array) -> tuple[Array, Pullback]:
    """y = arctan x

    y is in [−π/2, π/2].

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ / (1 + x²)
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (dy / (1 + x * x),)

    return np.arctan(x), pullback


def atan2(a: Array, b: Array) -> tuple[Array, Pullback]:
    """Returns the angle y of the point (b, a), in [−π, π].

        a = r sin y,  b = r cos y,  r² = a² + b²

    Shape:
        a, b, y: broadcast to (*)

    Pullback:
        ā = ȳ b / r²,  b̄ = −ȳ a / r², and both 0 at the origin
    """
    y = np.arctan2(a.real, b.real)
    if "c" in a.dtype.kind + b.dtype.kind:
        y = y + 1j * _turned(a, b)

    def pullback(dy: Array) -> tuple[Array, Array]:
        square = a * a + b * b
        turn = np.where(square == 0, dy.dtype.type(0), dy / square)
        return unbroadcast(turn * b, a.shape), unbroadcast(-turn * a, b.shape)

    return y, pullback


def _turned(a: Array, b: Array) -> Array:
    """Returns the imaginary part of atan2, by which the directions of a and b turn the point."""
    cut = (a.real == 0) & (b.real <= 0)  # from π to −π
    for x in (a, b):
        refuse_kink("atan2", np.broadcast_to(x, cut.shape), cut)
    turned: Array = (b.real * a.imag - a.real * b.imag) / (a.real * a.real + b.real * b.real)
    return np.where(cut, 0, turned)


def sinh(x: Array) -> tuple[Array, Pullback]:
    """y = sinh x = (eˣ − e⁻ˣ) / 2

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ cosh x
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * np.cosh(x),)

    return np.sinh(x), pullback


def cosh(x: Array) -> tuple[Array, Pullback]:
    """y = cosh x = (eˣ + e⁻ˣ) / 2

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ sinh x
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * np.sinh(x),)

    return np.cosh(x), pullback


def asinh(x: Array) -> tuple[Array, Pullback]:
    """y = arsinh x

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ / √(x² + 1)
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (dy / np.sqrt(x * x + 1),)

    return np.arcsinh(x), pullback


def acosh(x: Array) -> tuple[Array, Pullback]:
    """y = arcosh x

    y ≥ 0, and NaN for x < 1.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ / √(x² − 1), infinite at 1
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (dy / np.sqrt(x * x - 1),)

    return np.arccosh(_within("acosh", x, 1, np.inf)), pullback


def atanh(x: Array) -> tuple[Array, Pullback]:
    """y = artanh x

    y is ±∞ at ±1, and NaN for |x| > 1.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ / (1 − x²), infinite at ±1
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (dy / ((1 - x) * (1 + x)),)

    return np.arctanh(_within("atanh", x, -1, 1)), pullback


def sinc(x: Array) -> tuple[Array, Pullback]:
    """y = sin πx / πx

    y is 1 at 0.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ (cos πx − y) / x, and 0 at 0
    """
    zero = x == 0
    apart = np.where(zero, x.dtype.type(1), x)
    z = np.pi * apart
    y = np.where(zero, x.dtype.type(1), np.sin(z) / z)

    def pullback(dy: Array) -> tuple[Array]:
        slope = (np.cos(z) - y) / apart
        return (np.where(zero, dy.dtype.type(0), dy * slope),)

    return y, pullback


def _within(rule: str, x: Array, low: float, high: float) -> Array:
    """Returns x, and NaN where a complex x is outside of [low, high]; the ends are kinks."""
    if x.dtype.kind != "c":
        return x
    refuse_kink(rule, x, (x.real == low) | (x.real == high))
    return np.where((x.real < low) | (x.real > high), np.nan, x)
