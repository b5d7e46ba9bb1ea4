"""The data: where it comes from, its two parts, and one scale for all features."""

import math
from pathlib import Path
from typing import NamedTuple

import numpy as np

from refnet.ops.rule import Array
from refnet.training.errors import InputError, printable
from refnet.training.files import read

BUILT_IN = ("diabetes", "breast-cancer", "digits")
FEWEST_ROWS = 10
TEST_SHARE = 0.2


class Dataset(NamedTuple):
    """x: (rows, features) and y: (rows), float64, all finite; and a note on how they were read."""

    name: str
    x: Array
    y: Array
    note: str = ""


class Parts(NamedTuple):
    """A data set in parts: what is learnt from, what is only looked at in the end, and what tells
    on the way when to stop (which may be nothing)."""

    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array
    x_val: Array
    y_val: Array


def load(source: str) -> Dataset:
    """One of scikit-learn's data sets by its name here, or the user's own file by its path.

    Raises InputError if there is no such data, or if it cannot be used.
    """
    if source in BUILT_IN:
        return _from_scikit_learn(source)
    path = Path(source)
    if path.suffix.lower() not in (".npz", ".csv"):
        raise InputError(
            f"unknown data {source!r}: expected {', '.join(BUILT_IN)}, or a .npz or .csv file"
        )
    x, y, note = read(path)
    if len(x) < FEWEST_ROWS:
        raise InputError(f"{path} needs at least {FEWEST_ROWS} rows of data, it has {len(x)}")
    return Dataset(printable(path.name), x, y, printable(note))


def _from_scikit_learn(name: str) -> Dataset:
    try:
        from sklearn import datasets  # here: it takes a second to import
    except ModuleNotFoundError as error:
        raise InputError(
            f"the data {name} comes with scikit-learn, which is not installed: "
            'pip install "refnet[cli]"'
        ) from error

    x, y = {
        "diabetes": lambda: datasets.load_diabetes(return_X_y=True, scaled=False),
        "breast-cancer": lambda: datasets.load_breast_cancer(return_X_y=True),
        "digits": lambda: datasets.load_digits(return_X_y=True),
    }[name]()
    return Dataset(name, np.asarray(x, np.float64), np.asarray(y, np.float64))


def split(data: Dataset, seed: int, val: float = 0.0) -> Parts:
    """A fifth of the rows, drawn with the seed, becomes the test part; of the others the share
    val is for validation.

    Raises InputError if no row is left to train on.
    """
    order = np.random.default_rng(seed).permutation(len(data.x))
    n_test = max(1, round(TEST_SHARE * len(order)))
    n_val = math.ceil(val * (len(order) - n_test))
    test, rest = order[:n_test], order[n_test:]
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
