"""Sums, products, quotients and powers, under PyTorch's names.

Operands of different dtypes are promoted as in PyTorch; shapes broadcast. A function whose name
ends in an underscore changes its first argument in place and returns it.
"""

from typing import Any

import numpy as np

from refnet import ops
from refnet.engine import dtypes
from refnet.engine.dtypes import cast, converted, promote_floating, wide
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.operands import (
    arrays,
    binary,
    computed,
    floating,
    in_place,
    is_tensor,
    need_tensor,
    number,
    operand,
    refuse_bool,
    require_tensor,
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
    """input + alpha · other

    Raises RuntimeError for a fraction alpha of integers, and one that the dtype does not hold.

    The gradient is derived in `refnet.ops.add`.
    """
    if alpha != 1 or alpha is True:
        input, other = _with_alpha(input, other, alpha, "add")
    return binary(ops.add, input, other, "add")


def sub(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """input − alpha · other

    Raises RuntimeError for booleans, and for an alpha that `add` refuses.

    The gradient is derived in `refnet.ops.sub`.
    """
    no_bool_minus(input, other)
    if alpha != 1 or alpha is True:
        input, other = _with_alpha(input, other, alpha, "sub")
    return binary(ops.sub, input, other, "sub")


def _with_alpha(input: Any, other: Any, alpha: Any, function: str) -> tuple[Any, Any]:
    """input and alpha · other, both in their common dtype."""
    input, other = operand(input, "input", function), operand(other, "other", function)
    to = dtypes.result_dtype(input, other)
    factor = factor_of(alpha, "alpha", to, function)
    return cast(input, to), scaled(cast(other, to), factor)


def factor_of(value: Any, name: str, to: np.dtype[Any], function: str) -> Any:
    """The number alpha or beta in the dtype of a result.

    Raises RuntimeError for a fraction, or a boolean, of another kind of result than it is.
    """
    value = number(value, name, function)
    if isinstance(value, bool) and to.kind != "b":
        raise RuntimeError(
            f"{function}(): Boolean {name} only supported for Boolean results, got {name}={value} "
            f"for {to}"
        )
    if isinstance(value, float) and to.kind not in "fc":
        raise RuntimeError(
            f"{function}(): For integral input tensors, argument {name} must not be a floating "
            f"point number, got {value}"
        )
    return converted(value, to, function)


def scaled(x: Any, factor: Any) -> Any:
    """factor · x, where the factor is an option: unlike an operand, it makes the tape save nothing."""
    if type(factor) not in NUMBER:
        return x * factor
    if factor == 1:
        return x
    if is_tensor(x) and x._array.dtype.kind == "f":
        return apply(ops.scale, x, factor=factor)
    return x * factor


def no_bool_minus(*operands: Any) -> None:
    """Raise PyTorch's error for a difference of booleans, or of a boolean and a number."""
    booleans = [type(x) is bool or (is_tensor(x) and x._array.dtype.kind == "b") for x in operands]
    if any(booleans):
        which, instead = ("two bool tensors", "^") if all(booleans) else ("a bool tensor", "~")
        name = "logical_xor" if all(booleans) else "logical_not"
        raise RuntimeError(
            f"Subtraction, the `-` operator, with {which} is not supported. "
            f"Use the `{instead}` or `{name}()` operator instead."
        )


def mul(input: Any, other: Any) -> Tensor:
    """input · other

    The gradient is derived in `refnet.ops.mul`.
    """
    return binary(ops.mul, input, other, "mul")


def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """input / other; integers give floating-point numbers

    The gradient is derived in `refnet.ops.div`.

    Args:
        rounding_mode: None; "trunc" rounds to zero, "floor" down, both with the gradient 0
    """
    if rounding_mode is not None:
        return _rounded_div(input, other, rounding_mode)
    a, b = operand(input, "input", "div"), operand(other, "other", "div")
    return binary(ops.div, *promote_floating(a, b), "div")


def true_divide(input: Any, other: Any) -> Tensor:
    """x / y

    The gradient is derived in `refnet.ops.div`.
    """
    return div(input, other)


def _rounded_div(input: Any, other: Any, rounding_mode: str) -> Tensor:
    if rounding_mode not in ("trunc", "floor"):
        raise RuntimeError(
            "div expected rounding_mode to be one of None, 'trunc', or 'floor' "
            f"but found {rounding_mode!r}"
        )
    floor = rounding_mode == "floor"
    rule = ops.div_floor if floor else ops.div_trunc
    return _whole_division("div", rule, np.floor_divide if floor else _int_trunc, input, other)


def _int_trunc(a: Array, b: Array) -> Array:
    """The quotient of integers, rounded to zero."""
    return (a - np.fmod(a, b)) // b


def _whole_division(name: str, rule: Rule, of_integers: Any, input: Any, other: Any) -> Tensor:
    """A rule of two floating-point operands; of integers, which have no gradient, a NumPy function."""
    input, other = operand(input, "input", name), operand(other, "other", name)
    to = dtypes.result_dtype(input, other)
    if to.kind == "b":
        what = "division with rounding" if name == "div" else name
        raise NotImplementedError(f"{what} is not for boolean tensors; cast one of them first")
    if to.kind not in "iu":
        return binary(rule, input, other, name)
    a, b = arrays(input, other)
    if not np.all(b) and 0 not in np.broadcast_shapes(a.shape, b.shape):
        raise RuntimeError("ZeroDivisionError")
    with np.errstate(over="ignore"):  # the smallest integer by −1 is itself
        return computed(of_integers, a, b)


def floor_divide(input: Any, other: Any) -> Tensor:
    """The largest whole number not above input / other

    As in PyTorch, a gradient cannot pass through: backward raises RuntimeError.

    The gradient is derived in `refnet.ops.floor_divide`.
    """
    return _whole_division("floor_divide", ops.floor_divide, np.floor_divide, input, other)


def remainder(input: Any, other: Any) -> Tensor:
    """input − other · ⌊input / other⌋, with the sign of other; either may be a number

    Raises RuntimeError for an integer division by 0.

    The gradient is derived in `refnet.ops.remainder`.
    """
    need_tensor("remainder", input, other)
    return _whole_division("remainder", ops.remainder, np.remainder, input, other)


def fmod(input: Tensor, other: Any) -> Tensor:
    """The remainder of input / other, with the sign of input; other is a tensor or a number

    Raises RuntimeError for an integer division by 0.

    The gradient is derived in `refnet.ops.fmod`.
    """
    require_tensor(input)
    return _whole_division("fmod", ops.fmod, np.fmod, input, other)


def pow(input: Any, exponent: Any) -> Tensor:
    """inputᵉˣᵖᵒⁿᵉⁿᵗ

    Integers to a negative power are 0, but for 1 and −1. Raises RuntimeError if the exponent is a
    number, and for one that the dtype does not hold; NotImplementedError for booleans, but that
    to the power True they are themselves.

    The gradient is derived in `refnet.ops.pow`.
    """
    array = getattr(input, "_array", None)
    if array is not None and array.dtype.char in "fd" and type(exponent) in NUMBER:
        return binary(ops.pow, input, exponent, "pow")
    need_tensor("pow", input, exponent)
    if exponent is True and is_tensor(input) and input._array.dtype.kind == "b":
        unchanged: Tensor = input.clone()
        return unchanged
    input, exponent = operand(input, "input", "pow"), operand(exponent, "exponent", "pow")
    to = dtypes.result_dtype(input, exponent)
    refuse_bool("pow", input, exponent)
    if not is_tensor(exponent) and to.name not in ("float32", "float64"):
        if to.kind in "iu" and exponent < 0:
            raise RuntimeError("Integers to negative integer powers are not allowed.")
        exponent = converted(exponent, to, "pow")
    if to.kind == "i" and is_tensor(exponent):
        return computed(_integer_power, *arrays(input, exponent))
    return binary(ops.pow, input, exponent, "pow")


def _integer_power(a: Any, b: Array) -> Array:
    """aᵇ, which NumPy refuses for b < 0: there it is 0, unless |a| is 1"""
    unit = np.where(np.abs(a) == 1, a, 0)
    return np.where(b < 0, np.where(b % 2 == 0, unit * unit, unit), np.power(a, np.maximum(b, 0)))


def neg(input: Tensor) -> Tensor:
    """−x

    Raises RuntimeError for booleans.

    The gradient is derived in `refnet.ops.neg`.
    """
    if input._array.dtype.kind == "b":
        raise RuntimeError(
            "Negation, the `-` operator, on a bool tensor is not supported. "
            "Use the `~` or `logical_not()` operator instead."
        )
    return apply(ops.neg, input)


def square(input: Tensor) -> Tensor:
    """x²

    The gradient is derived in `refnet.ops.square`.
    """
    x = input._as(dtypes.int64.dtype) if input._array.dtype.kind == "b" else input
    return apply(ops.square, x)


def reciprocal(input: Tensor) -> Tensor:
    """1 / x

    The gradient is derived in `refnet.ops.reciprocal`.
    """
    return apply(ops.reciprocal, floating(input))


def lerp(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    """input + weight · (end − input), computed from the nearer end

    Raises RuntimeError for different dtypes, but for those of a 0-d weight; NotImplementedError for
    integers.

    The gradient is derived in `refnet.ops.lerp`.
    """
    require_tensor(input), require_tensor(end)
    weight = operand(weight, "weight", "lerp")
    for name, x in (("end", end), ("weight", weight)):
        if is_tensor(x) and (name == "end" or x.ndim):
            kinds = input._array.dtype.kind + x._array.dtype.kind
            if x._array.dtype != input._array.dtype and "c" not in kinds:
                raise RuntimeError(f"expected dtype {input.dtype} for `{name}` but got {x.dtype}")
    to = dtypes.result_dtype(*(x for x in (input, end, weight) if is_tensor(x)))
    if to.kind not in "fc":
        raise NotImplementedError(f"lerp is for floating-point tensors, got {input.dtype}")
    input, end, weight = cast(input, to), cast(end, to), cast(weight, to)
    try:
        result: Tensor = apply(ops.lerp, input, end, weight)
    except ValueError as error:
        shapes = [list(x.shape) for x in (input, end, weight) if is_tensor(x)]
        raise RuntimeError(f"lerp(): shapes {shapes} cannot be broadcast together") from error
    return result


def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    """input + value · tensor1 · tensor2; value is cut off for integers

    Raises RuntimeError for a value that the dtype does not hold.

    The gradient is derived in `refnet.ops.mul`.
    """
    require_tensor(input), require_tensor(tensor1), require_tensor(tensor2)
    refuse_bool("addcmul", input, tensor1, tensor2)
    return _added_product(mul, input, tensor1, tensor2, value, "addcmul")


def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    """input + value · tensor1 / tensor2

    Raises RuntimeError for a quotient of integers, and for a value that the dtype does not hold.

    The gradient is derived in `refnet.ops.div`.
    """
    require_tensor(input), require_tensor(tensor1), require_tensor(tensor2)
    if tensor1._array.dtype.kind in "biu" and tensor2._array.dtype.kind in "biu":
        raise RuntimeError(
            "addcdiv(): expected a floating-point tensor1 or tensor2, got "
            f"{tensor1.dtype} and {tensor2.dtype}; use input + value * tensor1 / tensor2"
        )
    return _added_product(div, input, tensor1, tensor2, value, "addcdiv")


def _added_product(product: Any, input: Any, a: Any, b: Any, value: Any, function: str) -> Tensor:
    """input + value · product(a, b), all in their common dtype."""
    to = dtypes.result_dtype(input, a, b)
    factor = converted(number(value, "value", function), wide(to), function)
    return add(cast(input, to), scaled(product(cast(a, to), cast(b, to)), factor))


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
