"""The gated recurrent unit, and its backpropagation through time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from refnet.kernels.blocks import by_rows
from refnet.ops.linear import column_sums
from refnet.ops.rule import Array, Pullback
from refnet.ops.sequence import Steps, dtype_of, panels, project, times

__all__ = ["gru"]

Thunk = Callable[[], Array]


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
    """a_t = W x_t + b and u_t = U h_{t−1} + d, in three parts:
    r_t = σ(a_r + u_r), z_t = σ(a_z + u_z)   the reset and update gate
    n_t = tanh(a_n + r_t u_n)                the new state
    h_t = (1 − z_t) n_t + z_t h_{t−1}

    The rows of W, U, b and d belong to r, z, n, in this order. σ(a) is ½ tanh(½ a) + ½, with the
    inner ½ put into the weights. The W x_t do not wait for each other, so they are one GEMM before
    the first step; and each weight's gradient is one GEMM after the last.

    Shapes    x: (S, in), step after step (see refnet.ops.sequence)  h0: (N, H)
              W: (3H, in)  U: (3H, H)  b, d: (3H,) or None
              y: (S, H), every h_t  h: (N, H), the last h_t of each sequence
    Options   sizes  how many sequences have a step t, for each t; S = Σ sizes, N = sizes[0]
    Pullback  from the last step, where h̄_t = h̄, to the first:
                  h̄_t ← h̄_t + ȳ_t
                  ā_n = h̄_t (1 − z_t) (1 − n_t²),  ū_n = ā_n r_t
                  ā_r = ū_r = ā_n u_n r_t (1 − r_t)
                  ā_z = ū_z = h̄_t (h_{t−1} − n_t) z_t (1 − z_t)
                  h̄_{t−1} = z_t h̄_t + Uᵀ ū_t
              x̄_t = Wᵀ ā_t,  W̄ = Σ ā_t x_tᵀ,  Ū = Σ ū_t h_{t−1}ᵀ,  b̄ = Σ ā_t,  d̄ = Σ ū_t
    Source    Cho et al. 2014, "Learning phrase representations using RNN encoder-decoder", where r
              resets h_{t−1} before the product with U; as here in cuDNN and in
              https://docs.pytorch.org/docs/stable/generated/torch.nn.GRU.html
    """
    steps, H = Steps(sizes), h0.shape[1]
    dtype = dtype_of(x, h0, W, U, b, d)
    s = np.repeat(np.array([0.5, 0.5, 1], W.dtype), H)
    sU = panels(np.multiply(U.T, s, order="C"))
    a = project(x, W * s[:, None], None if b is None else b * s, dtype)
    r, z, n = np.split(a, 3, axis=1)  # what a becomes, step by step
    held, y = steps.states(h0, dtype)
    u_n = np.empty_like(y)
    sd = None if d is None else d * s

    def run(part: slice) -> None:
        room = np.empty((part.stop - part.start, 3 * H), dtype)
        for rows, before in steps.forward(part):
            u = times(held[before], sU, out=room[: rows.stop - rows.start])
            if sd is not None:
                u += sd
            rz = a[rows, : 2 * H]
            rz += u[:, : 2 * H]
            np.tanh(rz, out=rz)
            rz *= 0.5
            rz += 0.5
            u_n[rows] = u[:, 2 * H :]
            n_t = n[rows]
            n_t += r[rows] * u_n[rows]
            np.tanh(n_t, out=n_t)
            h = np.subtract(held[before], n_t, out=y[rows])
            h *= z[rows]
            h += n_t

    steps.share(run, U)

    def pullback(dys: tuple[Array, Array]) -> tuple[Thunk | Array | None, ...]:
        dy, dh = dys
        full = np.result_type(dtype, *dys)
        dh = dh.astype(full, order="C")
        du = np.empty(a.shape, full)  # first ∂h/∂u of all steps
        da_n = np.empty(y.shape, full)  # first ∂h/∂a
        by_rows(_slopes, a, u_n, steps.previous(held), du, da_n)
        du_3, rows_of_U = du.reshape(-1, 3, H), panels(U)

        def run(part: slice) -> None:
            room = np.empty((part.stop - part.start, H), full)
            for rows, of in steps.backward(part):
                dh_t = dh[of]
                dh_t += dy[rows]
                da_n[rows] *= dh_t
                du_3[rows] *= dh_t[:, None]
                dh_t *= z[rows]
                dh_t += times(du[rows], rows_of_U, out=room[: len(dh_t)])

        steps.share(run, U)
        da = np.concatenate([du[:, : 2 * H], da_n], axis=1)
        return (
            lambda: da @ W,
            dh,
            lambda: da.T @ x,
            lambda: du.T @ steps.previous(held),
            None if b is None else lambda: column_sums(da),
            None if d is None else lambda: column_sums(du),
        )

    return (y, steps.last(y)), pullback


def _slopes(a: Array, u_n: Array, h_before: Array, du: Array, da_n: Array) -> None:
    """∂h/∂u and, for n, ∂h/∂a, of some steps' rows."""
    r, z, n = np.split(a, 3, axis=1)
    du_r, du_z, du_n = np.split(du, 3, axis=1)
    np.subtract(1, n * n, out=da_n)
    da_n *= 1 - z
    np.subtract(1, a, out=du)
    du *= a
    du_r *= u_n
    du_r *= da_n
    du_z *= h_before - n
    np.multiply(da_n, r, out=du_n)
