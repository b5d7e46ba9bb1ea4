"""The kernel of refnet.ops.lstm: steps write into one array, and threads share the batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from refnet import ops
from refnet.kernels.blocks import by_rows
from refnet.kernels.registry import kernel
from refnet.kernels.sequence import Steps, common_dtype, panels, project, times
from refnet.kernels.summation import column_sums
from refnet.ops.rule import Array, Pullback, Thunk


@kernel(ops.lstm, takes="real floating-point arrays")
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
    """One tanh computes all four gates: s tanh(s a) + 1 − s is σ(a) for s = ½, tanh(a) for s = 1.
    Everything that is independent of the previous step is computed for all steps together.
    """
    dtype = common_dtype(x, h0, c0, W, U, b, P)
    if dtype.kind != "f":
        return ops.lstm(x, h0, c0, W, U, b, P, sizes=sizes)
    steps, H = Steps(sizes), c0.shape[1]
    s = np.repeat(np.array([0.5, 0.5, 1, 0.5], W.dtype), H)
    shift, sU = 1 - s, panels(np.multiply(U.T, s, order="C"))
    a = project(x, W * s[:, None], None if b is None else b * s, dtype)
    i, f, g, o = np.split(a, 4, axis=1)  # views of a, in which each step writes its gates
    held, y = steps.states(h0, dtype)
    c_held, c = steps.states(c0, dtype)
    m = y if P is None else np.empty_like(c)

    def run(part: slice) -> None:
        n = part.stop - part.start
        Uh, ig = np.empty((n, 4 * H), dtype), np.empty((n, H), dtype)
        for rows, before in steps.forward(part):
            a_t, c_t, n = a[rows], c[rows], rows.stop - rows.start
            a_t += times(held[before], sU, out=Uh[:n])
            np.tanh(a_t, out=a_t)
            a_t *= s
            a_t += shift
            np.multiply(f[rows], c_held[before], out=c_t)
            c_t += np.multiply(i[rows], g[rows], out=ig[:n])
            np.multiply(o[rows], np.tanh(c_t), out=m[rows])
            if P is not None:
                np.dot(m[rows], P.T, out=y[rows])

    steps.share(run, U)

    def pullback(dys: tuple[Array, Array, Array]) -> tuple[Thunk | Array | None, ...]:
        dy, dh, dc = dys
        full = np.result_type(dtype, *dys)
        dh, dc = dh.astype(full, order="C"), dc.astype(full, order="C")
        da = np.empty(a.shape, full)  # ∂c/∂a (for o, ∂m/∂a) at first, then ā
        slope_m = np.empty(c.shape, full)  # ∂m/∂c
        by_rows(_slopes, a, c, steps.previous(c_held), da, slope_m)
        d_ifg, do = da.reshape(-1, 4, H)[:, :3], da[:, 3 * H :]
        dhs = dy if P is None else np.empty(y.shape, full)
        rows_of_U = panels(U)

        def run(part: slice) -> None:
            for rows, sequences in steps.backward(part):
                dh_t, dc_t = dh[sequences], dc[sequences]
                dh_t += dy[rows]
                dm_t = dh_t if P is None else np.dot(dh_t, P)
                if P is not None:
                    dhs[rows] = dh_t
                dc_t += dm_t * slope_m[rows]
                d_ifg[rows] *= dc_t[:, None]
                do[rows] *= dm_t
                dc_t *= f[rows]
                times(da[rows], rows_of_U, out=dh_t)

        steps.share(run, U)
        return (
            lambda: da @ W,
            dh,
            dc,
            lambda: da.T @ x,
            lambda: da.T @ steps.previous(held),
            None if b is None else lambda: column_sums(da),
            None if P is None else lambda: dhs.T @ m,
        )

    return (y, steps.last(y), steps.last(c)), pullback


def _slopes(a: Array, c: Array, c_before: Array, da: Array, slope_m: Array) -> None:
    """Computes ∂c/∂a (for o, ∂m/∂a) and ∂m/∂c for some rows."""
    i, _, g, o = np.split(a, 4, axis=1)
    di, df, dg, do = np.split(da, 4, axis=1)
    tanh_c = np.tanh(c)
    np.subtract(1, tanh_c * tanh_c, out=slope_m)
    slope_m *= o
    np.subtract(1, a, out=da)
    da *= a
    di *= g
    df *= c_before
    np.subtract(1, g * g, out=dg)
    dg *= i
    do *= tanh_c
