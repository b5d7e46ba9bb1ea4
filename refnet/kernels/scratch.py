"""Working memory of a rule, which the next one reuses.

New memory costs more than writing into it, because the system provides it page by page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from refnet.kernels import tuning
from refnet.ops.rule import Array


class Memory:
    """Arrays by name, for one thread; one of a name overwrites the one before it."""

    def __init__(self) -> None:
        self.bytes: dict[str, Array] = {}
        self.margin: Any = None  # where "padded" has its zeros

    def __call__(self, name: str, shape: Sequence[int], dtype: Any) -> Array:
        try:
            return np.ndarray(shape, dtype, self.bytes[name])
        except (KeyError, TypeError):  # none yet, or too small
            self.bytes[name] = np.empty(math.prod(shape) * np.dtype(dtype).itemsize, np.uint8)
            return np.ndarray(shape, dtype, self.bytes[name])


free: list[Memory] = []  # what no call uses now; list.pop and append are safe among threads


def borrowed() -> Memory:
    """Memory that nobody uses now."""
    try:
        memory = free.pop()
    except IndexError:
        memory = Memory()
    memory.margin = None
    return memory


def give_back(memory: Memory) -> None:
    """Keep it for the next call, unless it is large."""
    if sum(block.nbytes for block in memory.bytes.values()) <= tuning.KEPT_BYTES:
        free.append(memory)
