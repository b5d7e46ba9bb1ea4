"""A task: a model, its data and its cost, ready to be trained on either library."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from refnet.ops.rule import Array
from refnet.training.data import Dataset, Parts
from refnet.training.errors import InputError

MOST_CLASSES = 1000
ROWS_PER_CLASS = 5


class Cost(NamedTuple):
    """The name of a cost, and its function of (output, target) for a library."""

    name: str
    make: Callable[[Any], Any]


MEAN_SQUARED_ERROR = Cost("mean squared error", lambda m: m.nn.MSELoss())
BINARY_CROSS_ENTROPY = Cost("binary cross entropy", lambda m: m.nn.BCELoss())
CROSS_ENTROPY = Cost("cross entropy", lambda m: m.nn.CrossEntropyLoss())


@dataclass(frozen=True)
class Task:
    """A model and its data, ready to be trained on either library.

    Attributes:
        model: the name of the model
        data: the name of the data
        shape: the inputs and outputs of the model in words
        cost: the cost
        build: from a library, refnet or torch, to the model
        inputs: from rows of the data to the inputs of the model
        parts: the data as the model takes them
        score: from the outputs for the test part to named scores, the most important one first
        note: a note on how the data were read
        names: the names of the data's classes or characters
        sample: from the trained model to a text that it writes, or None
    """

    model: str
    data: str
    shape: str
    cost: Cost
    build: Callable[[Any], Any]
    inputs: Callable[[Array], Array]
    parts: Parts
    score: Callable[..., dict[str, float]]
    note: str = ""
    names: tuple[str, ...] = ()
    sample: Callable[[Any], str] | None = None


Make = Callable[[str, Dataset, Parts, "np.dtype[Any]"], Task]
"""From the name of a model, the data, their parts and the dtype to the task."""


def class_labels(model: str, data: Dataset) -> Array:
    """Returns the classes, sorted. Raises InputError unless they are two or more integers."""
    fractional = np.flatnonzero(data.y != np.round(data.y))
    if len(fractional):
        raise InputError(
            f"{model} needs integer class labels, but {data.name} has the target "
            f"{data.y[fractional[0]]:g} in row {fractional[0]} (counted from 0); "
            "take --model linear-regression for real targets"
        )
    labels: Array = np.unique(data.y)
    if len(labels) < 2:
        raise InputError(
            f"{model} needs at least two classes, {data.name} has only the class {labels[0]:g}"
        )
    if len(labels) > min(MOST_CLASSES, len(data.y) / ROWS_PER_CLASS):
        raise InputError(
            f"{model} takes up to {MOST_CLASSES} classes, with {ROWS_PER_CLASS} rows each on "
            f"average; {data.name} has {len(labels)} classes in {len(data.y)} rows; "
            "take --model linear-regression for real targets"
        )
    return labels


def each(parts: Parts, x: Callable[[Array], Array], y: Callable[[Array], Array]) -> Parts:
    """Returns the parts with x as the model takes it and y as its expected output."""
    return Parts(
        x(parts.x_train), y(parts.y_train),
        x(parts.x_test), y(parts.y_test),
        x(parts.x_val), y(parts.y_val),
    )  # fmt: skip


def whole(y: Array) -> Array:
    """Returns class numbers in the dtype of cross entropy."""
    return np.ascontiguousarray(y, np.int64)


def one_scale(x: Array, dtype: np.dtype[Any]) -> Callable[[Array], Array]:
    """Returns the function that standardises pictures by the mean and variance of x.

    Pictures (rows, C, H, W) get one scale for each channel, rows of pixels one for all. All
    positions share a scale, so that a shifted picture stays the same picture.
    """
    axes = (0, *range(2, x.ndim)) if x.ndim == 4 else None
    mean = x.mean(axes, dtype=np.float64, keepdims=True)
    deviation = x.std(axes, dtype=np.float64, keepdims=True)
    deviation[deviation == 0] = 1.0
    a, b = mean.astype(dtype), deviation.astype(dtype)
    return lambda x: (x.astype(dtype) - a) / b
