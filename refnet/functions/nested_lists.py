"""Arrays from nested lists of numbers, tensors and arrays.

As in PyTorch, the first entry at each depth determines the shape; a tensor as first entry counts as
a number, so it must have one element. Where the shape has further dimensions, a later tensor counts
as a sequence. The dtype is the common one of all entries; tensors and arrays keep theirs, whatever
their shape.
"""

from operator import index
from typing import Any

import numpy as np

from refnet.engine import dtypes
from refnet.engine.argument_errors import is_complex, is_torch, not_a_tensor
from refnet.engine.dtypes import converted
from refnet.ops.rule import Array

_NUMBERS = {int, float, bool}


def array_from(data: Any, dtype: np.dtype[Any] | None) -> Array:
    """Returns the array of a number or of nested sequences, of the given or the inferred dtype.

    Args:
        data: number or nested sequences
        dtype: NumPy dtype, or None to infer it

    Raises:
        ValueError: for sequences of different lengths, a tensor of several elements in place of a
            number, and an integer that int64 cannot hold
        TypeError: for a sequence in place of a number, a number in place of a sequence, and an
            entry that is not a number
        RuntimeError: for a number that the integer dtype cannot hold, and an object without a dtype
    """
    types = _types(data)
    if types <= _NUMBERS:
        array = _array_of_numbers(data, types, dtype)
        if array is not None:
            return array
    shape = _shape(data)
    if dtype is None:
        dtype = _inferred(data)
    entries: list[Any] = []
    _read(data, shape, 0, dtype, entries)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.array(entries, dtype).reshape(shape)


def refuse_foreign(x: Any) -> None:
    """Raises TypeError for PyTorch's tensors, and for complex numbers and arrays."""
    if is_torch(x) or is_complex(x):
        raise not_a_tensor("tensor(): argument 'data'", x)


def _types(data: Any) -> set[type]:
    """Returns the types of the entries of nested lists."""
    if type(data) not in (list, tuple):
        return {type(data)}
    types = set(map(type, data))
    if list in types or tuple in types:
        return set().union(*map(_types, data))
    return types


def _array_of_numbers(data: Any, types: set[type], dtype: np.dtype[Any] | None) -> Array | None:
    """Returns NumPy's array of Python numbers; None if that needs more checks or is an error."""
    if dtype is None:
        floats = float in types or not types
        dtype = (
            dtypes.get_default_dtype() if floats else dtypes.int64 if int in types else dtypes.bool
        ).dtype
    if dtype.kind in "iu" and float in types:
        return None
    try:
        with np.errstate(over="ignore"):
            array = np.array(data, np.int64 if dtype.kind in "iu" else dtype)
    except (ValueError, TypeError, OverflowError):
        return None
    if array.dtype == dtype or not array.size:
        return array.astype(dtype, copy=False)
    least, most = np.iinfo(dtype).min, np.iinfo(dtype).max
    return array.astype(dtype) if least <= array.min() and array.max() <= most else None


def _is_sequence(x: Any) -> bool:
    kinds = (bytes, dict, np.generic)
    return hasattr(x, "__len__") and hasattr(x, "__getitem__") and not isinstance(x, kinds)


def _shape(data: Any) -> tuple[int, ...]:
    """Returns the lengths of the sequence, its first entry, and so on, until a number or tensor."""
    shape: list[int] = []
    while _is_sequence(data) and not hasattr(data, "_array") and not isinstance(data, str):
        refuse_foreign(data)  # PyTorch's tensor is a sequence too
        shape.append(len(data))
        if not shape[-1]:
            break
        data = data[0]
        if isinstance(data, str):
            raise ValueError(f"tensor(): too many dimensions 'str': {data!r}")
    return tuple(shape)


def _inferred(data: Any) -> np.dtype[Any]:
    """Returns the common dtype of all entries."""
    found = sorted(_dtypes(data), key=str)
    dtype = found[0] if found else dtypes.get_default_dtype().dtype
    for d in found:
        dtype = dtypes.join(dtype, d)
    return dtype


def _dtypes(x: Any) -> set[np.dtype[Any]]:
    """Returns the dtypes of the entries."""
    refuse_foreign(x)
    if hasattr(x, "_array"):
        return {x._real().dtype}
    if isinstance(x, (np.ndarray, np.generic)):
        return {x.dtype}
    for kind, dtype in (
        (bool, dtypes.bool),
        (int, dtypes.int64),
        (float, dtypes.get_default_dtype()),
    ):
        if isinstance(x, kind):
            return {dtype.dtype}
    if isinstance(x, (str, bytes)):
        raise TypeError(f"new(): invalid data type {type(x).__name__!r}: {x!r}")
    if not _is_sequence(x):
        raise RuntimeError(f"tensor(): could not infer the dtype of {type(x).__name__}")
    return set().union(*map(_dtypes, x))


def _read(
    data: Any, shape: tuple[int, ...], dim: int, dtype: np.dtype[Any], entries: list[Any]
) -> None:
    """Collects the entries of a sequence of this shape."""
    if dim == len(shape):
        entries.append(_entry(data, dtype))
        return
    array = data._real() if hasattr(data, "_array") else data
    if isinstance(array, np.ndarray) and array.shape == shape[dim:] and dtype.kind == "f":
        entries += array.reshape(-1).tolist()
        return
    if not _is_sequence(data):
        raise TypeError(f"tensor(): expected a sequence at dim {dim}, got {type(data).__name__}")
    if len(data) != shape[dim]:
        raise ValueError(
            f"tensor(): expected sequence of length {shape[dim]} at dim {dim} (got {len(data)})"
        )
    for x in data:
        _read(x, shape, dim + 1, dtype, entries)


def _entry(x: Any, dtype: np.dtype[Any]) -> Any:
    """Returns an entry as a Python number for the dtype."""
    refuse_foreign(x)
    if isinstance(x, (str, bytes)):
        raise TypeError(f"new(): invalid data type {type(x).__name__!r}: {x!r}")
    if dtype.kind == "f":
        return float(x)
    if dtype.kind == "b" and isinstance(x, (bool, np.bool)):
        return bool(x)
    if isinstance(x, float):
        return converted(x, dtype, "tensor")
    value = index(x)
    if dtype.kind == "b":
        return value != 0
    if not -(2**63) <= value < 2**63:
        raise ValueError(f"tensor(): Overflow when unpacking long long, got {value}")
    return converted(value, dtype, "tensor")
