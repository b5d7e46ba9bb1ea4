"""Distances of vectors: the cosine of their angle, the sum and the largest of their differences.

The other distances are norms of differences (refnet.ops.reduction).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from refnet.ops.piecewise import abs as modulus
from refnet.ops.primitives import straight_through
from refnet.ops.rule import Array, Pullback, refuse_kink

__all__ = ["cosine_similarity", "largest_difference", "summed_differences"]


def cosine_similarity(a: Array, b: Array, *, dim: int, eps: float) -> tuple[Array, Pullback]:
    """y = Σ u v along dim,   u = a / max(‖a‖, ε),   v = b / max(‖b‖, ε)

    It is one rule for its convention: PyTorch does not differentiate the bound ε.

    Shape:
        a, b: (*)
        y: (*) without the dimension dim

    Pullback:
        ā = ȳ (v − y a/‖a‖) / max(‖a‖, ε)
        b̄ = ȳ (u − y b/‖b‖) / max(‖b‖, ε), where 0/0 counts as 0

    Note:
        Where a norm is ε or less, the gradient is not the derivative of the bounded norm.

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.CosineSimilarity.html
    """
    (na, ma), (nb, mb) = _norms(a, dim, eps), _norms(b, dim, eps)
    u, v = a / ma, b / mb
    y = (u * v).sum(dim, keepdims=True)

    def pullback(dy: Array) -> tuple[Callable[[], Array], Callable[[], Array]]:
        dy = np.expand_dims(dy, dim)

        def entry(x: Array, other: Array, n: Array, m: Array) -> Array:
            direction = np.where(n == 0, 0, x / n)
            dx: Array = dy * (other - y * direction) / m
            return dx

        return lambda: entry(a, v, na, ma), lambda: entry(b, u, nb, mb)

    return y.squeeze(dim), pullback


def _norms(x: Array, dim: int, eps: float) -> tuple[Array, Array]:
    """Returns ‖x‖ along dim, and max(‖x‖, ε)."""
    n = np.sqrt((x * x).sum(dim, keepdims=True))
    refuse_kink("cosine_similarity", x, n.real <= eps)
    return n, straight_through(n, np.where(n.real < eps, eps, n))


def largest_difference(d: Array) -> tuple[Array, Pullback]:
    """y = max |d| along the last dimension, 0 for an empty one: the distance for p = ∞

    Shape:
        d: (*, n)
        y: (*)

    Pullback:
        d̄ = ȳ sign(d) where |d| = y,   0 elsewhere

    Note:
        At a tie every largest entry has the whole ȳ, as in PyTorch's distances. d̄ = 0 at d = 0. d̄
        is NaN in a row where y is NaN, and at infinite entries.
    """
    size = modulus(d)[0]
    y = size.max(-1, initial=0)
    away = np.abs(size.real - y.real[..., None])
    tied = np.count_nonzero(away == 0, axis=-1, keepdims=True) > 1
    refuse_kink("largest_difference", d, (away == 0) & tied)

    def pullback(dy: Array) -> tuple[Array]:
        largest = 1 - np.minimum(np.ceil(away), 1)  # 1 or 0, or NaN
        return (dy[..., None] * np.sign(d.real) * largest,)

    return y, pullback


def summed_differences(d: Array) -> tuple[Array, Pullback]:
    """y = Σ |d| along the last dimension: the distance for p = 1

    Shape:
        d: (*, n)
        y: (*)

    Pullback:
        d̄ = ȳ sign(d)

    Note:
        d̄ = 0 at the kink d = 0. d̄ is NaN where d is NaN, which differs from p_norm.
    """

    def pullback(dy: Array) -> tuple[Array]:
        return (dy[..., None] * np.sign(d.real),)

    return modulus(d)[0].sum(-1), pullback
