"""Making tensors: from data, or filled with one value. See also creation_like.py and grids.py."""

from typing import Any

import numpy as np

from refnet.compatibility import memory_formats
from refnet.compatibility.device import check_device
from refnet.compatibility.memory_formats import formatted
from refnet.engine import dtypes
from refnet.engine.argument_errors import no_complex, not_a_tensor
from refnet.engine.dtypes import as_numpy, converted, wide
from refnet.engine.size import Size
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.dims import count
from refnet.functions.drawing import shape_of
from refnet.functions.nested_lists import array_from, refuse_foreign
from refnet.functions.operands import number
from refnet.ops.primitives import allocate

__all__ = [
    "as_tensor",
    "asarray",
    "empty",
    "eye",
    "from_numpy",
    "full",
    "is_tensor",
    "numel",
    "ones",
    "scalar_tensor",
    "tensor",
    "zeros",
]


def is_tensor(obj: Any) -> bool:
    """Whether obj is a Tensor"""
    return hasattr(obj, "_array")


def numel(input: Tensor) -> int:
    """The number of elements"""
    return input._array.size


def float_or(dtype: Any) -> Any:
    """The NumPy dtype asked for, or the default one."""
    return dtypes.get_default_dtype().dtype if dtype is None else as_numpy(dtype)


def check_place(device: Any, layout: Any, pin_memory: Any) -> None:
    """Raise TypeError for what is not a layout, RuntimeError for another device than the CPU and for pinned
    memory."""
    check_device(device)
    if layout is not None and not isinstance(layout, memory_formats.layout):
        raise TypeError(f"layout must be a refnet.layout, got {type(layout).__name__}")
    if pin_memory:
        raise RuntimeError("pin_memory=True needs a GPU; refnet runs on the CPU")


def made(
    array: Any, requires_grad: bool, device: Any, layout: Any = None, pin_memory: bool = False
) -> Tensor:
    """The array as a tensor, which may require a gradient; raises as check_place."""
    check_place(device, layout, pin_memory)
    result = wrap(np.asarray(array))
    return result.requires_grad_() if requires_grad else result


