"""Kernels of refnet.ops.embedding: all cotangents of a row are summed in a few steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from refnet import ops
from refnet.kernels.grouping import sums_at
from refnet.kernels.registry import kernel
from refnet.ops.rule import Array, Pullback

ALL = "all arrays"


@kernel(ops.embedding, takes=ALL)
def embedding(
    W: Array, i: Array, *, padding: int | None, by_frequency: bool
) -> tuple[Array, Pullback]:
    V, D = W.shape

    def pullback(dy: Array) -> tuple[Any, None]:
        def cotangent() -> Array:
            dW = _gathered(i.reshape(-1), dy.reshape(i.size, D), V, by_frequency)
            if padding is not None:
                dW[padding] = 0
            return dW

        return cotangent, None

    return W.take(i, axis=0), pullback


def _gathered(i: Array, dy: Array, V: int, by_frequency: bool) -> Array:
    dW = sums_at(i, dy, V)
    if by_frequency:
        number = np.maximum(np.bincount(i, minlength=V), 1)
        dW /= number.astype(dW.real.dtype)[:, None]
    return dW


@kernel(ops.embedding_bag, takes=ALL)
def embedding_bag(
    W: Array, i: Array, w: Array | None, *, sizes: Array, by_frequency: bool
) -> tuple[Array, Pullback]:
    V, B = len(W), len(sizes)
    b = np.repeat(np.arange(B), sizes)  # the bag of each index
    terms = W.take(i, axis=0)
    y = sums_at(b, terms if w is None else terms * w[:, None], B)
    rows: Any = None if w is None else terms

    def pullback(dy: Array) -> tuple[Any, None, Any]:
        each = dy.take(b, axis=0)
        return (
            lambda: _gathered(i, each if w is None else each * w[:, None], V, by_frequency),
            None,
            None if w is None else lambda: (each * rows).sum(axis=1),
        )

    return y, pullback


@kernel(ops.embedding_bag_max, takes="real floating-point arrays")
def embedding_bag_max(W: Array, i: Array, *, sizes: Array) -> tuple[Array, Pullback]:
    if W.dtype.kind != "f":
        return ops.embedding_bag_max(W, i, sizes=sizes)
    (V, D), B = W.shape, len(sizes)
    start = np.cumsum(sizes) - sizes
    largest, row = np.zeros((B, D), W.dtype), np.zeros((B, D), np.intp)
    for k in range(sizes.max(initial=0)):  # the k-th index of each bag that has one
        b = np.flatnonzero(sizes > k)
        r = i.take(start.take(b) + k)
        v, before = W.take(r, axis=0), largest.take(b, axis=0)
        better = (v > before) | (k == 0)
        largest[b] = np.where(better, v, before)
        row[b] = np.where(better, r[:, None], row.take(b, axis=0))
    full = np.flatnonzero(sizes)
    place = (row.take(full, axis=0) * D + np.arange(D)).reshape(-1)
    y = np.zeros((B, D), W.dtype)
    y[full] = W[row.take(full, axis=0), np.arange(D)]

    def pullback(dy: Array) -> tuple[Array, None]:
        dW = np.zeros(V * D, dy.dtype)
        np.add.at(dW, place, dy.take(full, axis=0).reshape(-1))
        return dW.reshape(V, D), None

    return y, pullback
