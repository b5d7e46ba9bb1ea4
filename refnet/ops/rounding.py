"""Step functions: integers near x, and the sign of x.

Their derivative is 0 wherever it exists. As in PyTorch, it is 0 at the steps too.
"""

from __future__ import annotations

import numpy as np

from refnet.ops.rule import Array, Pullback, saves_nothing

__all__ = ["ceil", "floor", "round", "sign", "trunc"]


@saves_nothing
def floor(x: Array) -> tuple[Array, Pullback]:
    """y = ⌊x⌋, the largest integer ≤ x

    Shape:
        x, y: (*)

    Pullback:
        x̄ = 0
    """
    return np.floor(x.real).astype(x.dtype), _zero


@saves_nothing
def ceil(x: Array) -> tuple[Array, Pullback]:
    """y = ⌈x⌉, the smallest integer ≥ x

    Shape:
        x, y: (*)

    Pullback:
        x̄ = 0
    """
    return np.ceil(x.real).astype(x.dtype), _zero


@saves_nothing
def trunc(x: Array) -> tuple[Array, Pullback]:
    """y = trunc x, the integer part of x

    Shape:
        x, y: (*)

    Pullback:
        x̄ = 0
    """
    return np.trunc(x.real).astype(x.dtype), _zero


@saves_nothing
def round(x: Array, *, decimals: int = 0) -> tuple[Array, Pullback]:
    """Rounds x to this many decimals, halves to even.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = 0
    """
    return np.round(x.real, decimals).astype(x.dtype), _zero


@saves_nothing
def sign(x: Array) -> tuple[Array, Pullback]:
    """y = 1 where x > 0, −1 where x < 0, else 0

    y is 0 where x is NaN.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = 0
    """
    return np.subtract(x.real > 0, x.real < 0, dtype=x.dtype), _zero


def _zero(dy: Array) -> tuple[Array]:
    return (np.zeros_like(dy),)
