"""Sums, products, quotients and powers, under PyTorch's names.

Operands of different dtypes are promoted as in PyTorch; shapes broadcast. A function whose name
ends in an underscore changes its first argument in place and returns it.
"""

from typing import Any

import numpy as np

from refnet import ops
from refnet.engine import dtypes
from refnet.engine.dtypes import cast, converted, promote, promote_floating, wide
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.operands import (
    arrays,
    binary,
    computed,
    floating,
    in_place,
    is_tensor,
    misfit,
    need_float,
    need_tensor,
    number,
    operand,
    refuse_bool,
    require_tensor,
    same_dtype,
)
from refnet.ops.rule import NUMBER, Array, Rule

__all__ = [
    "add",
    "addcdiv",
    "addcmul",
    "div",
    "divide",
    "floor_divide",
    "fmod",
    "lerp",
    "mul",
    "multiply",
    "neg",
    "neg_",
    "negative",
    "negative_",
    "pow",
    "reciprocal",
    "reciprocal_",
    "remainder",
    "square",
    "square_",
    "sub",
    "subtract",
    "true_divide",
]


def add(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """Adds two operands, element by element.

        y = input + alpha · other

    The shapes broadcast, and the dtypes are promoted (`refnet.result_type`).

    The gradient is derived in `refnet.ops.add`.

    Args:
        input: a tensor or a number
        other: a tensor or a number
        alpha: the factor of `other`, a number

    Raises:
        RuntimeError: for a floating-point `alpha` with integer operands, for a boolean `alpha` with
            operands that are not boolean, for an `alpha` that the dtype cannot hold, or if the
            shapes do not broadcast

    Example:
        >>> refnet.add(refnet.tensor([1.0, 2.0]), refnet.tensor([10.0, 20.0]), alpha=2)
        tensor([21., 42.])
    """
    if alpha != 1 or alpha is True:
        input, other = _with_alpha(input, other, alpha, "add")
    return binary(ops.add, input, other, "add")


def sub(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """Subtracts one operand from another, element by element.

        y = input − alpha · other

    The shapes broadcast, and the dtypes are promoted (`refnet.result_type`).

    The gradient is derived in `refnet.ops.sub`.

    Args:
        input: a tensor or a number
        other: a tensor or a number
        alpha: the factor of `other`, a number

    Raises:
        RuntimeError: if an operand is boolean, for an `alpha` that `add` does not accept, or if the
            shapes do not broadcast

    Example:
        >>> refnet.sub(refnet.tensor([10.0, 20.0]), refnet.tensor([1.0, 2.0]))
        tensor([ 9., 18.])
    """
    no_bool_minus(input, other)
    if alpha != 1 or alpha is True:
        input, other = _with_alpha(input, other, alpha, "sub")
    return binary(ops.sub, input, other, "sub")


def _with_alpha(input: Any, other: Any, alpha: Any, function: str) -> tuple[Any, Any]:
    """Returns input and alpha · other, both in their common dtype."""
    input, other = operand(input, "input", function), operand(other, "other", function)
    dtype = dtypes.result_dtype(input, other)
    factor = factor_of(alpha, "alpha", dtype, function)
    return cast(input, dtype), scaled(cast(other, dtype), factor)


def factor_of(value: Any, name: str, dtype: np.dtype[Any], function: str) -> Any:
    """Converts the number alpha or beta to the dtype of a result.

    Raises:
        RuntimeError: for a boolean if the result is not boolean, for a floating-point number if the
            result is an integer, and for a number that the dtype cannot hold
    """
    value = number(value, name, function)
    if isinstance(value, bool) and dtype.kind != "b":
        raise RuntimeError(
            f"{function}(): Boolean {name} only supported for Boolean results, got {name}={value} "
            f"for {dtype}"
        )
    if isinstance(value, float) and dtype.kind not in "fc":
        raise RuntimeError(
            f"{function}(): For integral input tensors, argument {name} must not be a floating "
            f"point number, got {value}"
        )
    return converted(value, dtype, function)


def scaled(x: Any, factor: Any) -> Any:
    """Computes factor · x.

    The factor is an option of the rule rather than an operand, so the tape saves nothing for it.
    """
    if type(factor) not in NUMBER:
        return x * factor
    if factor == 1:
        return x
    if is_tensor(x) and x._array.dtype.kind == "f":
        return apply(ops.scale, x, factor=factor)
    return x * factor


def no_bool_minus(*operands: Any) -> None:
    """Raises PyTorch's error for a difference of booleans, or of a boolean and a number."""
    booleans = [type(x) is bool or (is_tensor(x) and x._array.dtype.kind == "b") for x in operands]
    if any(booleans):
        which, instead = ("two bool tensors", "^") if all(booleans) else ("a bool tensor", "~")
        name = "logical_xor" if all(booleans) else "logical_not"
        raise RuntimeError(
            f"Subtraction, the `-` operator, with {which} is not supported. "
            f"Use the `{instead}` or `{name}()` operator instead."
        )


def mul(input: Any, other: Any) -> Tensor:
    """Multiplies two operands, element by element.

        y = input · other

    The shapes broadcast, and the dtypes are promoted (`refnet.result_type`).

    The gradient is derived in `refnet.ops.mul`.

    Args:
        input: a tensor or a number
        other: a tensor or a number

    Raises:
        RuntimeError: if the shapes do not broadcast

    Example:
        >>> refnet.mul(refnet.tensor([[1], [2]]), refnet.tensor([10, 20]))
        tensor([[10, 20],
                [20, 40]])
    """
    return binary(ops.mul, input, other, "mul")


def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """Divides one operand by another, element by element.

        y = input / other

    The quotient of integers is a floating-point number, unless it is rounded. The shapes broadcast,
    and the dtypes are promoted (`refnet.result_type`).

    The gradient is derived in `refnet.ops.div`.

    Args:
        input: a tensor or a number
        other: a tensor or a number
        rounding_mode: None, "trunc" to round towards 0, or "floor" to round down; a rounded
            quotient has the gradient 0

    Raises:
        RuntimeError: for an unknown rounding mode, for a rounded division of integers by 0, or if
            the shapes do not broadcast
        NotImplementedError: for a rounded division of booleans

    Example:
        >>> x = refnet.tensor([-7, 7])
        >>> refnet.div(x, 2)
        tensor([-3.5000,  3.5000])
        >>> refnet.div(x, 2, rounding_mode="trunc"), refnet.div(x, 2, rounding_mode="floor")
        (tensor([-3,  3]), tensor([-4,  3]))
    """
    if rounding_mode is not None:
        return _rounded_div(input, other, rounding_mode)
    a, b = operand(input, "input", "div"), operand(other, "other", "div")
    return binary(ops.div, *promote_floating(a, b), "div")


def true_divide(input: Any, other: Any) -> Tensor:
    """Divides one operand by another: `div` without a rounding mode.

        y = input / other

    The gradient is derived in `refnet.ops.div`.

    Args:
        input: a tensor or a number
        other: a tensor or a number

    Raises:
        RuntimeError: if the shapes do not broadcast

    Example:
        >>> refnet.true_divide(refnet.tensor([1, 2, 3]), 2)
        tensor([0.5000, 1.0000, 1.5000])
    """
    return div(input, other)


def _rounded_div(input: Any, other: Any, rounding_mode: str) -> Tensor:
    """Divides and rounds; integers stay integers."""
    if rounding_mode not in ("trunc", "floor"):
        raise RuntimeError(
            "div expected rounding_mode to be one of None, 'trunc', or 'floor' "
            f"but found {rounding_mode!r}"
        )
    floor = rounding_mode == "floor"
    rule = ops.div_floor if floor else ops.div_trunc
    return _whole_division("div", rule, np.floor_divide if floor else _int_trunc, input, other)


def _int_trunc(a: Array, b: Array) -> Array:
    """Computes the quotient of integers, rounded towards 0."""
    return (a - np.fmod(a, b)) // b


def _whole_division(name: str, rule: Rule, integer_function: Any, input: Any, other: Any) -> Tensor:
    """Applies a rule to two floating-point operands, and a NumPy function to two integers.

    The result of integers has no gradient.
    """
    input, other = operand(input, "input", name), operand(other, "other", name)
    dtype = dtypes.result_dtype(input, other)
    if dtype.kind == "b":
        refuse_bool(name, input, other)
    if dtype.kind not in "iu":
        return binary(rule, input, other, name)
    a, b = arrays(input, other)
    if not np.all(b) and 0 not in np.broadcast_shapes(a.shape, b.shape):
        raise RuntimeError("ZeroDivisionError")
    with np.errstate(over="ignore"):  # the smallest integer divided by −1 overflows to itself
        return computed(integer_function, a, b)


def floor_divide(input: Any, other: Any) -> Tensor:
    """Divides and rounds down, element by element.

        y = ⌊input / other⌋

    It has no gradient, as in PyTorch: backward raises RuntimeError.

    See `refnet.ops.floor_divide`.

    Args:
        input: a tensor or a number
        other: a tensor or a number

    Raises:
        RuntimeError: for a division of integers by 0, or if the shapes do not broadcast
        NotImplementedError: for booleans

    Example:
        >>> refnet.floor_divide(refnet.tensor([-7, 7]), 2)
        tensor([-4,  3])
    """
    return _whole_division("floor_divide", ops.floor_divide, np.floor_divide, input, other)


def remainder(input: Any, other: Any) -> Tensor:
    """Computes the remainder of a division that rounds down. It has the sign of `other`.

        y = input − other · ⌊input / other⌋

    The gradient is derived in `refnet.ops.remainder`.

    Args:
        input: a tensor, or a number if `other` is a tensor
        other: a tensor or a number

    Raises:
        RuntimeError: for a division of integers by 0, or if the shapes do not broadcast
        NotImplementedError: for booleans

    Example:
        >>> refnet.remainder(refnet.tensor([-7, 7]), 3)
        tensor([2, 1])
    """
    need_tensor("remainder", input, other)
    return _whole_division("remainder", ops.remainder, np.remainder, input, other)


def fmod(input: Tensor, other: Any) -> Tensor:
    """Computes the remainder of a division that rounds towards 0. It has the sign of `input`.

        y = input − other · trunc(input / other)

    The gradient is derived in `refnet.ops.fmod`.

    Args:
        input: a tensor
        other: a tensor or a number

    Raises:
        RuntimeError: for a division of integers by 0, or if the shapes do not broadcast
        NotImplementedError: for booleans

    Example:
        >>> refnet.fmod(refnet.tensor([-7, 7]), 3)
        tensor([-1,  1])
    """
    require_tensor(input)
    return _whole_division("fmod", ops.fmod, np.fmod, input, other)


def pow(input: Any, exponent: Any) -> Tensor:
    """Raises each element to a power.

        y = inputᵉ

    For integers and a tensor of negative exponents, y is 0 unless the base is 1 or −1.

    The gradient is derived in `refnet.ops.pow`.

    Args:
        input: a tensor, or a number if `exponent` is a tensor
        exponent: e, a tensor or a number

    Raises:
        RuntimeError: for an integer tensor and a negative number as exponent, if the dtype cannot
            hold the exponent, or if the shapes do not broadcast
        NotImplementedError: for booleans, except to the power True

    Example:
        >>> refnet.pow(refnet.tensor([1.0, 2.0, 3.0]), 2)
        tensor([1., 4., 9.])
        >>> refnet.pow(2, refnet.tensor([0, 1, 10]))
        tensor([   1,    2, 1024])
    """
    array = getattr(input, "_array", None)
    if array is not None and array.dtype.char in "fd" and type(exponent) in NUMBER:
        return binary(ops.pow, input, exponent, "pow")
    need_tensor("pow", input, exponent)
    if exponent is True and is_tensor(input) and input._array.dtype.kind == "b":
        unchanged: Tensor = input.clone()
        return unchanged
    input, exponent = operand(input, "input", "pow"), operand(exponent, "exponent", "pow")
    dtype = dtypes.result_dtype(input, exponent)
    refuse_bool("pow", input, exponent)
    if not is_tensor(exponent) and dtype.name not in ("float32", "float64"):
        if dtype.kind in "iu" and exponent < 0:
            raise RuntimeError("Integers to negative integer powers are not allowed.")
        exponent = converted(exponent, dtype, "pow")
    if dtype.kind == "i" and is_tensor(exponent):
        return computed(_integer_power, *arrays(input, exponent))
    return binary(ops.pow, input, exponent, "pow")


def _integer_power(a: Any, b: Array) -> Array:
    """Computes aᵇ for integers. For b < 0, an error in NumPy, it is 0 unless |a| is 1."""
    unit = np.where(np.abs(a) == 1, a, 0)
    return np.where(b < 0, np.where(b % 2 == 0, unit * unit, unit), np.power(a, np.maximum(b, 0)))


def neg(input: Tensor) -> Tensor:
    """Changes the sign of each element.

        y = −x

    The gradient is derived in `refnet.ops.neg`.

    Args:
        input: a tensor of integers or floating-point numbers

    Raises:
        RuntimeError: if `input` is boolean

    Example:
        >>> refnet.neg(refnet.tensor([-1, 0, 2]))
        tensor([ 1,  0, -2])
    """
    if input._array.dtype.kind == "b":
        raise RuntimeError(
            "Negation, the `-` operator, on a bool tensor is not supported. "
            "Use the `~` or `logical_not()` operator instead."
        )
    return apply(ops.neg, input)


def square(input: Tensor) -> Tensor:
    """Computes the square of each element.

        y = x²

    The gradient is derived in `refnet.ops.square`.

    Args:
        input: a tensor; the squares of booleans are int64

    Example:
        >>> refnet.square(refnet.tensor([-3, 0, 2]))
        tensor([9, 0, 4])
    """
    x = input._as(dtypes.int64.dtype) if input._array.dtype.kind == "b" else input
    return apply(ops.square, x)


def reciprocal(input: Tensor) -> Tensor:
    """Computes the reciprocal of each element.

        y = 1 / x

    The gradient is derived in `refnet.ops.reciprocal`.

    Args:
        input: a tensor; integers and booleans are converted to the default dtype

    Example:
        >>> refnet.reciprocal(refnet.tensor([-2, 0, 4]))
        tensor([-0.5000,     inf,  0.2500])
    """
    return apply(ops.reciprocal, floating(input))


def lerp(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    """Interpolates linearly between two tensors.

        y = input + weight · (end − input)

    For |weight| ≥ ½ it is computed as end − (1 − weight) · (end − input), so weight 1 gives `end`
    exactly.

    The gradient is derived in `refnet.ops.lerp`.

    Args:
        input: the values for weight 0, a floating-point tensor
        end: the values for weight 1, a tensor of the same dtype
        weight: a number or a tensor

    Raises:
        RuntimeError: if the dtypes differ (a 0-d `weight` may have another one), or if the shapes
            do not broadcast
        NotImplementedError: for integers

    Example:
        >>> a, b = refnet.tensor([0.0, 10.0]), refnet.tensor([4.0, 20.0])
        >>> refnet.lerp(a, b, 0.25)
        tensor([ 1.0000, 12.5000])
    """
    require_tensor(input), require_tensor(end)
    weight = operand(weight, "weight", "lerp")
    for name, x in (("end", end), ("weight", weight)):
        if is_tensor(x) and (name == "end" or x.ndim):
            if not same_dtype(input, x):
                raise RuntimeError(f"expected dtype {input.dtype} for `{name}` but got {x.dtype}")
    dtype = dtypes.result_dtype(*(x for x in (input, end, weight) if is_tensor(x)))
    input, end, weight = cast(input, dtype), cast(end, dtype), cast(weight, dtype)
    need_float("lerp", input)
    try:
        result: Tensor = apply(ops.lerp, input, end, weight)
    except ValueError as error:
        raise misfit(input, end, weight) from error
    return result


def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    """Adds a scaled product.

        y = input + value · tensor1 · tensor2

    The gradient is derived in `refnet.ops.mul`.

    Args:
        input: a tensor
        tensor1: the first factor, a tensor
        tensor2: the second factor, a tensor
        value: the number that scales the product; truncated towards 0 for integers

    Raises:
        RuntimeError: if the dtype cannot hold `value`, or if the shapes do not broadcast
        NotImplementedError: for booleans

    Example:
        >>> one, x = refnet.ones(2), refnet.tensor([2.0, 3.0])
        >>> refnet.addcmul(one, x, x, value=10)
        tensor([41., 91.])
    """
    require_tensor(input), require_tensor(tensor1), require_tensor(tensor2)
    refuse_bool("addcmul", input, tensor1, tensor2)
    return _added_product(mul, input, tensor1, tensor2, value, "addcmul")


def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    """Adds a scaled quotient.

        y = input + value · tensor1 / tensor2

    The gradient is derived in `refnet.ops.div`.

    Args:
        input: a tensor
        tensor1: the numerator, a tensor
        tensor2: the denominator, a tensor
        value: the number that scales the quotient

    Raises:
        RuntimeError: for a quotient of integers, if the dtype cannot hold `value`, or if the shapes
            do not broadcast

    Example:
        >>> one, a, b = refnet.ones(2), refnet.tensor([1.0, 3.0]), refnet.tensor([2.0, 4.0])
        >>> refnet.addcdiv(one, a, b, value=4)
        tensor([3., 4.])
    """
    require_tensor(input), require_tensor(tensor1), require_tensor(tensor2)
    if tensor1._array.dtype.kind in "biu" and tensor2._array.dtype.kind in "biu":
        raise RuntimeError(
            "addcdiv(): expected a floating-point tensor1 or tensor2, got "
            f"{tensor1.dtype} and {tensor2.dtype}; use input + value * tensor1 / tensor2"
        )
    return _added_product(div, input, tensor1, tensor2, value, "addcdiv")


def _added_product(product: Any, input: Any, a: Any, b: Any, value: Any, function: str) -> Tensor:
    """Computes input + value · product(a, b), all in their common dtype."""
    input, a, b = promote(input, a, b)
    dtype = wide(input._array.dtype)
    factor = converted(number(value, "value", function), dtype, function)
    return add(input, scaled(product(a, b), factor))


add_ = in_place(add)
addcdiv_ = in_place(addcdiv)
addcmul_ = in_place(addcmul)
div_ = in_place(div)
floor_divide_ = in_place(floor_divide)
fmod_ = in_place(fmod)
lerp_ = in_place(lerp)
mul_ = in_place(mul)
neg_ = in_place(neg)
pow_ = in_place(pow)
reciprocal_ = in_place(reciprocal)
remainder_ = in_place(remainder)
square_ = in_place(square)
sub_ = in_place(sub)

divide = div
multiply = mul
negative = neg
subtract = sub
divide_ = div_
true_divide_ = in_place(true_divide)
multiply_ = mul_
negative_ = neg_
subtract_ = sub_
