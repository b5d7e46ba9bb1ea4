"""Segmentation: a class for each pixel, at one size (U-Net) or at several (a feature pyramid)."""

from collections.abc import Callable
from typing import Any

import numpy as np

from refnet.ops.rule import Array
from refnet.training.data import Dataset, Parts
from refnet.training.tasks.task import CROSS_ENTROPY, Cost, Make, Task, each, one_scale, whole

Build = Callable[[Any, int, int], Any]
"""From a library, the number of channels and the number of classes to the model."""


def segmentation(build: Build) -> Make:
    """Returns the maker of tasks that classify each pixel."""

    def make(model: str, data: Dataset, parts: Parts, dtype: np.dtype[Any]) -> Task:
        return _task(model, data, parts, dtype, build, CROSS_ENTROPY)

    return make


def pyramid(build: Build) -> Make:
    """Returns the maker of tasks for all sizes of a pyramid: every 2ˡ-th pixel at level l."""

    def cost(m: Any) -> Any:
        def mean_over_sizes(outputs: Any, y: Any) -> Any:
            losses = [m.nn.functional.cross_entropy(o, _smaller(y, o)) for o in outputs]
            return sum(losses) / len(losses)

        return mean_over_sizes

    def make(model: str, data: Dataset, parts: Parts, dtype: np.dtype[Any]) -> Task:
        name = "cross entropy, mean over the sizes"
        return _task(model, data, parts, dtype, build, Cost(name, cost))

    return make


def _smaller(y: Any, output: Any) -> Any:
    """Returns every 2ˡ-th pixel of y on both axes, as many as the output has."""
    step = y.shape[1] // output.shape[2]
    return y[:, ::step, ::step]


def _task(
    model: str, data: Dataset, parts: Parts, dtype: np.dtype[Any], build: Build, cost: Cost
) -> Task:
    channels, classes = data.x.shape[1], len(data.names)

    def score(*outputs: Array) -> dict[str, float]:
        """Returns the share of correct pixels at each size, and the mean IoU of the classes."""
        found = {}
        for output in outputs:
            truth = _smaller(parts.y_test, output)
            size = parts.y_test.shape[1] // truth.shape[1]
            name = "accuracy" if size == 1 else f"accuracy at 1/{size}"
            found[name] = float(np.mean(output.argmax(1) == truth))
        found["IoU"] = intersection_over_union(outputs[0].argmax(1), parts.y_test, classes)
        return found

    inputs = one_scale(parts.x_train, dtype)
    size = "×".join(map(str, data.x.shape[1:]))
    return Task(
        model=model,
        data=data.name,
        shape=f"{size} → {classes} classes for each pixel",
        cost=cost,
        build=lambda m: build(m, channels, classes),
        inputs=inputs,
        parts=each(parts, inputs, whole),
        score=score,
    )


def intersection_over_union(found: Array, truth: Array, classes: int) -> float:
    """Returns the mean of |found ∩ truth| / |found ∪ truth| over the classes that occur."""
    shares = []
    for k in range(classes):
        union = np.count_nonzero((found == k) | (truth == k))
        if union:
            shares.append(np.count_nonzero((found == k) & (truth == k)) / union)
    return float(np.mean(shares))
