"""Functions that cast and copy tensors: to, float, clone, contiguous, ..."""

import builtins
import operator
from typing import Any, overload

import numpy as np

from refnet import ops
from refnet.compatibility import memory_formats
from refnet.compatibility.device import check_device
from refnet.compatibility.memory_formats import (
    contiguous_format,
    element_strides,
    formatted,
    is_in,
    preserve_format,
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
    input: Tensor, np_dtype: np.dtype[Any], copy: builtins.bool = False, memory_format: Any = None
) -> Tensor:
    """Casts a tensor to a NumPy dtype and a memory format.

    Returns the tensor itself if it has both already and `copy` is False.
    """
    x = input._array
    if x.dtype == np_dtype:
        if not copy and (memory_format is None or _has_format(x, memory_format)):
            return input
        return clone(input, memory_format=memory_format)
    return apply(ops.cast, input, dtype=np_dtype, strides=_strides(x, memory_format))


def _has_format(x: Array, memory_format: Any) -> builtins.bool:
    """Tests whether to(memory_format=...) returns the tensor itself, also if it has gaps."""
    format = memory_formats.checked(memory_format, preserve_format)
    return format is preserve_format or format is suggested(x.shape, element_strides(x))


def _strides(x: Array, memory_format: Any) -> tuple[builtins.int, ...] | None:
    """Returns the strides of a copy, or None if they are those of NumPy's copy."""
    if memory_format is None and x.flags.forc:
        shape, steps = x.shape, x.strides
        if 1 not in shape:
            return None
        natural = map(operator.mul, (*steps[1:], x.itemsize), (*shape[1:], 1))
        if all(map(operator.eq, steps, natural)):
            return None
    return memory_formats.copied(x, memory_format)


