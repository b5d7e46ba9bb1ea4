"""Softmax and its logarithm.

Source:
    https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax.html
"""

from __future__ import annotations

import numpy as np

from refnet.ops.rule import Array, Pullback

__all__ = ["log_softmax", "softmax"]


def less_maximum(x: Array, dim: int) -> Array:
    """Returns x − max x along dim, so that no exponential overflows.

    The maximum cancels in softmax, so it is a constant, without the direction of a complex step.
    """
    z: Array = x - x.real.max(dim, keepdims=True, initial=-np.inf)
    return z


def softmax(x: Array, *, dim: int) -> tuple[Array, Pullback]:
    """yᵢ = e^xᵢ / Σⱼ e^xⱼ along dim

    Shape:
        x, y: (*)

    Pullback:
        x̄ᵢ = yᵢ (ȳᵢ − Σⱼ ȳⱼ yⱼ)
    """
    e = np.exp(less_maximum(x, dim))
    y = e / e.sum(dim, keepdims=True)

    def pullback(dy: Array) -> tuple[Array]:
        return (y * (dy - (dy * y).sum(dim, keepdims=True)),)

    return y, pullback


def log_softmax(x: Array, *, dim: int) -> tuple[Array, Pullback]:
    """yᵢ = xᵢ − log Σⱼ e^xⱼ along dim

    Shape:
        x, y: (*)

    Pullback:
        x̄ᵢ = ȳᵢ − e^yᵢ Σⱼ ȳⱼ
    """
    z = less_maximum(x, dim)
    y = z - np.log(np.exp(z).sum(dim, keepdims=True))

    def pullback(dy: Array) -> tuple[Array]:
        return (dy - np.exp(y) * dy.sum(dim, keepdims=True),)

    return y, pullback
