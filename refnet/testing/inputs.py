"""The inputs of a check: arrays, shapes, and tuples and lists of these."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from refnet.ops.rule import Array

_NUMBERS = (bool, int, float)
# The dtypes that both libraries have.
_DTYPES = ("bool", "int8", "int16", "int32", "int64", "uint8")


def arguments(function: str, inputs: Any, seed: int, *, numbers: bool = False) -> list[Any]:
    """Returns the arguments of a call: arrays, None, and tuples and lists of these.

    A shape, which is a tuple of integers, becomes standard normal values. Floating-point arrays
    become float64. A single array or shape is a call with one argument.

    Args:
        function: the name of the function in errors
        inputs: the inputs
        seed: the seed of the standard normal values
        numbers: whether Python numbers stay as they are; otherwise they become arrays

    Raises:
        TypeError: for an input that is neither an array nor a shape
    """
    if hasattr(inputs, "dtype") or (_is_shape(inputs) and inputs):
        inputs = [inputs]
    elif not isinstance(inputs, (tuple, list)):
        raise TypeError(f"{function}(): expected a list of inputs, got {type(inputs).__name__}")
    elif inputs and all(_is_integer(x) for x in inputs):
        raise TypeError(
            f"{function}(): expected a list of arrays or of shapes, got {list(inputs)}; "
            f"a shape is a tuple: [{tuple(inputs)}]"
        )
    rng = np.random.default_rng(seed)
    return [
        x if numbers and type(x) in _NUMBERS else _argument(f"{function}(): input {i}", x, rng)
        for i, x in enumerate(inputs)
    ]


def _argument(where: str, x: Any, rng: np.random.Generator) -> Any:
    if x is None:
        return None
    if _is_shape(x):
        return np.asarray(rng.standard_normal(x))
    if isinstance(x, tuple) or (isinstance(x, list) and any(_is_part(part) for part in x)):
        return type(x)(_argument(f"{where}[{i}]", part, rng) for i, part in enumerate(x))
    try:
        array = np.asarray(x.detach() if hasattr(x, "detach") else x)
    except ValueError as error:
        raise TypeError(f"{where}: expected an array or a shape, got {x!r:.60}") from error
    if array.dtype.kind == "f":
        return array.astype(np.float64)
    if array.dtype.name not in _DTYPES:
        raise TypeError(
            f"{where}: expected an array of a dtype that PyTorch and refnet have, or a shape, "
            f"got {type(x).__name__} of dtype {array.dtype}"
        )
    return array


def _is_integer(x: Any) -> bool:
    return isinstance(x, (int, np.integer)) and not isinstance(x, bool)


def _is_shape(x: Any) -> bool:
    return isinstance(x, tuple) and all(_is_integer(n) for n in x)


def _is_part(x: Any) -> bool:
    """Returns whether a list that contains x is a list of arguments, not the values of an array."""
    return x is None or isinstance(x, tuple) or hasattr(x, "dtype") or _is_nest(x)


def _is_nest(x: Any) -> bool:
    return isinstance(x, list) and any(_is_part(part) for part in x)


def leaves(arguments: Sequence[Any], first: int = 0) -> Iterator[tuple[str, Array]]:
    """Yields the arrays in the arguments with their names; "input 1[0]" is in a tuple or list.

    Args:
        arguments: the arguments
        first: the position of the first argument
    """

    def visit(name: str, x: Any) -> Iterator[tuple[str, Array]]:
        if isinstance(x, (tuple, list)):
            for i, part in enumerate(x):
                yield from visit(f"{name}[{i}]", part)
        elif x is not None:
            yield name, x

    for i, x in enumerate(arguments, first):
        yield from visit(f"input {i}", x)


def rebuilt(arguments: Sequence[Any], tensors: Sequence[Any]) -> list[Any]:
    """Returns the arguments with these tensors instead of their arrays."""
    rest = iter(tensors)

    def build(x: Any) -> Any:
        if isinstance(x, (tuple, list)):
            return type(x)(build(part) for part in x)
        return None if x is None else next(rest)

    return [build(x) for x in arguments]
