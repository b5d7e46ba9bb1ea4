"""Scaled dot-product attention."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from refnet.ops.rule import Array, Pullback, unbroadcast

__all__ = ["attention"]

Thunk = Callable[[], Array]


def _softmax_(S: Array) -> Array:
    """Softmax along the rows, in place; a row of −∞ becomes one of zeros."""
    most = S.real.max(axis=-1, keepdims=True, initial=-np.inf)
    S -= np.where(most == -np.inf, 0, most).astype(most.dtype)
    np.exp(S, out=S)
    total = S.sum(axis=-1, keepdims=True)
    S /= np.where(total == 0, 1, total).astype(S.dtype)
    return S


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
    A query that may look at no key (S is −∞ along its row) gets 0. One rule for speed: S, its
    exponentials and P share their memory, and so do the cotangents of A, P and S.

    Shapes    q: (..., L, E)  k: (..., S, E)  v: (..., S, F)  y: (..., L, F), where the dimensions
              ... broadcast; mask: broadcasts to (..., L, S), or None; keep: (..., L, S), boolean,
              True for the weights that dropout leaves, or None
    Options   scale  usually 1/√E, which keeps the variance of S from growing with E
              p      the probability with which keep is False
    Pullback  v̄ = Aᵀ ȳ,  P̄ = ȳ vᵀ ⊙ keep / (1 − p)
              S̄_ij = P_ij (P̄_ij − Σ_k P̄_ik P_ik)
              q̄ = scale S̄ k,  k̄ = scale S̄ᵀ q,  mask̄ = S̄, each summed over what was repeated
    Source    Vaswani et al. 2017, "Attention is all you need", section 3.2.1;
              https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html
    """
    S = scale * q @ k.swapaxes(-1, -2)
    if mask is not None:
        S = np.add(S, mask, out=S) if mask.dtype == S.dtype else S + mask
    P = A = _softmax_(S)
    kept = 0.0 if p == 1 else 1 / (1 - p)
    if keep is not None:
        A = P * keep
        A *= kept
    y: Array = A @ v

    def pullback(dy: Array) -> tuple[Thunk, Thunk, Thunk, Thunk | None, None]:
        dS = (dy @ v.swapaxes(-1, -2)).astype(np.result_type(dy, v, P), copy=False)
        if keep is not None:
            dS *= keep
            dS *= kept
        dS -= np.einsum("...s,...s->...", dS, P)[..., None]
        dS *= P
        return (
            lambda: unbroadcast(dS @ k, q.shape) * scale,
            lambda: unbroadcast(dS.swapaxes(-1, -2) @ q, k.shape) * scale,
            lambda: unbroadcast(A.swapaxes(-1, -2) @ dy, v.shape),
            None if mask is None else lambda: unbroadcast(dS, mask.shape),
            None,
        )

    return y, pullback
