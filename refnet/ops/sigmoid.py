"""Saturating functions and their integrals: tanh, sigmoid, softsign, softplus, log-sigmoid.

Source:
    https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity
"""

from __future__ import annotations

import numpy as np

from refnet.ops.piecewise import abs as modulus
from refnet.ops.rectifier import hardtanh
from refnet.ops.rule import Array, Pullback, refuse_kink, refuse_kinks

__all__ = [
    "bipolar_sigmoid",
    "hardsigmoid",
    "logsigmoid",
    "sigmoid",
    "softplus",
    "softsign",
    "tanh",
]


def tanh(x: Array) -> tuple[Array, Pullback]:
    """y = tanh(x) = (1 − e⁻²ˣ) / (1 + e⁻²ˣ)

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ (1 − y²)
    """
    y = np.tanh(x)

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * (1 - y * y),)

    return y, pullback


def sigmoid(x: Array) -> tuple[Array, Pullback]:
    """y = 1 / (1 + e⁻ˣ) = eˣ / (1 + eˣ)

    It uses the one of e⁻ˣ and eˣ that is at most 1.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ y (1 − y)
    """
    e = _decay(x)
    y = np.where(x.real < 0, e, 1) / (1 + e)

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * (y * (1 - y)),)

    return y, pullback


def _decay(x: Array) -> Array:
    """e^−|x|, which does not overflow"""
    return np.exp(np.where(x.real < 0, x, -x))


def bipolar_sigmoid(x: Array) -> tuple[Array, Pullback]:
    """y = (1 − e⁻ˣ) / (1 + e⁻ˣ) = tanh(x/2)

    The lecture notes print this formula under the name Tanh. It is the sigmoid scaled to (−1, 1),
    2σ(x) − 1. tanh itself has e⁻²ˣ instead of e⁻ˣ and is twice as steep at 0.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ½ ȳ (1 − y²)
    """
    y = np.tanh(0.5 * x)

    def pullback(dy: Array) -> tuple[Array]:
        return (0.5 * dy * (1 - y * y),)

    return y, pullback


def hardsigmoid(x: Array) -> tuple[Array, Pullback]:
    """y = min(max(x + 3, 0), 6) / 6

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ / 6 where −3 < x < 3, else 0, also at the kinks
    """
    refuse_kinks("hardsigmoid", x, -3, 3)

    def pullback(dy: Array) -> tuple[Array]:
        return (np.where((x.real > -3) & (x.real < 3), dy / 6, 0),)

    return hardtanh(x + 3, low=0, high=6)[0] / 6, pullback


def softsign(x: Array) -> tuple[Array, Pullback]:
    """y = x / (1 + |x|)

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ / (1 + |x|)², and NaN at ±∞, as y = ∞ / ∞
    """
    d = 1 + modulus(x)[0]
    y = x / d

    def pullback(dy: Array) -> tuple[Array]:
        return (dy / (d * d) + 0 * y,)

    return y, pullback


def softplus(x: Array, *, beta: float = 1.0, threshold: float = 20.0) -> tuple[Array, Pullback]:
    """y = x where βx > threshold, else log(1 + e^βx) / β

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ where βx > threshold, else ȳ σ(βx) = ȳ (1 − e^−βy)
    """
    z = beta * x
    linear = z.real > threshold
    refuse_kink("softplus", x, z.real == threshold)
    y = np.where(linear, x, np.log1p(np.exp(np.where(linear, 0, z))) / beta)

    def pullback(dy: Array) -> tuple[Array]:
        return (np.where(linear, dy, dy * -np.expm1(-beta * y)),)

    return y, pullback


def logsigmoid(x: Array) -> tuple[Array, Pullback]:
    """y = log σ(x) = min(x, 0) − log(1 + e^−|x|)

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ σ(−x) = ȳ (1 − e^y)
    """
    y = np.where(x.real < 0, x, 0) - np.log1p(_decay(x))

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * -np.expm1(y),)

    return y, pullback
