"""PyTorch's old constructors, one for each dtype: FloatTensor([1, 2]), LongTensor(2, 3).

They return plain Tensors. In isinstance(x, LongTensor) they test a tensor's dtype.
"""

from typing import Any

from refnet.compatibility.device import check_device
from refnet.engine import dtypes
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.creation import legacy_array

__all__ = [
    "BoolTensor", "ByteTensor", "CharTensor", "DoubleTensor", "FloatTensor", "HalfTensor",
    "IntTensor", "LongTensor", "ShortTensor",
]  # fmt: skip


class _OfDtype(type):
    """The type of the constructors, which implements isinstance."""

    dtype: dtypes.dtype

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype


class _Legacy(metaclass=_OfDtype):
    def __init_subclass__(cls) -> None:
        cls.__doc__ = f"""The constructor of tensors with the dtype {cls.dtype!r}; see Tensor.

        Args:
            *data: sizes, which give uninitialised values, or the values as a sequence or tensor
            device: "cpu" or None

        Example:
            >>> x = refnet.{cls.__name__}([0, 1])
            >>> x.dtype, isinstance(x, refnet.{cls.__name__})
            ({cls.dtype!r}, True)
        """

    def __new__(cls, *data: Any, device: Any = None) -> Any:
        """Returns an uninitialised tensor of some sizes, or one with the values of a sequence."""
        check_device(device)
        return wrap(legacy_array(data, cls.dtype.dtype))


class FloatTensor(_Legacy):
    dtype = dtypes.float32


class DoubleTensor(_Legacy):
    dtype = dtypes.float64


class HalfTensor(_Legacy):
    dtype = dtypes.float16


class LongTensor(_Legacy):
    dtype = dtypes.int64


class IntTensor(_Legacy):
    dtype = dtypes.int32


class ShortTensor(_Legacy):
    dtype = dtypes.int16


class CharTensor(_Legacy):
    dtype = dtypes.int8


class ByteTensor(_Legacy):
    dtype = dtypes.uint8


class BoolTensor(_Legacy):
    dtype = dtypes.bool
