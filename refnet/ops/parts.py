"""Remainders, integer quotients, signs, and the hypotenuse.

Source:
    the results of PyTorch, for the values at kinks
"""

from __future__ import annotations

from typing import Any

import numpy as np

from refnet.ops.rule import (
    Array,
    Pullback,
    keeps_dtypes,
    may_save_nothing,
    refuse_kink,
    saves_nothing,
    shape_of,
    summed_to,
    unbroadcast,
)

__all__ = [
    "copysign",
    "div_floor",
    "div_trunc",
    "floor_divide",
    "fmod",
    "frac",
    "heaviside",
    "hypot",
    "ldexp",
    "nan_to_num",
    "nan_to_zero",
    "remainder",
]


@saves_nothing
def frac(x: Array) -> tuple[Array, Pullback]:
    """y = x − trunc x

    y has the sign of x.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ
    """
    refuse_kink("frac", x, (x.real == np.trunc(x.real)) & (x.real != 0))

    def pullback(dy: Array) -> tuple[Array]:
        return (dy,)

    return x - np.trunc(x.real), pullback


@may_save_nothing
def fmod(a: Array, b: Any) -> tuple[Array, Pullback]:
    """y = a − b trunc(a / b)

    y has the sign of a.

    Shape:
        a, b, y: broadcast to (*); b can be a number

    Pullback:
        ā = ȳ,  b̄ = −ȳ trunc(a / b)
    """
    return _rest("fmod", a, b, _truncated, np.fmod)