def to(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """Casts or copies a tensor: to(dtype), to(device), to(device, dtype), to(other).

    Returns the tensor itself if nothing changes, and a copy otherwise.

    Args:
        input: a tensor
        *args: a dtype; a device and a dtype; or a tensor, whose dtype is taken
        **kwargs: the same by name (dtype, device, tensor), and copy (True always copies),
            memory_format and non_blocking, which has no effect

    Raises:
        TypeError: for other arguments
        RuntimeError: for a device other than the CPU

    Example:
        >>> refnet.tensor([1.7, -1.7]).to(refnet.int64)
        tensor([ 1, -1])
    """
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
    """Returns the name of the legacy type, or casts the tensor.

    Args:
        input: a tensor
        dtype: None for the name; or a dtype, a legacy type such as refnet.FloatTensor, or its name
        non_blocking: has no effect: refnet has one device
        memory_format: the memory format of a copy; None means refnet.preserve_format

    Raises:
        ValueError: for an unknown name or type

    Example:
        >>> refnet.tensor([1.5]).type()
        'refnet.FloatTensor'
        >>> refnet.tensor([1.5]).type("refnet.LongTensor")
        tensor([1])
    """
    if dtype is None:
        return "refnet." + _LEGACY.get(input._array.dtype.name, input._array.dtype.name)
    legacy_dtypes = {legacy: name for name, legacy in _LEGACY.items()}
    written = dtype if isinstance(dtype, str) else f"refnet.{getattr(dtype, '__name__', '')}"
    library, _, name = written.partition(".")
    if library in ("refnet", "torch") and name in legacy_dtypes:
        return cast(input, np.dtype(legacy_dtypes[name]), memory_format=memory_format)
    if isinstance(dtype, (str, builtins.type)) and dtypes.find(dtype) is None:
        raise ValueError(f"invalid type: {dtype!r}, expected one such as 'refnet.FloatTensor'")
    return cast(input, as_numpy(dtype), memory_format=memory_format)


def type_as(input: Tensor, other: Tensor) -> Tensor:
    """Casts the tensor to the dtype of another one.

    Args:
        input: a tensor
        other: the tensor whose dtype is taken
    """
    return cast(input, other._array.dtype)


def float(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """Casts the tensor to float32.

    Args:
        input: a tensor
        memory_format: the memory format of a copy; None means refnet.preserve_format
    """
    return cast(input, dtypes.float32.dtype, memory_format=memory_format)


def double(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """Casts the tensor to float64.

    Args:
        input: a tensor
        memory_format: the memory format of a copy; None means refnet.preserve_format
    """
    return cast(input, dtypes.float64.dtype, memory_format=memory_format)


def half(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """Casts the tensor to float16.

    Args:
        input: a tensor
        memory_format: the memory format of a copy; None means refnet.preserve_format
    """
    return cast(input, dtypes.float16.dtype, memory_format=memory_format)


def long(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """Casts the tensor to int64; numbers are truncated towards 0.

    Args:
        input: a tensor
        memory_format: the memory format of a copy; None means refnet.preserve_format
    """
    return cast(input, dtypes.int64.dtype, memory_format=memory_format)


def int(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """Casts the tensor to int32; numbers are truncated towards 0.

    Args:
        input: a tensor
        memory_format: the memory format of a copy; None means refnet.preserve_format
    """
    return cast(input, dtypes.int32.dtype, memory_format=memory_format)


def short(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """Casts the tensor to int16; numbers are truncated towards 0.

    Args:
        input: a tensor
        memory_format: the memory format of a copy; None means refnet.preserve_format
    """
    return cast(input, dtypes.int16.dtype, memory_format=memory_format)


def char(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """Casts the tensor to int8; numbers are truncated towards 0.

    Args:
        input: a tensor
        memory_format: the memory format of a copy; None means refnet.preserve_format
    """
    return cast(input, dtypes.int8.dtype, memory_format=memory_format)


def bool(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """Casts the tensor to booleans: 0 is False, anything else is True.

    Args:
        input: a tensor
        memory_format: the memory format of a copy; None means refnet.preserve_format
    """
    return cast(input, dtypes.bool.dtype, memory_format=memory_format)


def byte(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """Casts the tensor to uint8; numbers are truncated towards 0.

    Args:
        input: a tensor
        memory_format: the memory format of a copy; None means refnet.preserve_format
    """
    return cast(input, dtypes.uint8.dtype, memory_format=memory_format)


def cpu(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """Returns the tensor itself, or a copy in another memory format.

    Args:
        input: a tensor
        memory_format: the memory format of a copy; None means refnet.preserve_format
    """
    return cast(input, input._array.dtype, memory_format=memory_format)


def cuda(input: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """Raises RuntimeError: refnet runs on the CPU.

    Args:
        input: a tensor
        *args: ignored
        **kwargs: ignored

    Raises:
        RuntimeError: always
    """
    raise RuntimeError("cuda(): expected the CPU, got CUDA; refnet runs in NumPy")


def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """Copies the tensor. The copy is recorded, so a gradient passes through it.

    The default memory format keeps the strides of a tensor that has no gaps in memory. Of any other
    tensor it keeps the order of the dimensions.

    The gradient is derived in `refnet.ops.clone`.

    Args:
        input: a tensor
        memory_format: the memory format of the copy; None means refnet.preserve_format

    Raises:
        RuntimeError: if the memory format needs another number of dimensions

    Example:
        >>> x = refnet.zeros(2)
        >>> y = refnet.clone(x).fill_(7)
        >>> x, y
        (tensor([0., 0.]), tensor([7., 7.]))
    """
    strides = _strides(input._array, memory_format)
    options = {} if strides is None else {"strides": strides}
    return apply(ops.clone, input, **options)


def contiguous(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """Returns a tensor whose elements lie in the order of a memory format: itself, or a copy.

    Args:
        input: a tensor
        memory_format: the memory format; None means refnet.contiguous_format, the order of the
            indices

    Raises:
        RuntimeError: for refnet.preserve_format, and if the memory format needs another number of
            dimensions

    Example:
        >>> x = refnet.ones(2, 3).t()
        >>> x.stride(), x.contiguous().stride()
        ((1, 3), (2, 1))
    """
    x = input._array
    if memory_format is None and x.flags.c_contiguous:
        return input
    format = memory_formats.checked(memory_format, contiguous_format)
    if is_in(format, x.shape, element_strides(x)):
        return input
    if format is preserve_format:
        raise RuntimeError("contiguous(): expected a memory format to copy to, got preserve_format")
    return apply(ops.clone, input, strides=formatted(x.shape, format))


def parse_to(
    *args: Any, memory_format: Any = None, **given: Any
) -> tuple[np.dtype[Any] | None, builtins.bool, Any]:
    """Reads the arguments of Tensor.to and Module.to.

    refnet has one device, so any other device is an error and non_blocking has no effect.

    Returns:
        the NumPy dtype or None, the argument `copy`, and the memory format

    Raises:
        TypeError: for arguments of the wrong number, name or type
        RuntimeError: for a device other than the CPU
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
            f"to(): expected ({', '.join(names)}), got {len(args)} arguments and {sorted(given)}"
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
