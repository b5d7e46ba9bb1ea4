"""trunc, frac, copysign, hypot, nan_to_num, fmax and other elementwise functions."""

from typing import Any

import numpy as np

from refnet import ops
from refnet.engine import dtypes
from refnet.engine.dtypes import promote, promote_floating
from refnet.engine.in_place import overwrite, refuse_leaf
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.arithmetic import mul, pow as power
from refnet.functions.logarithmic import exp2
from refnet.functions.operands import (
    binary,
    broadcast,
    check_tensors,
    in_place,
    is_tensor,
    misfit,
    need_float,
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
    """Rounds towards 0, to the integer part.

    The gradient is 0. It is derived in `refnet.ops.trunc`.

    `fix` is the same function.

    Args:
        input: tensor

    Raises:
        NotImplementedError: for booleans

    Example:
        >>> refnet.trunc(refnet.tensor([-1.5, 0.5, 2.0]))
        tensor([-1.,  0.,  2.])
    """
    refuse_bool("trunc", input)
    return apply(ops.trunc, input)


def frac(input: Tensor) -> Tensor:
    """Computes the fractional part, which has the sign of x.

        y = x − trunc x

    The gradient is derived in `refnet.ops.frac`.

    Args:
        input: x

    Raises:
        NotImplementedError: for integers

    Example:
        >>> refnet.frac(refnet.tensor([-1.5, 0.25, 2.0]))
        tensor([-0.5000,  0.2500,  0.0000])
    """
    return apply(ops.frac, need_float("frac", input))


def copysign(input: Tensor, other: Any) -> Tensor:
    """Combines magnitudes with signs.

        y = |a| if b has a plus sign, else −|a|

    +0 has a plus sign, −0 a minus sign.

    The gradient at a = 0 is 0.

    The gradient is derived in `refnet.ops.copysign`.

    Args:
        input: a
        other: b, a tensor or a number

    Example:
        >>> refnet.copysign(refnet.tensor([1.0, -2.0]), refnet.tensor([-3.0, 4.0]))
        tensor([-1.,  2.])
    """
    a, b = promote_floating(require_tensor(input), operand(other, "other", "copysign"))
    return binary(ops.copysign, a, b, "copysign")


def hypot(input: Tensor, other: Tensor) -> Tensor:
    """Computes the hypotenuse of a right triangle, without overflow.

        y = √(a² + b²)

    The gradient is derived in `refnet.ops.hypot`.

    Args:
        input: a
        other: b; the two broadcast

    Raises:
        NotImplementedError: for integers

    Example:
        >>> refnet.hypot(refnet.tensor([3.0]), refnet.tensor([4.0]))
        tensor([5.])
    """
    check_tensors("hypot", input=input, other=other)
    a, b = promote(input, other)
    return broadcast(ops.hypot, need_float("hypot", a), b)


def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """Computes the Heaviside step function.

        y = 0 for x < 0,   1 for x > 0,   v for x = 0

    It has no gradient, as in PyTorch: backward raises RuntimeError.

    See `refnet.ops.heaviside`.

    Args:
        input: x
        values: v, of the same dtype as x

    Raises:
        RuntimeError: if the dtypes differ

    Example:
        >>> refnet.heaviside(refnet.tensor([-1.0, 0.0, 2.0]), refnet.tensor(0.5))
        tensor([0.0000, 0.5000, 1.0000])
    """
    check_tensors("heaviside", input=input, values=values)
    if input._array.dtype != values._array.dtype:
        raise RuntimeError(f"heaviside(): expected one dtype, got {input.dtype} and {values.dtype}")
    return broadcast(ops.heaviside, input, values)


def nan_to_num(
    input: Tensor,
    nan: float | None = None,
    posinf: float | None = None,
    neginf: float | None = None,
) -> Tensor:
    """Replaces NaN and infinite entries by numbers.

    The gradient is derived in `refnet.ops.nan_to_num`.

    Args:
        input: tensor
        nan: replaces NaN; 0 if None
        posinf: replaces ∞; the largest number of the dtype if None
        neginf: replaces −∞; the most negative number of the dtype if None

    Example:
        >>> x = refnet.tensor([1.0, float("nan"), float("-inf")])
        >>> refnet.nan_to_num(x, nan=0.0, neginf=-9.0)
        tensor([ 1.,  0., -9.])
    """
    given = {"nan": 0.0 if nan is None else nan, "posinf": posinf, "neginf": neginf}
    given = {k: None if x is None else number(x, k, "nan_to_num") for k, x in given.items()}
    if input._array.dtype.kind not in "fc":
        return input.clone()
    return apply(ops.nan_to_num, input, **given)


def signbit(input: Tensor) -> Tensor:
    """Tests whether each element has a minus sign, as −0 has.

    Args:
        input: tensor

    Example:
        >>> refnet.signbit(refnet.tensor([-1.0, -0.0, 0.0, 2.0]))
        tensor([ True,  True, False, False])
    """
    x = input._real()
    return wrap(np.asarray(np.signbit(x) if x.dtype.kind == "f" else x < 0))


def isposinf(input: Tensor) -> Tensor:
    """Tests whether each element is ∞.

    Args:
        input: tensor

    Example:
        >>> refnet.isposinf(refnet.tensor([1.0, float("inf"), float("-inf")]))
        tensor([False,  True, False])
    """
    return wrap(np.asarray(input._real() == np.inf))


def isneginf(input: Tensor) -> Tensor:
    """Tests whether each element is −∞.

    Args:
        input: tensor

    Example:
        >>> refnet.isneginf(refnet.tensor([1.0, float("inf"), float("-inf")]))
        tensor([False, False,  True])
    """
    return wrap(np.asarray(input._real() == -np.inf))


def positive(input: Tensor) -> Tensor:
    """Returns the tensor itself, as `+x` does.

    Args:
        input: tensor

    Raises:
        RuntimeError: for booleans

    Example:
        >>> refnet.positive(refnet.tensor([-1, 2]))
        tensor([-1,  2])
    """
    if input._array.dtype.kind == "b":
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


def float_power(input: Any, exponent: Any) -> Tensor:
    """Computes powers in float64.

        y = aᵇ

    The gradient is derived in `refnet.ops.pow`.

    Args:
        input: a, a tensor or a number
        exponent: b, a tensor or a number; at least one of the two is a tensor

    Example:
        >>> refnet.float_power(refnet.tensor([1, 2, 3]), 2)
        tensor([1., 4., 9.], dtype=refnet.float64)
    """
    need_tensor("float_power", input, exponent)
    a, b = operand(input, "input", "float_power"), operand(exponent, "exponent", "float_power")
    double = dtypes.float64.dtype
    return power(*(x._as(double) if is_tensor(x) else float(x) for x in (a, b)))


def float_power_(input: Tensor, exponent: Any) -> Tensor:
    """Changes a float64 tensor to the result of `refnet.float_power`, and returns it.

    Args:
        input: tensor that is changed
        exponent: a tensor or a number

    Raises:
        RuntimeError: if the tensor is not float64, or is a leaf that requires a gradient
    """
    if input._array.dtype != np.float64 and not input.is_complex():
        raise RuntimeError(f"float_power_(): expected a float64 tensor, got {input.dtype}")
    refuse_leaf(input)
    return overwrite(input, float_power(input, exponent))


def ldexp(input: Tensor, other: Tensor) -> Tensor:
    """Multiplies by a power of 2.

        y = a 2ᵇ

    The gradient is derived in `refnet.ops.ldexp`.

    Args:
        input: a
        other: b; the two broadcast

    Raises:
        NotImplementedError: for a floating-point input with a boolean exponent

    Example:
        >>> refnet.ldexp(refnet.tensor([1.0, 3.0]), refnet.tensor([3, -1]))
        tensor([8.0000, 1.5000])
    """
    check_tensors("ldexp", input=input, other=other)
    if input._array.dtype.kind in "fc" and other._array.dtype.kind in "biu":
        refuse_bool("ldexp", other)
        return broadcast(ops.ldexp, input, other)
    return mul(input, exp2(other))


def fmax(input: Tensor, other: Tensor) -> Tensor:
    """Returns the larger of two elements; if one of them is NaN, the other.

    At a tie it is the element of `input`.

    The gradient is derived in `refnet.ops.where`.

    Args:
        input: first tensor
        other: second tensor; the two broadcast

    Example:
        >>> refnet.fmax(refnet.tensor([1.0, float("nan")]), refnet.tensor([2.0, 3.0]))
        tensor([2., 3.])
    """
    return _ignoring_nan(np.greater_equal, input, other, "fmax")


def fmin(input: Tensor, other: Tensor) -> Tensor:
    """Returns the smaller of two elements; if one of them is NaN, the other.

    At a tie it is the element of `input`.

    The gradient is derived in `refnet.ops.where`.

    Args:
        input: first tensor
        other: second tensor; the two broadcast

    Example:
        >>> refnet.fmin(refnet.tensor([1.0, float("nan")]), refnet.tensor([2.0, 3.0]))
        tensor([1., 3.])
    """
    return _ignoring_nan(np.less_equal, input, other, "fmin")


def _ignoring_nan(wins: np.ufunc, input: Tensor, other: Tensor, function: str) -> Tensor:
    check_tensors(function, input=input, other=other)
    a, b = promote(input, other)
    x, y = a._real(), b._real()
    try:
        first = np.asarray(wins(x, y) | np.isnan(y))
    except ValueError as error:
        raise misfit(a, b) from error
    return where(wrap(first), a, b)


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
