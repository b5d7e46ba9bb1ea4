"""Elementwise functions, as refnet.exp(x) and x.exp(): refnet.ops.elementwise in PyTorch's names.

Operands of different dtypes are promoted as in PyTorch; shapes broadcast. A function whose
name ends in an underscore changes its first argument in place and returns it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from refnet import dtypes, ops
from refnet.dtypes import promote
from refnet.gradmode import state
from refnet.inplace import overwrite, refuse_expanded, refuse_leaf
from refnet.memory import written
from refnet.tape import apply, wrap

if TYPE_CHECKING:
    from refnet.tensor import Tensor

__all__ = [
    "abs",
    "abs_",
    "absolute",
    "add",
    "add_",
    "addcdiv",
    "addcdiv_",
    "addcmul",
    "addcmul_",
    "ceil",
    "clamp",
    "clamp_",
    "clamp_max",
    "clamp_min",
    "clip",
    "copy_",
    "cos",
    "div",
    "div_",
    "divide",
    "exp",
    "exp_",
    "expm1",
    "fill_",
    "floor",
    "floor_divide",
    "lerp",
    "lerp_",
    "log",
    "log1p",
    "maximum",
    "minimum",
    "mul",
    "mul_",
    "multiply",
    "neg",
    "neg_",
    "negative",
    "pow",
    "pow_",
    "reciprocal",
    "remainder",
    "round",
    "rsqrt",
    "sign",
    "sin",
    "sqrt",
    "sqrt_",
    "square",
    "sub",
    "sub_",
    "subtract",
    "true_divide",
    "where",
    "zero_",
]

_Number = (int, float, np.number)


def _operand(x: Any, name: str, function: str) -> Any:
    """A tensor or a Python number: NumPy's numbers become Python's, and True a 0-d tensor."""
    if hasattr(x, "_array") or type(x) in (float, int):
        return x
    if isinstance(x, (bool, np.bool)):
        return wrap(np.asarray(x))
    if isinstance(x, (np.generic, float, int)):
        return x.item() if isinstance(x, np.generic) else x
    raise TypeError(
        f"{function}(): argument '{name}' must be Tensor or a number, not {type(x).__name__}"
    )


def _broadcast(rule: Any, a: Any, b: Any) -> "Tensor":
    """Apply a rule of two promoted operands, with PyTorch's error where shapes do not fit."""
    try:
        result: Tensor = apply(rule, a, b)
    except ValueError as error:
        raise _misfit(a, b) from error
    return result


def _misfit(a: Any, b: Any) -> Exception:
    a, b = list(a.shape), list(b.shape)
    for axis in range(1, min(len(a), len(b)) + 1):
        if a[-axis] != b[-axis] and 1 not in (a[-axis], b[-axis]):
            return RuntimeError(
                f"The size of tensor a ({a[-axis]}) must match the size of tensor b "
                f"({b[-axis]}) at non-singleton dimension {max(len(a), len(b)) - axis}: "
                f"the shapes are {a} and {b}"
            )
    return RuntimeError(f"shapes {a} and {b} cannot be broadcast together")


def _is_tensor(x: Any) -> bool:
    return hasattr(x, "_array")


def _binary(rule: Any, input: Any, other: Any, function: str) -> "Tensor":
    a, b = getattr(input, "_array", None), getattr(other, "_array", None)
    if a is None or b is None:
        input, other = _operand(input, "input", function), _operand(other, "other", function)
        if not _is_tensor(input):
            input = wrap(np.asarray(input, dtype=dtypes.result_dtype(input, other)))
        input, other = promote(input, other)
    elif a.dtype != b.dtype:
        input, other = promote(input, other)
    return _broadcast(rule, input, other)


def _refuse_bool(function: str, *operands: Any) -> None:
    """Raise PyTorch's error for an operation without a meaning on booleans alone."""
    if dtypes.result_dtype(*operands).kind == "b":
        raise NotImplementedError(f"{function} is not for boolean tensors; cast one of them first")


def _scaled(other: Any, alpha: Any) -> Any:
    return other if alpha == 1 else other * alpha


def _no_bool_minus(*operands: Any) -> None:
    booleans = [type(x) is bool or (_is_tensor(x) and x._array.dtype.kind == "b") for x in operands]
    if any(booleans):
        which, instead = ("two bool tensors", "^") if all(booleans) else ("a bool tensor", "~")
        name = "logical_xor" if all(booleans) else "logical_not"
        raise RuntimeError(
            f"Subtraction, the `-` operator, with {which} is not supported. "
            f"Use the `{instead}` or `{name}()` operator instead."
        )


