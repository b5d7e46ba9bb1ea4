"""Embeddings: rows of a table, one by one or in bags that are summed."""

from __future__ import annotations

from typing import Any

import numpy as np

from refnet.ops.primitives import add_at, put_at
from refnet.ops.rule import Array, Pullback, refuse_kink

__all__ = ["embedding", "embedding_bag", "embedding_bag_max"]


def embedding(
    W: Array, i: Array, *, padding: int | None, by_frequency: bool
) -> tuple[Array, Pullback]:
    """y_j = W[i_j], a row of the table for each index

    This is the product of one-hot rows with W, without the zeros.

    Shape:
        W: (V, D)
        i: (*), integers from 0 to V − 1
        y: (*, D)

    Pullback:
        W̄_r = Σ ȳ_j over the j with i_j = r,   0 for r = padding
        divided by the number of these j if by_frequency

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html
    """
    shape = W.shape

    def pullback(dy: Array) -> tuple[Any, None]:
        def cotangent() -> Array:
            dW = _row_sums(i, dy, shape, by_frequency)
            return dW if padding is None else put_at(dW, padding, 0)

        return cotangent, None

    return W[i], pullback


def _row_sums(i: Array, dy: Array, shape: tuple[int, ...], by_frequency: bool) -> Array:
    """Returns W̄_r = Σ ȳ_j over the j with i_j = r, divided by their number if by_frequency."""
    dW = add_at(shape, i, dy)
    number = np.maximum(np.bincount(i.reshape(-1), minlength=len(dW)), 1)
    return dW / number.astype(dW.real.dtype)[:, None] if by_frequency else dW


def embedding_bag(
    W: Array, i: Array, w: Array | None, *, sizes: Array, by_frequency: bool
) -> tuple[Array, Pullback]:
    """y_b = Σ_j w_j W[i_j] over the j of bag b; w = None means ones

    The bags follow one another in i. sizes contains the number of indices of each; an empty bag
    gives 0.

    Shape:
        W: (V, D)
        i, w: (N), i integers from 0 to V − 1
        sizes: (B), with the sum N
        y: (B, D)

    Pullback:
        W̄_r = Σ_j w_j ȳ_b over the j with i_j = r, where b is the bag of j
        divided by the number of these j if by_frequency
        w̄_j = ȳ_b · W[i_j]

    Note:
        With by_frequency, PyTorch 2.13 divides by the number of another row if the numbers of rows
        differ (its issue 190063).

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html
    """
    B, shape = len(sizes), W.shape
    b = np.repeat(np.arange(B), sizes)  # the bag of each index
    terms = W[i]
    y = add_at((B, *shape[1:]), b, terms if w is None else terms * w[:, None])
    rows = None if w is None else terms

    def pullback(dy: Array) -> tuple[Any, None, Any]:
        each = dy[b]
        weighted = each if w is None else each * w[:, None]
        return (
            lambda: _row_sums(i, weighted, shape, by_frequency),
            None,
            None if w is None else lambda: (each * rows).sum(axis=1),
        )

    return y, pullback


def embedding_bag_max(W: Array, i: Array, *, sizes: Array) -> tuple[Array, Pullback]:
    """y_bd = max W[i_j, d] over the j of bag b,   0 for an empty bag

    Shape:
        W: (V, D)
        i: (N), integers from 0 to V − 1
        sizes: (B), with the sum N
        y: (B, D)

    Pullback:
        W̄_rd = Σ ȳ_bd over the bags where y_bd is W_rd

    Note:
        Of equal entries the first one counts. NaN counts as the largest only as the first of a bag.

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html
    """
    (V, D), B = W.shape, len(sizes)
    full, ends = np.flatnonzero(sizes), np.cumsum(sizes)
    bags = [i[ends[b] - sizes[b] : ends[b]] for b in full]
    row = np.array([r[_largest(W.real[r])] for r in bags], np.intp).reshape(len(full), D)
    column = np.arange(D)
    for r, chosen in zip(bags, row, strict=True):
        tie = (W.real[r] == W.real[chosen, column]) & (r[:, None] != chosen)
        refuse_kink("embedding_bag_max", W, tie.any())
    y = put_at(np.zeros((B, D), W.dtype), full, W[row, column])

    def pullback(dy: Array) -> tuple[Array, None]:
        return add_at((V, D), (row, column), dy[full]), None

    return y, pullback


def _largest(x: Array) -> Array:
    """Returns the index of the largest entry of each column; NaN counts in the first row only."""
    later = np.arange(len(x))[:, None] > 0
    places: Array = np.argmax(np.where(later & np.isnan(x), -np.inf, x), axis=0)
    return places
