"""Classifiers of pictures: convolutional, residual, dense and recurrent networks."""

from collections.abc import Callable
from typing import Any

import numpy as np

from refnet.ops.rule import Array
from refnet.training.data import Dataset, Parts
from refnet.training.tasks.task import (
    CROSS_ENTROPY,
    Make,
    Task,
    class_labels,
    each,
    one_scale,
    whole,
)

Build = Callable[[Any, tuple[int, ...], int], Any]
"""From a library, the shape (C, H, W) of a picture and the number of classes to the model."""


def classifier(build: Build) -> Make:
    """Returns the maker of tasks that classify a picture (C, H, W)."""

    def make(model: str, data: Dataset, parts: Parts, dtype: np.dtype[Any]) -> Task:
        return _task(model, data, parts, dtype, build, "×".join(map(str, data.shape)), lambda x: x)

    return make


def reader(build: Build) -> Make:
    """Returns the maker of tasks that read a picture row by row: H steps of C·W numbers."""

    def rows(x: Array) -> Array:
        n, c, h, w = x.shape
        return x.swapaxes(1, 2).reshape(n, h, c * w)

    def make(model: str, data: Dataset, parts: Parts, dtype: np.dtype[Any]) -> Task:
        c, h, w = data.shape
        return _task(model, data, parts, dtype, build, f"{h} steps of {c * w}", rows)

    return make


def _task(
    model: str,
    data: Dataset,
    parts: Parts,
    dtype: np.dtype[Any],
    build: Build,
    reads: str,
    seen: Callable[[Array], Array],
) -> Task:
    labels = class_labels(model, data)
    truth = np.searchsorted(labels, parts.y_test)
    scaled = one_scale(parts.x_train.reshape(-1, *data.shape), dtype)

    def inputs(x: Array) -> Array:
        return np.ascontiguousarray(seen(scaled(x.reshape(-1, *data.shape))))

    def score(outputs: Array) -> dict[str, float]:
        return {"accuracy": float(np.mean(outputs.argmax(1) == truth))}

    return Task(
        model=model,
        data=data.name,
        shape=f"{reads} → {len(labels)} classes",
        cost=CROSS_ENTROPY,
        build=lambda m: build(m, data.shape, len(labels)),
        inputs=inputs,
        parts=each(parts, inputs, lambda y: whole(np.searchsorted(labels, y))),
        score=score,
    )
