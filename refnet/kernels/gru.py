"""The kernel of refnet.ops.gru: steps write into one array, and threads share the batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from refnet import ops
from refnet.kernels.blocks import by_rows
from refnet.kernels.registry import kernel
from refnet.kernels.sequence import Steps, common_dtype, panels, project, times
from refnet.kernels.summation import column_sums
from refnet.ops.rule import Array, Pullback, Thunk


@kernel(ops.gru, takes="real floating-point arrays")
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
    """σ(a) is ½ tanh(½ a) + ½, with the inner ½ multiplied into the weights. Everything that is
    independent of the previous step is computed for all steps together.
    """
    dtype = common_dtype(x, h0, W, U, b, d)
    if dtype.kind != "f":
        return ops.gru(x, h0, W, U, b, d, sizes=sizes)
    steps, H = Steps(sizes), h0.shape[1]
    s = np.repeat(np.array([0.5, 0.5, 1], W.dtype), H)
    sU = panels(np.multiply(U.T, s, order="C"))
    a = project(x, W * s[:, None], None if b is None else b * s, dtype)
    r, z, n = np.split(a, 3, axis=1)  # views of a, in which each step writes its gates
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
        du = np.empty(a.shape, full)  # ∂h/∂u at first, then ū
        da_n = np.empty(y.shape, full)  # ∂h/∂a_n at first, then ā_n
        by_rows(_slopes, a, u_n, steps.previous(held), du, da_n)
        du_3, rows_of_U = du.reshape(-1, 3, H), panels(U)

        def run(part: slice) -> None:
            room = np.empty((part.stop - part.start, H), full)
            for rows, sequences in steps.backward(part):
                dh_t = dh[sequences]
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
    """Computes ∂h/∂u and ∂h/∂a_n for some rows."""
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
