"""Exponentials and logarithms to the bases 2 and 10, and logarithms of sums and products."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from refnet.ops.rule import NUMBER, Array, Pullback, refuse_kink, shape_of, summed_to, unbroadcast
from refnet.ops.transcendental import log

__all__ = ["exp2", "log1p_exp", "log2", "log10", "logaddexp", "logit", "xlogy"]


def exp2(x: Array) -> tuple[Array, Pullback]:
    """y = 2ˣ

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ y log 2
    """
    y = np.exp2(x)

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * y * math.log(2),)

    return y, pullback


def log2(x: Array) -> tuple[Array, Pullback]:
    """y = log₂ x

    y is −∞ at 0, and NaN for x < 0.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ / (x log 2)
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (dy / (x * math.log(2)),)

    return _to_base(2, np.log2, x), pullback


def log10(x: Array) -> tuple[Array, Pullback]:
    """y = log₁₀ x

    y is −∞ at 0, and NaN for x < 0.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ / (x log 10)
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (dy / (x * math.log(10)),)

    return _to_base(10, np.log10, x), pullback


def _to_base(base: int, logarithm: np.ufunc, x: Array) -> Array:
    y: Array = logarithm(x) if x.dtype.kind != "c" else log(x)[0] / math.log(base)
    return y


def logaddexp(a: Array, b: Array) -> tuple[Array, Pullback]:
    """y = log(eᵃ + eᵇ)

    It does not overflow.

    Shape:
        a, b, y: broadcast to (*)

    Pullback:
        ā = ȳ / (1 + eᵇ⁻ᵃ),  b̄ = ȳ / (1 + eᵃ⁻ᵇ)
    """
    if "c" in a.dtype.kind + b.dtype.kind:
        larger = np.where(a.real >= b.real, a, b)
        y = larger + np.log1p(np.exp(np.where(a.real >= b.real, b - a, a - b)))
    else:
        y = np.logaddexp(a, b)

    def pullback(dy: Array) -> tuple[Array, Array]:
        return (
            unbroadcast(dy / (1 + np.exp(b - a)), a.shape),
            unbroadcast(dy / (1 + np.exp(a - b)), b.shape),
        )

    return y, pullback


def log1p_exp(x: Array) -> tuple[Array, Pullback]:
    """y = log(1 + eˣ)

    y is infinite where eˣ overflows, unlike softplus.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ / (1 + eˣ) eˣ, and NaN where eˣ overflows
    """
    e = np.exp(x)

    def pullback(dy: Array) -> tuple[Array]:
        return (dy / (1 + e) * e,)

    return np.log1p(e), pullback


def logit(x: Array, *, eps: float | None = None) -> tuple[Array, Pullback]:
    """y = log(z / (1 − z)),  z = min(max(x, ε), 1 − ε)

    Without eps, z = x, and y is −∞ at 0, ∞ at 1, and NaN outside of [0, 1].

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ / (z (1 − z)), and outside of the bounds 0, or NaN without eps
    """
    low, high = (0.0, 1.0) if eps is None else (eps, 1 - eps)
    refuse_kink("logit", x, (x.real == low) | (x.real == high))
    z = x if eps is None else np.where(x.real < low, low, np.where(x.real > high, high, x))
    outer = np.nan if eps is None else 0

    def pullback(dy: Array) -> tuple[Array]:
        outside = (x.real < low) | (x.real > high)
        slope = np.where(outside, 1, z * (1 - z) + 0.0)  # −0 counts as 0
        return (np.where(outside, outer, dy / slope),)

    return log(z / (1 - z))[0], pullback


def xlogy(a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = a log b

    y is 0 where a = 0, unless b is NaN.

    Shape:
        a, b, y: broadcast to (*); a or b can be a number

    Pullback:
        ā = xlogy(ȳ, b), and 0 where a = 0 and b ≤ 0
        b̄ = ȳ a / b
    """
    log_b: Any = log(b)[0] if type(b) not in NUMBER else float(np.log(b))
    nothing = (np.real(a) == 0) & ~np.isnan(np.real(b))
    zero = nothing & ~np.isfinite(np.real(log_b))
    for x in (a, b):
        refuse_kink("xlogy", np.broadcast_to(x, zero.shape), zero)

    def pullback(dy: Array) -> tuple[Array | None, Array | None]:
        da = np.where(nothing & (np.real(b) <= 0), 0, xlogy(dy, b)[0])
        return summed_to(shape_of(a), da), summed_to(shape_of(b), dy * (a / b))

    return np.where(zero, 0, a * log_b), pullback
