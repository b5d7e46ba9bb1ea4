"""Exponentials and logarithms to the bases 2 and 10, and those of two or more terms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from refnet.kernels.masking import chosen, kept
from refnet.ops.rule import NUMBER, Array, Pullback, refuse_kink, shape_of, summed_to
from refnet.ops.transcendental import log

__all__ = [
    "exp2",
    "log2",
    "log10",
    "logaddexp",
    "logit",
    "xlogy",
]


def exp2(x: Array) -> tuple[Array, Pullback]:
    """y = 2ˣ

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ y log 2
    """
    y = np.exp2(x)

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * y * math.log(2),)

    return y, pullback


def log2(x: Array) -> tuple[Array, Pullback]:
    """y = log₂ x; −∞ at 0, NaN below

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ / (x log 2)
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (dy / (x * math.log(2)),)

    return _to_base(2, np.log2, x), pullback


def log10(x: Array) -> tuple[Array, Pullback]:
    """y = log₁₀ x; −∞ at 0, NaN below

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ / (x log 10)
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (dy / (x * math.log(10)),)

    return _to_base(10, np.log10, x), pullback


def _to_base(base: int, logarithm: np.ufunc, x: Array) -> Array:
    y: Array = logarithm(x) if x.dtype.kind != "c" else log(x)[0] / math.log(base)
    return y


def logaddexp(a: Array, b: Array) -> tuple[Array, Pullback]:
    """y = log(eᵃ + eᵇ), without overflow

    Shapes    a, b, y: broadcast to (*)
    Pullback  ā = ȳ / (1 + eᵇ⁻ᵃ),  b̄ = ȳ / (1 + eᵃ⁻ᵇ)
    """
    if "c" in a.dtype.kind + b.dtype.kind:
        larger = np.where(a.real >= b.real, a, b)
        y = larger + np.log1p(np.exp(np.where(a.real >= b.real, b - a, a - b)))
    else:
        y = np.logaddexp(a, b)

    def pullback(dy: Array) -> tuple[Array, Array]:
        return (
            summed_to(a.shape, dy / (1 + np.exp(b - a))),
            summed_to(b.shape, dy / (1 + np.exp(a - b))),
        )

    return y, pullback


def logit(x: Array, *, eps: float | None = None) -> tuple[Array, Pullback]:
    """y = log(z / (1 − z))   with z = x between the bounds eps and 1 − eps, or z = x without eps

    Without eps: ∓∞ at 0 and 1, NaN outside.

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ / (z (1 − z)); outside of the bounds 0, or NaN without eps
    """
    low, high = (0.0, 1.0) if eps is None else (eps, 1 - eps)
    refuse_kink("logit", x, (x.real == low) | (x.real == high))
    z = x
    if eps is not None:
        z = chosen(x.real > high, x.dtype.type(high), z)
        z = chosen(x.real < low, x.dtype.type(low), z)
    y, _ = log(z / (1 - z))

    def pullback(dy: Array) -> tuple[Array]:
        outside = (x.real < low) | (x.real > high)
        dx = dy / (z * (1 - z) + 0.0)  # −0 counts as 0
        return (kept(dx, ~outside) if eps is not None else np.where(outside, np.nan, dx),)

    return y, pullback


def xlogy(a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = a log b, 0 for a = 0 unless b is NaN

    Shapes    a, b, y: broadcast to (*); one of them may be a number
    Pullback  ā = xlogy(ȳ, b), 0 where a = 0 and b ≤ 0;  b̄ = ȳ a / b
    """
    log_b: Any = log(b)[0] if isinstance(b, np.ndarray) else float(np.log(b))
    zero = (np.real(a) == 0) & ~np.isfinite(np.real(log_b)) & ~np.isnan(np.real(b))
    for x in (a, b):
        refuse_kink("xlogy", np.broadcast_to(x, zero.shape), zero)
    y = np.asarray(a * log_b)

    def pullback(dy: Array) -> tuple[Any, Any]:
        def da() -> Array | None:
            zero_times = (np.real(dy) == 0) & ~np.isnan(np.real(b))
            nothing = (np.real(a) == 0) & (np.real(b) <= 0) | zero_times
            return summed_to(shape_of(a), kept(dy * log_b, ~nothing))

        def db() -> Array | None:
            return summed_to(shape_of(b), dy * (a / b))

        return None if type(a) in NUMBER else da, None if type(b) in NUMBER else db

    return kept(y, ~zero), pullback
