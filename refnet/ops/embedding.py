"""Embeddings: rows of a table, one by one or in bags that are summed."""

from __future__ import annotations

from typing import Any

import numpy as np

from refnet.ops.grouping import sums_at
from refnet.ops.rule import Array, Pullback, refuse_kink

__all__ = ["embedding", "embedding_bag", "embedding_bag_max"]


def embedding(
    W: Array, i: Array, *, padding: int | None, by_frequency: bool
) -> tuple[Array, Pullback]:
    """y_j = W[i_j], a row of the table for each index

    That is the product of one-hot rows with W, without the zeros.

    Shapes    W: (V, D); i: (*), integers from 0 to V − 1; y: (*, D)
    Pullback  W̄_r = Σ ȳ_j over the places j where i_j = r,
              over their number if by_frequency; 0 for r = padding
    Source    https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html
    """
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
    """W̄_r = Σ_j ȳ_j over the places j where i_j = r; over their number if by_frequency"""
    dW = sums_at(i, dy, V)
    if by_frequency:
        number = np.maximum(np.bincount(i, minlength=V), 1)
        dW /= number.astype(dW.real.dtype)[:, None]
    return dW


def embedding_bag(
    W: Array, i: Array, w: Array | None, *, sizes: Array, by_frequency: bool
) -> tuple[Array, Pullback]:
    """y_b = Σ_j w_j W[i_j] over the j of bag b; w = None stands for ones

    The bags lie one behind the other in i, and sizes says how many indices each has; an empty one
    gives 0.

    Shapes    W: (V, D); i and w: (N), i integers from 0 to V − 1; sizes: (B), their sum N; y: (B, D)
    Pullback  W̄_r = Σ_j w_j ȳ_b over the places j where i_j = r, b being the bag of j;
              over their number if by_frequency (PyTorch 2.13 takes another row's number where rows
              are named differently often: its issue 190063)
              w̄_j = ȳ_b · W[i_j]
    Source    https://docs.pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html
    """
    V, B = len(W), len(sizes)
    b = np.repeat(np.arange(B), sizes)  # of each index, its bag
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


def embedding_bag_max(W: Array, i: Array, *, sizes: Array) -> tuple[Array, Pullback]:
    """y_bd = the largest W[i_j, d] over the j of bag b; 0 for an empty bag

    Of equal ones it is the first. NaN counts as largest only if it is the first of the bag.

    Shapes    W: (V, D); i: (N), integers from 0 to V − 1; sizes: (B), their sum N; y: (B, D)
    Pullback  W̄_rd = Σ ȳ_bd over the bags in which y_bd is W_rd
    Source    https://docs.pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html
    """
    (V, D), B = W.shape, len(sizes)
    start, x = np.cumsum(sizes) - sizes, W.real
    largest, row = np.zeros((B, D), x.dtype), np.zeros((B, D), np.intp)
    for k in range(sizes.max(initial=0)):  # index number k of every bag that has so many
        b = np.flatnonzero(sizes > k)
        r = i.take(start.take(b) + k)
        v, before = x.take(r, axis=0), largest.take(b, axis=0)
        better = (v > before) | (k == 0)
        largest[b] = np.where(better, v, before)
        row[b] = np.where(better, r[:, None], row.take(b, axis=0))
    if W.dtype.kind == "c":
        b = np.repeat(np.arange(B), sizes)
        ties = (x.take(i, axis=0) == largest.take(b, axis=0)) & (i[:, None] != row.take(b, axis=0))
        refuse_kink("embedding_bag_max", W, ties.any())
    full = np.flatnonzero(sizes)
    place = (row.take(full, axis=0) * D + np.arange(D)).reshape(-1)
    y = np.zeros((B, D), W.dtype)
    y[full] = W[row.take(full, axis=0), np.arange(D)]

    def pullback(dy: Array) -> tuple[Array, None]:
        dW = np.zeros(V * D, dy.dtype)
        np.add.at(dW, place, dy.take(full, axis=0).reshape(-1))
        return dW.reshape(V, D), None

    return y, pullback
