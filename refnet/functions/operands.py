"""Checks, promotion and the in-place form of functions of one or two operands."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np

from refnet.engine import dtypes
from refnet.engine.argument_errors import is_complex, not_a_tensor
from refnet.engine.dtypes import converted, promote
from refnet.engine.in_place import overwrite, refuse_leaf
from refnet.engine.tape import apply, apply_binary, apply_unary
from refnet.engine.tensor import Tensor, wrap
from refnet.ops.rule import NUMBER

F = TypeVar("F", bound=Callable[..., Tensor])


def is_tensor(x: Any) -> bool:
    """Returns whether an operand is a tensor."""
    return hasattr(x, "_array")


def require_tensor(x: Any) -> Any:
    """Returns the argument; raises TypeError if it is not a tensor."""
    if not is_tensor(x):
        raise not_a_tensor("an argument", x)
    return x


def check_tensors(function: str, **inputs: Any) -> None:
    """Raises PyTorch's TypeError for an argument that is not a Tensor."""
    for position, (name, x) in enumerate(inputs.items(), start=1):
        if not hasattr(x, "_array"):
            raise not_a_tensor(f"{function}(): argument '{name}' (position {position})", x)


def is_number(x: Any) -> bool:
    """Returns whether x is a real number of Python or NumPy."""
    return isinstance(x, (int, float, np.number, np.bool)) and not is_complex(x)


def operand(x: Any, name: str, function: str) -> Any:
    """Returns a tensor or a Python number; converts NumPy's numbers, and booleans to tensors."""
    if hasattr(x, "_array") or type(x) in (float, int):
        return x
    if isinstance(x, (bool, np.bool)):
        return wrap(np.asarray(x))
    if is_number(x):
        return x.item() if isinstance(x, np.generic) else x
    raise not_a_tensor(f"{function}(): argument '{name}'", x, "Tensor or a number")


def floating(input: Tensor) -> Tensor:
    """Returns the tensor, converted to the default dtype if it holds integers or booleans."""
    return input if input._array.dtype.kind in "fc" else input.to(dtypes.get_default_dtype())


def as_vector(x: Tensor) -> Tensor:
    """Returns the tensor; a 0-d tensor as a vector of one entry."""
    return x if x.ndim else x.reshape(1)


def refuse_bool(function: str, *operands: Any) -> None:
    """Raises PyTorch's NotImplementedError if all operands are boolean."""
    need_tensor(function, *operands)
    if dtypes.result_dtype(*operands).kind == "b":
        raise NotImplementedError(
            f"{function}() does not support boolean tensors; cast one of them first"
        )


def misfit(*operands: Any) -> Exception:
    """Returns PyTorch's error for shapes that do not broadcast. Numbers have no shape.

    As in PyTorch, tensor a has the common shape of the operands before tensor b.
    """
    shapes = [list(x.shape) for x in operands if hasattr(x, "shape")]
    text = f"{', '.join(map(str, shapes[:-1]))} and {shapes[-1]}"
    a, *others = shapes
    for b in others:
        for axis in range(1, min(len(a), len(b)) + 1):
            if a[-axis] != b[-axis] and 1 not in (a[-axis], b[-axis]):
                return RuntimeError(
                    f"The size of tensor a ({a[-axis]}) must match the size of tensor b "
                    f"({b[-axis]}) at non-singleton dimension {max(len(a), len(b)) - axis}: "
                    f"the shapes are {text}"
                )
        a = list(np.broadcast_shapes(a, b))
    return RuntimeError(f"shapes {text} cannot be broadcast together")


def number(x: Any, name: str, function: str) -> Any:
    """Returns a Python number: x itself, NumPy's number, or the value of a 0-d tensor.

    Raises TypeError for anything else, and for a tensor that requires a gradient.
    """
    if is_tensor(x) and not x.ndim and not x._requires_grad:
        return x.item()
    if not is_number(x):
        raise not_a_tensor(f"{function}(): argument '{name}'", x, "a number")
    return x.item() if isinstance(x, np.generic) else x


def number_for(input: Tensor, value: Any, function: str) -> Any:
    """Returns a number or 0-d tensor in the dtype of `input`, the tensor that it is written to.

    Raises TypeError for anything else, and RuntimeError for a tensor that is not 0-d and for a
    value that the dtype cannot hold.
    """
    dtype = input._array.dtype
    if not is_tensor(value):
        return converted(number(value, "value", function), dtype, function)
    if value.ndim:
        raise RuntimeError(
            f"{function} only supports a 0-dimensional value tensor, but got tensor with "
            f"{value.ndim} dimension(s)."
        )
    if value.is_complex():
        return value
    converted(value.item(), dtype, function)
    return value._as(dtype)


def need_tensor(function: str, *operands: Any) -> None:
    """Raises PyTorch's error if all operands are numbers."""
    if not any(map(is_tensor, operands)):
        raise not_a_tensor(f"{function}(): argument 'input'", operands[0])


def arrays(input: Any, other: Any) -> tuple[Any, Any]:
    """Returns the arrays of two operands in their common dtype, for functions without a gradient.

    A Python number that NumPy converts to that dtype stays a number.
    """
    input, other = promote(input, other)
    return getattr(input, "_array", input), getattr(other, "_array", other)


def computed(function: Callable[..., Any], a: Any, b: Any) -> Tensor:
    """Returns the result of a function of two arrays as a tensor without a gradient.

    Raises PyTorch's error if the shapes do not broadcast.
    """
    try:
        return wrap(np.asarray(function(a, b)))
    except ValueError as error:
        raise misfit(np.asarray(a), np.asarray(b)) from error


def same_dtype(a: Tensor, b: Tensor) -> bool:
    """Returns whether the dtypes are equal, or one is complex (the complex step)."""
    d, e = a._array.dtype, b._array.dtype
    return d == e or "c" in d.kind + e.kind


def need_float(function: str, x: Tensor) -> Tensor:
    """Returns the tensor; raises PyTorch's error if it holds integers or booleans."""
    if x._array.dtype.kind not in "fc":
        raise NotImplementedError(f"{function}(): expected floating-point tensors, got {x.dtype}")
    return x


def broadcast(rule: Any, a: Any, b: Any) -> Tensor:
    """Applies a rule to two promoted operands; raises PyTorch's error if they do not broadcast."""
    try:
        return apply(rule, a, b)
    except ValueError as error:
        raise misfit(a, b) from error


def binary(rule: Any, input: Any, other: Any, function: str) -> Tensor:
    """Applies a rule to two operands, tensors or numbers, of any dtypes."""
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


_IN_PLACE = """In-place form of `{0}`: writes the result into `input`, and returns it.

    Takes the arguments of `{0}`.

    Raises:
        RuntimeError: if `input` is a leaf that requires a gradient, if it is an expanded view, and
            if the result has another shape or a dtype of a higher category
    """


def in_place(function: F, write: Callable[[Tensor, Tensor], Tensor] = overwrite) -> F:
    """Returns the form of a function that writes its result into its first argument."""

    def changed(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        refuse_leaf(input)
        return write(input, function(input, *args, **kwargs))

    name = function.__name__
    changed.__name__ = changed.__qualname__ = name + "_"
    changed.__doc__ = _IN_PLACE.format(name)
    changed.out_of_place = function  # type: ignore[attr-defined]
    return cast(F, changed)
