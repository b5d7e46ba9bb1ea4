"""Working memory that kernels reuse.

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
    """Arrays by name, for one thread; a new array of a name overwrites the previous one."""

    def __init__(self) -> None:
        self.bytes: dict[str, Array] = {}
        self.margin: Any = None  # the shape of "padded", and the part of it that is not 0

    def __call__(self, name: str, shape: Sequence[int], dtype: Any) -> Array:
        try:
            return np.ndarray(shape, dtype, self.bytes[name])
        except (KeyError, TypeError):  # not there yet, or too small
            self.bytes[name] = np.empty(math.prod(shape) * np.dtype(dtype).itemsize, np.uint8)
            return np.ndarray(shape, dtype, self.bytes[name])


free: list[Memory] = []  # not in use; list.pop and append are thread-safe


def borrowed() -> Memory:
    """Returns memory that is not in use."""
    try:
        memory = free.pop()
    except IndexError:
        memory = Memory()
    memory.margin = None
    return memory


def give_back(memory: Memory) -> None:
    """Keeps the memory for the next call, unless it is large."""
    if sum(block.nbytes for block in memory.bytes.values()) <= tuning.KEPT_BYTES:
        free.append(memory)
