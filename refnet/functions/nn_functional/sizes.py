"""Checks of arguments that give a size for each spatial dimension."""

from typing import Any

from refnet.engine.tensor import Tensor
from refnet.functions.dims import sizes_of


def sizes(function: str, name: str, value: Any, d: int, *, single: bool = True) -> tuple[int, ...]:
    """Returns a tuple of d sizes, from one number for all dimensions or d of them.

    Args:
        function: name of the calling function, for errors
        name: name of the argument, for errors
        value: the argument
        d: number of dimensions
        single: whether a tuple of one number is accepted in place of the number

    Raises:
        TypeError: a size is not an int
        RuntimeError: there are neither one nor d sizes
    """
    given = sizes_of((value,))
    if len(given) != d and not (
        len(given) == 1 and (single or not isinstance(value, tuple | list))
    ):
        raise RuntimeError(f"{function}(): expected {name} int or {d} ints, got {given}")
    return given if len(given) == d else given * d


def check_flag(function: str, name: str, value: Any) -> None:
    """Raises TypeError for a flag that is not a bool."""
    if not isinstance(value, bool):
        raise TypeError(f"{function}(): expected {name} bool, got {type(value).__name__}")


def check_planes(function: str, input: Tensor, d: int, *, nonzero: int) -> None:
    """Raises RuntimeError unless the input is (N, C, n₁, …, n_d) or (C, n₁, …, n_d).

    From dimension `nonzero` on no size may be 0.
    """
    shape = input._array.shape
    if len(shape) not in (d + 1, d + 2) or 0 in shape[nonzero:]:
        raise RuntimeError(
            f"{function}(): expected a {d + 1}D or {d + 2}D (batch mode) input with non-zero sizes "
            f"after the batch, got {list(shape)}"
        )
