"""Comparisons and logic; the results are booleans and have no gradient."""

from typing import Any

import numpy as np

from refnet.engine.dtypes import result_dtype
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.einsum import check_tensors
from refnet.functions.operands import (
    arrays,
    computed,
    in_place,
    need_tensor,
    operand,
    refuse_bool,
    require_tensor,
)
from refnet.ops.rule import NotAnalyticError

__all__ = [
    "allclose",
    "bitwise_and",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "eq",
    "equal",
    "ge",
    "greater",
    "greater_equal",
    "gt",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "le",
    "less",
    "less_equal",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "lt",
    "ne",
    "not_equal",
]


def _compare(ufunc: np.ufunc, input: Any, other: Any) -> Tensor:
    x, y = arrays(require_tensor(input), operand(other, "other", ufunc.__name__))

    def compared(x: Any, y: Any) -> Any:
        if np.iscomplexobj(x) or np.iscomplexobj(y):
            tie = np.equal(np.real(x), np.real(y)) & (np.imag(x) != np.imag(y))
            if np.any(tie):
                raise NotAnalyticError(
                    f"the comparison {ufunc.__name__} changes exactly at this point, so what "
                    "depends on it has no derivative by the complex step"
                )
        return ufunc(np.real(x), np.real(y))

    return computed(compared, x, y)


def eq(input: Tensor, other: Any) -> Tensor:
    """input = other"""
    return _compare(np.equal, input, other)


def ne(input: Tensor, other: Any) -> Tensor:
    """input ≠ other"""
    return _compare(np.not_equal, input, other)


def lt(input: Tensor, other: Any) -> Tensor:
    """input < other"""
    return _compare(np.less, input, other)


def le(input: Tensor, other: Any) -> Tensor:
    """input ≤ other"""
    return _compare(np.less_equal, input, other)


def gt(input: Tensor, other: Any) -> Tensor:
    """input > other"""
    return _compare(np.greater, input, other)


def ge(input: Tensor, other: Any) -> Tensor:
    """input ≥ other"""
    return _compare(np.greater_equal, input, other)


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether shape and all elements are the same"""
    return bool(np.array_equal(input._real(), other._real()))


def isclose(
    input: Tensor,
    other: Tensor,
    rtol: float = 1e-05,
    atol: float = 1e-08,
    equal_nan: bool = False,
) -> Tensor:
    """|input − other| ≤ atol + rtol · |other|

    Raises RuntimeError for two dtypes, and for a tolerance that is not ≥ 0.
    """
    for name, tolerance in (("rtol", rtol), ("atol", atol)):
        if not tolerance >= 0:
            raise RuntimeError(
                f"isclose(): {name} must be greater than or equal to zero, but got {tolerance}"
            )
    if input._array.dtype != other._array.dtype:
        raise RuntimeError(f"{input.dtype} did not match {other.dtype}")
    return wrap(
        np.asarray(np.isclose(input._real(), other._real(), rtol, atol, equal_nan=equal_nan))
    )


def allclose(
    input: Tensor,
    other: Tensor,
    rtol: float = 1e-05,
    atol: float = 1e-08,
    equal_nan: bool = False,
) -> bool:
    """Whether every element is close"""
    return bool(isclose(input, other, rtol, atol, equal_nan)._array.all())


def isnan(input: Tensor) -> Tensor:
    """Where the element is NaN"""
    return wrap(np.asarray(np.isnan(input._real())))


def isinf(input: Tensor) -> Tensor:
    """Where the element is infinite"""
    return wrap(np.asarray(np.isinf(input._real())))


def isfinite(input: Tensor) -> Tensor:
    """Where the element is neither NaN nor infinite"""
    return wrap(np.asarray(np.isfinite(input._real())))


def _bits(ufunc: np.ufunc, input: Any, other: Any) -> Tensor:
    name = ufunc.__name__
    need_tensor(name, input, other)
    a, b = operand(input, "input", name), operand(other, "other", name)
    to = result_dtype(a, b)
    if to.kind not in "biu":
        raise NotImplementedError(f"{name} is for booleans and integers, not {to}")
    return computed(ufunc, *arrays(a, b))


def bitwise_and(input: Tensor, other: Any) -> Tensor:
    """input & other, for booleans and integers"""
    return _bits(np.bitwise_and, input, other)


def bitwise_or(input: Tensor, other: Any) -> Tensor:
    """input | other, for booleans and integers"""
    return _bits(np.bitwise_or, input, other)


def bitwise_xor(input: Tensor, other: Any) -> Tensor:
    """input ^ other, for booleans and integers"""
    return _bits(np.bitwise_xor, input, other)


def bitwise_left_shift(input: Any, other: Any) -> Tensor:
    """input · 2ᵒᵗʰᵉʳ in the bits of the dtype; 0 where other is negative, or not below their number

    Raises NotImplementedError unless one is of integers and none of floating-point numbers.
    """
    refuse_bool("bitwise_left_shift", input, other)
    return _bits(np.left_shift, input, other)


def bitwise_right_shift(input: Any, other: Any) -> Tensor:
    """⌊input / 2ᵒᵗʰᵉʳ⌋; where other is negative, or not below the number of bits, −1 of what is
    negative and else 0

    Raises NotImplementedError unless one is of integers and none of floating-point numbers.
    """
    refuse_bool("bitwise_right_shift", input, other)
    return _bits(np.right_shift, input, other)


def bitwise_not(input: Tensor) -> Tensor:
    """~input, for booleans and integers"""
    if input._array.dtype.kind not in "biu":
        raise NotImplementedError(f"bitwise_not is for booleans and integers, not {input.dtype}")
    return wrap(np.asarray(~input._array))


def _logic(ufunc: np.ufunc, input: Tensor, other: Tensor) -> Tensor:
    check_tensors(ufunc.__name__, input=input, other=other)
    return computed(ufunc, input._real(), other._real())


def logical_and(input: Tensor, other: Tensor) -> Tensor:
    """Where both are not zero"""
    return _logic(np.logical_and, input, other)


def logical_or(input: Tensor, other: Tensor) -> Tensor:
    """Where one is not zero"""
    return _logic(np.logical_or, input, other)


def logical_xor(input: Tensor, other: Tensor) -> Tensor:
    """Where exactly one is not zero"""
    return _logic(np.logical_xor, input, other)


def logical_not(input: Tensor) -> Tensor:
    """Where it is zero"""
    return wrap(np.asarray(np.logical_not(input._real())))


bitwise_and_ = in_place(bitwise_and)
bitwise_left_shift_ = in_place(bitwise_left_shift)
bitwise_not_ = in_place(bitwise_not)
bitwise_or_ = in_place(bitwise_or)
bitwise_right_shift_ = in_place(bitwise_right_shift)
bitwise_xor_ = in_place(bitwise_xor)
logical_and_ = in_place(logical_and)
logical_not_ = in_place(logical_not)
logical_or_ = in_place(logical_or)
logical_xor_ = in_place(logical_xor)

greater, greater_equal, less, less_equal, not_equal = gt, ge, lt, le, ne