def add(input: Any, other: Any, *, alpha: Any = 1) -> "Tensor":
    """input + alpha · other"""
    return _binary(ops.add, input, _scaled(other, alpha), "add")


def sub(input: Any, other: Any, *, alpha: Any = 1) -> "Tensor":
    """input − alpha · other"""
    _no_bool_minus(input, other)
    return _binary(ops.sub, input, _scaled(other, alpha), "sub")


def rsub(input: Any, other: Any) -> "Tensor":
    """other − input"""
    _no_bool_minus(input, other)
    return _binary(ops.sub, other, input, "rsub")


def mul(input: Any, other: Any) -> "Tensor":
    """input · other"""
    return _binary(ops.mul, input, other, "mul")


def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> "Tensor":
    """input / other; integers give floating-point numbers

    Arguments
        rounding_mode  None; "trunc" rounds to zero, "floor" down, both without a gradient
    """
    if rounding_mode is not None:
        return _rounded_div(input, other, rounding_mode)
    input, other = _operand(input, "input", "div"), _operand(other, "other", "div")
    if dtypes.result_dtype(input, other).kind in "biu":
        to = dtypes.get_default_dtype()
        input = input.to(to) if _is_tensor(input) else float(input)
        other = other.to(to) if _is_tensor(other) else float(other)
    return _binary(ops.div, input, other, "div")


def _rounded_div(input: Any, other: Any, rounding_mode: str) -> "Tensor":
    if rounding_mode not in ("trunc", "floor"):
        raise RuntimeError(
            "div expected rounding_mode to be one of None, 'trunc', or 'floor' "
            f"but found {rounding_mode!r}"
        )
    input, other = _operand(input, "input", "div"), _operand(other, "other", "div")
    _refuse_bool("division with rounding", input, other)
    to = dtypes.result_dtype(input, other)
    a, b = (np.asarray(x._real() if _is_tensor(x) else x, dtype=to) for x in (input, other))
    if to.kind in "iu" and not np.all(b):
        raise RuntimeError("ZeroDivisionError")
    with np.errstate(divide="ignore", invalid="ignore"):
        q = np.floor_divide(a, b) if rounding_mode == "floor" else np.trunc(a / b)
    return wrap(np.asarray(q, dtype=to))


def rdiv(input: Any, other: Any) -> "Tensor":
    """other / input"""
    return div(other, input)


def floor_divide(input: Any, other: Any) -> "Tensor":
    """The largest whole number not above input / other; without a gradient"""
    return _rounded_div(input, other, "floor")


def rfloordiv(input: Any, other: Any) -> "Tensor":
    """other // input"""
    return _rounded_div(other, input, "floor")


def remainder(input: Any, other: Any) -> "Tensor":
    """input − other · ⌊input / other⌋, with the sign of other"""
    _refuse_bool("remainder", input, other)
    input, other = promote(input, other)
    if dtypes.result_dtype(input, other).kind in "iu":
        a, b = (x._array if _is_tensor(x) else x for x in (input, other))
        if not np.all(b):
            raise RuntimeError("ZeroDivisionError")
        return wrap(np.asarray(np.remainder(a, b)))
    return sub(input, mul(floor_divide(input, other), other))


def pow(input: Any, exponent: Any) -> "Tensor":
    """inputᵉˣᵖᵒⁿᵉⁿᵗ

    Integers to a negative power are 0, but for 1 and −1. Raises RuntimeError if the exponent is a
    number, NotImplementedError for booleans.
    """
    input, exponent = _operand(input, "input", "pow"), _operand(exponent, "exponent", "pow")
    _refuse_bool("pow", input, exponent)
    if dtypes.result_dtype(input, exponent).kind in "iu" and type(exponent) is int and exponent < 0:
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    return _binary(ops.pow, input, exponent, "pow")


def rpow(input: Any, other: Any) -> "Tensor":
    """otherⁱⁿᵖᵘᵗ"""
    return pow(other, input)


def _float(input: "Tensor") -> "Tensor":
    """The tensor, integers as the default dtype: what a transcendental function works on."""
    return input if input._array.dtype.kind in "fc" else input.to(dtypes.get_default_dtype())


def exp(input: "Tensor") -> "Tensor":
    """eˣ"""
    result: Tensor = apply(ops.exp, _float(input))
    return result


