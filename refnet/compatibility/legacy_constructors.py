"""PyTorch's old constructors, one for each dtype: FloatTensor([1, 2]), LongTensor(2, 3).

They give plain Tensors; as types they say which dtype a tensor has: isinstance(x, LongTensor).
"""

from typing import Any

from refnet.compatibility.device import check_device
from refnet.engine import dtypes
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.creation import legacy_array


class _OfDtype(type):
    """The type of the constructors: it answers isinstance."""

    dtype: dtypes.dtype

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls.dtype


class _Legacy(metaclass=_OfDtype):
    def __new__(cls, *data: Any, device: Any = None) -> Any:
        """The sizes of a tensor whose values are to be set, or its values as a sequence or tensor."""
        check_device(device)
        return wrap(legacy_array(data, cls.dtype.dtype))


class FloatTensor(_Legacy):
    """Tensor's constructor for float32."""

    dtype = dtypes.float32


class DoubleTensor(_Legacy):
    """Tensor's constructor for float64."""

    dtype = dtypes.float64


class HalfTensor(_Legacy):
    """Tensor's constructor for float16."""

    dtype = dtypes.float16


class LongTensor(_Legacy):
    """Tensor's constructor for int64."""

    dtype = dtypes.int64


class IntTensor(_Legacy):
    """Tensor's constructor for int32."""

    dtype = dtypes.int32


class ShortTensor(_Legacy):
    """Tensor's constructor for int16."""

    dtype = dtypes.int16


class CharTensor(_Legacy):
    """Tensor's constructor for int8."""

    dtype = dtypes.int8


class ByteTensor(_Legacy):
    """Tensor's constructor for uint8."""

    dtype = dtypes.uint8


class BoolTensor(_Legacy):
    """Tensor's constructor for booleans."""

    dtype = dtypes.bool
