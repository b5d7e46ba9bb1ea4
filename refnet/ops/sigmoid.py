"""Curves that level off, and their integrals: tanh, sigmoid, softsign, softplus, log-sigmoid.

Source    https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity
"""

from __future__ import annotations

import math

import numpy as np

from refnet.kernels.blocks import elementwise
from refnet.kernels.masking import kept, within
from refnet.ops.piecewise import abs as modulus
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

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ (1 − y²)
    """
    y = np.tanh(x)

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * (1 - y * y),)

    return y, pullback


def sigmoid(x: Array) -> tuple[Array, Pullback]:
    """y = 1 / (1 + e⁻ˣ)

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ y (1 − y)

    The overflow of e⁻ˣ to inf gives the right 0, and the tail of negative x keeps its digits;
    ½ tanh(½x) + ½ is faster, but rounds that tail to 0.
    """
    y = _complex_sigmoid(x) if x.dtype.kind == "c" else elementwise(_sigmoid, x)

    def slope(dy: Array, y: Array, out: Array | None) -> Array:
        both = np.promote_types(dy.dtype, y.dtype)
        dx = np.asarray(np.subtract(1, y, out=out, dtype=both))
        dx *= y
        dx *= dy
        return dx

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(slope, dy, y),)

    return y, pullback


def _sigmoid(x: Array, out: Array | None) -> Array:
    y = np.asarray(np.negative(x, out=out))
    np.exp(y, out=y)
    y += 1
    np.divide(1, y, out=y)
    return y


def _complex_sigmoid(x: Array) -> Array:
    y = np.where(x.real < 0, _sigmoid_left(x), 1 - _sigmoid_left(x))
    return np.where(x.real < 0, y, 1 / (1 + np.exp(-np.where(x.real < 0, 0, x))))


def _sigmoid_left(x: Array) -> Array:
    """The sigmoid where the real part of x is negative (0 is used elsewhere)."""
    e = np.exp(np.where(x.real < 0, x, 0))
    return np.asarray(e / (1 + e))


def bipolar_sigmoid(x: Array) -> tuple[Array, Pullback]:
    """y = (1 − e⁻ˣ) / (1 + e⁻ˣ) = tanh(x/2)

    The lecture notes print this formula under the name Tanh. It is the sigmoid stretched to
    (−1, 1), 2σ(x) − 1; tanh itself has e⁻²ˣ in its place and is twice as steep at 0.

    Shapes    x, y: (*)
    Pullback  x̄ = ½ ȳ (1 − y²)
    """
    y = np.tanh(0.5 * x)

    def pullback(dy: Array) -> tuple[Array]:
        return (0.5 * dy * (1 - y * y),)

    return y, pullback


def hardsigmoid(x: Array) -> tuple[Array, Pullback]:
    """y = (x + 3) / 6 between −3 and 3, 0 to the left, 1 to the right

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ / 6 where −3 < x < 3, else 0, so 0 at the kinks
    """
    refuse_kinks("hardsigmoid", x, -3, 3)

    def forward(x: Array, out: Array | None) -> Array:
        y = np.asarray(np.add(x, 3, out=out))
        y = within(y, 0, 6, y)
        y /= 6
        return y

    def backward(dy: Array, x: Array, out: Array | None) -> Array:
        dx = kept(dy, (x.real > -3) & (x.real < 3), out)
        dx /= 6
        return dx

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(backward, dy, x),)

    return elementwise(forward, x), pullback


def softsign(x: Array) -> tuple[Array, Pullback]:
    """y = x / (1 + |x|)

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ / (1 + |x|)², which at 0 is ȳ on both sides; NaN at ±∞, as y = ∞ / ∞ is
    """
    d = np.asarray(modulus(x)[0] + 1)
    y = x / d

    def pullback(dy: Array) -> tuple[Array]:
        return (dy / (d * d) + 0 * y,)

    return y, pullback


def softplus(x: Array, *, beta: float = 1.0, threshold: float = 20.0) -> tuple[Array, Pullback]:
    """y = log(1 + e^βx) / β, and x itself where βx > threshold

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ σ(βx) = ȳ (1 − e^−βy), and ȳ where βx > threshold
    """
    z = np.asarray(x * beta)
    linear = z.real > threshold
    refuse_kink("softplus", x, z.real == threshold)
    e = np.asarray(np.exp(z))
    y = np.asarray(np.log(1 + e) if x.dtype.kind == "c" else np.log1p(e, out=e))
    y /= beta
    np.copyto(y, x, where=linear)  # costs nothing where these entries are few

    def pullback(dy: Array) -> tuple[Array]:
        slope = np.asarray(-np.expm1(-beta * y))
        np.copyto(slope, 1, where=linear)
        return (dy * slope,)

    return y, pullback


def logsigmoid(x: Array) -> tuple[Array, Pullback]:
    """y = log σ(x) = min(x, 0) − log(1 + e^−|x|)

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ σ(−x) = ȳ (1 − e^y)
    """
    if x.dtype.kind == "c":
        y = within(x, -math.inf, 0) - np.log(1 + np.exp(np.where(x.real < 0, x, -x)))
    else:
        e = np.asarray(-np.abs(x))
        np.exp(e, out=e)
        y = within(x, -math.inf, 0) - np.log1p(e, out=e)

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * -np.expm1(y),)

    return y, pullback
