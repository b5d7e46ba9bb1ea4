"""What is known of a tensor or dtype before any computation, and promotion of dtypes."""

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
    """The dtype, which a parameter without a shape has too."""
    found = getattr(input, "dtype", None)
    if not isinstance(found, dtypes.dtype):
        raise not_a_tensor(f"{function}(): argument 'input' (position 1)", input)
    return found


def is_floating_point(input: Tensor) -> bool:
    """Whether the dtype is a floating-point one"""
    return _dtype("is_floating_point", input).is_floating_point


def is_complex(input: Tensor) -> bool:
    """Whether the dtype is complex: only inside the complex step"""
    return _dtype("is_complex", input).is_complex


def is_signed(input: Tensor) -> bool:
    """Whether the dtype has negative numbers"""
    return _dtype("is_signed", input).is_signed


def is_nonzero(input: Tensor) -> bool:
    """Whether the one element is not 0

    Raises RuntimeError for another number of elements.
    """
    return conversion.bool(input)


def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether both have the same shape"""
    return input._array.shape == other._array.shape


def promote_types(type1: dtypes.dtype, type2: dtypes.dtype) -> dtypes.dtype:
    """The dtype that tensors of these two agree on"""
    return dtypes.from_numpy_dtype(
        dtypes.join(dtypes.lookup(type1).dtype, dtypes.lookup(type2).dtype)
    )


def can_cast(from_: dtypes.dtype, to: dtypes.dtype) -> bool:
    """Whether an in-place operation may give its result of one dtype to a tensor of the other: to the same
    category (booleans, integers, floating point) or a higher one"""
    return dtypes.category(dtypes.lookup(from_).dtype) <= dtypes.category(dtypes.lookup(to).dtype)


def typename(obj: Any, /) -> str:
    """The name of an object's type, of a tensor the legacy one, such as refnet.FloatTensor"""
    if hasattr(obj, "_array"):
        name: str = obj.type()
        return name
    kind = obj if isinstance(obj, type) else type(obj)
    module = "" if kind.__module__ in ("builtins", "__builtin__") else f"{kind.__module__}."
    return module + kind.__qualname__