def expm1(input: "Tensor") -> "Tensor":
    """eˣ − 1, accurate near 0"""
    result: Tensor = apply(ops.expm1, _float(input))
    return result


def log(input: "Tensor") -> "Tensor":
    """The natural logarithm"""
    result: Tensor = apply(ops.log, _float(input))
    return result


def log1p(input: "Tensor") -> "Tensor":
    """log(1 + x), accurate near 0"""
    result: Tensor = apply(ops.log1p, _float(input))
    return result


def sqrt(input: "Tensor") -> "Tensor":
    """√x"""
    result: Tensor = apply(ops.sqrt, _float(input))
    return result


def rsqrt(input: "Tensor") -> "Tensor":
    """1 / √x"""
    result: Tensor = apply(ops.rsqrt, _float(input))
    return result


def reciprocal(input: "Tensor") -> "Tensor":
    """1 / x"""
    result: Tensor = apply(ops.reciprocal, _float(input))
    return result


def sin(input: "Tensor") -> "Tensor":
    """sin x"""
    result: Tensor = apply(ops.sin, _float(input))
    return result


def cos(input: "Tensor") -> "Tensor":
    """cos x"""
    result: Tensor = apply(ops.cos, _float(input))
    return result


def square(input: "Tensor") -> "Tensor":
    """x²"""
    result: Tensor = apply(ops.square, input)
    return result


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


def abs(input: "Tensor") -> "Tensor":
    """|x|"""
    result: Tensor = apply(ops.abs, input)
    return result


def _step(function: Callable[..., Any], input: "Tensor") -> "Tensor":
    """A function whose derivative is 0 wherever it has one: the gradient is 0, not None."""

    def step(x: Any) -> Any:
        def pullback(dy: Any) -> Any:
            return (np.zeros_like(dy),)

        y = function(x.real if x.dtype.kind == "c" else x)
        return y.astype(x.dtype, copy=False), pullback

    step.__name__ = function.__name__
    result: Tensor = apply(step, input)
    return result


def sign(input: "Tensor") -> "Tensor":
    """−1, 0 or 1; its gradient is 0"""
    return _step(np.sign, input)


def floor(input: "Tensor") -> "Tensor":
    """The largest whole number not above x; its gradient is 0"""
    return _step(np.floor, input)


def ceil(input: "Tensor") -> "Tensor":
    """The smallest whole number not below x; its gradient is 0"""
    return _step(np.ceil, input)


def round(input: "Tensor", *, decimals: int = 0) -> "Tensor":
    """The nearest number of that many decimals, halves to even; its gradient is 0"""
    if decimals == 0:
        return _step(np.rint, input)
    return _step(lambda x: np.round(x, decimals), input)


def maximum(input: "Tensor", other: "Tensor") -> "Tensor":
    """The larger of two, elementwise"""
    return _broadcast(ops.maximum, *promote(_tensor(input), _tensor(other)))


def minimum(input: "Tensor", other: "Tensor") -> "Tensor":
    """The smaller of two, elementwise"""
    return _broadcast(ops.minimum, *promote(_tensor(input), _tensor(other)))


def _tensor(x: Any) -> Any:
    if not _is_tensor(x):
        raise TypeError(f"expected a Tensor, got {type(x).__name__}")
    return x


def clamp(input: "Tensor", min: Any = None, max: Any = None) -> "Tensor":
    """min(max(x, min), max); the bounds are numbers or tensors, one may be missing

    Raises RuntimeError if both are.
    """
    if min is None and max is None:
        raise RuntimeError("clamp: At least one of 'min' or 'max' must not be None")
    to = dtypes.result_dtype(*(x for x in (input, min, max) if x is not None))
    input = input._as(to) if input._array.dtype.kind != "c" else input
    bounds = [x._as(to) if _is_tensor(x) and x._array.dtype.kind != "c" else x for x in (min, max)]
    result: Tensor = apply(ops.clamp, input, *bounds)
    return result


def clamp_min(input: "Tensor", min: Any) -> "Tensor":
    """max(x, min)"""
    return clamp(input, min=min)


def clamp_max(input: "Tensor", max: Any) -> "Tensor":
    """min(x, max)"""
    return clamp(input, max=max)


