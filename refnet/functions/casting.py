"""A tensor in another dtype, or in memory of its own: to, float, clone, contiguous, ..."""

import builtins
import operator
from typing import Any, overload

import numpy as np

from refnet import ops
from refnet.compatibility import memory_formats
from refnet.compatibility.device import check_device
from refnet.compatibility.memory_formats import (
    contiguous_format,
    formatted,
    is_in,
    preserve_format,
    strides_of,
    suggested,
)
from refnet.engine import dtypes
from refnet.engine.dtypes import as_numpy
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array

__all__ = ["clone"]

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


def cast(
    input: Tensor, to: np.dtype[Any], copy: builtins.bool = False, memory_format: Any = None
) -> Tensor:
    """The tensor in a NumPy dtype and a memory format: itself if it is so already, unless a copy is
    asked for."""
    x = input._array
    if x.dtype == to:
        if not copy and (memory_format is None or _speaks_for(x, memory_format)):
            return input
        return clone(input, memory_format=memory_format)
    return apply(ops.cast, input, dtype=to, strides=_strides(x, memory_format))


def _speaks_for(x: Array, memory_format: Any) -> builtins.bool:
    """Whether to(memory_format=...) leaves it as it is: it may have gaps."""
    format = memory_formats.checked(memory_format, preserve_format)
    return format is preserve_format or format is suggested(x.shape, strides_of(x))


def _strides(x: Array, memory_format: Any) -> tuple[builtins.int, ...] | None:
    """The strides of a copy; None where NumPy's copies have them."""
    if memory_format is None and x.flags.forc:
        shape, steps = x.shape, x.strides
        if 1 not in shape:
            return None
        natural = map(operator.mul, (*steps[1:], x.itemsize), (*shape[1:], 1))
        if all(map(operator.eq, steps, natural)):
            return None
    return memory_formats.copied(x, memory_format)


def to(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """to(dtype), to(device), to(device, dtype), to(other): the tensor itself if nothing
    changes, else a copy. Keywords: dtype, device, tensor, non_blocking, copy, memory_format."""
    if len(args) == 1 and not kwargs and isinstance(args[0], dtypes.dtype):
        return cast(input, as_numpy(args[0]))
    target, copy, memory_format = parse_to(*args, **kwargs)
    return cast(input, input._array.dtype if target is None else target, copy, memory_format)


@overload
def type(input: Tensor, dtype: None = None) -> str: ...
@overload
def type(
    input: Tensor,
    dtype: Any,
    non_blocking: builtins.bool = False,
    *,
    memory_format: Any = None,
) -> Tensor: ...


def type(
    input: Tensor,
    dtype: Any = None,
    non_blocking: builtins.bool = False,
    *,
    memory_format: Any = None,
) -> Any:
    """The legacy type's name, or the tensor cast to a dtype, a legacy type, or one given by that name.

    Raises ValueError for a name or a type that is none.
    """
    if dtype is None:
        return "refnet." + _LEGACY.get(input._array.dtype.name, input._array.dtype.name)
    of_legacy = {legacy: of for of, legacy in _LEGACY.items()}
    written = dtype if isinstance(dtype, str) else f"refnet.{getattr(dtype, '__name__', '')}"
    library, _, name = written.partition(".")
    if library in ("refnet", "torch") and name in of_legacy:
        return cast(input, np.dtype(of_legacy[name]), memory_format=memory_format)
    if isinstance(dtype, (str, builtins.type)) and dtypes.find(dtype) is None:
        raise ValueError(f"invalid type: {dtype!r}, expected one such as 'refnet.FloatTensor'")
    return cast(input, as_numpy(dtype), memory_format=memory_format)


def type_as(input: Tensor, other: Tensor) -> Tensor:
    """The tensor in other's dtype."""
    return cast(input, other._array.dtype)


def float(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """The tensor as float32."""
    return cast(input, dtypes.float32.dtype, memory_format=memory_format)


def double(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """The tensor as float64."""
    return cast(input, dtypes.float64.dtype, memory_format=memory_format)


def half(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """The tensor as float16."""
    return cast(input, dtypes.float16.dtype, memory_format=memory_format)


def long(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """The tensor as int64."""
    return cast(input, dtypes.int64.dtype, memory_format=memory_format)


def int(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """The tensor as int32."""
    return cast(input, dtypes.int32.dtype, memory_format=memory_format)


def short(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """The tensor as int16."""
    return cast(input, dtypes.int16.dtype, memory_format=memory_format)


def char(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """The tensor as int8."""
    return cast(input, dtypes.int8.dtype, memory_format=memory_format)


def bool(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """The tensor as booleans."""
    return cast(input, dtypes.bool.dtype, memory_format=memory_format)


def byte(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """The tensor as uint8."""
    return cast(input, dtypes.uint8.dtype, memory_format=memory_format)


def cpu(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """The tensor itself, or a copy in a memory format."""
    return cast(input, input._array.dtype, memory_format=memory_format)


def cuda(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """Raises RuntimeError: refnet runs on the CPU."""
    raise RuntimeError("refnet runs on the CPU, in NumPy; there is no CUDA device")


def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """A copy, recorded, in a memory format.

    refnet.preserve_format, the default, keeps the strides of a tensor whose elements fill their
    memory, and otherwise the order of its dimensions.

    The gradient is derived in `refnet.ops.clone`.
    """
    strides = _strides(input._array, memory_format)
    options = {} if strides is None else {"strides": strides}
    return apply(ops.clone, input, **options)


def contiguous(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """The tensor itself if its elements lie in the order of the format, else a copy in which they do.

    The format is refnet.contiguous_format, the order of the indices, unless another is given.
    """
    x = input._array
    if memory_format is None and x.flags.c_contiguous:
        return input
    format = memory_formats.checked(memory_format, contiguous_format)
    if is_in(format, x.shape, strides_of(x)):
        return input
    if format is preserve_format:
        raise RuntimeError("contiguous(): preserve_format is not a format that it could make")
    return apply(ops.clone, input, strides=formatted(x.shape, format))


def parse_to(
    *args: Any, memory_format: Any = None, **given: Any
) -> tuple[np.dtype[Any] | None, builtins.bool, Any]:
    """The arguments of Tensor.to and Module.to: the NumPy dtype asked for, or None; copy; the memory format.

    There is one device: another one is an error, and non_blocking has nothing that it could block.
    """
    first: Any = args[0] if args else None
    names: tuple[str, ...] = ("device", "dtype", "non_blocking", "copy")
    if "tensor" in given or hasattr(first, "_array"):
        names = ("tensor", "non_blocking", "copy")
    elif isinstance(first, (np.dtype, builtins.type)) or dtypes.find(first) is not None:
        names = ("dtype", "non_blocking", "copy")
    unknown = given.keys() - set(names[len(args) :])
    if unknown or len(args) > len(names):
        raise TypeError(
            f"to(): expected ({', '.join(names)}), got {len(args)} of them and {sorted(given)}"
        )
    given.update(zip(names, args, strict=False))
    for flag in ("non_blocking", "copy"):
        if not isinstance(given.get(flag, False), builtins.bool):
            raise TypeError(f"to(): {flag} must be bool, not {builtins.type(given[flag]).__name__}")
    if isinstance(first, memory_formats.memory_format):
        raise TypeError(f"to(): expected a dtype, a device or a tensor, got {first}")
    check_device(given.get("device"))
    if "tensor" in given:
        target: Any = given["tensor"]._array.dtype
    else:
        target = None if given.get("dtype") is None else as_numpy(given["dtype"])
    return target, given.get("copy", False), memory_format
