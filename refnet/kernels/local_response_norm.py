"""The kernel of refnet.ops.local_response_norm: some samples at a time, in place."""

from __future__ import annotations

import numpy as np

from refnet import ops
from refnet.kernels import tuning
from refnet.kernels.blocks import by_rows
from refnet.kernels.registry import kernel
from refnet.ops.rule import Array, Pullback


@kernel(
    ops.local_response_norm, takes=f"real floating-point arrays of {tuning.FUSED} entries or more"
)
def local_response_norm(
    x: Array, *, size: int, alpha: float, beta: float, k: float
) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f" or x.size < tuning.FUSED:
        return ops.local_response_norm(x, size=size, alpha=alpha, beta=beta, k=k)
    s, factor, y = (np.empty(x.shape, x.dtype) for _ in range(3))

    def forward(x: Array, s: Array, factor: Array, y: Array) -> None:
        np.multiply(x, x, out=y)
        _add_windows(y, size // 2, (size - 1) // 2, out=s)
        s *= alpha / size
        s += k
        np.power(s, -beta, out=factor)
        np.multiply(x, factor, out=y)

    by_rows(forward, x, s, factor, y)

    def pullback(dy: Array) -> tuple[Array]:
        dx = np.empty(x.shape, np.result_type(dy, y))

        def backward(dy: Array, x: Array, s: Array, factor: Array, y: Array, dx: Array) -> None:
            t = dy * y
            t /= s
            _add_windows(t, (size - 1) // 2, size // 2, out=dx)
            dx *= x
            dx *= -2 * alpha * beta / size
            dx += np.multiply(dy, factor, out=t)

        by_rows(backward, dy, x, s, factor, y, dx)
        return (dx,)

    return y, pullback


def _add_windows(x: Array, before: int, after: int, out: Array) -> None:
    """y_c = Σ x_j over the channels j from c − before to c + after"""
    out[...] = x
    for j in range(1, min(before, x.shape[1] - 1) + 1):
        out[:, j:] += x[:, :-j]
    for j in range(1, min(after, x.shape[1] - 1) + 1):
        out[:, :-j] += x[:, j:]
