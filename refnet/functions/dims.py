"""The dimension arguments of PyTorch, made plain for the rules."""

from collections.abc import Iterable
from typing import Any


def normalise_dim(dim: int | Iterable[int] | None, ndim: int) -> tuple[int, ...]:
    """Dimensions as a tuple of numbers from 0 to ndim − 1; None and () mean all.

    Raises IndexError for one out of range, RuntimeError for one that is named twice, TypeError
    for one that is not an integer.
    """
    if dim is None:
        return tuple(range(ndim))
    dims = tuple(dim) if isinstance(dim, (tuple, list)) else (dim,)
    if not dims:
        return tuple(range(ndim))
    n = max(ndim, 1)
    result = []
    for d in dims:
        if not hasattr(d, "__index__") or isinstance(d, bool):
            raise TypeError(f"a dimension must be an int, got {d!r}")
        i = d.__index__()
        if not -n <= i < n:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-n}, {n - 1}], but got {i})"
            )
        result.append(i % n)
    if len(set(result)) != len(result):
        raise RuntimeError(f"dim {dims} names a dimension more than once")
    return tuple(result)


def sizes_of(args: tuple[Any, ...]) -> tuple[int, ...]:
    """The sizes given as f(2, 3), f((2, 3)) or f([2, 3])."""
    sizes = args[0] if len(args) == 1 and isinstance(args[0], (tuple, list)) else args
    for n in sizes:
        if not hasattr(n, "__index__") or isinstance(n, bool):
            raise TypeError(f"a size must be an int, got {n!r} in {tuple(sizes)!r}")
    return tuple(n.__index__() for n in sizes)
