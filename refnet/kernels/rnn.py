"""The kernel of refnet.ops.rnn: steps write into one array, and threads share the batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from refnet import ops
from refnet.kernels.registry import kernel
from refnet.kernels.sequence import Steps, common_dtype, panels, project, times
from refnet.kernels.summation import column_sums
from refnet.ops.rule import Array, Pullback, Thunk


@kernel(ops.rnn, takes="real floating-point arrays")
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
    dtype = common_dtype(x, h0, W, U, b)
    if dtype.kind != "f":
        return ops.rnn(x, h0, W, U, b, sizes=sizes, nonlinearity=nonlinearity)
    steps, relu = Steps(sizes), nonlinearity == "relu"
    Wx = project(x, W, b, dtype)
    held, y = steps.states(h0, dtype)
    columns_of_U = panels(U.T)

    def run(part: slice) -> None:
        for rows, before in steps.forward(part):
            h = times(held[before], columns_of_U, out=y[rows])
            h += Wx[rows]
            if relu:
                h[h < 0] = 0
            else:
                np.tanh(h, out=h)

    steps.share(run, U)

    def pullback(dys: tuple[Array, Array]) -> tuple[Thunk, Array, Thunk, Thunk, Thunk | None]:
        dy, dh = dys
        slope = ~(y <= 0) if relu else 1 - y * y
        da = slope.astype(np.result_type(y, dy, dh), copy=False)
        dh = dh.astype(da.dtype, order="C")
        rows_of_U = panels(U)

        def run(part: slice) -> None:
            for rows, sequences in steps.backward(part):
                dh_t = dh[sequences]
                dh_t += dy[rows]
                da_t = da[rows]
                da_t *= dh_t
                if relu:
                    da_t[y[rows] <= 0] = 0  # 0 · ∞ would be NaN
                times(da_t, rows_of_U, out=dh_t)

        steps.share(run, U)
        return (
            lambda: da @ W,
            dh,
            lambda: da.T @ x,
            lambda: da.T @ steps.previous(held),
            None if b is None else lambda: column_sums(da),
        )

    return (y, steps.last(y)), pullback
