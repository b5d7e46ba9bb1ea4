"""Sizes for 1, 2 or 3 spatial dimensions as arguments of layers."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

Number = TypeVar("Number", int, float)
Size = int | Sequence[int]


def as_tuple(n: int, size: Number | Iterable[Number]) -> tuple[Number, ...]:
    """Returns a tuple: n times one number, or the numbers given."""
    return tuple(size) if isinstance(size, Iterable) else (size,) * n
