"""Functions in pieces, under PyTorch's names: |x|, rounding, the larger of two, bounds, a choice."""

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
    """|x|

    Raises NotImplementedError for booleans.

    The gradient is derived in `refnet.ops.abs`.
    """
    refuse_bool("abs", input)
    return apply(ops.abs, input)


def sign(input: Tensor) -> Tensor:
    """−1, 0 or 1, for NaN 0; its gradient is 0

    The gradient is derived in `refnet.ops.sign`.
    """
    if input._array.dtype.kind == "b":
        return input.clone()
    return apply(ops.sign, input)


def floor(input: Tensor) -> Tensor:
    """The largest whole number not above x; its gradient is 0

    The gradient is derived in `refnet.ops.floor`.
    """
    refuse_bool("floor", input)
    return apply(ops.floor, input)


def ceil(input: Tensor) -> Tensor:
    """The smallest whole number not below x; its gradient is 0

    The gradient is derived in `refnet.ops.ceil`.
    """
    refuse_bool("ceil", input)
    return apply(ops.ceil, input)


def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """The nearest number of that many decimals, halves to even; its gradient is 0

    Raises NotImplementedError for booleans, and for integers where decimals is not 0.

    The gradient is derived in `refnet.ops.round`.
    """
    refuse_bool("round", input)
    decimals = integer(decimals, "decimals", "round")
    if decimals and input._array.dtype.kind not in "fc":
        raise NotImplementedError(f"round to {decimals} decimals is not for {input.dtype}")
    return apply(ops.round, input, decimals=decimals)


def maximum(input: Tensor, other: Tensor) -> Tensor:
    """The larger of two, elementwise

    The gradient is derived in `refnet.ops.maximum`.
    """
    return broadcast(ops.maximum, *promote(require_tensor(input), require_tensor(other)))


def minimum(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of two, elementwise

    The gradient is derived in `refnet.ops.minimum`.
    """
    return broadcast(ops.minimum, *promote(require_tensor(input), require_tensor(other)))


def clamp(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """min(max(x, min), max); the bounds are numbers or tensors, one may be missing

    Raises RuntimeError if both are, and for a number that the dtype does not hold.

    The gradient is derived in `refnet.ops.clamp`.
    """
    require_tensor(input)
    if min is None and max is None:
        raise RuntimeError("clamp: At least one of 'min' or 'max' must not be None")
    low: Any = None if min is None else operand(min, "min", "clamp")
    high: Any = None if max is None else operand(max, "max", "clamp")
    to = dtypes.result_dtype(input, *(x for x in (low, high) if x is not None))
    if to.kind == "b" and [is_tensor(min), is_tensor(max)] not in ([False, True], [True, False]):
        raise NotImplementedError("clamp is for booleans with one bound, a tensor; cast them first")
    input = cast(input, to)
    bounds = [_bound(x, to) for x in (low, high)]
    try:
        result: Tensor = apply(ops.clamp, input, *bounds)
    except ValueError as error:
        shapes = [list(x.shape) for x in (input, *bounds) if is_tensor(x)]
        raise RuntimeError(f"clamp: the shapes {shapes} cannot be broadcast together") from error
    return result


def _bound(x: Any, to: np.dtype[Any]) -> Any:
    """A bound of clamp in the dtype of its result."""
    return x if x is None else cast(x, to) if is_tensor(x) else converted(x, to, "clamp")


def clamp_min(input: Tensor, min: Any) -> Tensor:
    """max(x, min)

    The gradient is derived in `refnet.ops.clamp`.
    """
    return clamp(input, min=min)


def clamp_max(input: Tensor, max: Any) -> Tensor:
    """min(x, max)

    The gradient is derived in `refnet.ops.clamp`.
    """
    return clamp(input, max=max)


@overload
def where(condition: Tensor) -> tuple[Tensor, ...]: ...
@overload
def where(condition: Tensor, input: Any, other: Any) -> Tensor: ...


def where(condition: Tensor, input: Any = None, other: Any = None) -> Any:
    """input where the condition holds, else other; with the condition alone, the indices at
    which it holds, a tensor for each dimension

    A uint8 condition is taken for a boolean one, with PyTorch's warning. Raises RuntimeError for a
    condition of another dtype, and for a number that the dtype does not hold.

    The gradient is derived in `refnet.ops.where`.
    """
    if input is None and other is None:
        found: tuple[Tensor, ...] = nonzero(condition, as_tuple=True)
        return found
    if condition._array.dtype == np.uint8:
        warn("where received a uint8 condition, which PyTorch deprecates; use a bool one")
        condition = condition.bool()
    if condition._array.dtype.kind != "b":
        raise RuntimeError(
            f"where expected condition to be a boolean tensor, but got {condition.dtype}"
        )
    a, b = operand(input, "input", "where"), operand(other, "other", "where")
    to = dtypes.result_dtype(a, b)
    a, b = (cast(x, to) if is_tensor(x) else _constant(x, to) for x in (a, b))
    try:
        result: Tensor = apply(ops.where, condition, a, b)
    except ValueError as error:
        raise misfit(a, b) from error
    return result


def method_where(input: Tensor, condition: Tensor, other: Any) -> Tensor:
    """The method x.where(condition, other): x where the condition holds, else other"""
    result: Tensor = where(condition, input, other)
    return result


method_where.__name__ = method_where.__qualname__ = "where"


def _constant(x: Any, to: np.dtype[Any]) -> Tensor:
    """A number as a 0-d tensor; float16 is made of a float32, which may overflow to ∞."""
    return wrap(np.asarray(converted(x, wide(to), "where")).astype(to))


abs_ = in_place(abs)
ceil_ = in_place(ceil)
clamp_ = in_place(clamp)
clamp_max_ = in_place(clamp_max)
clamp_min_ = in_place(clamp_min)
floor_ = in_place(floor)
round_ = in_place(round)

absolute, absolute_ = abs, abs_
clip, clip_ = clamp, clamp_
