"""Channels: (N, C, *) as a matrix, sums over each channel, and formulas on blocks of channels."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from refnet.kernels import tuning
from refnet.kernels.blocks import by_rows
from refnet.kernels.summation import column_sums
from refnet.ops.rule import Array


class Channels:
    """An array (N, C, *) as a matrix with a row for each sample and S columns for each channel."""

    def __init__(self, x: Array) -> None:
        self.N, self.C = x.shape[:2]
        self.S = math.prod(x.shape[2:])
        self.n = max(self.N * self.S, 1)  # the entries of a channel; 1 instead of 0, as a divisor

    def matrix(self, x: Array) -> Array:
        """(N, C, *) -> (N, C·S)"""
        return x.reshape(self.N, self.C * self.S)

    def sums(self, X: Array) -> Array:
        """Returns the sum of each channel: (N, c·S) -> (c,)"""
        return self.folded(column_sums(X))

    def folded(self, a: Array) -> Array:
        """Returns the sum of each channel's columns, computed in float64: (c·S,) -> (c,)"""
        wide = np.result_type(a, np.float64)
        channels = a.size // self.S if self.S else self.C
        y: Array = a.reshape(channels, self.S).sum(axis=1, dtype=wide)
        return y.astype(a.dtype, copy=False)

    def row(self, a: Array) -> Array:
        """Repeats the number of each channel for all of its columns: (c,) -> (c·S,)"""
        y: Array = np.repeat(a, self.S)
        return y

    def each(self, formula: Callable[..., None], *arrays: Array | None) -> None:
        """Calls the formula for blocks of c channels, which the threads share.

        For an array (N, C, *) the formula gets the matrix (N, c·S) of the block, for an array (C,)
        its numbers (c,). All channels are one block if the rows of a block would be short.
        """

        def run_block(*parts: Array | None) -> None:  # (c, N, S) or (c,)
            formula(
                *(
                    p
                    if p is None or p.ndim == 1
                    else p.swapaxes(0, 1).reshape(self.N, len(p) * self.S)
                    for p in parts
                )
            )

        by_channel = [
            a if a is None or a.ndim == 1 else a.reshape(self.N, self.C, self.S).swapaxes(0, 1)
            for a in arrays
        ]
        if self.N > tuning.SAMPLES:
            run_block(*by_channel)
        else:
            by_rows(run_block, *by_channel)
