"""Python's operators: `x + y`, `7 % x`, `x <<= 1`. refnet/engine/methods.py gives them to Tensor.

Each is a function of refnet, which takes tensors and numbers, made to take a NumPy array as well:
PyTorch hands such an operation to NumPy, so the dtype of the result is NumPy's, but the operation
is refnet's, and recorded. To any other operand the answer is NotImplemented, by which Python
knows to ask that operand.
"""

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from refnet.engine.argument_errors import is_complex, is_torch
from refnet.engine.dtypes import cast
from refnet.engine.tensor import Tensor
from refnet.functions.comparison import bitwise_not
from refnet.functions.creation import from_numpy
from refnet.functions.operands import is_number, is_tensor

Function = Callable[[Any, Any], "Tensor"]


def operator(function: Function, ufunc: np.ufunc) -> Function:
    """input ∘ other: the function, which NumPy knows as ufunc."""

    def operate(input: Tensor, other: Any) -> Any:
        try:
            return function(input, other)
        except (TypeError, RuntimeError) as error:
            if isinstance(other, np.ndarray):
                return function(*_promoted(ufunc, input, from_numpy(other)))
            return _left_to(other, error)

    return _described(operate, function)


def reflected(function: Function, ufunc: np.ufunc) -> Function:
    """other ∘ input, where other is not a tensor."""

    def operate(input: Tensor, other: Any) -> Any:
        try:
            return function(other, input)
        except (TypeError, RuntimeError) as error:
            if isinstance(other, np.ndarray):
                return function(*_promoted(ufunc, from_numpy(other), input))
            return _left_to(other, error)

    return _described(operate, function)


def in_place_operator(function: Function) -> Function:
    """input ∘= other, where the function changes its input."""

    def operate(input: Tensor, other: Any) -> Any:
        try:
            return function(input, other)
        except (TypeError, RuntimeError) as error:
            if isinstance(other, np.ndarray):
                return function(input, from_numpy(other))
            return _left_to(other, error)

    return _described(operate, function)


def _described(operate: Function, function: Function) -> Function:
    operate.__name__ = operate.__qualname__ = function.__name__
    operate.__doc__ = function.__doc__
    operate.__wrapped__ = function  # type: ignore[attr-defined]
    return operate


def _promoted(ufunc: np.ufunc, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """The operands in the dtypes in which NumPy computes with them."""
    to, other, _ = ufunc.resolve_dtypes((a._array.dtype, b._array.dtype, None))
    return cast(a, to), cast(b, other)


def _left_to(other: Any, error: Exception) -> Any:
    """NotImplemented; for an operand that cannot do it either, the function's error."""
    known = is_tensor(other) or is_number(other) or is_complex(other) or is_torch(other)
    if known or not isinstance(error, TypeError):
        raise error
    return NotImplemented


def invert(input: Tensor) -> Tensor:
    """~input; raises TypeError for floating-point numbers, where bitwise_not says NotImplementedError."""
    if input._array.dtype.kind not in "biu":
        raise TypeError(f"~x is for booleans and integers, not {input.dtype}")
    return bitwise_not(input)


def delitem(input: Tensor, index: Any) -> NoReturn:
    """Raises TypeError: a tensor's elements cannot be deleted."""
    raise TypeError("Tensor does not support deleting items")
