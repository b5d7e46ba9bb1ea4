"""Helpers of the recurrent kernels: the rows of each step, and products with panels of a matrix.

refnet.ops.sequence says how the sequences of a batch are stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from refnet.kernels import tuning
from refnet.kernels.blocks import by_rows
from refnet.kernels.threads import share
from refnet.ops.rule import Array


def common_dtype(*arrays: Array | None) -> np.dtype[Any]:
    """Returns the dtype of a result of these arrays, ignoring None."""
    return np.result_type(*(a for a in arrays if a is not None))


def project(x: Array, W: Array, b: Array | None, dtype: np.dtype[Any]) -> Array:
    """Returns W x_t + b for all steps: (S, in) -> (S, out)"""
    a = (x @ W.T).astype(dtype, copy=False)
    if b is not None:
        by_rows(lambda rows: np.add(rows, b, out=rows), a)
    return a


def panels(U: Array) -> Array:
    """Cuts U into panels of PANEL neighbouring columns: (k, m) -> (m / PANEL, k, PANEL)

    Before a product, OpenBLAS copies both factors into its own order. For the few rows h of a step
    the copy takes as long as the product h U. With AVX-512, OpenBLAS multiplies small matrices
    without copies, so the products of h and each panel are twice as fast.
    """
    k, m = U.shape
    width = tuning.PANEL
    if U.size < tuning.PANELLED or m % width:
        return U[None]
    return np.ascontiguousarray(U.reshape(k, m // width, width).swapaxes(0, 1))


def times(h: Array, U: Array, out: Array) -> Array:
    """Writes h U into out, where U is in panels: (n, k), (p, k, m / p) -> (n, m)"""
    if len(U) == 1:
        np.matmul(h, U[0], out=out)
    else:
        np.matmul(h, U, out=out.reshape(len(h), *U.shape[::2]).swapaxes(0, 1))
    return out


class Steps:
    """The rows of each step, for sizes[t] sequences that have a step t; the sizes do not increase.

    The states are stored in the order of the rows, after the N = sizes[0] initial states. Sequences
    are independent, so each thread can run all steps of a part of the batch.
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = sizes
        self.n = sizes[0]
        ends = [0, *accumulate(sizes)]
        self.rows = [slice(a, b) for a, b in pairwise(ends)]
        starts = [0, *(self.n + a for a in ends[:-2])]  # of the previous step, in the states
        self.before = [slice(a, a + n) for a, n in zip(starts, sizes, strict=True)]

    def share(self, run: Callable[[slice], None], U: Array) -> None:
        """Calls run(part) for parts of the sequences; if h U is large, by several threads."""
        n = self.n
        count = tuning.SEQUENCES if n * U.size >= tuning.STEP else 1
        share(lambda i: run(slice(i * n // count, (i + 1) * n // count)), count)

    def forward(self, part: slice) -> Iterator[tuple[slice, slice]]:
        """Yields for each step the rows of a part of the sequences, and the places of the states
        from which it starts.
        """
        for rows, before, n in zip(self.rows, self.before, self.sizes, strict=True):
            if part.start >= n:
                return
            last = min(part.stop, n)
            yield (
                slice(rows.start + part.start, rows.start + last),
                slice(before.start + part.start, before.start + last),
            )

    def backward(self, part: slice) -> Iterator[tuple[slice, slice]]:
        """Yields for each step, from the last one, the rows of a part of the sequences, and the
        numbers of these sequences.
        """
        for rows, n in zip(reversed(self.rows), reversed(self.sizes), strict=True):
            if part.start < n:
                last = min(part.stop, n)
                yield slice(rows.start + part.start, rows.start + last), slice(part.start, last)

    def states(self, first: Array, dtype: np.dtype[Any]) -> tuple[Array, Array]:
        """Returns memory for all states, with the initial ones, and the part after these."""
        held = np.empty((self.n + self.rows[-1].stop, first.shape[1]), dtype)
        held[: self.n] = first
        return held, held[self.n :]

    def previous(self, held: Array) -> Array:
        """Returns for each row the previous state."""
        if self.sizes[-1] == self.n:
            return held[: self.rows[-1].stop]
        return np.concatenate([held[before] for before in self.before])

    def last(self, states: Array) -> Array:
        """Returns for each sequence the state after its last step."""
        longer = [*self.sizes[1:], 0]
        ended = [
            states[rows][more:]
            for rows, n, more in zip(self.rows, self.sizes, longer, strict=True)
            if more < n
        ]
        return np.concatenate(ended[::-1]) if ended else states[:0].copy()
