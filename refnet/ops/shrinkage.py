"""Shrinkage functions, which set small values to 0 or reduce all values.

Source:
    https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity
"""

from __future__ import annotations

import numpy as np

from refnet.ops.rectifier import hardtanh
from refnet.ops.rule import Array, Pullback, refuse_kinks

__all__ = ["hardshrink", "softshrink", "tanhshrink"]


def hardshrink(x: Array, *, lambd: float = 0.5) -> tuple[Array, Pullback]:
    """y = x where |x| > λ, else 0

    NaN stays NaN.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = 0 where |x| ≤ λ, else ȳ
        At NaN it is ȳ, as in PyTorch's scalar code (its vector code gives 0).
    """
    refuse_kinks("hardshrink", x, lambd, -lambd)

    def pullback(dy: Array) -> tuple[Array]:
        return (np.where(_inside(x, lambd), 0, dy),)

    return np.where(_inside(x, lambd), 0, x), pullback


def _inside(x: Array, lambd: float) -> Array:
    """|x| ≤ λ"""
    return (x.real >= -lambd) & (x.real <= lambd)


def softshrink(x: Array, *, lambd: float = 0.5) -> tuple[Array, Pullback]:
    """y = x − min(max(x, −λ), λ)

    y is x − λ where x > λ, x + λ where x < −λ, and 0 elsewhere; it minimises ½ (y − x)² + λ |y|.
    NaN stays NaN.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = 0 where |x| ≤ λ, also at the kinks, else ȳ
        At NaN it is ȳ, as in PyTorch's scalar code (its vector code gives 0).
    """
    refuse_kinks("softshrink", x, lambd, -lambd)

    def pullback(dy: Array) -> tuple[Array]:
        return (np.where(_inside(x, lambd), 0, dy),)

    return x - hardtanh(x, low=-lambd, high=lambd)[0], pullback


def tanhshrink(x: Array) -> tuple[Array, Pullback]:
    """y = x − tanh(x)

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ tanh²(x)
    """
    t = np.tanh(x)

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * (t * t),)

    return x - t, pullback
