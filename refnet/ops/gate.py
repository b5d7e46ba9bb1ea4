"""Activations that are x times a gate between 0 and 1: SiLU, GELU, Mish, Hardswish; and GLU.

Source    https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity
"""

from __future__ import annotations

import math

import numpy as np

from refnet.kernels.blocks import by_rows, elementwise, flat
from refnet.kernels.exponential import LOG2_E, exp2
from refnet.kernels.masking import kept, within
from refnet.ops.normal_distribution import standard_normal
from refnet.ops.rule import Array, Pullback, refuse_kinks
from refnet.ops.sigmoid import sigmoid

__all__ = ["gelu", "gelu_tanh", "glu", "hardswish", "mish", "silu"]


def silu(x: Array) -> tuple[Array, Pullback]:
    """y = x s, s = σ(x) = 1 / (1 + e⁻ˣ), also called swish

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ s (1 + x − y)
    Source    Elfwing et al. 2017; Ramachandran et al. 2017

    In float32 e⁻ˣ is 2^(−x log₂ e), twice as fast; the tail of very negative x has an error of |x|/2
    units in its own last place.
    """
    y, s = np.empty_like(x), np.empty_like(x)

    def forward(x: Array, y: Array, s: Array) -> None:
        np.multiply(x, -LOG2_E, out=s)
        exp2(s, out=s)
        s += 1
        np.divide(1, s, out=s)
        np.multiply(x, s, out=y)

    by_rows(forward, *flat(x, y, s))

    def backward(dy: Array, x: Array, y: Array, s: Array, out: Array | None) -> Array:
        dx = np.subtract(x, y, out=out)
        dx += 1
        dx *= s
        return np.multiply(dx, dy, out=out)

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(backward, dy, x, y, s),)

    return y, pullback


def gelu(x: Array) -> tuple[Array, Pullback]:
    """y = x Φ(x), Φ the distribution function of a normal variable, φ its density

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ (Φ(x) + x φ(x))
    Source    Hendrycks and Gimpel 2016, "Gaussian error linear units"

    The slope is computed along with y, with which it has nearly all of its work in common.
    """
    y, slope = np.empty_like(x), np.empty_like(x)

    def forward(x: Array, y: Array, slope: Array) -> None:
        cdf, density = standard_normal(x)
        np.multiply(x, cdf, out=y)
        np.multiply(x, density, out=slope)
        slope += cdf

    by_rows(forward, *flat(x, y, slope))

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(np.multiply, dy, slope),)

    return y, pullback


def gelu_tanh(x: Array) -> tuple[Array, Pullback]:
    """y = ½ x (1 + h), h = tanh(√(2/π) (x + c x³)), c = 0.044715: an approximation of GELU

    Shapes    x, y: (*)
    Pullback  x̄ = ½ ȳ (1 + h + x (1 − h²) √(2/π) (1 + 3 c x²))
    Source    Hendrycks and Gimpel 2016, section 2
    """
    k, c = math.sqrt(2 / math.pi), 0.044715
    h = np.asarray(x * x)
    h *= k * c
    h += k
    h *= x
    np.tanh(h, out=h)

    def pullback(dy: Array) -> tuple[Array]:
        dx = np.asarray(x * x)
        dx *= 3 * k * c
        dx += k
        dx *= x
        dx *= 1 - h * h
        dx += h
        dx += 1
        dx *= 0.5
        return (dx * dy,)

    y = np.asarray(x * h)
    y += x
    y *= 0.5
    return y, pullback


def mish(x: Array) -> tuple[Array, Pullback]:
    """y = x w, w = tanh(log(1 + eˣ)) = n / (n + 2), n = eˣ (eˣ + 2)

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ (w + x (1 − w²) σ(x))
    Source    Misra 2019, "Mish: a self regularized non-monotonic activation function"

    From x = 20 on w is 1 to 16 digits, so x is taken as 20 there, lest the exponential overflow.
    """
    e = np.asarray(np.exp(within(x, -math.inf, 20)))
    w = e * (e + 2)
    w /= w + 2

    def pullback(dy: Array) -> tuple[Array]:
        dx = np.asarray(e / (1 + e))
        dx *= 1 - w * w
        dx *= x
        dx += w
        return (dx * dy,)

    return x * w, pullback


def hardswish(x: Array) -> tuple[Array, Pullback]:
    """y = x · min(max(x + 3, 0), 6) / 6

    Shapes    x, y: (*)
    Pullback  x̄ = 0 where x ≤ −3, ȳ (x/3 + ½) where −3 < x < 3, else ȳ; so ȳ at NaN, as in PyTorch's
              scalar code (its vector code gives NaN)
    Source    Howard et al. 2019, "Searching for MobileNetV3"
    """
    refuse_kinks("hardswish", x, -3, 3)

    def forward(x: Array, out: Array | None) -> Array:
        y = np.asarray(np.add(x, 3, out=out))
        y = within(y, 0, 6, y)
        y *= x
        y /= 6
        return y

    def backward(dy: Array, x: Array, out: Array | None) -> Array:
        left = x.real < 3
        slope = within(x, -3, 3)
        slope /= 3
        slope += 0.5
        slope = np.asarray(kept(slope, left & (x.real > -3)))
        slope += ~left
        return np.multiply(dy, slope, out=out)

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(backward, dy, x),)

    return elementwise(forward, x), pullback


def glu(x: Array, *, dim: int) -> tuple[Array, Pullback]:
    """y = a σ(b), where a and b are the first and the second half of x along dim

    Shapes    x: (..., 2n, ...)  y: (..., n, ...)
    Pullback  ā = ȳ σ(b),  b̄ = ȳ a σ(b) (1 − σ(b))
    Source    Dauphin et al. 2017, "Language modeling with gated convolutional networks"
    """
    a, b = np.split(x, 2, axis=dim)
    s, pullback_gate = sigmoid(b)

    def pullback(dy: Array) -> tuple[Array]:
        (db,) = pullback_gate(dy * a)
        return (np.concatenate((dy * s, db), axis=dim),)

    return a * s, pullback
