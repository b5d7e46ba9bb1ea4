"""A tensor in another dtype, or in memory of its own: to, float, clone, contiguous, ..."""

import builtins
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from refnet import dtypes, ops
from refnet.device import check_device
from refnet.dtypes import as_numpy
from refnet.tape import apply

if TYPE_CHECKING:
    from refnet.tensor import Tensor

_LEGACY = {
    "float32": "FloatTensor",
    "float64": "DoubleTensor",
    "float16": "HalfTensor",
    "int64": "LongTensor",
    "int32": "IntTensor",
    "int16": "ShortTensor",
    "int8": "CharTensor",
    "uint8": "ByteTensor",
    "bool": "BoolTensor",
}


def cast(input: "Tensor", to: np.dtype[Any], copy: builtins.bool = False) -> "Tensor":
    """The tensor in a NumPy dtype: itself if it has it already, unless a copy is asked for."""
    if input._array.dtype == to:
        return input.clone() if copy else input
    result: Tensor = apply(ops.cast, input, dtype=to)
    return result


def to(input: "Tensor", *args: Any, **kwargs: Any) -> "Tensor":
    """to(dtype), to(device), to(device, dtype), to(other): the tensor itself if nothing
    changes, else a copy. Keywords: dtype, device, non_blocking, copy, memory_format."""
    target, copy = parse_to(*args, **kwargs)
    return cast(input, input._array.dtype if target is None else target, copy)


if TYPE_CHECKING:

    @overload
    def type(input: "Tensor", dtype: None = None) -> str: ...
    @overload
    def type(input: "Tensor", dtype: Any, non_blocking: builtins.bool = False) -> "Tensor": ...


def type(input: "Tensor", dtype: Any = None, non_blocking: builtins.bool = False) -> Any:
    """The legacy type's name, or the tensor cast to a dtype, a legacy type, or one given by that name.

    Raises ValueError for a name or a type that is none.
    """
    if dtype is None:
        return "refnet." + _LEGACY.get(input._array.dtype.name, input._array.dtype.name)
    of_legacy = {legacy: of for of, legacy in _LEGACY.items()}
    written = dtype if isinstance(dtype, str) else f"refnet.{getattr(dtype, '__name__', '')}"
    library, _, name = written.partition(".")
    if library in ("refnet", "torch") and name in of_legacy:
        return cast(input, np.dtype(of_legacy[name]))
    try:
        return cast(input, as_numpy(dtype))
    except TypeError as error:
        if isinstance(dtype, str):
            raise ValueError(f"invalid type: {dtype!r}: {error}") from None
        raise


def type_as(input: "Tensor", other: "Tensor") -> "Tensor":
    """The tensor in other's dtype."""
    return cast(input, other._array.dtype)


def float(input: "Tensor") -> "Tensor":
    """The tensor as float32."""
    return cast(input, dtypes.float32.dtype)


def double(input: "Tensor") -> "Tensor":
    """The tensor as float64."""
    return cast(input, dtypes.float64.dtype)


def half(input: "Tensor") -> "Tensor":
    """The tensor as float16."""
    return cast(input, dtypes.float16.dtype)


def long(input: "Tensor") -> "Tensor":
    """The tensor as int64."""
    return cast(input, dtypes.int64.dtype)


def int(input: "Tensor") -> "Tensor":
    """The tensor as int32."""
    return cast(input, dtypes.int32.dtype)


def short(input: "Tensor") -> "Tensor":
    """The tensor as int16."""
    return cast(input, dtypes.int16.dtype)


def char(input: "Tensor") -> "Tensor":
    """The tensor as int8."""
    return cast(input, dtypes.int8.dtype)


def bool(input: "Tensor") -> "Tensor":
    """The tensor as booleans."""
    return cast(input, dtypes.bool.dtype)


def byte(input: "Tensor") -> "Tensor":
    """The tensor as uint8."""
    return cast(input, dtypes.uint8.dtype)


def cpu(input: "Tensor") -> "Tensor":
    """The tensor itself."""
    return input


def cuda(input: "Tensor", *args: Any, **kwargs: Any) -> "Tensor":
    """Raises RuntimeError: refnet runs on the CPU."""
    raise RuntimeError("refnet runs on the CPU, in NumPy; there is no CUDA device")


def clone(input: "Tensor", *, memory_format: Any = None) -> "Tensor":
    """A copy, recorded."""
    result: Tensor = apply(ops.clone, input)
    return result


def contiguous(input: "Tensor", memory_format: Any = None) -> "Tensor":
    """The tensor itself if its elements lie in order, else a copy in which they do."""
    if input._array.flags.c_contiguous:
        return input
    result: Tensor = apply(ops.contiguous, input)
    return result


def parse_to(
    *args: Any,
    dtype: Any = None,
    device: Any = None,
    non_blocking: builtins.bool = False,
    copy: builtins.bool = False,
    memory_format: Any = None,
) -> tuple[np.dtype[Any] | None, builtins.bool]:
    """The arguments of Tensor.to and Module.to: the NumPy dtype asked for, or None, and copy.

    There is one device and one memory format: another device is an error, and non_blocking has
    nothing that it could block.
    """
    target = None if dtype is None else as_numpy(dtype)
    check_device(device)
    for arg in args:
        if hasattr(arg, "_array"):
            target = arg._array.dtype
        elif isinstance(arg, builtins.bool):  # positional non_blocking, copy
            continue
        elif isinstance(arg, (np.dtype, builtins.type)) or dtypes.find(arg) is not None:
            target = as_numpy(arg)
        else:
            check_device(arg)
    return target, copy
