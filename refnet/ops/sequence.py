"""The order in memory of the steps of a batch of sequences, which the recurrent rules share.

The sequences of a batch are sorted by length, the longest first, and stored step after step: the
rows of step t belong to the sizes[t] sequences that have a step t, in the order of the batch. If
all N sequences have T steps, this is an array (T, N, ...) reshaped to (T N, ...), and otherwise
PyTorch's packed sequence. The rules are the same for both.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from refnet.ops.rule import Array, Pullback

__all__ = ["reverse_steps"]


def step_rows(sizes: Sequence[int]) -> list[slice]:
    """Returns the rows of each step."""
    return [slice(end - n, end) for n, end in zip(sizes, accumulate(sizes), strict=True)]


def carry(new: Array, old: Array) -> Array:
    """Returns the states after a step, with the old ones of sequences that have ended."""
    return np.concatenate([new, old[len(new) :]])


def sigmoid(a: Array) -> Array:
    """σ(a) = 1 / (1 + e⁻ᵃ) = (1 + tanh(a/2)) / 2, which does not overflow"""
    return (1 + np.tanh(a / 2)) / 2


def reverse_steps(x: Array, *, sizes: Sequence[int]) -> tuple[Array, Pullback]:
    """Reverses the order of the rows of each sequence.

    The backward direction of a bidirectional network is the forward direction on reversed
    sequences.

    Shape:
        x, y: (S, ...), step after step

    Args:
        sizes: the number of sequences that have a step t, for each t; S = Σ sizes

    Pullback:
        x̄ = ȳ in the same reversed order
    """
    counts = np.array(sizes)
    start, step = np.cumsum(counts) - counts, np.repeat(np.arange(len(counts)), counts)
    sequence = np.arange(len(step)) - start[step]  # the sequence of each row
    length = (counts[:, None] > np.arange(counts[0])).sum(axis=0)
    order = start[length[sequence] - 1 - step] + sequence

    def pullback(dy: Array) -> tuple[Array]:
        return (dy[order],)

    return x[order], pullback
