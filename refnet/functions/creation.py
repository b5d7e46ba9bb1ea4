"""Creation of tensors from data, or filled with one value. See also creation_like.py, grids.py."""

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
from refnet.functions.drawing import float_dtype, shape_of
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
    """Tests whether an object is a refnet.Tensor.

    Args:
        obj: any object

    Example:
        >>> refnet.is_tensor(refnet.zeros(2)), refnet.is_tensor([0, 0])
        (True, False)
    """
    return hasattr(obj, "_array")


def numel(input: Tensor) -> int:
    """Returns the number of elements.

    Args:
        input: a tensor

    Example:
        >>> refnet.numel(refnet.zeros(2, 3))
        6
    """
    return input._array.size


def check_place(device: Any, layout: Any, pin_memory: Any) -> None:
    """Checks the layout and device of a new tensor.

    Raises:
        TypeError: if `layout` is neither None nor a refnet.layout
        RuntimeError: for a device other than the CPU, and for pinned memory
    """
    check_device(device)
    if layout is not None and not isinstance(layout, memory_formats.layout):
        raise TypeError(f"layout must be a refnet.layout, got {type(layout).__name__}")
    if pin_memory:
        raise RuntimeError("pin_memory=True needs a GPU; refnet runs on the CPU")


def made(
    array: Any, requires_grad: bool, device: Any, layout: Any = None, pin_memory: bool = False
) -> Tensor:
    """Makes a tensor from an array, after check_place."""
    check_place(device, layout, pin_memory)
    result = wrap(np.asarray(array))
    return result.requires_grad_() if requires_grad else result


