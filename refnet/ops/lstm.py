"""Long short-term memory, and its backpropagation through time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from refnet.ops.linear import linear
from refnet.ops.rule import Array, Pullback, Thunk
from refnet.ops.sequence import carry, sigmoid, step_rows

__all__ = ["lstm"]


def lstm(
    x: Array,
    h0: Array,
    c0: Array,
    W: Array,
    U: Array,
    b: Array | None,
    P: Array | None,
    *,
    sizes: Sequence[int],
) -> tuple[tuple[Array, Array, Array], Pullback]:
    """Runs a long short-term memory over a batch of sequences.

        a_t = W x_t + U h_{t−1} + b, in the parts a_i, a_f, a_g, a_o
        i_t = σ(a_i),  f_t = σ(a_f),  o_t = σ(a_o),  g_t = tanh(a_g)
        c_t = f_t c_{t−1} + i_t g_t
        m_t = o_t tanh c_t
        h_t = P m_t

    i, f and o are the input, forget and output gates, g is the candidate and c the cell. The rows
    of W, U and b belong to i, f, g, o in this order. Without a projection P, h_t = m_t. W x_t + b
    is one product for all steps, and so is the gradient of each weight. Sequences that have ended
    keep their h and c.

    Shape:
        x: (S, in), step after step (see refnet.ops.sequence)  h0: (N, out)  c0: (N, H)
        W: (4H, in)  U: (4H, out)  b: (4H,) or None  P: (out, H) or None, and then out = H
        y: (S, out), every h_t  h: (N, out) and c: (N, H), the last h_t and c_t of each sequence

    Args:
        sizes: the number of sequences that have a step t, for each t; S = Σ sizes, N = sizes[0]

    Pullback:
        From the last step, where h̄_t = h̄ and c̄_t = c̄, to the first:
            h̄_t ← h̄_t + ȳ_t,  m̄_t = Pᵀ h̄_t
            c̄_t ← c̄_t + m̄_t o_t (1 − tanh² c_t)
            ā_i = c̄_t g_t i_t (1 − i_t),  ā_f = c̄_t c_{t−1} f_t (1 − f_t)
            ā_g = c̄_t i_t (1 − g_t²),  ā_o = m̄_t tanh(c_t) o_t (1 − o_t)
            c̄_{t−1} = f_t c̄_t,  h̄_{t−1} = Uᵀ ā_t
        x̄_t = Wᵀ ā_t,  W̄ = Σ ā_t x_tᵀ,  Ū = Σ ā_t h_{t−1}ᵀ,  b̄ = Σ ā_t,  P̄ = Σ h̄_t m_tᵀ

    Source:
        Hochreiter and Schmidhuber 1997, "Long short-term memory"; Gers et al. 2000 (f);
        Sak et al. 2014 (P); https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html
    """
    a, pull_inputs = linear(x, W, b)
    h, c = h0, c0
    h_all, m_all, previous, steps = [], [], [], []
    for rows, n in zip(step_rows(sizes), sizes, strict=True):
        previous.append(h[:n])
        a_i, a_f, a_g, a_o = np.split(a[rows] + h[:n] @ U.T, 4, axis=1)
        i, f, g, o = sigmoid(a_i), sigmoid(a_f), np.tanh(a_g), sigmoid(a_o)
        c_t = f * c[:n] + i * g
        m_t = o * np.tanh(c_t)
        h_t = m_t if P is None else m_t @ P.T
        steps.append((rows, n, c[:n], i, f, g, o, c_t))
        h_all.append(h_t)
        m_all.append(m_t)
        h, c = carry(h_t, h), carry(c_t, c)

    def pullback(dys: tuple[Array, Array, Array]) -> tuple[Thunk | Array | None, ...]:
        dy, dh, dc = dys
        da_all, dh_all = [], []
        for rows, n, c_before, i, f, g, o, c_t in reversed(steps):
            dh_t = dh[:n] + dy[rows]
            dm = dh_t if P is None else dh_t @ P
            tanh_c = np.tanh(c_t)
            dc_t = dc[:n] + dm * o * (1 - tanh_c * tanh_c)
            da_i, da_f = dc_t * g * i * (1 - i), dc_t * c_before * f * (1 - f)
            da_g, da_o = dc_t * i * (1 - g * g), dm * tanh_c * o * (1 - o)
            da_t = np.concatenate([da_i, da_f, da_g, da_o], axis=1)
            da_all.append(da_t)
            dh_all.append(dh_t)
            dc, dh = carry(f * dc_t, dc), carry(da_t @ U, dh)
        da, dh_rows = np.concatenate(da_all[::-1]), np.concatenate(dh_all[::-1])
        dx, dW, db = pull_inputs(da)
        dP = None if P is None else lambda: dh_rows.T @ np.concatenate(m_all)
        return dx, dh, dc, dW, lambda: da.T @ np.concatenate(previous), db, dP

    return (np.concatenate(h_all), h, c), pullback
