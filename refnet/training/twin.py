"""The twin in PyTorch, and its differences from refnet after every step.

torch itself comes from refnet.testing.parity, the only file of the package that imports it.
"""

import importlib
import importlib.util
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from refnet.ops.rule import Array
from refnet.training.errors import TrainingError

KINDS = ("output", "loss", "gradient", "parameter", "buffer")
SCORES = 0.02
"""The largest difference between the scores of twins that drift apart by rounding. Two of PyTorch's
own kernels for convolution often lead to scores that differ by two points."""


def find_torch() -> Any:
    """Returns the module torch, or None if PyTorch is not installed."""
    if importlib.util.find_spec("torch") is None:
        return None
    return importlib.import_module("refnet.testing.parity").torch


def require_equal_start(ours: Any, theirs: Any) -> None:
    """Raises TrainingError unless both models have the same parameters, bit for bit.

    Nothing was copied from one model to the other: the same seed has to give the same numbers.
    """
    mine = dict(ours.named_parameters())
    its = dict(theirs.named_parameters())
    if list(mine) != list(its):
        raise TrainingError(f"the twin's parameters are {list(its)}, refnet's are {list(mine)}")
    for name, parameter in mine.items():
        if not np.array_equal(parameter.detach().numpy(), its[name].detach().numpy()):
            raise TrainingError(f"the twin starts from another {name}; the seed is the same")


def converted(obj: Any, library: Any) -> Any:
    """Returns nested lists and dictionaries with their tensors as tensors of the library."""
    if isinstance(obj, dict):
        return {key: converted(value, library) for key, value in obj.items()}
    if isinstance(obj, (list, tuple)):
        return type(obj)(converted(value, library) for value in obj)
    if hasattr(obj, "detach") and not isinstance(obj, library.Tensor):
        return library.from_numpy(np.array(obj.detach().numpy()))
    return obj


@dataclass
class Differences:
    """The largest differences so far for each of KINDS.

    Attributes:
        largest: the largest difference
        magnitude: the largest entry of the twin's arrays
        parted: the first step after which fewer than half of the digits of the dtype were the same
        steps: the number of steps so far
    """

    largest: dict[str, float] = field(default_factory=lambda: dict.fromkeys(KINDS, 0.0))
    magnitude: dict[str, float] = field(default_factory=lambda: dict.fromkeys(KINDS, 0.0))
    parted: int | None = None
    steps: int = 0

    def update(
        self, ours: Mapping[str, Sequence[Array]], theirs: Mapping[str, Sequence[Array]]
    ) -> None:
        """Compares the results of one step of the two libraries; a NaN is never replaced."""
        self.steps += 1
        for kind in KINDS:
            for a, b in zip(ours[kind], theirs[kind], strict=True):
                difference, size = np.max(np.abs(a - b)), np.max(np.abs(b))
                self.largest[kind] = float(np.maximum(self.largest[kind], difference))
                self.magnitude[kind] = float(np.maximum(self.magnitude[kind], size))
        half = math.sqrt(np.finfo(ours["parameter"][0].dtype).eps)
        if self.parted is None and not self.worst() <= half:
            self.parted = self.steps

    def relative(self, kind: str) -> float:
        """Returns the largest difference relative to the largest entry."""
        if self.largest[kind] == 0:
            return 0.0
        return self.largest[kind] / self.magnitude[kind] if self.magnitude[kind] else float("inf")

    def worst(self) -> float:
        """Returns the largest relative difference of all kinds."""
        return float(np.max([self.relative(kind) for kind in KINDS]))

    def verdict(self, score: Mapping[str, float], twin_score: Mapping[str, float]) -> str:
        """Returns "agrees", "drifts" or "differs".

        agrees: at least half of the digits of the dtype were the same after every step
        drifts: they were the same after the first step but not later, and both models scored about
            the same
        differs: anything else

        Both libraries round every operation, in different orders, and training amplifies the
        rounding errors. Among many ReLUs one is soon active in one twin and inactive in the other,
        which changes a gradient by far more than rounding did. An error in a formula shows in the
        first step; in float64 rounding is too small to be confused with it.
        """
        if self.parted is None:
            return "agrees"
        name = next(iter(score))
        same = abs(score[name] - twin_score[name]) <= SCORES
        return "drifts" if self.parted > 1 and same else "differs"
