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
    """What a cost is called, and how it is made of a library: a function of (output, target)."""

    name: str
    make: Callable[[Any], Any]


MEAN_SQUARED_ERROR = Cost("mean squared error", lambda m: m.nn.MSELoss())
BINARY_CROSS_ENTROPY = Cost("binary cross entropy", lambda m: m.nn.BCELoss())
CROSS_ENTROPY = Cost("cross entropy", lambda m: m.nn.CrossEntropyLoss())


@dataclass(frozen=True)
class Task:
    """A model and its data, ready to be trained on either library.

    build makes the model on refnet or torch; inputs makes of the data's rows what the model takes,
    as it is in parts; score turns the model's outputs for the test part into named measures, the
    most important one first; names are the data's; sample, if there is one, shows what the trained
    model can do.
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


def labels_of(model: str, data: Dataset) -> Array:
    """The classes, sorted. Raises InputError unless they are two or more integers."""
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
    """The parts with x and y as the model takes and puts them out."""
    return Parts(
        x(parts.x_train), y(parts.y_train),
        x(parts.x_test), y(parts.y_test),
        x(parts.x_val), y(parts.y_val),
    )  # fmt: skip


def whole(y: Array) -> Array:
    """Numbers of classes as the cross entropy takes them."""
    return np.ascontiguousarray(y, np.int64)


def one_scale(x: Array, dtype: np.dtype[Any]) -> Callable[[Array], Array]:
    """What gives pictures (rows, C, H, W) mean 0 and variance 1 in each channel, as x has them;
    or rows of pixels as a whole.

    One scale for all places: with one for each, a moved picture would be another one.
    """
    axes = (0, *range(2, x.ndim)) if x.ndim == 4 else None
    mean = x.mean(axes, dtype=np.float64, keepdims=True)
    deviation = x.std(axes, dtype=np.float64, keepdims=True)
    deviation[deviation == 0] = 1.0
    a, b = mean.astype(dtype), deviation.astype(dtype)
    return lambda x: (x.astype(dtype) - a) / b