@may_save_nothing
def remainder(a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = a − b ⌊a / b⌋

    y has the sign of b. It is fmod(a, b), plus b where the signs differ.

    Shape:
        a, b, y: broadcast to (*); a or b can be a number

    Pullback:
        ā = ȳ,  b̄ = −ȳ ⌊a / b⌋
    """
    return _rest("remainder", a, b, _floored, _modulo)


def _rest(name: str, a: Any, b: Any, quotient: Any, modulo: Any) -> tuple[Array, Pullback]:
    """y = a − b quotient(a, b)"""
    y = modulo(np.real(a), np.real(b))
    if np.iscomplexobj(a) or np.iscomplexobj(b):
        times = quotient(np.real(a), np.real(b))
        jump = (y == 0) & ((times != 0) if name == "fmod" else True)
        for x in (a, b):
            refuse_kink(name, np.broadcast_to(x, jump.shape), jump)
        y = a - b * times
    a_shape, b_shape = shape_of(a), shape_of(b)
    if b_shape is None:
        return y, lambda dy: (summed_to(a_shape, dy), None)

    def pullback(dy: Array) -> tuple[Array | None, Array | None]:
        db = -dy * quotient(np.real(a), np.real(b))
        return summed_to(a_shape, dy), summed_to(b_shape, db)

    return y, pullback


def div_floor(a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = ⌊a / b⌋

    a = b y + remainder(a, b).

    Shape:
        a, b, y: broadcast to (*); a or b can be a number

    Pullback:
        ā = b̄ = 0
    """
    return _step(a, b, _floored)


def div_trunc(a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = trunc(a / b)

    Shape:
        a, b, y: broadcast to (*); a or b can be a number

    Pullback:
        ā = b̄ = 0
    """
    return _step(a, b, _truncated)


def floor_divide(a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = ⌊a / b⌋

    Shape:
        a, b, y: broadcast to (*); a or b can be a number

    Pullback:
        It raises RuntimeError, as in PyTorch.
    """

    def pullback(dy: Array) -> Any:
        raise RuntimeError("the derivative of floor_divide is not implemented, as in PyTorch")

    return div_floor(a, b)[0], pullback


def _step(a: Any, b: Any, quotient: Any) -> tuple[Array, Pullback]:
    y = quotient(np.real(a), np.real(b))
    if np.iscomplexobj(a) or np.iscomplexobj(b):
        y = y.astype(np.complex128)
    shapes = shape_of(a), shape_of(b)

    def pullback(dy: Array) -> tuple[Array | None, ...]:
        return tuple(None if n is None else np.zeros(n, dy.dtype) for n in shapes)

    return y, pullback


def _floored(a: Any, b: Any) -> Any:
    """Returns ⌊a / b⌋, and a / b where b = 0.

    NumPy divides (a − fmod(a, b)) / b, whose result is an integer, since a / b can be rounded up to
    the next integer.
    """
    return np.floor_divide(a, b)


def _truncated(a: Any, b: Any) -> Any:
    """Returns trunc(a / b).

    For float16 it is that of the float32 quotient, as in PyTorch's scalar code; PyTorch's
    vectorised code rounds the quotient to float16 first.
    """
    half = getattr(a, "dtype", None) == np.float16
    y = np.trunc((a.astype(np.float32) if half else a) / b)
    return y.astype(np.float16) if half else y


def _modulo(a: Any, b: Any) -> Any:
    """Returns fmod(a, b), plus b where the signs differ; np.remainder has another sign of 0."""
    m = np.fmod(a, b)
    return np.where((m != 0) & ((m < 0) != np.less(b, 0)), m + b, m)


def copysign(a: Array, b: Any) -> tuple[Array, Pullback]:
    """y = |a| with the sign of b

    −0 and −NaN are negative.

    Shape:
        a, b, y: broadcast to (*); b can be a number

    Pullback:
        ā = ȳ y / a, and 0 where a = 0, and NaN where a is not finite
        b̄ = 0
    """
    one = a.real.dtype.type(1)
    same = np.copysign(one, a.real) * np.copysign(one, np.real(b))  # 1 or −1
    refuse_kink("copysign", np.broadcast_to(a, same.shape), a.real == 0)
    refuse_kink("copysign", np.broadcast_to(b, same.shape), np.real(b) == 0)
    y, b_shape = a * same, shape_of(b)

    def pullback(dy: Array) -> tuple[Array, Array | None]:
        da = unbroadcast(np.where(a.real == 0, 0, dy * (y / a)), a.shape)
        return da, None if b_shape is None else np.zeros(b_shape, dy.dtype)

    return y, pullback


def hypot(a: Array, b: Array) -> tuple[Array, Pullback]:
    """y = √(a² + b²)

    It does not overflow.

    Shape:
        a, b, y: broadcast to (*)

    Pullback:
        ā = ȳ a / y,  b̄ = ȳ b / y, both NaN at a = b = 0
    """
    if "c" in a.dtype.kind + b.dtype.kind:
        square = a * a + b * b
        for x in (a, b):
            refuse_kink("hypot", np.broadcast_to(x, square.shape), square.real == 0)
        y = np.sqrt(square)
    else:
        y = np.hypot(a, b)

    def pullback(dy: Array) -> tuple[Array, Array]:
        return unbroadcast(dy * (a / y), a.shape), unbroadcast(dy * (b / y), b.shape)

    return y, pullback


def ldexp(x: Array, n: Array) -> tuple[Array, Pullback]:
    """y = x 2ⁿ

    n are integers. The result is exact, and no intermediate result overflows.

    Shape:
        x, n, y: broadcast to (*)

    Pullback:
        x̄ = ȳ 2ⁿ
    """
    n = np.clip(n, -(2**15), 2**15).astype(np.intc)  # beyond, y is 0 or infinite anyway

    def scaled(x: Array) -> Array:
        y: Array = np.ldexp(x.real, n)
        return y + 1j * np.ldexp(x.imag, n) if x.dtype.kind == "c" else y

    def pullback(dy: Array) -> tuple[Array, None]:
        return unbroadcast(scaled(dy), x.shape), None

    return scaled(x), pullback


def heaviside(x: Array, values: Array) -> tuple[Array, Pullback]:
    """y = 0 where x < 0, values where x = 0, 1 where x > 0

    y is 0 where x is NaN.

    Shape:
        x, values, y: broadcast to (*)

    Pullback:
        It raises RuntimeError, as in PyTorch.
    """

    def pullback(dy: Array) -> Any:
        raise RuntimeError("the derivative of heaviside is not implemented, as in PyTorch")

    return np.where(x.real == 0, values, x.real > 0).astype(x.dtype), pullback


@keeps_dtypes
def nan_to_num(
    x: Array, *, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> tuple[Array, Pullback]:
    """Replaces NaN, ∞ and −∞ by numbers.

    By default ∞ and −∞ become the largest finite number of the dtype and its negative.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ where x is finite, else 0
    """
    most = np.finfo(x.dtype).max
    above, below = most if posinf is None else posinf, -most if neginf is None else neginf
    y = np.where(x.real == np.inf, above, np.where(x.real == -np.inf, below, x))

    def pullback(dy: Array) -> tuple[Array]:
        return (np.where(np.isfinite(x), dy, 0),)

    return np.where(np.isnan(x), nan, y), pullback


def nan_to_zero(x: Array) -> tuple[Array, Pullback]:
    """y = 0 where x is NaN, else x

    Shape:
        x, y: (*)

    Pullback:
        x̄ = 0 · ȳ where x is NaN, else ȳ; 0 · ȳ is NaN if ȳ is infinite
    """
    numbers = ~np.isnan(x.real)

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * numbers,)

    return np.where(numbers, x, 0), pullback
