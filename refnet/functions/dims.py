"""Checks of dimension and size arguments, which return them in the form that rules take."""

from collections.abc import Iterable
from typing import Any


def normalise_dim(dim: int | Iterable[int] | None, ndim: int) -> tuple[int, ...]:
    """Returns dimensions as a tuple of numbers from 0 to ndim − 1; None and () mean all.

    A 0-d tensor has the dimensions 0 and −1 here, as in PyTorch.

    Raises:
        IndexError: for a dimension out of range
        RuntimeError: for a repeated dimension
        TypeError: for a dimension that is not an integer
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
        if i % n in result:
            raise RuntimeError(
                f"dim {i % n} appears multiple times in the list of dims {list(dims)}"
            )
        result.append(i % n)
    return tuple(result)


def one_dim(dim: Any, ndim: int) -> int:
    """Returns one dimension as a number from 0 to ndim − 1.

    Raises:
        IndexError: for a dimension out of range
        TypeError: for anything but an integer
    """
    if isinstance(dim, (tuple, list)) or dim is None:
        raise TypeError(f"dim must be an int, got {dim!r}")
    return normalise_dim(dim, ndim)[0]


def integer(n: Any, name: str, function: str) -> int:
    """Returns an integer argument; raises TypeError for a boolean or anything but an integer."""
    if isinstance(n, bool) or not hasattr(n, "__index__"):
        raise TypeError(f"{function}(): argument '{name}' must be int, not {type(n).__name__}")
    value: int = n.__index__()
    return value


def count(n: Any, name: str, function: str) -> int:
    """Returns an integer argument; raises RuntimeError if it is negative."""
    value = integer(n, name, function)
    if value < 0:
        raise RuntimeError(f"{function}(): {name} must be non-negative, got {value}")
    return value


def sizes_of(args: tuple[Any, ...]) -> tuple[int, ...]:
    """Reads the sizes of f(2, 3), f((2, 3)) or f([2, 3]).

    Raises:
        TypeError: for a size that is not an integer, and for f()
    """
    if not args:
        raise TypeError("missing 1 required positional argument: the sizes or dimensions")
    sizes = args[0] if len(args) == 1 and isinstance(args[0], (tuple, list)) else args
    for n in sizes:
        if not hasattr(n, "__index__") or isinstance(n, bool):
            raise TypeError(f"a size must be an int, got {n!r} in {tuple(sizes)!r}")
    return tuple(n.__index__() for n in sizes)


def several(name: str, args: tuple[Any, ...], named: Any) -> tuple[int, ...]:
    """Reads the integers of f(2, 3), f((2, 3)) or f(name=(2, 3)).

    Raises:
        TypeError: if they are missing, given twice, or not integers
    """
    if named is None:
        return sizes_of(args)
    if args:
        raise TypeError(f"got multiple values for argument '{name}': {args} and {named}")
    if not isinstance(named, (tuple, list)):
        raise TypeError(f"argument '{name}' must be tuple of ints, not {type(named).__name__}")
    return sizes_of((named,))
