"""A data set, its parts, and one scale for all features."""

import math
from typing import NamedTuple

import numpy as np

from refnet.ops.rule import Array
from refnet.training.errors import InputError

TEST_SHARE = 0.2


class Dataset(NamedTuple):
    """Rows of data, all finite, and what they stand for. kind says what x and y are:

    numbers  x: (rows, features) and y: (rows), float64
    images   x: (rows, C·H·W), y: (rows) classes; shape is (C, H, W). They also pass for numbers
    scenes   x: (rows, C, H, W), y: (rows, H, W) the class of each pixel, from 0
    text     x: (rows, T) characters, y: (rows, T) the characters that follow, from 0

    note says how they were read. The last rows, as many as test, are the test part; if test is 0
    it is drawn. names has the names of the classes of scenes, and the characters of text.
    """

    name: str
    x: Array
    y: Array
    note: str = ""
    kind: str = "numbers"
    shape: tuple[int, ...] = ()
    test: int = 0
    names: tuple[str, ...] = ()


class Parts(NamedTuple):
    """A data set in parts: what is learnt from, what is only looked at in the end, and what tells
    on the way when to stop (which may be nothing)."""

    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array
    x_val: Array
    y_val: Array


def split(data: Dataset, seed: int, val: float = 0.0) -> Parts:
    """The test part is a fifth of the rows, drawn with the seed, if the data do not say which it
    is; of the others the share val is for validation.

    Raises InputError if no row is left to train on.
    """
    order = np.random.default_rng(seed).permutation(len(data.x) - data.test)
    if data.test:
        test, rest = np.arange(len(order), len(data.x)), order
    else:
        test, rest = np.split(order, [max(1, round(TEST_SHARE * len(order)))])
    n_val = math.ceil(val * len(rest))
    kept, train = rest[:n_val], rest[n_val:]
    if not len(train):
        raise InputError(f"--val {val:g} leaves none of the {len(rest)} rows to train on")
    return Parts(*(part for rows in (train, test, kept) for part in (data.x[rows], data.y[rows])))


class Scale(NamedTuple):
    """x ↦ (x − mean) / deviation, column by column."""

    mean: Array
    deviation: Array

    def apply(self, x: Array) -> Array:
        """x on this scale."""
        scaled: Array = (x - self.mean) / self.deviation
        return scaled

    def undo(self, x: Array) -> Array:
        """x from this scale back on its own."""
        return x * self.deviation + self.mean


def scale_of(x: Array, what: str = "x") -> Scale:
    """The scale on which the columns of x have mean 0 and variance 1 (a constant column: 0).

    It is taken from the training part alone: the test part must not leak into what is learnt.
    Raises InputError, with the name of what x is, if its numbers are too large for float64.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        mean, deviation = x.mean(0), x.std(0)
    for column in np.flatnonzero(~(np.isfinite(mean) & np.isfinite(deviation)))[:1]:
        raise InputError(
            f"{what} spans too large a range to be standardised in float64: from "
            f"{x[:, column].min():g} to {x[:, column].max():g} in column {column} (counted from 0)"
        )
    # A constant column's deviation is rounding error at most, and not always zero.
    constant = deviation <= 1e-14 * np.abs(mean)
    return Scale(mean, np.where(constant, 1.0, deviation))
