"""Piecewise functions under PyTorch's names: abs, sign, rounding, maximum, clamp, where."""

from typing import Any, overload

import numpy as np

from refnet import ops
from refnet.engine import dtypes
from refnet.engine.caller_warning import warn
from refnet.engine.dtypes import cast, converted, promote, wide
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.dims import integer
from refnet.functions.gather_scatter import nonzero
from refnet.functions.operands import (
    broadcast,
    in_place,
    is_tensor,
    misfit,
    operand,
    refuse_bool,
    require_tensor,
)

__all__ = [
    "abs",
    "abs_",
    "absolute",
    "ceil",
    "ceil_",
    "clamp",
    "clamp_",
    "clamp_max",
    "clamp_max_",
    "clamp_min",
    "clamp_min_",
    "clip",
    "clip_",
    "floor",
    "floor_",
    "maximum",
    "minimum",
    "round",
    "round_",
    "sign",
    "where",
]


def abs(input: Tensor) -> Tensor:
    """Computes the absolute value.

        y = |x|

    The gradient at 0 is 0.

    The gradient is derived in `refnet.ops.abs`.

    Args:
        input: x

    Raises:
        NotImplementedError: for booleans

    Example:
        >>> refnet.abs(refnet.tensor([-1.5, 0.0, 2.0]))
        tensor([1.5000, 0.0000, 2.0000])
    """
    refuse_bool("abs", input)
    return apply(ops.abs, input)


def sign(input: Tensor) -> Tensor:
    """Returns −1, 0 or 1 for the sign of each element, and 0 for NaN.

    The gradient is 0. It is derived in `refnet.ops.sign`.

    `sgn` is the same function.

    Args:
        input: tensor

    Example:
        >>> refnet.sign(refnet.tensor([-1.5, 0.0, 2.0]))
        tensor([-1.,  0.,  1.])
    """
    if input._array.dtype.kind == "b":
        return input.clone()
    return apply(ops.sign, input)


def floor(input: Tensor) -> Tensor:
    """Rounds down to integers.

    The gradient is 0. It is derived in `refnet.ops.floor`.

    Args:
        input: tensor

    Raises:
        NotImplementedError: for booleans

    Example:
        >>> refnet.floor(refnet.tensor([-1.5, 0.5, 2.0]))
        tensor([-2.,  0.,  2.])
    """
    refuse_bool("floor", input)
    return apply(ops.floor, input)


def ceil(input: Tensor) -> Tensor:
    """Rounds up to integers.

    The gradient is 0. It is derived in `refnet.ops.ceil`.

    Args:
        input: tensor

    Raises:
        NotImplementedError: for booleans

    Example:
        >>> refnet.ceil(refnet.tensor([-1.5, 0.5, 2.0]))
        tensor([-1.,  1.,  2.])
    """
    refuse_bool("ceil", input)
    return apply(ops.ceil, input)


def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """Rounds to a number of decimals; halves are rounded to the even neighbour.

    The gradient is 0. It is derived in `refnet.ops.round`.

    Args:
        input: tensor
        decimals: number of decimals; −2 rounds to hundreds

    Raises:
        NotImplementedError: for booleans, and for integers unless `decimals` is 0

    Example:
        >>> refnet.round(refnet.tensor([0.5, 1.5, 2.7]))
        tensor([0., 2., 3.])
        >>> refnet.round(refnet.tensor([3.14159]), decimals=2)
        tensor([3.1400])
    """
    refuse_bool("round", input)
    decimals = integer(decimals, "decimals", "round")
    if decimals and input._array.dtype.kind not in "fc":
        raise NotImplementedError(
            f"round(): expected a floating-point tensor for decimals={decimals}, got {input.dtype}"
        )
    return apply(ops.round, input, decimals=decimals)


def maximum(input: Tensor, other: Tensor) -> Tensor:
    """Returns the larger of two elements, and NaN if one of them is NaN.

    At a tie each gets half of the gradient.

    The gradient is derived in `refnet.ops.maximum`.

    Args:
        input: first tensor
        other: second tensor; the two broadcast

    Example:
        >>> refnet.maximum(refnet.tensor([1, 5]), refnet.tensor([3, 2]))
        tensor([3, 5])
    """
    return broadcast(ops.maximum, *promote(require_tensor(input), require_tensor(other)))


def minimum(input: Tensor, other: Tensor) -> Tensor:
    """Returns the smaller of two elements, and NaN if one of them is NaN.

    At a tie each gets half of the gradient.

    The gradient is derived in `refnet.ops.minimum`.

    Args:
        input: first tensor
        other: second tensor; the two broadcast

    Example:
        >>> refnet.minimum(refnet.tensor([1, 5]), refnet.tensor([3, 2]))
        tensor([1, 2])
    """
    return broadcast(ops.minimum, *promote(require_tensor(input), require_tensor(other)))


