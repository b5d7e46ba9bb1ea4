"""Sums, products, quotients and powers, under PyTorch's names.

Operands of different dtypes are promoted as in PyTorch; shapes broadcast. A function whose name
ends in an underscore changes its first argument in place and returns it.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from refnet import dtypes, ops
from refnet.functions.operands import (
    binary,
    computed,
    floating,
    in_place,
    is_tensor,
    operand,
    refuse_bool,
    require_tensor,
)
from refnet.ops.rule import NUMBER, Array, Pullback, Rule
from refnet.tape import apply

if TYPE_CHECKING:
    from refnet.tensor import Tensor

__all__ = [
    "add",
    "add_",
    "addcdiv",
    "addcdiv_",
    "addcmul",
    "addcmul_",
    "div",
    "div_",
    "divide",
    "divide_",
    "floor_divide",
    "floor_divide_",
    "fmod",
    "fmod_",
    "lerp",
    "lerp_",
    "mul",
    "mul_",
    "multiply",
    "multiply_",
    "neg",
    "neg_",
    "negative",
    "negative_",
    "pow",
    "pow_",
    "reciprocal",
    "reciprocal_",
    "remainder",
    "remainder_",
    "square",
    "square_",
    "sub",
    "sub_",
    "subtract",
    "subtract_",
    "true_divide",
    "true_divide_",
]


def add(input: Any, other: Any, *, alpha: Any = 1) -> "Tensor":
    """input + alpha · other"""
    return binary(ops.add, input, other if alpha == 1 else scaled(other, alpha), "add")


def sub(input: Any, other: Any, *, alpha: Any = 1) -> "Tensor":
    """input − alpha · other"""
    no_bool_minus(input, other)
    return binary(ops.sub, input, other if alpha == 1 else scaled(other, alpha), "sub")


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


def mul(input: Any, other: Any) -> "Tensor":
    """input · other"""
    return binary(ops.mul, input, other, "mul")


def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> "Tensor":
    """input / other; integers give floating-point numbers

    Arguments
        rounding_mode  None; "trunc" rounds to zero, "floor" down, both with the gradient 0
    """
    if rounding_mode is not None:
        return _rounded_div(input, other, rounding_mode)
    input, other = operand(input, "input", "div"), operand(other, "other", "div")
    if dtypes.result_dtype(input, other).kind in "biu":
        to = dtypes.get_default_dtype()
        input = input.to(to) if is_tensor(input) else float(input)
        other = other.to(to) if is_tensor(other) else float(other)
    return binary(ops.div, input, other, "div")


def true_divide(input: Any, other: Any) -> "Tensor":
    """x / y"""
    return div(input, other)


def _rounded_div(input: Any, other: Any, rounding_mode: str) -> "Tensor":
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


def _whole_division(name: str, rule: Rule, of_integers: Any, input: Any, other: Any) -> "Tensor":
    """A rule of two floating-point operands; of integers, which have no gradient, a NumPy function."""
    input, other = operand(input, "input", name), operand(other, "other", name)
    refuse_bool("division with rounding" if name == "div" else name, input, other)
    to = dtypes.result_dtype(input, other)
    if to.kind not in "iu":
        return binary(rule, input, other, name)
    a, b = (np.asarray(x._array if is_tensor(x) else x).astype(to) for x in (input, other))
    if not np.all(b) and 0 not in np.broadcast_shapes(a.shape, b.shape):
        raise RuntimeError("ZeroDivisionError")
    with np.errstate(over="ignore"):  # the smallest integer by −1 is itself
        return computed(of_integers, a, b)


def floor_divide(input: Any, other: Any) -> "Tensor":
    """The largest whole number not above input / other

    As in PyTorch, a gradient cannot pass through: backward raises RuntimeError.
    """
    return _whole_division("floor_divide", _floor_divide, np.floor_divide, input, other)


def _floor_divide(a: Any, b: Any) -> tuple[Array, Pullback]:
    def pullback(dy: Array) -> Any:
        raise RuntimeError("the derivative of floor_divide is not implemented, as in PyTorch")

    return ops.div_floor(a, b)[0], pullback


def remainder(input: Any, other: Any) -> "Tensor":
    """input − other · ⌊input / other⌋, with the sign of other; either may be a number

    Raises RuntimeError for an integer division by 0.
    """
    if not is_tensor(input):  # other % input, of a number and a tensor
        require_tensor(other)
    return _whole_division("remainder", ops.remainder, np.remainder, input, other)


def fmod(input: "Tensor", other: Any) -> "Tensor":
    """The remainder of input / other, with the sign of input; other is a tensor or a number

    Raises RuntimeError for an integer division by 0.
    """
    require_tensor(input)
    return _whole_division("fmod", ops.fmod, np.fmod, input, other)


def pow(input: Any, exponent: Any) -> "Tensor":
    """inputᵉˣᵖᵒⁿᵉⁿᵗ

    Integers to a negative power are 0, but for 1 and −1. Raises RuntimeError if the exponent is a
    number, NotImplementedError for booleans.
    """
    if exponent is True and is_tensor(input):
        same: Tensor = input.clone()
        return same
    input, exponent = operand(input, "input", "pow"), operand(exponent, "exponent", "pow")
    if not is_tensor(input):  # 2 ** x, of a number and a tensor
        require_tensor(exponent)
    refuse_bool("pow", input, exponent)
    if dtypes.result_dtype(input, exponent).kind in "iu" and type(exponent) is int and exponent < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    return binary(ops.pow, input, exponent, "pow")


def neg(input: "Tensor") -> "Tensor":
    """−x

    Raises RuntimeError for booleans.
    """
    if input._array.dtype.kind == "b":
        raise RuntimeError(
            "Negation, the `-` operator, on a bool tensor is not supported. "
            "Use the `~` or `logical_not()` operator instead."
        )
    result: Tensor = apply(ops.neg, input)
    return result


def square(input: "Tensor") -> "Tensor":
    """x²"""
    x = input._as(dtypes.int64.dtype) if input._array.dtype.kind == "b" else input
    result: Tensor = apply(ops.square, x)
    return result


def reciprocal(input: "Tensor") -> "Tensor":
    """1 / x"""
    result: Tensor = apply(ops.reciprocal, floating(input))
    return result


def lerp(input: "Tensor", end: "Tensor", weight: Any) -> "Tensor":
    """input + weight · (end − input), computed from the nearer end

    Raises RuntimeError for different dtypes, NotImplementedError for integers.
    """
    for name, x in (("end", end), ("weight", weight if is_tensor(weight) else input)):
        kinds = input._array.dtype.kind + x._array.dtype.kind
        if x._array.dtype != input._array.dtype and "c" not in kinds:
            raise RuntimeError(f"expected dtype {input.dtype} for `{name}` but got {x.dtype}")
    if input._array.dtype.kind not in "fc":
        raise NotImplementedError(f"lerp is for floating-point tensors, got {input.dtype}")
    try:
        result: Tensor = apply(ops.lerp, input, end, operand(weight, "weight", "lerp"))
    except ValueError as error:
        shapes = [list(x.shape) for x in (input, end, weight) if is_tensor(x)]
        raise RuntimeError(f"lerp(): shapes {shapes} cannot be broadcast together") from error
    return result


def addcmul(input: "Tensor", tensor1: "Tensor", tensor2: "Tensor", *, value: Any = 1) -> "Tensor":
    """input + value · tensor1 · tensor2"""
    require_tensor(input), require_tensor(tensor1), require_tensor(tensor2)
    refuse_bool("addcmul", input, tensor1, tensor2)
    return add(input, mul(tensor1, tensor2), alpha=value)


def addcdiv(input: "Tensor", tensor1: "Tensor", tensor2: "Tensor", *, value: Any = 1) -> "Tensor":
    """input + value · tensor1 / tensor2"""
    require_tensor(input), require_tensor(tensor1), require_tensor(tensor2)
    return add(input, div(tensor1, tensor2), alpha=value)


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
