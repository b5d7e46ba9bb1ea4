"""The twin in PyTorch, and how far it is from refnet after every step.

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
"""How far apart the scores of twins may be that rounding has led apart. Two points: PyTorch with one of
its kernels for convolution and PyTorch with the other are often as far apart."""


def find_torch() -> Any:
    """The module torch, or None where PyTorch is not installed."""
    if importlib.util.find_spec("torch") is None:
        return None
    return importlib.import_module("refnet.testing.parity").torch


def require_equal_start(ours: Any, theirs: Any) -> None:
    """Raise TrainingError unless both models have the same parameters, bit for bit.

    Nothing was copied from one to the other: the same seed has to lead to the same numbers.
    """
    mine = dict(ours.named_parameters())
    its = dict(theirs.named_parameters())
    if list(mine) != list(its):
        raise TrainingError(f"the twin's parameters are {list(its)}, refnet's are {list(mine)}")
    for name, parameter in mine.items():
        if not np.array_equal(parameter.detach().numpy(), its[name].detach().numpy()):
            raise TrainingError(f"the twin starts from another {name}; the seed is the same")


def converted(obj: Any, library: Any) -> Any:
    """Nested lists and dictionaries with their tensors as tensors of the library, refnet or torch."""
    if isinstance(obj, dict):
        return {key: converted(value, library) for key, value in obj.items()}
    if isinstance(obj, (list, tuple)):
        return type(obj)(converted(value, library) for value in obj)
    if hasattr(obj, "detach") and not isinstance(obj, library.Tensor):
        return library.from_numpy(np.array(obj.detach().numpy()))
    return obj


@dataclass
class Differences:
    """The largest differences so far, and the largest entry of the twin's, for each of KINDS.

    parted is the first step after which fewer than half of the dtype's digits were the same.
    """

    largest: dict[str, float] = field(default_factory=lambda: dict.fromkeys(KINDS, 0.0))
    magnitude: dict[str, float] = field(default_factory=lambda: dict.fromkeys(KINDS, 0.0))
    parted: int | None = None
    steps: int = 0

    def update(
        self, ours: Mapping[str, Sequence[Array]], theirs: Mapping[str, Sequence[Array]]
    ) -> None:
        """Compare what one step of each library made; a NaN stays for good."""
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
        """The largest difference, in units of the largest entry."""
        if self.largest[kind] == 0:
            return 0.0
        return self.largest[kind] / self.magnitude[kind] if self.magnitude[kind] else float("inf")

    def worst(self) -> float:
        """The largest relative difference of any kind."""
        return float(np.max([self.relative(kind) for kind in KINDS]))

    def verdict(self, score: Mapping[str, float], twin_score: Mapping[str, float]) -> str:
        """What the differences, and the scores at the end, say about the twins:

        agrees   at least half of the digits that the dtype has were the same throughout
        drifts   they were after the first step, though not to the end, and both learnt about as much
        differs  anything else

        Both libraries round every operation, in different orders, and training carries the rounding
        on. In a network of many ReLUs one is soon open in one twin and closed in the other, which
        changes a gradient by far more than rounding did, and so opens others. An error in a formula is
        there in the first step; whether there is one, float64 shows.
        """
        if self.parted is None:
            return "agrees"
        name = next(iter(score))
        same = abs(score[name] - twin_score[name]) <= SCORES
        return "drifts" if self.parted > 1 and same else "differs"