def _new_array(data: Any, dtype: Any) -> Any:
    """Copies data into an array, in the dtype given or the one that PyTorch infers."""
    np_dtype = None if dtype is None else as_numpy(dtype)
    array = data._real() if is_tensor(data) else data
    if not isinstance(array, (np.ndarray, np.generic)):
        return array_from(data, np_dtype)
    refuse_foreign(array)
    dtypes.from_numpy_dtype(array.dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.array(array, np_dtype)


def legacy_array(data: tuple[Any, ...], np_dtype: np.dtype[Any]) -> Any:
    """Makes the array for a legacy constructor, such as FloatTensor(2, 3) or FloatTensor([1, 2]).

    Args:
        data: the arguments of the constructor: one sequence of values or one tensor; or the sizes
            of an uninitialised array
        np_dtype: the dtype of the array

    Raises:
        TypeError: for sizes that are not integers, for a number, and for a tensor of another dtype
    """
    first: Any = data[0] if len(data) == 1 else None
    if is_tensor(first):
        if first._array.dtype != np_dtype:
            raise TypeError(
                f"new(): expected a tensor of dtype {np_dtype}, got {first._array.dtype}"
            )
        return first._real()
    if isinstance(first, (list, tuple, np.ndarray)) and not isinstance(first, Size):
        return _new_array(first, np_dtype)
    sizes = first if isinstance(first, Size) else data
    if isinstance(first, (float, complex, str, bool)) or first is Ellipsis:
        raise TypeError(f"new(): data must be a sequence (got {type(first).__name__})")
    if not all(isinstance(n, (int, np.integer)) for n in sizes):
        raise TypeError(f"new(): sizes must be integers, got {sizes!r}")
    return np.empty(tuple(sizes) if data else (0,), np_dtype)


def scalar_tensor(
    s: Any,
    *,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Makes a 0-d tensor from a number.

    Args:
        s: the number
        dtype: the dtype; None means the default dtype, also for integers
        layout: None or refnet.strided
        device: None or the CPU
        requires_grad: whether the result requires a gradient
        pin_memory: False; refnet runs on the CPU, which cannot pin memory

    Raises:
        RuntimeError: if the dtype cannot hold the number

    Example:
        >>> refnet.scalar_tensor(3)
        tensor(3.)
    """
    np_dtype = float_dtype(dtype)
    value = converted(number(s, "s", "scalar_tensor"), wide(np_dtype), "scalar_tensor")
    with np.errstate(over="ignore"):
        return made(np.asarray(value, np_dtype), requires_grad, device, layout, pin_memory)


def asarray(
    obj: Any,
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    copy: bool | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Makes a tensor from an object, without a copy where that is possible.

    Args:
        obj: a tensor, an array, a number or nested lists of numbers
        dtype: the dtype; None keeps that of the object
        device: None or the CPU
        copy: True copies in any case, False never, None only where it is needed
        requires_grad: whether the result requires a gradient

    Raises:
        ValueError: if `copy` is False and a copy is needed

    Example:
        >>> a = np.zeros(2)
        >>> x = refnet.asarray(a)
        >>> a[0] = 5
        >>> x
        tensor([5., 0.], dtype=refnet.float64)
    """
    check_device(device)
    shared = as_tensor(obj, dtype)
    source = obj._array if is_tensor(obj) else obj
    is_copy = not isinstance(source, np.ndarray) or (
        shared._array is not source and not np.may_share_memory(source, shared._array)
    )
    if is_copy and copy is False:
        raise ValueError(
            "asarray(): expected a tensor or array of the dtype for copy=False, got "
            f"{type(obj).__name__}; use copy=None"
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
    """Makes a tensor from a copy of the data.

    Python floats take the default dtype, Python integers int64; tensors and arrays keep their
    dtype.

    Args:
        data: a number, nested lists of numbers, an array or a tensor
        dtype: the dtype; None infers it from the data
        device: None or the CPU
        requires_grad: whether the result requires a gradient
        pin_memory: False; refnet runs on the CPU, which cannot pin memory

    Raises:
        ValueError: if nested lists have different lengths
        TypeError: if `data` contains anything but numbers
        RuntimeError: if an integer dtype cannot hold a number of a list

    Example:
        >>> refnet.tensor([[1.0, 2.0], [3.0, 4.0]])
        tensor([[1., 2.],
                [3., 4.]])
        >>> refnet.tensor([1, 2]).dtype, refnet.tensor(True)
        (refnet.int64, tensor(True))
    """
    return made(_new_array(data, dtype), requires_grad, device, pin_memory=pin_memory)


def as_tensor(data: Any, dtype: dtypes.dtype | None = None, device: Any = None) -> Tensor:
    """Makes a tensor from data, without a copy where that is possible.

    Args:
        data: a tensor or an array, whose memory is shared if the dtype fits; a number or nested
            lists
        dtype: the dtype; None keeps that of the data
        device: None or the CPU

    Example:
        >>> a = np.zeros(2)
        >>> x = refnet.as_tensor(a)
        >>> a[0] = 5
        >>> x
        tensor([5., 0.], dtype=refnet.float64)
    """
    check_device(device)
    if is_tensor(data):
        kept: Tensor = data if dtype is None else data.to(dtype)
        return kept
    if isinstance(data, np.ndarray) and (dtype is None or as_numpy(dtype) == data.dtype):
        return from_numpy(data)
    return tensor(data, dtype=dtype)


def from_numpy(ndarray: Any) -> Tensor:
    """Makes a tensor that shares the memory of an array.

    Args:
        ndarray: an array

    Raises:
        TypeError: if `ndarray` is not an array, or has a dtype that refnet does not support

    Example:
        >>> a = np.array([1.0, 2.0])
        >>> x = refnet.from_numpy(a)
        >>> a[0] = 5
        >>> x
        tensor([5., 2.], dtype=refnet.float64)
    """
    if not isinstance(ndarray, np.ndarray):
        raise not_a_tensor("from_numpy(): argument 'ndarray'", ndarray, "np.ndarray")
    if ndarray.dtype.kind == "c":
        raise no_complex("from_numpy(): argument 'ndarray'", ndarray)
    dtypes.from_numpy_dtype(ndarray.dtype)
    return wrap(ndarray)


def filled(fill: Any, shape: tuple[int, ...], dtype: Any, *place: Any) -> Tensor:
    """Makes a tensor filled with one number; `place` is passed on to `made`."""
    return made(np.full(shape, fill, float_dtype(dtype)), *place)


def zeros(
    *sizes: Any,
    size: Any = None,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Makes a tensor of zeros.

    Args:
        *sizes: the sizes, as integers or as one tuple
        size: the sizes, given by name
        dtype: the dtype; None means the default dtype
        layout: None or refnet.strided
        device: None or the CPU
        requires_grad: whether the result requires a gradient
        pin_memory: False; refnet runs on the CPU, which cannot pin memory

    Raises:
        RuntimeError: for a negative size
        TypeError: if the sizes are missing, given twice, or not integers

    Example:
        >>> refnet.zeros(2, 3)
        tensor([[0., 0., 0.],
                [0., 0., 0.]])
    """
    return filled(0, shape_of(sizes, size), dtype, requires_grad, device, layout, pin_memory)


def ones(
    *sizes: Any,
    size: Any = None,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Makes a tensor of ones.

    Args:
        *sizes: the sizes, as integers or as one tuple
        size: the sizes, given by name
        dtype: the dtype; None means the default dtype
        layout: None or refnet.strided
        device: None or the CPU
        requires_grad: whether the result requires a gradient
        pin_memory: False; refnet runs on the CPU, which cannot pin memory

    Raises:
        RuntimeError: for a negative size
        TypeError: if the sizes are missing, given twice, or not integers

    Example:
        >>> refnet.ones(2, 3, dtype=refnet.int64)
        tensor([[1, 1, 1],
                [1, 1, 1]])
    """
    return filled(1, shape_of(sizes, size), dtype, requires_grad, device, layout, pin_memory)


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
    """Makes an uninitialised tensor. refnet fills it with zeros; do not rely on it.

    Args:
        *sizes: the sizes, as integers or as one tuple
        size: the sizes, given by name
        dtype: the dtype; None means the default dtype
        layout: None or refnet.strided
        device: None or the CPU
        requires_grad: whether the result requires a gradient
        pin_memory: False; refnet runs on the CPU, which cannot pin memory
        memory_format: the order of the elements in memory; None means refnet.contiguous_format

    Raises:
        RuntimeError: for a negative size, and if the memory format needs another number of
            dimensions
        TypeError: if the sizes are missing, given twice, or not integers

    Example:
        >>> refnet.empty(2, 3).shape
        refnet.Size([2, 3])
    """
    shape, np_dtype = shape_of(sizes, size), float_dtype(dtype)
    array = allocate(shape, np_dtype, formatted(shape, memory_format))
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
    """Makes a tensor filled with one value.

    Args:
        size: the sizes, a tuple or list
        fill_value: the value, a number
        dtype: the dtype; None means that of the value
        layout: None or refnet.strided
        device: None or the CPU
        requires_grad: whether the result requires a gradient
        pin_memory: False; refnet runs on the CPU, which cannot pin memory

    Raises:
        RuntimeError: if the dtype cannot hold the value, and for a negative size
        TypeError: if `fill_value` is not a number, or `size` is not a tuple or list

    Example:
        >>> refnet.full((2, 2), 7)
        tensor([[7, 7],
                [7, 7]])
    """
    return full_tensor("full", size, fill_value, dtype, requires_grad, device, layout, pin_memory)


def full_tensor(function: str, size: Any, fill_value: Any, dtype: Any, *place: Any) -> Tensor:
    """Makes the result of `full` and `new_full`; `place` is passed on to `made`."""
    value = number(fill_value, "fill_value", function)
    if not isinstance(size, (tuple, list)):
        name = type(size).__name__
        raise TypeError(f"{function}(): argument 'size' must be tuple of ints, not {name}")
    np_dtype = dtypes.result_dtype(value) if dtype is None else as_numpy(dtype)
    return filled(converted(value, np_dtype, function), shape_of((), size), np_dtype, *place)


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
    """Makes a matrix with ones on the diagonal and zeros elsewhere.

    Args:
        n: the number of rows
        m: the number of columns; None means n
        dtype: the dtype; None means the default dtype
        layout: None or refnet.strided
        device: None or the CPU
        requires_grad: whether the result requires a gradient
        pin_memory: False; refnet runs on the CPU, which cannot pin memory

    Raises:
        RuntimeError: for a negative size

    Example:
        >>> refnet.eye(2, 3)
        tensor([[1., 0., 0.],
                [0., 1., 0.]])
    """
    rows, columns = count(n, "n", "eye"), count(n if m is None else m, "m", "eye")
    array = np.eye(rows, columns, dtype=float_dtype(dtype))
    return made(array, requires_grad, device, layout, pin_memory)
