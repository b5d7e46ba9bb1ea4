"""What functions of one or two operands have in common: checks, promotion, the in-place form."""

from collections.abc import Callable
from typing import Any

import numpy as np

from refnet.engine import dtypes
from refnet.engine.argument_errors import is_complex, not_a_tensor
from refnet.engine.dtypes import converted, promote
from refnet.engine.in_place import overwrite, refuse_leaf
from refnet.engine.tape import apply, apply_binary, apply_unary
from refnet.engine.tensor import Tensor, wrap
from refnet.ops.rule import NUMBER


def is_tensor(x: Any) -> bool:
    """Whether an operand is a tensor; anything else has to be a number."""
    return hasattr(x, "_array")


def require_tensor(x: Any) -> Any:
    """The argument; raises TypeError if it is no tensor."""
    if not is_tensor(x):
        raise not_a_tensor("an argument", x)
    return x


def is_number(x: Any) -> bool:
    """Whether it is a real number, Python's or NumPy's."""
    return isinstance(x, (int, float, np.number, np.bool)) and not is_complex(x)


def operand(x: Any, name: str, function: str) -> Any:
    """A tensor or a Python number: NumPy's numbers become Python's, and True a 0-d tensor."""
    if hasattr(x, "_array") or type(x) in (float, int):
        return x
    if isinstance(x, (bool, np.bool)):
        return wrap(np.asarray(x))
    if is_number(x):
        return x.item() if isinstance(x, np.generic) else x
    raise not_a_tensor(f"{function}(): argument '{name}'", x, "Tensor or a number")


def floating(input: Tensor) -> Tensor:
    """The tensor, integers as the default dtype: what a transcendental function works on."""
    return input if input._array.dtype.kind in "fc" else input.to(dtypes.get_default_dtype())


def refuse_bool(function: str, *operands: Any) -> None:
    """Raise PyTorch's error for an operation without a meaning on booleans alone."""
    need_tensor(function, *operands)
    if dtypes.result_dtype(*operands).kind == "b":
        raise NotImplementedError(f"{function} is not for boolean tensors; cast one of them first")


def misfit(a: Any, b: Any) -> Exception:
    """PyTorch's error for two shapes that do not broadcast."""
    a, b = list(a.shape), list(b.shape)
    for axis in range(1, min(len(a), len(b)) + 1):
        if a[-axis] != b[-axis] and 1 not in (a[-axis], b[-axis]):
            return RuntimeError(
                f"The size of tensor a ({a[-axis]}) must match the size of tensor b "
                f"({b[-axis]}) at non-singleton dimension {max(len(a), len(b)) - axis}: "
                f"the shapes are {a} and {b}"
            )
    return RuntimeError(f"shapes {a} and {b} cannot be broadcast together")


def number(x: Any, name: str, function: str) -> Any:
    """A Python number: itself, NumPy's, or that of a 0-d tensor without a gradient; else TypeError."""
    if is_tensor(x) and not x.ndim and not x._requires_grad:
        return x.item()
    if not is_number(x):
        raise not_a_tensor(f"{function}(): argument '{name}'", x, "a number")
    return x.item() if isinstance(x, np.generic) else x


def number_for(input: Tensor, value: Any, function: str) -> Any:
    """A number, or a 0-d tensor, in the dtype of the tensor that it is written into.

    Raises TypeError for anything else, RuntimeError for dimensions, and for a value that the dtype
    does not hold.
    """
    of = input._array.dtype
    if not is_tensor(value):
        return converted(number(value, "value", function), of, function)
    if value.ndim:
        raise RuntimeError(
            f"{function} only supports a 0-dimensional value tensor, but got tensor with "
            f"{value.ndim} dimension(s)."
        )
    if value.is_complex():
        return value
    converted(value.item(), of, function)
    return value._as(of)


def need_tensor(function: str, *operands: Any) -> None:
    """Raise PyTorch's error for a function of numbers alone."""
    if not any(map(is_tensor, operands)):
        raise not_a_tensor(f"{function}(): argument 'input'", operands[0])


def arrays(input: Any, other: Any) -> tuple[Any, Any]:
    """The arrays of two operands in their common dtype, for what has no gradient; a number that
    NumPy takes for one of it stays."""
    input, other = promote(input, other)
    return getattr(input, "_array", input), getattr(other, "_array", other)


def computed(function: Callable[..., Any], a: Any, b: Any) -> Tensor:
    """The tensor of a function of two arrays, without a gradient; with PyTorch's error where shapes
    do not fit."""
    try:
        return wrap(np.asarray(function(a, b)))
    except ValueError as error:
        raise misfit(np.asarray(a), np.asarray(b)) from error


def broadcast(rule: Any, a: Any, b: Any) -> Tensor:
    """Apply a rule of two promoted operands, with PyTorch's error where shapes do not fit."""
    try:
        result: Tensor = apply(rule, a, b)
    except ValueError as error:
        raise misfit(a, b) from error
    return result


def binary(rule: Any, input: Any, other: Any, function: str) -> Tensor:
    """Apply a rule to two operands, tensors or numbers, of any dtypes."""
    a, b = getattr(input, "_array", None), getattr(other, "_array", None)
    if a is not None and b is not None:
        if a.dtype != b.dtype:
            input, other = promote(input, other)
        try:
            return apply_binary(rule, input, other)
        except ValueError as error:
            raise misfit(input, other) from error
    if a is not None and a.dtype.kind == "f" and type(other) in NUMBER:
        return apply_unary(rule, input, other)
    input, other = operand(input, "input", function), operand(other, "other", function)
    input, other = promote(input, other)
    if not is_tensor(input):
        input = wrap(np.asarray(input, dtype=dtypes.result_dtype(input, other)))
    return apply(rule, input, other)


def in_place(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The form of a function that gives its result to its first argument."""

    def changed(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        refuse_leaf(input)
        return overwrite(input, function(input, *args, **kwargs))

    changed.__name__ = changed.__qualname__ = function.__name__ + "_"
    changed.__doc__ = f"{function.__name__} in place: {function.__doc__}"
    return changed
