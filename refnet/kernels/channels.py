"""The entries of a channel: (N, C, *) as a matrix, sums over each channel, blocks of channels."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from refnet.kernels import tuning
from refnet.kernels.blocks import by_rows
from refnet.kernels.summation import column_sums
from refnet.ops.rule import Array


class Channels:
    """x (N, C, *) as a matrix of one row for each sample, in which each channel has S columns."""

    def __init__(self, x: Array) -> None:
        self.N, self.C = x.shape[:2]
        self.S = math.prod(x.shape[2:])
        self.n = max(self.N * self.S, 1)  # the entries of a channel; of none all sums are 0

    def matrix(self, x: Array) -> Array:
        """(N, C, *) -> (N, C·S)"""
        return x.reshape(self.N, self.C * self.S)

    def sums(self, X: Array) -> Array:
        """The sum of each channel's entries. (N, c·S) -> (c,)"""
        return self.folded(column_sums(X))

    def folded(self, a: Array) -> Array:
        """The sum of each channel's columns, taken in double precision. (c·S,) -> (c,)"""
        wide = np.result_type(a, np.float64)
        channels = a.size // self.S if self.S else self.C
        y: Array = a.reshape(channels, self.S).sum(axis=1, dtype=wide)
        return y.astype(a.dtype, copy=False)

    def row(self, a: Array) -> Array:
        """The channels' numbers, each for all of its columns. (c,) -> (c·S,)"""
        y: Array = np.repeat(a, self.S)
        return y

    def each(self, formula: Callable[..., None], *arrays: Array | None) -> None:
        """The formula for some channels at a time, which do not see each other: the threads share
        them.

        Of an array (N, C, *) it gets the channels' matrix (N, c·S), of an array (C,) their numbers
        (c,). All channels come at once where the rows of a block would be short.
        """

        def of_some(*parts: Array | None) -> None:  # (c, N, S) or (c,)
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
            of_some(*by_channel)
        else:
            by_rows(of_some, *by_channel)
