"""Arguments for the sizes of 1, 2 or 3 spatial dimensions."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

Number = TypeVar("Number", int, float)
Size = int | Sequence[int]


def as_tuple(n: int, size: Number | Iterable[Number]) -> tuple[Number, ...]:
    """One number for all n dimensions, or the numbers given, as a tuple."""
    return tuple(size) if isinstance(size, Iterable) else (size,) * n
