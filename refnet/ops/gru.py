"""The gated recurrent unit, and its backpropagation through time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from refnet.ops.linear import linear
from refnet.ops.rule import Array, Pullback, Thunk
from refnet.ops.sequence import carry, sigmoid, step_rows

__all__ = ["gru"]


def gru(
    x: Array,
    h0: Array,
    W: Array,
    U: Array,
    b: Array | None,
    d: Array | None,
    *,
    sizes: Sequence[int],
) -> tuple[tuple[Array, Array], Pullback]:
    """Runs a gated recurrent unit over a batch of sequences.

        a_t = W x_t + b,   u_t = U h_{t−1} + d, in three parts r, z, n
        r_t = σ(a_r + u_r)           the reset gate
        z_t = σ(a_z + u_z)           the update gate
        n_t = tanh(a_n + r_t u_n)    the new state
        h_t = (1 − z_t) n_t + z_t h_{t−1}

    The rows of W, U, b and d belong to r, z, n, in this order. W x_t + b of all steps is one
    product before the first step, and the gradient of each weight one product after the last step.
    Sequences that have ended keep their h.

    Shape:
        x: (S, in), step after step (see refnet.ops.sequence)
        h0: (N, H)
        W: (3H, in)
        U: (3H, H)
        b, d: (3H,) or None
        y: (S, H), every h_t
        h: (N, H), the last h_t of each sequence

    Args:
        sizes: the number of sequences that have a step t, for each t; S = Σ sizes, N = sizes[0]

    Pullback:
        From the last step, where h̄_t = h̄, to the first:
            h̄_t ← h̄_t + ȳ_t
            ā_n = h̄_t (1 − z_t) (1 − n_t²),   ū_n = ā_n r_t
            ā_r = ū_r = ā_n u_n r_t (1 − r_t)
            ā_z = ū_z = h̄_t (h_{t−1} − n_t) z_t (1 − z_t)
            h̄_{t−1} = z_t h̄_t + Uᵀ ū_t
        x̄_t = Wᵀ ā_t,   W̄ = Σ ā_t x_tᵀ,   Ū = Σ ū_t h_{t−1}ᵀ,   b̄ = Σ ā_t,   d̄ = Σ ū_t

    Source:
        Cho et al. 2014, "Learning phrase representations using RNN encoder-decoder", where r
        resets h_{t−1} before the product with U; this form is that of cuDNN and of
        https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html
    """
    a, pull_inputs = linear(x, W, b)
    h = h0
    h_all, previous, steps = [], [], []
    for rows, size in zip(step_rows(sizes), sizes, strict=True):
        previous.append(h[:size])
        u = h[:size] @ U.T if d is None else h[:size] @ U.T + d
        (a_r, a_z, a_n), (u_r, u_z, u_n) = np.split(a[rows], 3, axis=1), np.split(u, 3, axis=1)
        r, z = sigmoid(a_r + u_r), sigmoid(a_z + u_z)
        n = np.tanh(a_n + r * u_n)
        h_t = (1 - z) * n + z * h[:size]
        steps.append((rows, h[:size], u_n, r, z, n))
        h_all.append(h_t)
        h = carry(h_t, h)

    def pullback(dys: tuple[Array, Array]) -> tuple[Thunk | Array | None, ...]:
        dy, dh = dys
        da_all, du_all = [], []
        for rows, h_before, u_n, r, z, n in reversed(steps):
            dh_t = dh[: len(n)] + dy[rows]
            da_n = dh_t * (1 - z) * (1 - n * n)
            da_r, da_z = da_n * u_n * r * (1 - r), dh_t * (h_before - n) * z * (1 - z)
            du_t = np.concatenate([da_r, da_z, da_n * r], axis=1)
            da_all.append(np.concatenate([da_r, da_z, da_n], axis=1))
            du_all.append(du_t)
            dh = carry(z * dh_t + du_t @ U, dh)
        da, du = np.concatenate(da_all[::-1]), np.concatenate(du_all[::-1])
        dx, dW, db = pull_inputs(da)
        dd = None if d is None else lambda: du.sum(axis=0)
        return dx, dh, dW, lambda: du.T @ np.concatenate(previous), db, dd

    return (np.concatenate(h_all), h), pullback
