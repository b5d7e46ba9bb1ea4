"""Activation rules: sigmoid, tanh, their bipolar cousin, the rectifiers, softmax."""

from __future__ import annotations

import numpy as np

from refnet.ops.masking import kept
from refnet.ops.rule import Array, Pullback, refuse_kink

__all__ = [
    "bipolar_sigmoid",
    "leaky_relu",
    "log_softmax",
    "logsigmoid",
    "relu",
    "sigmoid",
    "softmax",
    "softplus",
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

    Written as e^min(x,0) / (1 + e^−|x|), which overflows on neither side and keeps the relative
    accuracy of the tail; ½ tanh(½x) + ½ is faster but rounds the tail of negative x to 0.
    """
    if x.dtype.kind == "c":
        y = np.where(x.real < 0, _sigmoid_left(x), 1 - _sigmoid_left(x))
        y = np.where(x.real < 0, y, 1 / (1 + np.exp(-np.where(x.real < 0, 0, x))))
    else:
        y = np.asarray(np.negative(x))
        np.exp(y, out=y)
        y += 1
        np.reciprocal(y, out=y)

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * ((1 - y) * y),)

    return y, pullback


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


def relu(x: Array) -> tuple[Array, Pullback]:
    """y = max(x, 0); NaN stays NaN

    Shapes    x, y: (*)
    Pullback  x̄ = 0 where y ≤ 0, so 0 at the kink x = 0, else ȳ
    """
    if x.dtype.kind == "c":
        refuse_kink("relu", x, x.real == 0)
        y = np.where(x.real > 0, x, 0)
    else:
        y = np.maximum(x, 0)

    def pullback(dy: Array) -> tuple[Array]:
        return (kept(dy, ~(y.real <= 0)),)

    return y, pullback


def leaky_relu(x: Array, *, negative_slope: float = 0.01) -> tuple[Array, Pullback]:
    """y = x where x > 0, else negative_slope · x

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ where x > 0, else negative_slope · ȳ, also at the kink x = 0
    """
    refuse_kink("leaky_relu", x, x.real == 0)
    positive = x.real > 0

    def pullback(dy: Array) -> tuple[Array]:
        return (np.where(positive, dy, dy * negative_slope),)

    return np.where(positive, x, x * negative_slope), pullback


def softplus(x: Array, *, beta: float = 1.0, threshold: float = 20.0) -> tuple[Array, Pullback]:
    """y = log(1 + e^βx) / β, and x itself where βx > threshold

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ σ(βx), and ȳ where βx > threshold
    """
    z = x * beta
    linear = z.real > threshold
    refuse_kink("softplus", x, z.real == threshold)
    small = np.where(linear, 0, z).astype(z.dtype, copy=False)
    if z.dtype.kind == "c":
        soft = np.log(1 + np.exp(small))
    else:
        soft = np.log1p(np.exp(small))
    s, _ = sigmoid(small)

    def pullback(dy: Array) -> tuple[Array]:
        return (np.where(linear, dy, dy * s),)

    return np.where(linear, x, soft / beta), pullback


def logsigmoid(x: Array) -> tuple[Array, Pullback]:
    """y = log σ(x) = min(x, 0) − log(1 + e^−|x|)

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ σ(−x)
    """
    negative = x.real < 0
    e = np.exp(np.where(negative, x, -x))  # e^−|x|, which never overflows
    log = np.log(1 + e) if x.dtype.kind == "c" else np.log1p(e)

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * np.where(negative, 1 / (1 + e), e / (1 + e)),)

    return np.where(negative, x, 0) - log, pullback


def _centred(x: Array, dim: int) -> Array:
    """x less its largest entry along dim, so that no exponential overflows."""
    return np.asarray(x - x.real.max(axis=dim, keepdims=True, initial=-np.inf))


def softmax(x: Array, *, dim: int) -> tuple[Array, Pullback]:
    """yᵢ = e^xᵢ / Σⱼ e^xⱼ along dim

    Shapes    x, y: (*)
    Pullback  x̄ᵢ = yᵢ (ȳᵢ − Σⱼ ȳⱼ yⱼ)
    """
    if x.ndim == 0:
        return _softmax_of_one(x)
    y = _centred(x, dim)
    np.exp(y, out=y)
    y /= y.sum(axis=dim, keepdims=True)

    def pullback(dy: Array) -> tuple[Array]:
        dx = dy * y
        return (dx - y * dx.sum(axis=dim, keepdims=True),)

    return y, pullback


def _softmax_of_one(x: Array) -> tuple[Array, Pullback]:
    y, pullback = softmax(x.reshape(1), dim=0)
    return y.reshape(()), lambda dy: (pullback(np.reshape(dy, 1))[0].reshape(()),)


def log_softmax(x: Array, *, dim: int) -> tuple[Array, Pullback]:
    """yᵢ = xᵢ − log Σⱼ e^xⱼ along dim

    Shapes    x, y: (*)
    Pullback  x̄ᵢ = ȳᵢ − e^yᵢ Σⱼ ȳⱼ
    """
    if x.ndim == 0:
        y, pullback_of_one = log_softmax(x.reshape(1), dim=0)
        return y.reshape(()), lambda dy: (pullback_of_one(np.reshape(dy, 1))[0].reshape(()),)
    y = _centred(x, dim)
    y -= np.log(np.exp(y).sum(axis=dim, keepdims=True))

    def pullback(dy: Array) -> tuple[Array]:
        return (dy - np.exp(y) * dy.sum(axis=dim, keepdims=True),)

    return y, pullback