def clamp(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """Limits the elements to the range from `min` to `max`.

        y = min(max(x, min), max)

    `clip` is the same function.

    At a bound, x gets the whole gradient.

    The gradient is derived in `refnet.ops.clamp`.

    Args:
        input: x
        min: lower bound, a number or a tensor; None means −∞
        max: upper bound, a number or a tensor; None means ∞

    Raises:
        RuntimeError: if both bounds are None, or the dtype cannot hold a bound
        NotImplementedError: for booleans, unless there is exactly one bound and it is a tensor

    Example:
        >>> refnet.clamp(refnet.tensor([-2.0, 0.5, 3.0]), min=-1, max=1)
        tensor([-1.0000,  0.5000,  1.0000])
    """
    require_tensor(input)
    if min is None and max is None:
        raise RuntimeError("clamp: At least one of 'min' or 'max' must not be None")
    low: Any = None if min is None else operand(min, "min", "clamp")
    high: Any = None if max is None else operand(max, "max", "clamp")
    dtype = dtypes.result_dtype(input, *(x for x in (low, high) if x is not None))
    if dtype.kind == "b" and [is_tensor(min), is_tensor(max)] not in ([False, True], [True, False]):
        raise NotImplementedError(
            "clamp(): expected one bound, a tensor, for booleans, got others; cast them first"
        )
    input = cast(input, dtype)
    bounds = [_bound(x, dtype) for x in (low, high)]
    try:
        return apply(ops.clamp, input, *bounds)
    except ValueError as error:
        raise misfit(input, *bounds) from error


def _bound(x: Any, dtype: np.dtype[Any]) -> Any:
    """Returns a bound of clamp in the dtype of its result."""
    return x if x is None else cast(x, dtype) if is_tensor(x) else converted(x, dtype, "clamp")


def clamp_min(input: Tensor, min: Any) -> Tensor:
    """Limits the elements from below.

        y = max(x, min)

    At the bound, x gets the whole gradient.

    The gradient is derived in `refnet.ops.clamp`.

    Args:
        input: x
        min: lower bound, a number or a tensor

    Example:
        >>> refnet.clamp_min(refnet.tensor([-2.0, 0.5, 3.0]), 0)
        tensor([0.0000, 0.5000, 3.0000])
    """
    return clamp(input, min=min)


def clamp_max(input: Tensor, max: Any) -> Tensor:
    """Limits the elements from above.

        y = min(x, max)

    At the bound, x gets the whole gradient.

    The gradient is derived in `refnet.ops.clamp`.

    Args:
        input: x
        max: upper bound, a number or a tensor

    Example:
        >>> refnet.clamp_max(refnet.tensor([-2.0, 0.5, 3.0]), 1)
        tensor([-2.0000,  0.5000,  1.0000])
    """
    return clamp(input, max=max)


@overload
def where(condition: Tensor) -> tuple[Tensor, ...]: ...
@overload
def where(condition: Tensor, input: Any, other: Any) -> Tensor: ...


def where(condition: Tensor, input: Any = None, other: Any = None) -> Any:
    """Selects elements of two tensors by a condition, or returns the indices where it holds.

        y = input where condition, else other

    With the condition alone, it returns the indices at which the condition holds, one vector for
    each dimension. A uint8 condition counts as boolean, with PyTorch's warning.

    The gradient is derived in `refnet.ops.where`.

    Args:
        condition: tensor of booleans
        input: tensor or number
        other: tensor or number; the three broadcast

    Raises:
        RuntimeError: if the condition is not boolean, or the dtype cannot hold a number
        TypeError: if only one of `input` and `other` is given

    Example:
        >>> x = refnet.tensor([-1.0, 2.0])
        >>> refnet.where(x > 0, x, 0.0)
        tensor([0., 2.])
        >>> refnet.where(x > 0)
        (tensor([1]),)
    """
    if input is None and other is None:
        return nonzero(condition, as_tuple=True)
    if condition._array.dtype == np.uint8:
        warn("where received a uint8 condition tensor, which is deprecated; use a bool tensor")
        condition = condition.bool()
    if condition._array.dtype.kind != "b":
        raise RuntimeError(
            f"where expected condition to be a boolean tensor, but got {condition.dtype}"
        )
    a, b = operand(input, "input", "where"), operand(other, "other", "where")
    dtype = dtypes.result_dtype(a, b)
    a, b = (cast(x, dtype) if is_tensor(x) else _constant(x, dtype) for x in (a, b))
    try:
        return apply(ops.where, condition, a, b)
    except ValueError as error:
        raise misfit(condition, a, b) from error


def method_where(input: Tensor, condition: Tensor, other: Any) -> Tensor:
    """Returns x where the condition holds, else `other`: the method x.where(condition, other).

    See `refnet.where`.

    Args:
        input: x
        condition: tensor of booleans
        other: tensor or number
    """
    return where(condition, input, other)


method_where.__name__ = method_where.__qualname__ = "where"


def _constant(x: Any, dtype: np.dtype[Any]) -> Tensor:
    """Returns a number as a 0-d tensor. A number beyond the range of float16 becomes ∞."""
    return wrap(np.asarray(converted(x, wide(dtype), "where")).astype(dtype))


abs_ = in_place(abs)
ceil_ = in_place(ceil)
clamp_ = in_place(clamp)
clamp_max_ = in_place(clamp_max)
clamp_min_ = in_place(clamp_min)
floor_ = in_place(floor)
round_ = in_place(round)

absolute, absolute_ = abs, abs_
clip, clip_ = clamp, clamp_
