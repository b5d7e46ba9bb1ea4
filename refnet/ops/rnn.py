"""The simple recurrent network, and its backpropagation through time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from refnet.ops.linear import column_sums
from refnet.ops.rule import Array, Pullback, refuse_kink
from refnet.ops.sequence import Steps, dtype_of, panels, project, times

__all__ = ["rnn"]

Thunk = Callable[[], Array]


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
    """h_t = φ(W x_t + U h_{t−1} + b), where φ(a) = tanh a or max(a, 0)

    The W x_t do not wait for each other, so they are one GEMM before the first step; and each
    weight's gradient is one GEMM after the last.

    Shapes    x: (S, in), step after step (see refnet.ops.sequence)  h0: (N, H)
              W: (H, in)  U: (H, H)  b: (H,) or None
              y: (S, H), every h_t  h: (N, H), the last h_t of each sequence
    Options   sizes         how many sequences have a step t, for each t; S = Σ sizes, N = sizes[0]
              nonlinearity  "tanh" or "relu"
    Pullback  from the last step, where h̄_t = h̄, to the first:
                  h̄_t ← h̄_t + ȳ_t
                  ā_t = h̄_t φ'_t,  φ'_t = 1 − h_t² or [h_t > 0]
                  h̄_{t−1} = Uᵀ ā_t
              x̄_t = Wᵀ ā_t,  W̄ = Σ ā_t x_tᵀ,  Ū = Σ ā_t h_{t−1}ᵀ,  b̄ = Σ ā_t
    Kink      the derivative of max(a, 0) at 0 is taken to be 0
    Source    Elman 1990, "Finding structure in time"; Werbos 1990, "Backpropagation through time:
              what it does and how to do it";
              https://docs.pytorch.org/docs/stable/generated/torch.nn.RNN.html
    """
    steps, relu = Steps(sizes), nonlinearity == "relu"
    dtype = dtype_of(x, h0, W, U, b)
    Wx = project(x, W, b, dtype)
    held, y = steps.states(h0, dtype)
    columns_of_U = panels(U.T)

    def run(part: slice) -> None:
        for rows, before in steps.forward(part):
            h = times(held[before], columns_of_U, out=y[rows])
            h += Wx[rows]
            if relu:
                refuse_kink("rnn", h, h.real == 0)
                h[h.real < 0] = 0
            else:
                np.tanh(h, out=h)

    steps.share(run, U)

    def pullback(dys: tuple[Array, Array]) -> tuple[Thunk, Array, Thunk, Thunk, Thunk | None]:
        dy, dh = dys
        slope = ~(y.real <= 0) if relu else 1 - y * y
        da = slope.astype(np.result_type(y, dy, dh), copy=False)
        dh = dh.astype(da.dtype, order="C")
        rows_of_U = panels(U)

        def run(part: slice) -> None:
            for rows, of in steps.backward(part):
                dh_t = dh[of]
                dh_t += dy[rows]
                da[rows] *= dh_t
                times(da[rows], rows_of_U, out=dh_t)

        steps.share(run, U)
        return (
            lambda: da @ W,
            dh,
            lambda: da.T @ x,
            lambda: da.T @ steps.previous(held),
            None if b is None else lambda: column_sums(da),
        )

    return (y, steps.last(y)), pullback
