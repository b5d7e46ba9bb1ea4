"""Remainders, signs, lengths, and what is not finite, under PyTorch's names."""

from typing import Any

import numpy as np

from refnet import ops
from refnet.engine import dtypes
from refnet.engine.dtypes import promote, promote_floating
from refnet.engine.in_place import overwrite, refuse_leaf
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.arithmetic import mul, pow as power
from refnet.functions.einsum import check_tensors
from refnet.functions.logarithmic import exp2
from refnet.functions.operands import (
    binary,
    broadcast,
    in_place,
    is_tensor,
    misfit,
    need_tensor,
    number,
    operand,
    refuse_bool,
    require_tensor,
)
from refnet.functions.piecewise import sign, where

__all__ = [
    "copysign",
    "fix",
    "fix_",
    "float_power",
    "fmax",
    "fmin",
    "frac",
    "frac_",
    "heaviside",
    "hypot",
    "isneginf",
    "isposinf",
    "ldexp",
    "ldexp_",
    "nan_to_num",
    "nan_to_num_",
    "positive",
    "sgn",
    "signbit",
    "trunc",
    "trunc_",
]


def trunc(input: Tensor) -> Tensor:
    """The whole number next to x on the side of 0; its gradient is 0

    The gradient is derived in `refnet.ops.trunc`.
    """
    refuse_bool("trunc", input)
    return apply(ops.trunc, input)


def frac(input: Tensor) -> Tensor:
    """x − trunc x

    Raises NotImplementedError for integers.

    The gradient is derived in `refnet.ops.frac`.
    """
    return apply(ops.frac, _need_float("frac", input))


def copysign(input: Tensor, other: Any) -> Tensor:
    """|input| with the sign of other, a tensor or a number

    The gradient is derived in `refnet.ops.copysign`.
    """
    a, b = promote_floating(require_tensor(input), operand(other, "other", "copysign"))
    return binary(ops.copysign, a, b, "copysign")


def hypot(input: Tensor, other: Tensor) -> Tensor:
    """√(input² + other²), without overflow

    Raises NotImplementedError for integers.

    The gradient is derived in `refnet.ops.hypot`.
    """
    check_tensors("hypot", input=input, other=other)
    a, b = promote(input, other)
    return broadcast(ops.hypot, _need_float("hypot", a), b)


def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """0 for x < 0, 1 for x > 0, and values at x = 0; as in PyTorch, there is no gradient

    Raises RuntimeError for two dtypes, and in a backward pass.

    The gradient is derived in `refnet.ops.heaviside`.
    """
    check_tensors("heaviside", input=input, values=values)
    if input._array.dtype != values._array.dtype:
        raise RuntimeError("heaviside is not for tensors with different dtypes")
    return broadcast(ops.heaviside, input, values)


def nan_to_num(
    input: Tensor,
    nan: float | None = None,
    posinf: float | None = None,
    neginf: float | None = None,
) -> Tensor:
    """Numbers in the place of NaN (0), ∞ and −∞ (the largest and the smallest of the dtype)

    The gradient is derived in `refnet.ops.nan_to_num`.
    """
    given = {"nan": 0.0 if nan is None else nan, "posinf": posinf, "neginf": neginf}
    given = {k: None if x is None else number(x, k, "nan_to_num") for k, x in given.items()}
    if input._array.dtype.kind not in "fc":
        return input.clone()
    return apply(ops.nan_to_num, input, **given)


def signbit(input: Tensor) -> Tensor:
    """Whether the sign is a minus, that of −0 too"""
    x = input._real()
    return wrap(np.asarray(np.signbit(x) if x.dtype.kind == "f" else x < 0))


def isposinf(input: Tensor) -> Tensor:
    """Where the element is ∞"""
    return wrap(np.asarray(input._real() == np.inf))


def isneginf(input: Tensor) -> Tensor:
    """Where the element is −∞"""
    return wrap(np.asarray(input._real() == -np.inf))


def positive(input: Tensor) -> Tensor:
    """The tensor itself

    Raises RuntimeError for booleans.
    """
    if input._array.dtype.kind == "b":
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


def float_power(input: Any, exponent: Any) -> Tensor:
    """inputᵉˣᵖᵒⁿᵉⁿᵗ in float64

    The gradient is derived in `refnet.ops.pow`.
    """
    need_tensor("float_power", input, exponent)
    a, b = operand(input, "input", "float_power"), operand(exponent, "exponent", "float_power")
    to = dtypes.float64.dtype
    return power(*(x._as(to) if is_tensor(x) else float(x) for x in (a, b)))


def float_power_(input: Tensor, exponent: Any) -> Tensor:
    """float_power in place, of float64

    Raises RuntimeError for another dtype.
    """
    if input._array.dtype != np.float64 and not input.is_complex():
        raise RuntimeError(f"float_power_ gives float64, which does not fit into {input.dtype}")
    refuse_leaf(input)
    return overwrite(input, float_power(input, exponent))


def ldexp(input: Tensor, other: Tensor) -> Tensor:
    """input · 2ᵒᵗʰᵉʳ

    Raises NotImplementedError for a boolean exponent of a floating-point input.

    The gradient is derived in `refnet.ops.ldexp`.
    """
    check_tensors("ldexp", input=input, other=other)
    if input._array.dtype.kind in "fc" and other._array.dtype.kind in "biu":
        refuse_bool("ldexp with a boolean exponent", other)
        return broadcast(ops.ldexp, input, other)
    return mul(input, exp2(other))


def fmax(input: Tensor, other: Tensor) -> Tensor:
    """The larger of two, elementwise; a number wins over NaN, input at a tie

    The gradient is derived in `refnet.ops.where`.
    """
    return _without_nan(np.greater_equal, input, other, "fmax")


def fmin(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of two, elementwise; a number wins over NaN, input at a tie

    The gradient is derived in `refnet.ops.where`.
    """
    return _without_nan(np.less_equal, input, other, "fmin")


def _without_nan(wins: np.ufunc, input: Tensor, other: Tensor, function: str) -> Tensor:
    check_tensors(function, input=input, other=other)
    a, b = promote(input, other)
    x, y = a._real(), b._real()
    try:
        first = np.asarray(wins(x, y) | np.isnan(y))
    except ValueError as error:
        raise misfit(a, b) from error
    result: Tensor = where(wrap(first), a, b)
    return result


def _need_float(function: str, x: Tensor) -> Tensor:
    if x._array.dtype.kind not in "fc":
        raise NotImplementedError(f"{function} is for floating-point tensors, got {x.dtype}")
    return x


copysign_ = in_place(copysign)
frac_ = in_place(frac)
heaviside_ = in_place(heaviside)
hypot_ = in_place(hypot)
ldexp_ = in_place(ldexp)
nan_to_num_ = in_place(nan_to_num)
sign_ = in_place(sign)
trunc_ = in_place(trunc)

fix, fix_ = trunc, trunc_
sgn, sgn_ = sign, sign_
