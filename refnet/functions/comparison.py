"""Comparisons, logical and bitwise operations. The results have no gradient."""

from typing import Any

import numpy as np

from refnet.engine.dtypes import result_dtype
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.operands import (
    arrays,
    check_tensors,
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
    """Compares two operands, element by element.

    In the complex step, real parts are compared. Raises NotAnalyticError where the real parts are
    equal and the imaginary parts differ.
    """
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
    """Tests for each element whether the two operands are equal.

    Args:
        input: a tensor
        other: a tensor or a number

    Returns:
        a boolean tensor

    Raises:
        RuntimeError: if the shapes do not broadcast

    Example:
        >>> refnet.eq(refnet.tensor([1, 2, 3]), 2)
        tensor([False,  True, False])
    """
    return _compare(np.equal, input, other)


def ne(input: Tensor, other: Any) -> Tensor:
    """Tests for each element whether the two operands differ. NaN differs from everything.

    Args:
        input: a tensor
        other: a tensor or a number

    Returns:
        a boolean tensor

    Raises:
        RuntimeError: if the shapes do not broadcast

    Example:
        >>> refnet.ne(refnet.tensor([1, 2, 3]), 2)
        tensor([ True, False,  True])
    """
    return _compare(np.not_equal, input, other)


def lt(input: Tensor, other: Any) -> Tensor:
    """Tests for each element whether input < other.

    Args:
        input: a tensor
        other: a tensor or a number

    Returns:
        a boolean tensor

    Raises:
        RuntimeError: if the shapes do not broadcast

    Example:
        >>> refnet.lt(refnet.tensor([1, 2, 3]), 2)
        tensor([ True, False, False])
    """
    return _compare(np.less, input, other)


def le(input: Tensor, other: Any) -> Tensor:
    """Tests for each element whether input ≤ other.

    Args:
        input: a tensor
        other: a tensor or a number

    Returns:
        a boolean tensor

    Raises:
        RuntimeError: if the shapes do not broadcast

    Example:
        >>> refnet.le(refnet.tensor([1, 2, 3]), 2)
        tensor([ True,  True, False])
    """
    return _compare(np.less_equal, input, other)


def gt(input: Tensor, other: Any) -> Tensor:
    """Tests for each element whether input > other.

    Args:
        input: a tensor
        other: a tensor or a number

    Returns:
        a boolean tensor

    Raises:
        RuntimeError: if the shapes do not broadcast

    Example:
        >>> refnet.gt(refnet.tensor([1, 2, 3]), 2)
        tensor([False, False,  True])
    """
    return _compare(np.greater, input, other)


def ge(input: Tensor, other: Any) -> Tensor:
    """Tests for each element whether input ≥ other.

    Args:
        input: a tensor
        other: a tensor or a number

    Returns:
        a boolean tensor

    Raises:
        RuntimeError: if the shapes do not broadcast

    Example:
        >>> refnet.ge(refnet.tensor([1, 2, 3]), 2)
        tensor([False,  True,  True])
    """
    return _compare(np.greater_equal, input, other)


def equal(input: Tensor, other: Tensor) -> bool:
    """Tests whether two tensors have the same shape and the same elements.

    Args:
        input: a tensor
        other: a tensor

    Returns:
        one Python bool for the whole tensors

    Example:
        >>> refnet.equal(refnet.tensor([1, 2]), refnet.tensor([1, 2]))
        True
        >>> refnet.equal(refnet.tensor([1, 2]), refnet.tensor([[1, 2]]))
        False
    """
    return bool(np.array_equal(input._real(), other._real()))


def isclose(
    input: Tensor,
    other: Tensor,
    rtol: float = 1e-05,
    atol: float = 1e-08,
    equal_nan: bool = False,
) -> Tensor:
    """Tests for each element whether two numbers are close.

        |input − other| ≤ atol + rtol · |other|

    Args:
        input: a tensor
        other: a tensor of the same dtype
        rtol: the relative tolerance
        atol: the absolute tolerance
        equal_nan: whether NaN is close to NaN

    Returns:
        a boolean tensor

    Raises:
        RuntimeError: if the dtypes differ, if the shapes do not broadcast, or for a tolerance that
            is negative or NaN

    Example:
        >>> refnet.isclose(refnet.tensor([1.0, 1.0]), refnet.tensor([1.1, 1.000001]))
        tensor([False,  True])
    """
    for name, tolerance in (("rtol", rtol), ("atol", atol)):
        if not tolerance >= 0:
            raise RuntimeError(
                f"isclose(): {name} must be greater than or equal to zero, but got {tolerance}"
            )
    if input._array.dtype != other._array.dtype:
        raise RuntimeError(f"{input.dtype} did not match {other.dtype}")
    return computed(
        lambda x, y: np.isclose(x, y, rtol, atol, equal_nan=equal_nan), input._real(), other._real()
    )


def allclose(
    input: Tensor,
    other: Tensor,
    rtol: float = 1e-05,
    atol: float = 1e-08,
    equal_nan: bool = False,
) -> bool:
    """Tests whether two tensors are close in every element (`refnet.isclose`).

    Args:
        input: a tensor
        other: a tensor of the same dtype
        rtol: the relative tolerance
        atol: the absolute tolerance
        equal_nan: whether NaN is close to NaN

    Returns:
        one Python bool for the whole tensors

    Raises:
        RuntimeError: if the dtypes differ, if the shapes do not broadcast, or for a tolerance that
            is negative or NaN

    Example:
        >>> x = refnet.tensor([1.0, 2.0])
        >>> refnet.allclose(x, x + 1e-7), refnet.allclose(x, x + 0.1)
        (True, False)
    """
    return bool(isclose(input, other, rtol, atol, equal_nan)._array.all())


def isnan(input: Tensor) -> Tensor:
    """Tests for each element whether it is NaN.

    Args:
        input: a tensor

    Returns:
        a boolean tensor

    Example:
        >>> refnet.isnan(refnet.tensor([1.0, float("inf"), float("nan")]))
        tensor([False, False,  True])
    """
    return wrap(np.asarray(np.isnan(input._real())))


def isinf(input: Tensor) -> Tensor:
    """Tests for each element whether it is infinite, of either sign.

    Args:
        input: a tensor

    Returns:
        a boolean tensor

    Example:
        >>> refnet.isinf(refnet.tensor([1.0, float("-inf"), float("nan")]))
        tensor([False,  True, False])
    """
    return wrap(np.asarray(np.isinf(input._real())))


def isfinite(input: Tensor) -> Tensor:
    """Tests for each element whether it is neither infinite nor NaN.

    Args:
        input: a tensor

    Returns:
        a boolean tensor

    Example:
        >>> refnet.isfinite(refnet.tensor([1.0, float("inf"), float("nan")]))
        tensor([ True, False, False])
    """
    return wrap(np.asarray(np.isfinite(input._real())))


def _bits(ufunc: np.ufunc, input: Any, other: Any) -> Tensor:
    """Applies a ufunc to the bits of two operands, booleans or integers."""
    name = ufunc.__name__
    need_tensor(name, input, other)
    a, b = operand(input, "input", name), operand(other, "other", name)
    dtype = result_dtype(a, b)
    if dtype.kind not in "biu":
        raise NotImplementedError(f"{name}(): expected booleans or integers, got {dtype}")
    return computed(ufunc, *arrays(a, b))


def bitwise_and(input: Tensor, other: Any) -> Tensor:
    """Computes the bitwise AND, input & other. For booleans this is the logical AND.

    Args:
        input: a tensor of integers or booleans, or a number if `other` is a tensor
        other: a tensor of integers or booleans, or a number

    Raises:
        NotImplementedError: for floating-point numbers
        RuntimeError: if the shapes do not broadcast

    Example:
        >>> refnet.bitwise_and(refnet.tensor([0b1100]), refnet.tensor([0b1010]))  # 0b1000
        tensor([8])
    """
    return _bits(np.bitwise_and, input, other)


def bitwise_or(input: Tensor, other: Any) -> Tensor:
    """Computes the bitwise OR, input | other. For booleans this is the logical OR.

    Args:
        input: a tensor of integers or booleans, or a number if `other` is a tensor
        other: a tensor of integers or booleans, or a number

    Raises:
        NotImplementedError: for floating-point numbers
        RuntimeError: if the shapes do not broadcast

    Example:
        >>> refnet.bitwise_or(refnet.tensor([0b1100]), refnet.tensor([0b1010]))  # 0b1110
        tensor([14])
    """
    return _bits(np.bitwise_or, input, other)


def bitwise_xor(input: Tensor, other: Any) -> Tensor:
    """Computes the bitwise exclusive OR, input ^ other, which is the logical one for booleans.

    Args:
        input: a tensor of integers or booleans, or a number if `other` is a tensor
        other: a tensor of integers or booleans, or a number

    Raises:
        NotImplementedError: for floating-point numbers
        RuntimeError: if the shapes do not broadcast

    Example:
        >>> refnet.bitwise_xor(refnet.tensor([0b1100]), refnet.tensor([0b1010]))  # 0b0110
        tensor([6])
    """
    return _bits(np.bitwise_xor, input, other)


def bitwise_left_shift(input: Any, other: Any) -> Tensor:
    """Shifts the bits to the left.

        y = input · 2ⁿ

    Bits beyond the width of the dtype are lost. The result is 0 if n is negative or not below that
    width.

    Args:
        input: a tensor of integers, or a number if `other` is a tensor
        other: n, the number of positions, a tensor of integers or a number

    Raises:
        NotImplementedError: for floating-point numbers, and if both are boolean
        RuntimeError: if the shapes do not broadcast

    Example:
        >>> refnet.bitwise_left_shift(refnet.tensor([1, 2, 3]), 4)
        tensor([16, 32, 48])
    """
    refuse_bool("bitwise_left_shift", input, other)
    return _bits(np.left_shift, input, other)


def bitwise_right_shift(input: Any, other: Any) -> Tensor:
    """Shifts the bits to the right.

        y = ⌊input / 2ⁿ⌋

    If n is negative or not below the width of the dtype, the result is −1 for a negative `input`,
    and 0 otherwise.

    Args:
        input: a tensor of integers, or a number if `other` is a tensor
        other: n, the number of positions, a tensor of integers or a number

    Raises:
        NotImplementedError: for floating-point numbers, and if both are boolean
        RuntimeError: if the shapes do not broadcast

    Example:
        >>> refnet.bitwise_right_shift(refnet.tensor([-16, 16, 7]), 2)
        tensor([-4,  4,  1])
    """
    refuse_bool("bitwise_right_shift", input, other)
    return _bits(np.right_shift, input, other)


def bitwise_not(input: Tensor) -> Tensor:
    """Inverts each bit, ~input. For booleans this is the logical NOT.

    Args:
        input: a tensor of integers or booleans

    Raises:
        NotImplementedError: for floating-point numbers

    Example:
        >>> refnet.bitwise_not(refnet.tensor([-1, 0, 5]))
        tensor([ 0, -1, -6])
    """
    if input._array.dtype.kind not in "biu":
        raise NotImplementedError(
            f"bitwise_not(): expected booleans or integers, got {input.dtype}"
        )
    return wrap(np.asarray(~input._array))


def _logic(ufunc: np.ufunc, input: Tensor, other: Tensor) -> Tensor:
    """Applies a logical ufunc to two tensors, in which 0 is False and anything else is True."""
    check_tensors(ufunc.__name__, input=input, other=other)
    return computed(ufunc, input._real(), other._real())


def logical_and(input: Tensor, other: Tensor) -> Tensor:
    """Tests for each position whether both elements are nonzero.

    Args:
        input: a tensor
        other: a tensor

    Returns:
        a boolean tensor

    Raises:
        RuntimeError: if the shapes do not broadcast

    Example:
        >>> a, b = refnet.tensor([0, 0, 1, 1]), refnet.tensor([0, 1, 0, 1])
        >>> refnet.logical_and(a, b)
        tensor([False, False, False,  True])
    """
    return _logic(np.logical_and, input, other)


def logical_or(input: Tensor, other: Tensor) -> Tensor:
    """Tests for each position whether at least one of the two elements is nonzero.

    Args:
        input: a tensor
        other: a tensor

    Returns:
        a boolean tensor

    Raises:
        RuntimeError: if the shapes do not broadcast

    Example:
        >>> a, b = refnet.tensor([0, 0, 1, 1]), refnet.tensor([0, 1, 0, 1])
        >>> refnet.logical_or(a, b)
        tensor([False,  True,  True,  True])
    """
    return _logic(np.logical_or, input, other)


def logical_xor(input: Tensor, other: Tensor) -> Tensor:
    """Tests for each position whether exactly one of the two elements is nonzero.

    Args:
        input: a tensor
        other: a tensor

    Returns:
        a boolean tensor

    Raises:
        RuntimeError: if the shapes do not broadcast

    Example:
        >>> a, b = refnet.tensor([0, 0, 1, 1]), refnet.tensor([0, 1, 0, 1])
        >>> refnet.logical_xor(a, b)
        tensor([False,  True,  True, False])
    """
    return _logic(np.logical_xor, input, other)


def logical_not(input: Tensor) -> Tensor:
    """Tests for each element whether it is 0.

    Args:
        input: a tensor

    Returns:
        a boolean tensor

    Example:
        >>> refnet.logical_not(refnet.tensor([0, 1, 2]))
        tensor([ True, False, False])
    """
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
