"""Python's operators: `x + y`, `7 % x`, `x <<= 1`. refnet/engine/methods.py assigns them to Tensor.

Each operator calls a function of refnet for tensors and numbers, and also accepts a NumPy array. In
PyTorch, NumPy computes an operation with an array, in NumPy's dtype. refnet computes and records it
itself, in the same dtype. For any other operand the result is NotImplemented, so Python tries the
method of that operand.
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

Function = Callable[[Any, Any], Tensor]


def operator(function: Function, ufunc: np.ufunc) -> Function:
    """Returns the operator input ∘ other for a function and its NumPy counterpart, ufunc."""

    def operate(input: Tensor, other: Any) -> Any:
        try:
            return function(input, other)
        except (TypeError, RuntimeError) as error:
            return _retried(function, ufunc, (input, other), other, error)

    return _described(operate, function)


def reflected(function: Function, ufunc: np.ufunc) -> Function:
    """Returns the operator other ∘ input, where other is not a tensor."""

    def operate(input: Tensor, other: Any) -> Any:
        try:
            return function(other, input)
        except (TypeError, RuntimeError) as error:
            return _retried(function, ufunc, (other, input), other, error)

    return _described(operate, function)


def in_place_operator(function: Function) -> Function:
    """Returns the operator input ∘= other for a function that changes its input."""

    def operate(input: Tensor, other: Any) -> Any:
        try:
            return function(input, other)
        except (TypeError, RuntimeError) as error:
            return _retried(function, None, (input, other), other, error)

    return _described(operate, function)


def _described(operate: Function, function: Function) -> Function:
    operate.__name__ = operate.__qualname__ = function.__name__
    operate.__doc__ = function.__doc__
    operate.__wrapped__ = function  # type: ignore[attr-defined]
    return operate


def _retried(
    function: Function, ufunc: np.ufunc | None, operands: Any, other: Any, error: Exception
) -> Any:
    """Returns the result if the other operand is an array, else NotImplemented.

    An array is converted to a tensor, and with a ufunc both operands to the dtypes in which NumPy
    computes. Raises the function's error again if the other operand is a number or a tensor.
    """
    if not isinstance(other, np.ndarray):
        known = is_tensor(other) or is_number(other) or is_complex(other) or is_torch(other)
        if known or not isinstance(error, TypeError):
            raise error
        return NotImplemented
    a, b = (from_numpy(x) if x is other else x for x in operands)
    if ufunc is not None:
        first, second, _ = ufunc.resolve_dtypes((a._array.dtype, b._array.dtype, None))
        a, b = cast(a, first), cast(b, second)
    return function(a, b)


def invert(input: Tensor) -> Tensor:
    """Computes ~input, the bitwise or logical not.

    Args:
        input: tensor of booleans or integers

    Raises:
        TypeError: for floating-point tensors; there `bitwise_not` raises NotImplementedError

    Example:
        >>> ~refnet.tensor([True, False])
        tensor([False,  True])
    """
    if input._array.dtype.kind not in "biu":
        raise TypeError(f"~x: expected a tensor of booleans or integers, got {input.dtype}")
    return bitwise_not(input)


def delitem(input: Tensor, index: Any) -> NoReturn:
    """Raises TypeError: elements of a tensor cannot be deleted."""
    raise TypeError("Tensor does not support deleting items")