def where(condition: "Tensor", input: Any = None, other: Any = None) -> Any:
    """input where the condition holds, else other; with the condition alone, the indices at
    which it holds, a tensor for each dimension

    Raises RuntimeError for a condition that is not boolean.
    """
    if input is None and other is None:
        return tuple(map(wrap, np.nonzero(condition._real())))
    if condition._array.dtype.kind != "b":
        raise RuntimeError(
            f"where expected condition to be a boolean tensor, but got {condition.dtype}"
        )
    a, b = promote(_operand(input, "input", "where"), _operand(other, "other", "where"))
    to = dtypes.result_dtype(a, b)
    a, b = (x if _is_tensor(x) else wrap(np.asarray(x, dtype=to)) for x in (a, b))
    try:
        result: Tensor = apply(ops.where, condition, a, b)
    except ValueError as error:
        raise _misfit(a, b) from error
    return result


def lerp(input: "Tensor", end: "Tensor", weight: Any) -> "Tensor":
    """input + weight · (end − input)

    Raises RuntimeError for different dtypes, NotImplementedError for integers.
    """
    if not _is_tensor(end):
        raise TypeError(f"lerp(): argument 'end' must be Tensor, not {type(end).__name__}")
    if end._array.dtype != input._array.dtype and "c" not in end._array.dtype.kind:
        raise RuntimeError(f"expected dtype {input.dtype} for `end` but got dtype {end.dtype}")
    if input._array.dtype.kind not in "fc":
        raise NotImplementedError(f"lerp is for floating-point tensors, got {input.dtype}")
    return add(input, mul(sub(end, input), weight))


def addcmul(input: "Tensor", tensor1: "Tensor", tensor2: "Tensor", *, value: Any = 1) -> "Tensor":
    """input + value · tensor1 · tensor2"""
    _tensor(tensor1), _tensor(tensor2)
    _refuse_bool("addcmul", input, tensor1, tensor2)
    return add(input, mul(tensor1, tensor2), alpha=value)


def addcdiv(input: "Tensor", tensor1: "Tensor", tensor2: "Tensor", *, value: Any = 1) -> "Tensor":
    """input + value · tensor1 / tensor2"""
    _tensor(tensor1), _tensor(tensor2)
    return add(input, div(tensor1, tensor2), alpha=value)


# --- in place ----------------------------------------------------------------------------------


def _in_place(function: Callable[..., "Tensor"]) -> Callable[..., "Tensor"]:
    """The form of a function that gives its result to its first argument."""

    def changed(input: "Tensor", *args: Any, **kwargs: Any) -> "Tensor":
        refuse_leaf(input)
        return overwrite(input, function(input, *args, **kwargs))

    changed.__name__ = changed.__qualname__ = function.__name__ + "_"
    changed.__doc__ = f"{function.__name__} in place: {function.__doc__}"
    return changed


abs_ = _in_place(abs)
add_ = _in_place(add)
addcdiv_ = _in_place(addcdiv)
addcmul_ = _in_place(addcmul)
clamp_ = _in_place(clamp)
div_ = _in_place(div)
exp_ = _in_place(exp)
lerp_ = _in_place(lerp)
mul_ = _in_place(mul)
neg_ = _in_place(neg)
pow_ = _in_place(pow)
sqrt_ = _in_place(sqrt)
sub_ = _in_place(sub)


def copy_(input: "Tensor", src: "Tensor", non_blocking: bool = False) -> "Tensor":
    """Give input the values of src, broadcast and cast; recorded, so src gets a gradient.

    There is no device to wait for, so non_blocking changes nothing.
    """
    refuse_leaf(input)
    refuse_expanded(input)
    try:
        np.broadcast_to(src._array, input._array.shape)
    except ValueError as error:
        raise _misfit(input, src) from error
    if (state.grad and (input._requires_grad or src._requires_grad)) or src.is_complex():
        source = src if src.is_complex() else src._as(input._array.dtype)
        return overwrite(input, apply(ops.index_put, input, source, where=...))
    np.copyto(input._array, src._array, casting="unsafe")
    written(input._array)
    return input


def fill_(input: "Tensor", value: Any) -> "Tensor":
    """Give every element the value, a number or a 0-d tensor."""
    source = value if _is_tensor(value) else wrap(np.asarray(value, input._array.dtype))
    if source.ndim:
        raise RuntimeError(
            "fill_ only supports 0-dimension value tensor but got tensor with "
            f"{source.ndim} dimensions."
        )
    return copy_(input, source)


def zero_(input: "Tensor") -> "Tensor":
    """Give every element the value 0."""
    return fill_(input, 0)


absolute = abs
clip = clamp
divide = true_divide = div
multiply = mul
negative = neg
subtract = sub
