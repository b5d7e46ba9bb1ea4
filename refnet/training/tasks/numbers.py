"""Models of rows of numbers: both regressions, the cascade and the tied autoencoder."""

from collections.abc import Callable
from typing import Any

import numpy as np

from refnet.models import (
    autoencoder as tied,
    cascade as cascades,
    linear_regression as linear,
    logistic_regression as logistic,
)
from refnet.ops.rule import Array
from refnet.training.data import Dataset, Parts, fit_scale
from refnet.training.errors import InputError
from refnet.training.tasks.task import (
    BINARY_CROSS_ENTROPY,
    MEAN_SQUARED_ERROR,
    Task,
    class_labels,
    each,
    one_scale,
)

HIDDEN = (64, 32)
"""The widths of the cascade's hidden layers."""
CODE = 4
"""The number of features for each entry of the autoencoder's code."""


def linear_regression(model: str, data: Dataset, parts: Parts, dtype: np.dtype[Any]) -> Task:
    features = data.x.shape[1]
    inputs = _scaled(data, parts, dtype)
    target = fit_scale(parts.y_train[:, None], f"the target of {data.name}")

    def score(outputs: Array) -> dict[str, float]:
        """Returns R², the predicted share of the targets' variance, and RMSE in their unit."""
        residual = target.undo(outputs.astype(np.float64))[:, 0] - parts.y_test
        spread = float(np.mean((parts.y_test - parts.y_test.mean()) ** 2))
        mse = float(np.mean(residual**2))
        return {"R²": 1 - mse / spread if spread else float("nan"), "RMSE": mse**0.5}

    return Task(
        model=model,
        data=data.name,
        shape=f"{features} → 1",
        cost=MEAN_SQUARED_ERROR,
        build=lambda m: linear.build(m, features),
        inputs=inputs,
        parts=_each(parts, inputs, lambda y: target.apply(y[:, None]), dtype),
        score=score,
    )


def logistic_regression(model: str, data: Dataset, parts: Parts, dtype: np.dtype[Any]) -> Task:
    features = data.x.shape[1]
    labels = class_labels(model, data)
    if len(labels) != 2:
        raise InputError(
            f"{model} tells two classes apart, {data.name} has {len(labels)}; take --model cascade"
        )
    truth = parts.y_test == labels[1]
    inputs = _scaled(data, parts, dtype)
    return Task(
        model=model,
        data=data.name,
        shape=f"{features} → 1, sigmoid",
        cost=BINARY_CROSS_ENTROPY,
        build=lambda m: logistic.build(m, features),
        inputs=inputs,
        parts=_each(parts, inputs, lambda y: (y == labels[1])[:, None], dtype),
        score=lambda outputs: {"accuracy": float(np.mean((outputs[:, 0] > 0.5) == truth))},
    )


def cascade(model: str, data: Dataset, parts: Parts, dtype: np.dtype[Any]) -> Task:
    labels = class_labels(model, data)
    sizes = [data.x.shape[1], *HIDDEN, len(labels)]
    truth = np.searchsorted(labels, parts.y_test)
    one_hot = np.eye(len(labels))
    inputs = _scaled(data, parts, dtype)
    return Task(
        model=model,
        data=data.name,
        shape=" → ".join(map(str, sizes)) + ", sigmoid",
        cost=BINARY_CROSS_ENTROPY,
        build=lambda m: cascades.build(m, sizes),
        inputs=inputs,
        parts=_each(parts, inputs, lambda y: one_hot[np.searchsorted(labels, y)], dtype),
        score=lambda outputs: {"accuracy": float(np.mean(outputs.argmax(1) == truth))},
    )


def autoencoder(model: str, data: Dataset, parts: Parts, dtype: np.dtype[Any]) -> Task:
    """Returns the task of reproducing x; the targets of the data are not used.

    Pixels share one scale. On a scale of its own, a pixel that is almost always 0 would count as
    much as any other.
    """
    features = data.x.shape[1]
    code = max(1, features // CODE)
    pictures = data.kind == "images"
    inputs = one_scale(parts.x_train, dtype) if pictures else _scaled(data, parts, dtype)
    scaled = each(parts, inputs, lambda y: y)
    x = scaled.x_test.astype(np.float64)

    def score(outputs: Array) -> dict[str, float]:
        """Returns R², the share of the variance of x that is reproduced."""
        spread = float(np.mean((x - x.mean(0)) ** 2))
        return {"R²": 1 - float(np.mean((outputs - x) ** 2)) / spread if spread else float("nan")}

    return Task(
        model=model,
        data=data.name,
        shape=f"{features} → {code}, tanh → {features}, one matrix for both",
        cost=MEAN_SQUARED_ERROR,
        build=lambda m: tied.build(m, features, code),
        inputs=inputs,
        parts=scaled._replace(y_train=scaled.x_train, y_test=scaled.x_test, y_val=scaled.x_val),
        score=score,
    )


def _scaled(data: Dataset, parts: Parts, dtype: np.dtype[Any]) -> Callable[[Array], Array]:
    """Returns the function that puts x on the scale of the training part."""
    scale = fit_scale(parts.x_train, f"x of {data.name}")

    def scaled(x: Array) -> Array:
        with np.errstate(over="ignore"):
            on_scale = np.ascontiguousarray(scale.apply(x), dtype)
        for row, column in np.argwhere(~np.isfinite(on_scale))[:1]:
            raise InputError(
                f"{data.name}: {x[row, column]:g} in column {column} of x (counted from 0) is "
                f"too far from the training rows for {dtype}"
            )
        return on_scale

    return scaled


def _each(
    parts: Parts,
    inputs: Callable[[Array], Array],
    targets: Callable[[Array], Array],
    dtype: np.dtype[Any],
) -> Parts:
    """Returns the parts with x as the model takes it and y as its expected output."""
    return each(parts, inputs, lambda y: np.ascontiguousarray(targets(y), dtype))