def _array_of(data: Any, dtype: Any) -> Any:
    """The data as an array of its own, of the dtype that PyTorch infers."""
    of = None if dtype is None else as_numpy(dtype)
    array = data._real() if is_tensor(data) else data
    if not isinstance(array, (np.ndarray, np.generic)):
        return array_from(data, of)
    refuse_foreign(array)
    dtypes.from_numpy_dtype(array.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.array(array, of)


def legacy_array(data: tuple[Any, ...], of: np.dtype[Any]) -> Any:
    """The array of the old constructors: values of the one sequence or tensor in data, or the sizes of
    one whose values are to be set.

    Raises TypeError for sizes that are not integers, for a number, and for a tensor of another dtype.
    """
    first: Any = data[0] if len(data) == 1 else None
    if is_tensor(first):
        if first._array.dtype != of:
            raise TypeError(f"new(): expected a tensor of dtype {of}, got {first._array.dtype}")
        return first._real()
    if isinstance(first, (list, tuple, np.ndarray)) and not isinstance(first, Size):
        return _array_of(first, of)
    sizes = first if isinstance(first, Size) else data
    if isinstance(first, (float, complex, str, bool)) or first is Ellipsis:
        raise TypeError(f"new(): data must be a sequence (got {type(first).__name__})")
    if not all(isinstance(n, (int, np.integer)) for n in sizes):
        raise TypeError(f"new(): sizes must be integers, got {sizes!r}")
    return np.empty(tuple(sizes) if data else (0,), of)


def scalar_tensor(
    s: Any,
    *,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """A 0-d tensor of one number, of the default dtype

    Raises RuntimeError for a number that the dtype does not hold.
    """
    of = float_or(dtype)
    value = converted(number(s, "s", "scalar_tensor"), wide(of), "scalar_tensor")
    with np.errstate(over="ignore"):
        return made(np.asarray(value, of), requires_grad, device, layout, pin_memory)


def asarray(
    obj: Any,
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    copy: bool | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """The object as a tensor: a tensor or an array itself where that is possible, numbers and lists copied

    Args:
        copy: True: always a copy; False: an error where one is needed

    Raises ValueError for copy=False where a copy is needed.
    """
    check_device(device)
    shared = as_tensor(obj, dtype)
    source = obj._array if is_tensor(obj) else obj
    is_copy = not isinstance(source, np.ndarray) or (
        shared._array is not source and not np.may_share_memory(source, shared._array)
    )
    if is_copy and copy is False:
        raise ValueError(
            f"can't alias {type(obj).__name__} of another dtype or kind: it needs a copy"
        )
    result = shared.clone() if copy and not is_copy else shared
    if requires_grad and result.grad_fn is not None:
        result = result.detach()
    return result.requires_grad_() if requires_grad else result


def tensor(
    data: Any,
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """A copy of the data: numbers, nested lists, arrays. Python floats take the default dtype,
    integers int64; arrays keep theirs.

    Raises ValueError for lists of different lengths, TypeError for what is not a number, RuntimeError
    for a number in a list that the integer dtype does not hold.
    """
    return made(_array_of(data, dtype), requires_grad, device, pin_memory=pin_memory)


def as_tensor(data: Any, dtype: dtypes.dtype | None = None, device: Any = None) -> Tensor:
    """The data as a tensor, without a copy where that is possible"""
    check_device(device)
    if is_tensor(data):
        kept: Tensor = data if dtype is None else data.to(dtype)
        return kept
    if isinstance(data, np.ndarray) and (dtype is None or as_numpy(dtype) == data.dtype):
        return from_numpy(data)
    return tensor(data, dtype=dtype)


def from_numpy(ndarray: Any) -> Tensor:
    """A tensor on the array's own memory

    Raises TypeError for what is not an array, or of a dtype without a name here.
    """
    if not isinstance(ndarray, np.ndarray):
        raise not_a_tensor("from_numpy(): argument 'ndarray'", ndarray, "np.ndarray")
    if ndarray.dtype.kind == "c":
        raise no_complex("from_numpy(): argument 'ndarray'", ndarray)
    dtypes.from_numpy_dtype(ndarray.dtype)
    return wrap(ndarray)


def _filled(
    fill: Any,
    shape: tuple[int, ...],
    dtype: Any,
    device: Any,
    requires_grad: bool,
    layout: Any,
    pin_memory: bool,
) -> Tensor:
    array = np.full(shape, fill, float_or(dtype))
    return made(array, requires_grad, device, layout, pin_memory)


def zeros(
    *sizes: Any,
    size: Any = None,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Zeros of this size"""
    return _filled(0, shape_of(sizes, size), dtype, device, requires_grad, layout, pin_memory)


def ones(
    *sizes: Any,
    size: Any = None,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Ones of this size"""
    return _filled(1, shape_of(sizes, size), dtype, device, requires_grad, layout, pin_memory)


def empty(
    *sizes: Any,
    size: Any = None,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """A tensor of this size whose values are to be set; they are zeros until then

    Raises RuntimeError for a size that the memory format is not for.
    """
    shape, of = shape_of(sizes, size), float_or(dtype)
    array = allocate(shape, of, formatted(shape, memory_format))
    array.fill(0)
    return made(array, requires_grad, device, layout, pin_memory)


def full(
    size: Any,
    fill_value: Any,
    *,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """One value everywhere, and its dtype unless another is given

    Raises RuntimeError for a value that the dtype does not hold, TypeError for what is not a number, and
    for a size that is not a sequence.
    """
    value = number(fill_value, "fill_value", "full")
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"full(): argument 'size' must be tuple of ints, not {type(size).__name__}")
    of = dtypes.from_numpy_dtype(dtypes.result_dtype(value)) if dtype is None else dtype
    value = converted(value, as_numpy(of), "full")
    return _filled(value, shape_of((), size), of, device, requires_grad, layout, pin_memory)


def eye(
    n: int,
    m: int | None = None,
    *,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Ones on the diagonal of an n × m matrix, zeros elsewhere

    Raises RuntimeError for a negative size.
    """
    rows, columns = count(n, "n", "eye"), count(n if m is None else m, "m", "eye")
    array = np.eye(rows, columns, dtype=float_or(dtype))
    return made(array, requires_grad, device, layout, pin_memory)
