"""Activations that are x times a gate between 0 and 1: SiLU, GELU, Mish, Hardswish; and GLU.

Source:
    https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity
"""

from __future__ import annotations

import math

import numpy as np

from refnet.ops.normal_distribution import standard_normal
from refnet.ops.rectifier import hardtanh
from refnet.ops.rule import Array, Pullback, refuse_kinks
from refnet.ops.sigmoid import sigmoid

__all__ = ["gelu", "gelu_tanh", "glu", "hardswish", "mish", "silu"]


def silu(x: Array) -> tuple[Array, Pullback]:
    """y = x s,   s = σ(x) = 1 / (1 + e⁻ˣ), also called swish

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ s (1 + x − y)

    Source:
        Elfwing et al. 2017; Ramachandran et al. 2017
    """
    s, _ = sigmoid(x)
    y = x * s

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * (s * (1 + x - y)),)

    return y, pullback


def gelu(x: Array) -> tuple[Array, Pullback]:
    """y = x Φ(x)

    where Φ is the distribution function of the standard normal distribution and φ its density.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ (Φ(x) + x φ(x))

    Source:
        Hendrycks and Gimpel 2016, "Gaussian error linear units"
    """
    Φ, φ = standard_normal(x)

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * (Φ + x * φ),)

    return x * Φ, pullback


def gelu_tanh(x: Array) -> tuple[Array, Pullback]:
    """y = ½ x (1 + h),   h = tanh(k x (1 + c x²))

    with k = √(2/π) and c = 0.044715: an approximation of GELU.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ½ ȳ (1 + h + x (1 − h²) k (1 + 3 c x²))

    Source:
        Hendrycks and Gimpel 2016, section 2
    """
    k, c = math.sqrt(2 / math.pi), 0.044715
    h = np.tanh(k * x * (1 + c * x * x))

    def pullback(dy: Array) -> tuple[Array]:
        return (0.5 * dy * (1 + h + x * (1 - h * h) * k * (1 + 3 * c * x * x)),)

    return 0.5 * x * (1 + h), pullback


def mish(x: Array) -> tuple[Array, Pullback]:
    """y = x w,   w = tanh(log(1 + eˣ))

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ (w + x (1 − w²) σ(x))

    Source:
        Misra 2019, "Mish: a self regularized non-monotonic activation function"
    """
    w = np.tanh(np.log1p(np.exp(x)))  # where eˣ overflows, w is 1

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * (w + x * (1 - w * w) * sigmoid(x)[0]),)

    return x * w, pullback


def hardswish(x: Array) -> tuple[Array, Pullback]:
    """y = x · min(max(x + 3, 0), 6) / 6

    Shape:
        x, y: (*)

    Pullback:
        x̄ = 0 where x ≤ −3,   ȳ (x/3 + ½) where −3 < x < 3,   ȳ elsewhere

    Note:
        At NaN, x̄ = ȳ, as in PyTorch's scalar code (its vector code gives NaN).

    Source:
        Howard et al. 2019, "Searching for MobileNetV3"
    """
    refuse_kinks("hardswish", x, -3, 3)
    gate, _ = hardtanh(x + 3, low=0, high=6)

    def pullback(dy: Array) -> tuple[Array]:
        rising = np.where(x.real < 3, dy * (x / 3 + 0.5), dy)
        return (np.where(x.real <= -3, 0, rising),)

    return x * gate / 6, pullback


def glu(x: Array, *, dim: int) -> tuple[Array, Pullback]:
    """y = a s,   s = σ(b), where a and b are the first and the second half of x along dim

    Shape:
        x: (..., 2n, ...)
        y: (..., n, ...)

    Pullback:
        ā = ȳ s,   b̄ = ȳ a s (1 − s)

    Source:
        Dauphin et al. 2017, "Language modeling with gated convolutional networks"
    """
    a, b = np.split(x, 2, axis=dim)
    s, _ = sigmoid(b)

    def pullback(dy: Array) -> tuple[Array]:
        return (np.concatenate((dy * s, dy * a * (s * (1 - s))), axis=dim),)

    return a * s, pullback
