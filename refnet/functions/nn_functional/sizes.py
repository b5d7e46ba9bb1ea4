"""The arguments that give a size for each spatial dimension, made plain and checked."""

from typing import Any

from refnet.engine.tensor import Tensor
from refnet.functions.dims import sizes_of


def sizes(function: str, name: str, value: Any, d: int, *, single: bool = True) -> tuple[int, ...]:
    """One number for all d dimensions, or one for each, as a tuple of d.

    A tuple of one number is taken for one number, unless single is False. Raises TypeError for what
    is not an int, RuntimeError for another number of them.
    """
    given = sizes_of((value,))
    if len(given) != d and not (
        len(given) == 1 and (single or not isinstance(value, tuple | list))
    ):
        raise RuntimeError(f"{function}: {name} must be an int or a tuple of {d}, got {given}")
    return given if len(given) == d else given * d


def check_flag(function: str, name: str, value: Any) -> None:
    """Raise TypeError for a flag that is not a bool."""
    if not isinstance(value, bool):
        raise TypeError(f"{function}(): {name} must be bool, not {type(value).__name__}")


def check_planes(function: str, input: Tensor, d: int, *, nonzero: int) -> None:
    """Raise RuntimeError unless the input is (N, C, n₁, …, n_d) or (C, n₁, …, n_d).

    From dimension `nonzero` on no size may be 0.
    """
    shape = input._array.shape
    if len(shape) not in (d + 1, d + 2) or 0 in shape[nonzero:]:
        raise RuntimeError(
            f"{function}: expected {d + 1}D or {d + 2}D (batch mode) tensor with optional 0 dim "
            f"batch size for input, but got: {list(shape)}"
        )
