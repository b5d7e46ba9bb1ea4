"""The simple recurrent network, and its backpropagation through time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from refnet.ops.linear import linear
from refnet.ops.rule import Array, Pullback, Thunk, refuse_kink
from refnet.ops.sequence import carry, step_rows

__all__ = ["rnn"]


def rnn(
    x: Array,
    h0: Array,
    W: Array,
    U: Array,
    b: Array | None,
    *,
    sizes: Sequence[int],
    nonlinearity: str,
) -> tuple[tuple[Array, Array], Pullback]:
    """h_t = φ(W x_t + U h_{t−1} + b)

    φ(a) is tanh a or max(a, 0). W x_t + b is one product for all steps, and so is the gradient of
    each weight. Sequences that have ended keep their h.

    Shape:
        x: (S, in), step after step (see refnet.ops.sequence)  h0: (N, H)
        W: (H, in)  U: (H, H)  b: (H,) or None
        y: (S, H), every h_t  h: (N, H), the last h_t of each sequence

    Args:
        sizes: the number of sequences that have a step t, for each t; S = Σ sizes, N = sizes[0]
        nonlinearity: "tanh" or "relu"

    Pullback:
        From the last step, where h̄_t = h̄, to the first:
            h̄_t ← h̄_t + ȳ_t
            ā_t = h̄_t φ'_t,  φ'_t = 1 − h_t² or [h_t > 0]
            h̄_{t−1} = Uᵀ ā_t
        x̄_t = Wᵀ ā_t,  W̄ = Σ ā_t x_tᵀ,  Ū = Σ ā_t h_{t−1}ᵀ,  b̄ = Σ ā_t

    Note:
        The derivative of max(a, 0) at 0 is 0.

    Source:
        Elman 1990, "Finding structure in time"; Werbos 1990, "Backpropagation through time:
        what it does and how to do it";
        https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html
    """
    a, pull_inputs = linear(x, W, b)
    h, relu = h0, nonlinearity == "relu"
    h_all, previous, steps = [], [], []
    for rows, n in zip(step_rows(sizes), sizes, strict=True):
        previous.append(h[:n])
        a_t = a[rows] + h[:n] @ U.T
        if relu:
            refuse_kink("rnn", a_t, a_t.real == 0)
        h_t = np.where(a_t.real <= 0, 0, a_t) if relu else np.tanh(a_t)
        steps.append((rows, n, h_t))
        h_all.append(h_t)
        h = carry(h_t, h)

    def pullback(dys: tuple[Array, Array]) -> tuple[Thunk, Array, Thunk, Thunk, Thunk | None]:
        dy, dh = dys
        da_all = []
        for rows, n, h_t in reversed(steps):
            dh_t = dh[:n] + dy[rows]
            da_t = np.where(h_t.real <= 0, 0, dh_t) if relu else dh_t * (1 - h_t * h_t)
            da_all.append(da_t)
            dh = carry(da_t @ U, dh)
        da = np.concatenate(da_all[::-1])
        dx, dW, db = pull_inputs(da)
        return dx, dh, dW, lambda: da.T @ np.concatenate(previous), db

    return (np.concatenate(h_all), h), pullback
