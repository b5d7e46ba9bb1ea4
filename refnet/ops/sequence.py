"""What the recurrent rules share: where the steps of a batch of sequences lie in memory.

The sequences of a batch, the longest first, lie step after step: the rows of step t are those of
the sizes[t] sequences that have a step t, in the order of the batch. If all N sequences are T
steps long, this is an array (T, N, ...) seen as (T N, ...); else it is what PyTorch calls a packed
sequence. The rules see no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from refnet.ops.rule import Array, Pullback

__all__ = ["reverse_steps"]


def step_rows(sizes: Sequence[int]) -> list[slice]:
    """The rows of each step."""
    return [slice(end - n, end) for n, end in zip(sizes, accumulate(sizes), strict=True)]


def carry(new: Array, old: Array) -> Array:
    """The states of all sequences after a step: of those that have ended, the old ones."""
    return np.concatenate([new, old[len(new) :]])


def sigmoid(a: Array) -> Array:
    """σ(a) = 1 / (1 + e⁻ᵃ) = (1 + tanh(a/2)) / 2, which no a overflows"""
    return (1 + np.tanh(a / 2)) / 2


def reverse_steps(x: Array, *, sizes: Sequence[int]) -> tuple[Array, Pullback]:
    """y = x with the rows of each sequence in the opposite order

    So the backward direction of a bidirectional network is the forward one, of the reversed
    sequences.

    Shape:
        x, y: (S, ...), step after step

    Args:
        sizes: how many sequences have a step t, for each t; S = Σ sizes

    Pullback:
        x̄ = ȳ, reversed likewise
    """
    counts = np.array(sizes)
    start, step = np.cumsum(counts) - counts, np.repeat(np.arange(len(counts)), counts)
    sequence = np.arange(len(step)) - start[step]  # which one of the batch each row belongs to
    length = (counts[:, None] > np.arange(counts[0])).sum(axis=0)
    order = start[length[sequence] - 1 - step] + sequence

    def pullback(dy: Array) -> tuple[Array]:
        return (dy[order],)

    return x[order], pullback
