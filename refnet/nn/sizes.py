"""Arguments for the sizes of 1, 2 or 3 spatial dimensions."""

from collections.abc import Iterable


def as_tuple(n: int, size: int | Iterable[int]) -> tuple[int, ...]:
    """One number for all n dimensions, or the numbers given, as a tuple."""
    return tuple(size) if isinstance(size, Iterable) else (size,) * n
