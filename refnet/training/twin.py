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

KINDS = ("output", "loss", "gradient", "parameter")


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
    """The largest differences so far, and the largest entry of the twin's, for each of KINDS."""

    largest: dict[str, float] = field(default_factory=lambda: dict.fromkeys(KINDS, 0.0))
    magnitude: dict[str, float] = field(default_factory=lambda: dict.fromkeys(KINDS, 0.0))

    def update(
        self, ours: Mapping[str, Sequence[Array]], theirs: Mapping[str, Sequence[Array]]
    ) -> None:
        """Compare what one step of each library made; a NaN stays for good."""
        for kind in KINDS:
            for a, b in zip(ours[kind], theirs[kind], strict=True):
                difference, size = np.max(np.abs(a - b)), np.max(np.abs(b))
                self.largest[kind] = float(np.maximum(self.largest[kind], difference))
                self.magnitude[kind] = float(np.maximum(self.magnitude[kind], size))

    def relative(self, kind: str) -> float:
        """The largest difference, in units of the largest entry."""
        if self.largest[kind] == 0:
            return 0.0
        return self.largest[kind] / self.magnitude[kind] if self.magnitude[kind] else float("inf")

    def worst(self) -> float:
        """The largest relative difference of any kind."""
        return float(np.max([self.relative(kind) for kind in KINDS]))

    def agree(self, dtype: str) -> bool:
        """Whether at least half of the digits that the dtype has are the same throughout.

        Both libraries round every operation, in different orders, and training carries the
        rounding on; an error in a formula is larger than this within a few steps.
        """
        return self.worst() <= math.sqrt(np.finfo(dtype).eps)
