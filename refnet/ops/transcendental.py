"""Exponentials, logarithms, roots, sine and cosine.

A complex argument with a negative real part gives NaN if the real function does.
"""

from __future__ import annotations

import numpy as np

from refnet.ops.rule import (
    Array,
    Pullback,
    refuse_kink,
)

__all__ = ["cos", "exp", "expm1", "log", "log1p", "rsqrt", "sin", "sqrt"]


def exp(x: Array) -> tuple[Array, Pullback]:
    """y = eˣ

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ y
    """
    y = np.exp(x)

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * y,)

    return y, pullback


def expm1(x: Array) -> tuple[Array, Pullback]:
    """y = eˣ − 1

    It is accurate near 0.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ (y + 1)
    """
    y = np.expm1(x)

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * (y + 1),)

    return y, pullback


def log(x: Array) -> tuple[Array, Pullback]:
    """y = log x

    y is −∞ at 0, and NaN for x < 0.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ / x
    """
    y = np.log(_positive("log", x))

    def pullback(dy: Array) -> tuple[Array]:
        return (dy / x,)

    return y, pullback


def log1p(x: Array) -> tuple[Array, Pullback]:
    """y = log(1 + x)

    It is accurate near 0. y is −∞ at −1, and NaN for x < −1.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ / (1 + x)
    """
    y = np.log1p(x if x.dtype.kind != "c" else _positive("log1p", 1 + x) - 1)

    def pullback(dy: Array) -> tuple[Array]:
        return (dy / (1 + x),)

    return y, pullback


def sqrt(x: Array) -> tuple[Array, Pullback]:
    """y = √x

    y is NaN for x < 0.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ / 2y, infinite at 0
    """
    y = np.sqrt(_positive("sqrt", x))

    def pullback(dy: Array) -> tuple[Array]:
        return (dy / (2 * y),)

    return y, pullback


def rsqrt(x: Array) -> tuple[Array, Pullback]:
    """y = 1 / √x

    y is ∞ at 0, and NaN for x < 0.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = −½ ȳ y³
    """
    y = 1 / np.sqrt(_positive("rsqrt", x))

    def pullback(dy: Array) -> tuple[Array]:
        return (-0.5 * dy * (y * y * y),)

    return y, pullback


def sin(x: Array) -> tuple[Array, Pullback]:
    """y = sin x

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ cos x
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * np.cos(x),)

    return np.sin(x), pullback


def cos(x: Array) -> tuple[Array, Pullback]:
    """y = cos x

    Shape:
        x, y: (*)

    Pullback:
        x̄ = −ȳ sin x
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (-dy * np.sin(x),)

    return np.cos(x), pullback


def _positive(rule: str, x: Array) -> Array:
    """Returns x, and NaN where a complex x has a negative real part, as the real function does."""
    if x.dtype.kind != "c":
        return x
    refuse_kink(rule, x, x.real == 0)
    return np.where(x.real < 0, np.nan, x)
