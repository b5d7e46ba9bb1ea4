"""What is trained: each model of the notes with its cost, its data and its measure of success."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from refnet.models import cascade, linear_regression, logistic_regression
from refnet.ops.rule import Array
from refnet.training.data import Dataset, Parts, scale_of, split
from refnet.training.errors import InputError

HIDDEN = (64, 32)
"""The widths of the cascade's hidden layers."""
MOST_CLASSES = 1000
ROWS_PER_CLASS = 5


class Defaults(NamedTuple):
    """What a model trains on, and how, if the command line does not say otherwise."""

    data: str
    epochs: int
    batch_size: int
    lr: float


DEFAULTS = {
    "linear-regression": Defaults("diabetes", epochs=20, batch_size=32, lr=0.005),
    "logistic-regression": Defaults("breast-cancer", epochs=20, batch_size=32, lr=0.05),
    "cascade": Defaults("digits", epochs=30, batch_size=32, lr=1.0),
}


@dataclass(frozen=True)
class Task:
    """A model and its data, ready to be trained on either library.

    build makes the model on refnet.nn or torch.nn, cost names the cost in both, and score turns the
    outputs for the test part into named measures, the most important one first.
    """

    model: str
    data: str
    shape: str
    cost: str
    build: Callable[[Any], Any]
    parts: Parts
    score: Callable[[Array], dict[str, float]]
    note: str = ""


def prepare(model: str, data: Dataset, seed: int, dtype: str = "float32", val: float = 0.0) -> Task:
    """The task of training the model (a key of DEFAULTS) on the data.

    Raises InputError if the targets are not what the model predicts.
    """
    make = {
        "linear-regression": _linear_regression,
        "logistic-regression": _logistic_regression,
        "cascade": _cascade,
    }[model]
    return replace(make(data, split(data, seed, val), np.dtype(dtype)), note=data.note)


def _linear_regression(data: Dataset, parts: Parts, dtype: np.dtype[Any]) -> Task:
    features = data.x.shape[1]
    target = scale_of(parts.y_train[:, None], f"the target of {data.name}")

    def score(outputs: Array) -> dict[str, float]:
        """R²: the share of the targets' variance that is predicted. RMSE: in the target's unit."""
        residual = target.undo(outputs.astype(np.float64))[:, 0] - parts.y_test
        spread = float(np.mean((parts.y_test - parts.y_test.mean()) ** 2))
        mse = float(np.mean(residual**2))
        return {"R²": 1 - mse / spread if spread else float("nan"), "RMSE": mse**0.5}

    return Task(
        model="linear-regression",
        data=data.name,
        shape=f"{features} → 1",
        cost="MSELoss",
        build=lambda nn: linear_regression.build(nn, features),
        parts=_scaled(data, parts, lambda y: target.apply(y[:, None]), dtype),
        score=score,
    )


def _logistic_regression(data: Dataset, parts: Parts, dtype: np.dtype[Any]) -> Task:
    features = data.x.shape[1]
    labels = _labels("logistic-regression", data)
    if len(labels) != 2:
        raise InputError(
            f"logistic-regression tells two classes apart, {data.name} has {len(labels)}; "
            "take --model cascade"
        )
    truth = parts.y_test == labels[1]
    return Task(
        model="logistic-regression",
        data=data.name,
        shape=f"{features} → 1, sigmoid",
        cost="BCELoss",
        build=lambda nn: logistic_regression.build(nn, features),
        parts=_scaled(data, parts, lambda y: (y == labels[1])[:, None], dtype),
        score=lambda outputs: {"accuracy": float(np.mean((outputs[:, 0] > 0.5) == truth))},
    )


def _cascade(data: Dataset, parts: Parts, dtype: np.dtype[Any]) -> Task:
    labels = _labels("cascade", data)
    sizes = [data.x.shape[1], *HIDDEN, len(labels)]
    truth = np.searchsorted(labels, parts.y_test)
    one_hot = np.eye(len(labels))
    return Task(
        model="cascade",
        data=data.name,
        shape=" → ".join(map(str, sizes)) + ", sigmoid",
        cost="BCELoss",
        build=lambda nn: cascade.build(nn, sizes),
        parts=_scaled(data, parts, lambda y: one_hot[np.searchsorted(labels, y)], dtype),
        score=lambda outputs: {"accuracy": float(np.mean(outputs.argmax(1) == truth))},
    )


def _labels(model: str, data: Dataset) -> Array:
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


def _scaled(
    data: Dataset, parts: Parts, targets: Callable[[Array], Array], dtype: np.dtype[Any]
) -> Parts:
    """The parts with x on the scale of the training part, and y as the model has to put it out."""
    scale = scale_of(parts.x_train, f"x of {data.name}")
    arrays = []
    for x, y in (
        (parts.x_train, parts.y_train),
        (parts.x_test, parts.y_test),
        (parts.x_val, parts.y_val),
    ):
        with np.errstate(over="ignore"):
            scaled = np.ascontiguousarray(scale.apply(x), dtype)
        for row, column in np.argwhere(~np.isfinite(scaled))[:1]:
            raise InputError(
                f"{data.name}: {x[row, column]:g} in column {column} of x (counted from 0) is "
                f"too far from the rows that are trained on, for {dtype}"
            )
        arrays += [scaled, np.ascontiguousarray(targets(y), dtype)]
    return Parts(*arrays)
