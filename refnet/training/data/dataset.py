"""A data set, its parts, and the scale of its features."""

import math
from typing import NamedTuple

import numpy as np

from refnet.ops.rule import Array
from refnet.training.errors import InputError

TEST_SHARE = 0.2


class Dataset(NamedTuple):
    """Rows of data with finite entries. Their kind decides what x and y are:

        numbers  x: (rows, features) and y: (rows), float64
        images   x: (rows, C·H·W), y: (rows) classes; they are also valid numbers
        scenes   x: (rows, C, H, W), y: (rows, H, W) the class of each pixel, from 0
        text     x: (rows, T) characters, y: (rows, T) the characters that follow, from 0

    Attributes:
        name: the name of the data set
        x: the inputs
        y: the targets
        note: a note on how the data were read
        kind: one of the four above
        shape: (C, H, W) of an image
        test: the number of rows at the end that are the test part; 0 if it is drawn
        names: the names of the classes of scenes, and the characters of text
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
    """The parts of a data set: training, test, and validation, which can be empty."""

    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array
    x_val: Array
    y_val: Array


def split(data: Dataset, seed: int, val: float = 0.0) -> Parts:
    """Splits a data set into its parts.

    Args:
        data: the data set; if it has no test part, a fifth of the rows is drawn for it
        seed: the seed of the order of the rows
        val: the share of the other rows that is kept for validation

    Raises:
        InputError: if no row is left for training
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
        """Returns x on this scale."""
        scaled: Array = (x - self.mean) / self.deviation
        return scaled

    def undo(self, x: Array) -> Array:
        """Returns x, given on this scale, on its own scale."""
        return x * self.deviation + self.mean


def fit_scale(x: Array, what: str = "x") -> Scale:
    """Returns the scale on which the columns of x have mean 0 and variance 1.

    A constant column gets variance 0. x should be the training part alone: a training must not
    depend on the test part.

    Args:
        x: (rows, columns)
        what: the name of x in the error

    Raises:
        InputError: if the numbers are too large for float64
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
