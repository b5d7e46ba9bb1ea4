"""The kernel of refnet.ops.distance.cosine_similarity: fast sums, accurate along every axis."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from refnet import ops
from refnet.kernels import tuning
from refnet.kernels.masking import within
from refnet.kernels.registry import kernel
from refnet.kernels.summation import total
from refnet.ops.rule import Array, Pullback


@kernel(
    ops.cosine_similarity,
    takes=f"arrays of one real dtype, of {tuning.FUSED} entries or vectors of {tuning.ADDENDS}",
)
def cosine_similarity(a: Array, b: Array, *, dim: int, eps: float) -> tuple[Array, Pullback]:
    # A plain sum of few numbers is accurate enough.
    small = a.size < tuning.FUSED and a.shape[dim] <= tuning.ADDENDS
    if a.dtype.kind != "f" or b.dtype != a.dtype or small:
        return ops.cosine_similarity(a, b, dim=dim, eps=eps)
    na, nb = (np.sqrt(total(x * x, (dim,), keepdims=True)) for x in (a, b))
    ma, mb = (within(n, eps, np.inf) for n in (na, nb))
    u, v = a / ma, b / mb
    y = total(u * v, (dim,), keepdims=True)

    def pullback(dy: Array) -> tuple[Callable[[], Array], Callable[[], Array]]:
        dy = np.expand_dims(dy, dim)

        def entry(x: Array, other: Array, n: Array, m: Array) -> Array:
            dx: Array = dy * (other - y * np.where(n == 0, 0, x / n)) / m
            return dx

        return lambda: entry(a, v, na, ma), lambda: entry(b, u, nb, mb)

    return y.squeeze(dim), pullback
