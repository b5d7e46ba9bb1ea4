"""Remainders, signs and lengths: what is left of a number, or made of two.

Source for the values at kinks: PyTorch's own results, which the parity suite pins.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from refnet.ops.masking import kept
from refnet.ops.rule import (
    NUMBER,
    Array,
    Pullback,
    may_save_nothing,
    refuse_kink,
    saves_nothing,
    shape_of,
    summed_to,
)

__all__ = ["copysign", "fmod", "frac", "hypot", "nan_to_num", "remainder"]


@saves_nothing
def frac(x: Array) -> tuple[Array, Pullback]:
    """y = x − trunc x, with the sign of x

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ
    """
    refuse_kink("frac", x, (x.real == np.trunc(x.real)) & (x.real != 0))

    def pullback(dy: Array) -> tuple[Array]:
        return (dy,)

    return np.asarray(x - np.trunc(x.real)), pullback


@may_save_nothing
def fmod(a: Array, b: Any) -> tuple[Array, Pullback]:
    """y = a − b trunc(a / b), with the sign of a

    Shapes    a, b, y: broadcast to (*); b may be a number
    Pullback  ā = ȳ,  b̄ = −ȳ trunc(a / b)
    """
    return _rest("fmod", np.fmod, np.trunc(np.real(a) / np.real(b)), a, b)


def remainder(a: Any, b: Any) -> tuple[Array, Pullback]:
    """y = a − b ⌊a / b⌋, with the sign of b

    Shapes    a, b, y: broadcast to (*); one of them may be a number
    Pullback  ā = ȳ,  b̄ = −ȳ ⌊a / b⌋
    """
    return _rest("remainder", np.remainder, np.floor_divide(np.real(a), np.real(b)), a, b)


def _rest(rule: str, rest: np.ufunc, times: Array, a: Any, b: Any) -> tuple[Array, Pullback]:
    """What is left of a when b is taken off so many times."""
    if np.iscomplexobj(a) or np.iscomplexobj(b):
        jump = (np.fmod(np.real(a), np.real(b)) == 0) & (times != 0)
        for x in (a, b):
            refuse_kink(rule, np.broadcast_to(x, jump.shape), jump)
        y = a - b * times
    else:
        y = rest(a, b)
    a_shape = shape_of(a)

    def pullback(dy: Array) -> tuple[Any, Any]:
        def db() -> Array | None:
            return summed_to(shape_of(b), -dy * times)

        return summed_to(a_shape, dy), None if type(b) in NUMBER else db

    return np.asarray(y), pullback


def copysign(a: Array, b: Any) -> tuple[Array, Pullback]:
    """y = |a| with the sign of b; −0 and −NaN have one too

    Shapes    a, b, y: broadcast to (*); b may be a number
    Pullback  ā = ȳ y / a, 0 for a = 0 and NaN where a is not finite;  b̄ = 0
    """
    one = a.real.dtype.type(1)
    same = np.copysign(one, a.real) * np.copysign(one, np.real(b))  # 1 or −1
    refuse_kink("copysign", np.broadcast_to(a, same.shape), a.real == 0)
    refuse_kink("copysign", np.broadcast_to(b, same.shape), np.real(b) == 0)
    y, b_shape = np.asarray(a * same), shape_of(b)

    def pullback(dy: Array) -> tuple[Any, Any]:
        da = summed_to(a.shape, kept(dy * (y / a), a.real != 0))
        return da, None if b_shape is None else np.zeros(b_shape, dy.dtype)

    return y, pullback


def hypot(a: Array, b: Array) -> tuple[Array, Pullback]:
    """y = √(a² + b²), without overflow

    Shapes    a, b, y: broadcast to (*)
    Pullback  ā = ȳ a / y,  b̄ = ȳ b / y, both NaN at a = b = 0
    """
    if "c" in a.dtype.kind + b.dtype.kind:
        square = a * a + b * b
        for x in (a, b):
            refuse_kink("hypot", np.broadcast_to(x, square.shape), square.real == 0)
        y = np.sqrt(square)
    else:
        y = np.hypot(a, b)

    def pullback(dy: Array) -> tuple[Array, Array]:
        return summed_to(a.shape, dy * (a / y)), summed_to(b.shape, dy * (b / y))

    return y, pullback


def nan_to_num(
    x: Array, *, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> tuple[Array, Pullback]:
    """y = x, with numbers in the place of NaN, ∞ and −∞: of these two the dtype's largest and
    smallest, unless given

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ where x is finite, else 0
    """
    most = np.finfo(x.dtype).max
    y = x.copy()
    np.copyto(y, nan, where=np.isnan(x))
    np.copyto(y, most if posinf is None else posinf, where=x.real == np.inf)
    np.copyto(y, -most if neginf is None else neginf, where=x.real == -np.inf)

    def pullback(dy: Array) -> tuple[Array]:
        return (kept(dy, np.isfinite(x)),)

    return y, pullback
