"""The kernel of refnet.ops.attention: some heads at a time.

Z, its exponentials and P share one array, and so do the cotangents of A, P and Z.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from refnet import ops
from refnet.kernels import tuning
from refnet.kernels.blocks import by_rows
from refnet.kernels.exponential import decay
from refnet.kernels.registry import kernel
from refnet.kernels.sequence import common_dtype
from refnet.ops.rule import Array, Pullback, unbroadcast


@kernel(ops.attention, takes=f"{tuning.FUSED} scores q kᵀ or more, of real floating-point arrays")
def attention(
    q: Array,
    k: Array,
    v: Array,
    mask: Array | None,
    keep: Array | None,
    *,
    scale: float,
    p: float = 0.0,
) -> tuple[Array, Pullback]:
    L, S = q.shape[-2], k.shape[-2]
    few = max(math.prod(q.shape[:-1]) * S, math.prod(k.shape[:-1]) * L) < tuning.FUSED
    if few or not all(x is None or x.dtype.kind == "f" for x in (q, k, v, mask)):
        return ops.attention(q, k, v, mask, keep, scale=scale, p=p)
    batch = np.broadcast_shapes(q.shape[:-2], k.shape[:-2], v.shape[:-2])
    n = math.prod(batch)
    Q, K, V = (_matrices(x, batch) for x in (q, k, v))
    head = np.arange(n)
    kept = 0.0 if p == 1 else 1 / (1 - p)

    def of_heads(head: Array, x: Array) -> Array:
        """Returns the part of `mask` or `keep` that belongs to some of the heads."""
        heads = batch or (1,)
        part: Array = np.broadcast_to(x, (*heads, L, S))[np.unravel_index(head, heads)]
        return part

    def dropped(A: Array, head: Array) -> Array:
        """A ⊙ keep / (1 − p)"""
        return A if keep is None else A * of_heads(head, keep) * kept

    P = np.empty((n, L, S), common_dtype(q, k, mask))
    y = np.empty((n, L, v.shape[-1]), np.result_type(P, v))

    def forward(P: Array, head: Array, q: Array, k: Array, v: Array, y: Array) -> None:
        np.matmul(scale * q, k.swapaxes(1, 2), out=P)
        if mask is not None:
            P += of_heads(head, mask)
        _softmax_(P)
        np.matmul(dropped(P, head), v, out=y)

    by_rows(forward, P, head, Q, K, V, y)

    def dscores(P: Array, head: Array, v: Array, dy: Array) -> Array:
        """Returns Z̄."""
        dZ = dropped(dy @ v.swapaxes(1, 2), head).astype(np.result_type(dy, v, P), copy=False)
        dZ -= np.einsum("hls,hls->hl", dZ, P)[..., None]
        dZ *= P
        return dZ

    def pullback(dy: Array) -> tuple[Array, Array, Array, Callable[[], Array] | None, None]:
        dY = dy.reshape(y.shape)
        dtype = np.result_type(dY, P, q, k, v)
        dQ, dK, dV = (np.empty(x.shape, dtype) for x in (Q, K, V))

        def backward(P: Array, head: Array, *arrays: Array) -> None:
            q, k, v, dy, dq, dk, dv = arrays
            dZ = dscores(P, head, v, dy)
            np.matmul(dropped(P, head).swapaxes(1, 2), dy, out=dv)
            dZ *= scale
            np.matmul(dZ, k, out=dq)
            np.matmul(dZ.swapaxes(1, 2), q, out=dk)

        by_rows(backward, P, head, Q, K, V, dY, dQ, dK, dV)

        def dmask() -> Array:
            assert mask is not None
            dZ = np.concatenate(by_rows(dscores, P, head, V, dY))
            return unbroadcast(dZ.reshape(*batch, L, S), mask.shape)

        dq, dk, dv = (
            unbroadcast(dx.reshape(batch + x.shape[-2:]), x.shape)
            for dx, x in ((dQ, q), (dK, k), (dV, v))
        )
        return dq, dk, dv, None if mask is None else dmask, None

    return y.reshape(*batch, *y.shape[1:]), pullback


def _matrices(x: Array, batch: tuple[int, ...]) -> Array:
    """Returns x broadcast to the batch, as n matrices: (..., a, b) -> (n, a, b)"""
    a, b = x.shape[-2:]
    return np.broadcast_to(x, (*batch, a, b)).reshape(math.prod(batch), a, b)


def _softmax_(Z: Array) -> None:
    """Computes the softmax of each row in place; a row of −∞ becomes zeros."""
    most = Z.max(axis=-1, keepdims=True, initial=-np.inf)
    Z -= np.where(most == -np.inf, 0, most).astype(most.dtype)
    decay(Z, out=Z)
    total = Z.sum(axis=-1, keepdims=True)
    Z /= np.where(total == 0, 1, total).astype(Z.dtype)
