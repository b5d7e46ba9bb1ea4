"""Queries of the dtype, size and type of a tensor."""

from typing import Any

from refnet.engine import dtypes
from refnet.engine.argument_errors import not_a_tensor
from refnet.engine.tensor import Tensor
from refnet.functions import conversion

__all__ = [
    "can_cast",
    "is_complex",
    "is_floating_point",
    "is_nonzero",
    "is_same_size",
    "is_signed",
    "promote_types",
    "typename",
]


def _dtype(function: str, input: Any) -> dtypes.dtype:
    """Returns the dtype of a tensor or of an uninitialised parameter."""
    found = getattr(input, "dtype", None)
    if not isinstance(found, dtypes.dtype):
        raise not_a_tensor(f"{function}(): argument 'input' (position 1)", input)
    return found


def is_floating_point(input: Tensor) -> bool:
    """Tests whether the dtype is floating-point.

    Args:
        input: a tensor

    Raises:
        TypeError: if `input` is not a tensor

    Example:
        >>> x = refnet.tensor([1.0])
        >>> refnet.is_floating_point(x), refnet.is_floating_point(x.int())
        (True, False)
    """
    return _dtype("is_floating_point", input).is_floating_point


def is_complex(input: Tensor) -> bool:
    """Tests whether the dtype is complex, as only inside the complex step (`refnet.testing`).

    Args:
        input: a tensor

    Raises:
        TypeError: if `input` is not a tensor

    Example:
        >>> refnet.is_complex(refnet.tensor([1.0]))
        False
    """
    return _dtype("is_complex", input).is_complex


def is_signed(input: Tensor) -> bool:
    """Tests whether the dtype can hold negative numbers.

    Args:
        input: a tensor

    Raises:
        TypeError: if `input` is not a tensor

    Example:
        >>> refnet.is_signed(refnet.tensor([1])), refnet.is_signed(refnet.tensor([True]))
        (True, False)
    """
    return _dtype("is_signed", input).is_signed


def is_nonzero(input: Tensor) -> bool:
    """Tests whether the only element is nonzero.

    Args:
        input: a tensor of one element

    Raises:
        RuntimeError: unless `input` has exactly one element

    Example:
        >>> refnet.is_nonzero(refnet.tensor([0.0])), refnet.is_nonzero(refnet.tensor([-2.0]))
        (False, True)
    """
    return conversion.bool(input)


def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Tests whether two tensors have the same shape.

    Args:
        input: a tensor
        other: a tensor

    Example:
        >>> refnet.is_same_size(refnet.zeros(2, 3), refnet.ones(2, 3))
        True
    """
    return input._array.shape == other._array.shape


def promote_types(type1: dtypes.dtype, type2: dtypes.dtype) -> dtypes.dtype:
    """Returns the dtype of an operation on tensors of two dtypes.

    Args:
        type1: a dtype
        type2: a dtype

    Raises:
        TypeError: if an argument is not a dtype

    Example:
        >>> refnet.promote_types(refnet.int64, refnet.float32)
        refnet.float32
        >>> refnet.promote_types(refnet.uint8, refnet.int8)
        refnet.int16
    """
    return dtypes.from_numpy_dtype(
        dtypes.join(dtypes.lookup(type1).dtype, dtypes.lookup(type2).dtype)
    )


def can_cast(from_: dtypes.dtype, to: dtypes.dtype) -> bool:
    """Tests whether an in-place operation can write results of one dtype into a tensor of another.

    It can if the category of the tensor is the same or higher: boolean < integer < floating-point <
    complex.

    Args:
        from_: the dtype of the result
        to: the dtype of the tensor that is written to

    Raises:
        TypeError: if an argument is not a dtype

    Example:
        >>> refnet.can_cast(refnet.float64, refnet.float32)
        True
        >>> refnet.can_cast(refnet.float32, refnet.int64)
        False
    """
    return dtypes.category(dtypes.lookup(from_).dtype) <= dtypes.category(dtypes.lookup(to).dtype)


def typename(obj: Any, /) -> str:
    """Returns the name of an object's type; for a tensor the legacy name.

    Args:
        obj: any object

    Example:
        >>> refnet.typename(refnet.zeros(2)), refnet.typename(1.5)
        ('refnet.FloatTensor', 'float')
    """
    if hasattr(obj, "_array"):
        name: str = obj.type()
        return name
    kind = obj if isinstance(obj, type) else type(obj)
    module = "" if kind.__module__ in ("builtins", "__builtin__") else f"{kind.__module__}."
    return module + kind.__qualname__
