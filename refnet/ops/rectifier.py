"""ReLU and its variants: a line and another line or curve that meet at a kink.

Source:
    https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity
"""

from __future__ import annotations

import numpy as np

from refnet.ops.rule import Array, Pullback, refuse_kinks, unbroadcast

__all__ = ["elu", "hardtanh", "leaky_relu", "prelu", "relu", "rrelu", "threshold"]


def relu(x: Array) -> tuple[Array, Pullback]:
    """y = max(x, 0)

    NaN stays NaN.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = 0 where y ≤ 0, also at the kink x = 0, else ȳ
    """
    refuse_kinks("relu", x, 0)
    y = np.where(x.real <= 0, 0, x)

    def pullback(dy: Array) -> tuple[Array]:
        return (np.where(y.real <= 0, 0, dy),)

    return y, pullback


def leaky_relu(x: Array, *, negative_slope: float = 0.01) -> tuple[Array, Pullback]:
    """y = x where x > 0, else negative_slope · x

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ where x > 0, else negative_slope · ȳ, also at the kink x = 0
    """
    refuse_kinks("leaky_relu", x, 0)
    positive = x.real > 0

    def pullback(dy: Array) -> tuple[Array]:
        return (np.where(positive, dy, negative_slope * dy),)

    return np.where(positive, x, negative_slope * x), pullback


def prelu(x: Array, w: Array) -> tuple[Array, Pullback]:
    """y = x where x > 0, else w x

    Shape:
        x, y: (*)  w: broadcasts to (*)

    Pullback:
        x̄ = ȳ where x > 0, else w ȳ, also at the kink x = 0 and where x is NaN
        w̄ = Σ ȳ x over the other entries
    """
    refuse_kinks("prelu", x, 0)
    positive = x.real > 0

    def pullback(dy: Array) -> tuple[Array, Array]:
        dw = np.where(positive, 0, dy * x)
        return np.where(positive, dy, w * dy), unbroadcast(dw, w.shape)

    return np.where(positive, x, w * x), pullback


def rrelu(x: Array, slope: Array) -> tuple[Array, Pullback]:
    """y = x where x > 0, else slope · x

    Each entry has its own slope. In training the slopes are random. They are an argument, so the
    rule is a deterministic function, which can be repeated and checked.

    Shape:
        x, slope, y: (*)

    Pullback:
        x̄ = ȳ where x > 0, else slope · ȳ, also at the kink x = 0
        The slopes have no gradient.

    Source:
        Xu et al. 2015, "Empirical evaluation of rectified activations in convolution network"
    """
    refuse_kinks("rrelu", x, 0)
    positive = x.real > 0

    def pullback(dy: Array) -> tuple[Array, None]:
        return np.where(positive, dy, slope * dy), None

    return np.where(positive, x, slope * x), pullback


def elu(
    x: Array, *, alpha: float = 1.0, scale: float = 1.0, steepness: float = 1.0
) -> tuple[Array, Pullback]:
    """y = λ x where x > 0, else λ α (e^κx − 1)

    λ is `scale` and κ is `steepness`. ELU has λ = κ = 1. CELU has λ = 1 and κ = 1/α, so the slope
    at 0 is the same on both sides. SELU has κ = 1, and its α and λ keep mean 0 and variance 1 from
    layer to layer.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = λ α κ e^κx ȳ where x ≤ 0, also at the kink x = 0, else λ ȳ
        At NaN it is λ ȳ, as in PyTorch's scalar code (its vector code gives NaN).

    Source:
        Clevert et al. 2016 (ELU); Barron 2017 (CELU); Klambauer et al. 2017 (SELU)
    """
    refuse_kinks("elu", x, 0)

    def pullback(dy: Array) -> tuple[Array]:
        slope = scale * alpha * steepness * np.exp(steepness * np.where(x.real < 0, x, 0))
        return (dy * np.where(x.real <= 0, slope, scale),)

    return np.where(x.real < 0, scale * alpha * np.expm1(steepness * x), scale * x), pullback


def threshold(x: Array, *, threshold: float, value: float) -> tuple[Array, Pullback]:
    """y = x where x > threshold, else value

    NaN stays NaN.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = ȳ where x > threshold, else 0, also at the threshold
    """
    refuse_kinks("threshold", x, threshold)
    below = x.real <= threshold

    def pullback(dy: Array) -> tuple[Array]:
        return (np.where(below, 0, dy),)

    return np.where(below, value, x), pullback


def hardtanh(x: Array, *, low: float = -1.0, high: float = 1.0) -> tuple[Array, Pullback]:
    """y = min(max(x, low), high)

    NaN stays NaN.

    Shape:
        x, y: (*)

    Pullback:
        x̄ = 0 where x ≤ low or x ≥ high, also at the kinks, else ȳ
        At NaN it is ȳ, as in PyTorch's scalar code (its vector code gives 0).
    """
    refuse_kinks("hardtanh", x, low, high)
    outside = (x.real <= low) | (x.real >= high)

    def pullback(dy: Array) -> tuple[Array]:
        return (np.where(outside, 0, dy),)

    return np.where(x.real < low, low, np.where(x.real > high, high, x)), pullback
