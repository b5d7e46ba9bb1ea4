"""Scaled dot-product attention."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from refnet.ops.rule import Array, Pullback, unbroadcast

__all__ = ["attention"]


def attention(
    q: Array,
    k: Array,
    v: Array,
    mask: Array | None,
    keep: Array | None,
    *,
    scale: float,
    p: float = 0.0,
) -> tuple[Array, Pullback]:
    """Averages the values v, weighted by how well queries and keys agree.

        Z = scale q kᵀ + mask
        P = softmax(Z) of each row
        A = P ⊙ keep / (1 − p)
        y = A v

    A query without an allowed key (its row of Z is −∞) gets 0.

    Shape:
        q: (..., L, E)
        k: (..., S, E)
        v: (..., S, F)
        mask: broadcasts to (..., L, S), or None
        keep: (..., L, S), True for the weights that dropout keeps, or None
        y: (..., L, F), where the dimensions ... broadcast

    Args:
        scale: usually 1/√E, so that the variance of Z does not grow with E
        p: the probability with which keep is False

    Pullback:
        v̄ = Aᵀ ȳ,   P̄ = ȳ vᵀ ⊙ keep / (1 − p)
        Z̄_ij = P_ij (P̄_ij − Σ_s P̄_is P_is)
        q̄ = scale Z̄ k,   k̄ = scale Z̄ᵀ q,   mask̄ = Z̄, each summed over the repeated dimensions

    Source:
        Vaswani et al. 2017, "Attention is all you need", section 3.2.1;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html
    """
    kept = 0.0 if p == 1 else 1 / (1 - p)

    def dropped(A: Array) -> Array:
        return A if keep is None else A * keep * kept

    Z = (scale * q) @ k.swapaxes(-1, -2)
    P = _softmax(Z if mask is None else Z + mask)
    A = dropped(P)

    def pullback(dy: Array) -> tuple[Array, Array, Array, Callable[[], Array] | None, None]:
        dP = dropped(dy @ v.swapaxes(-1, -2))
        dZ = P * (dP - (dP * P).sum(axis=-1, keepdims=True))
        return (
            unbroadcast(scale * dZ @ k, q.shape),
            unbroadcast(scale * dZ.swapaxes(-1, -2) @ q, k.shape),
            unbroadcast(A.swapaxes(-1, -2) @ dy, v.shape),
            None if mask is None else lambda: unbroadcast(dZ, mask.shape),
            None,
        )

    return A @ v, pullback


def _softmax(Z: Array) -> Array:
    """Returns exp Z / Σ exp Z along the rows; for a row of −∞, zeros."""
    most = Z.real.max(axis=-1, keepdims=True, initial=-np.inf)
    E = np.exp(Z - np.where(most == -np.inf, 0, most))
    total = E.sum(axis=-1, keepdims=True)
    P: Array = E / np.where(total == 0, 1, total)
    return P
