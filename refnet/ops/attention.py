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
    """S = scale q kᵀ + mask
    P = softmax of the rows of S
    A = P ⊙ keep / (1 − p)
    y = A v

    The query q_i gets the mean of the values v_j, weighted by how well q_i and the keys k_j agree.
    A query that may look at no key (S is −∞ along its row) gets 0.

    Shape:
        q: (..., L, E)  k: (..., S, E)  v: (..., S, F)  y: (..., L, F), where the dimensions
        ... broadcast; mask: broadcasts to (..., L, S), or None; keep: (..., L, S), boolean,
        True for the weights that dropout leaves, or None

    Args:
        scale: usually 1/√E, which keeps the variance of S from growing with E
        p: the probability with which keep is False

    Pullback:
        v̄ = Aᵀ ȳ,  P̄ = ȳ vᵀ ⊙ keep / (1 − p)
        S̄_ij = P_ij (P̄_ij − Σ_k P̄_ik P_ik)
        q̄ = scale S̄ k,  k̄ = scale S̄ᵀ q,  mask̄ = S̄, each summed over what was repeated

    Source:
        Vaswani et al. 2017, "Attention is all you need", section 3.2.1;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html
    """
    kept = 0.0 if p == 1 else 1 / (1 - p)

    def dropped(A: Array) -> Array:
        return A if keep is None else A * keep * kept

    scores = (scale * q) @ k.swapaxes(-1, -2)
    P = _softmax(scores if mask is None else scores + mask)
    A = dropped(P)

    def pullback(dy: Array) -> tuple[Array, Array, Array, Callable[[], Array] | None, None]:
        dP = dropped(dy @ v.swapaxes(-1, -2))
        dS = P * (dP - (dP * P).sum(axis=-1, keepdims=True))
        return (
            unbroadcast(scale * dS @ k, q.shape),
            unbroadcast(scale * dS.swapaxes(-1, -2) @ q, k.shape),
            unbroadcast(A.swapaxes(-1, -2) @ dy, v.shape),
            None if mask is None else lambda: unbroadcast(dS, mask.shape),
            None,
        )

    return A @ v, pullback


def _softmax(S: Array) -> Array:
    """e^S / Σ e^S along the rows, a row of −∞ giving zeros"""
    most = S.real.max(axis=-1, keepdims=True, initial=-np.inf)
    E = np.exp(S - np.where(most == -np.inf, 0, most))
    total = E.sum(axis=-1, keepdims=True)
    P: Array = E / np.where(total == 0, 1, total)
    return P
