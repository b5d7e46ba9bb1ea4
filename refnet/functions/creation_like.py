"""Tensors with the shape and dtype of another (zeros_like), or with its dtype (new_zeros)."""

from typing import Any

import numpy as np

from refnet.compatibility.device import check_device
from refnet.compatibility.memory_formats import copied
from refnet.engine import dtypes
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.creation import filled, full_tensor, legacy_array, made, tensor
from refnet.functions.drawing import shape_of
from refnet.functions.operands import number
from refnet.ops.primitives import allocate

__all__ = ["empty_like", "full_like", "ones_like", "zeros_like"]


def _dtype_like(input: Tensor, dtype: Any) -> np.dtype[Any]:
    """Returns the dtype as a NumPy dtype; None means that of the input."""
    return input._array.dtype if dtype is None else dtypes.as_numpy(dtype)


def _filled_like(input: Tensor, value: Any, dtype: Any, memory_format: Any, *place: Any) -> Tensor:
    """Makes a tensor filled with one number; the shape and the defaults are those of `input`.

    `place` is passed on to `made`.
    """
    x = input._array
    array = allocate(x.shape, _dtype_like(input, dtype), copied(x, memory_format))
    np.copyto(array, value, casting="unsafe")
    return made(array, *place)


def zeros_like(
    input: Tensor,
    *,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Makes a tensor of zeros with the shape, dtype and strides of another.

    Args:
        input: the other tensor
        dtype: the dtype; None means that of `input`
        layout: None or refnet.strided
        device: None or the CPU
        requires_grad: whether the result requires a gradient
        pin_memory: False; refnet runs on the CPU, which cannot pin memory
        memory_format: the order of the elements in memory; None means refnet.preserve_format

    Raises:
        RuntimeError: if the memory format needs another number of dimensions

    Example:
        >>> refnet.zeros_like(refnet.tensor([5, 6, 7]))
        tensor([0, 0, 0])
    """
    place = (requires_grad, device, layout, pin_memory)
    return _filled_like(input, 0, dtype, memory_format, *place)


def ones_like(
    input: Tensor,
    *,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Makes a tensor of ones with the shape, dtype and strides of another.

    Args:
        input: the other tensor
        dtype: the dtype; None means that of `input`
        layout: None or refnet.strided
        device: None or the CPU
        requires_grad: whether the result requires a gradient
        pin_memory: False; refnet runs on the CPU, which cannot pin memory
        memory_format: the order of the elements in memory; None means refnet.preserve_format

    Raises:
        RuntimeError: if the memory format needs another number of dimensions

    Example:
        >>> refnet.ones_like(refnet.tensor([5, 6, 7]))
        tensor([1, 1, 1])
    """
    place = (requires_grad, device, layout, pin_memory)
    return _filled_like(input, 1, dtype, memory_format, *place)


def empty_like(
    input: Tensor,
    *,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Makes an uninitialised tensor with the shape, dtype and strides of another.

    refnet fills it with zeros; do not rely on it.

    Args:
        input: the other tensor
        dtype: the dtype; None means that of `input`
        layout: None or refnet.strided
        device: None or the CPU
        requires_grad: whether the result requires a gradient
        pin_memory: False; refnet runs on the CPU, which cannot pin memory
        memory_format: the order of the elements in memory; None means refnet.preserve_format

    Raises:
        RuntimeError: if the memory format needs another number of dimensions

    Example:
        >>> refnet.empty_like(refnet.ones(2, 3)).shape
        refnet.Size([2, 3])
    """
    place = (requires_grad, device, layout, pin_memory)
    return _filled_like(input, 0, dtype, memory_format, *place)


def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Makes a tensor filled with one value, with the shape, dtype and strides of another.

    Args:
        input: the other tensor
        fill_value: the value, a number
        dtype: the dtype; None means that of `input`
        layout: None or refnet.strided
        device: None or the CPU
        requires_grad: whether the result requires a gradient
        pin_memory: False; refnet runs on the CPU, which cannot pin memory
        memory_format: the order of the elements in memory; None means refnet.preserve_format

    Raises:
        RuntimeError: if the dtype cannot hold the value, and if the memory format needs another
            number of dimensions

    Example:
        >>> refnet.full_like(refnet.tensor([5, 6, 7]), 2)
        tensor([2, 2, 2])
    """
    value = number(fill_value, "fill_value", "full_like")
    value = dtypes.converted(value, _dtype_like(input, dtype), "full_like")
    place = (requires_grad, device, layout, pin_memory)
    return _filled_like(input, value, dtype, memory_format, *place)


def new_tensor(
    input: Tensor,
    data: Any,
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Makes a tensor from a copy of data, in the dtype of another tensor.

    Args:
        input: the other tensor
        data: a number, nested lists of numbers, an array or a tensor
        dtype: the dtype; None means that of `input`
        device: None or the CPU
        requires_grad: whether the result requires a gradient

    Example:
        >>> refnet.zeros(1).new_tensor([1, 2])
        tensor([1., 2.])
    """
    like: Any = _dtype_like(input, dtype)
    return tensor(data, dtype=like, device=device, requires_grad=requires_grad)


def new_zeros(
    input: Tensor,
    *sizes: Any,
    size: Any = None,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Makes a tensor of zeros in the dtype of another tensor.

    Args:
        input: the other tensor
        *sizes: the sizes, as integers or as one tuple
        size: the sizes, given by name
        dtype: the dtype; None means that of `input`
        layout: None or refnet.strided
        device: None or the CPU
        requires_grad: whether the result requires a gradient
        pin_memory: False; refnet runs on the CPU, which cannot pin memory

    Raises:
        RuntimeError: for a negative size

    Example:
        >>> refnet.tensor([5, 6]).new_zeros(3)
        tensor([0, 0, 0])
    """
    like, place = _dtype_like(input, dtype), (requires_grad, device, layout, pin_memory)
    return filled(0, shape_of(sizes, size), like, *place)


def new_ones(
    input: Tensor,
    *sizes: Any,
    size: Any = None,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Makes a tensor of ones in the dtype of another tensor.

    Args:
        input: the other tensor
        *sizes: the sizes, as integers or as one tuple
        size: the sizes, given by name
        dtype: the dtype; None means that of `input`
        layout: None or refnet.strided
        device: None or the CPU
        requires_grad: whether the result requires a gradient
        pin_memory: False; refnet runs on the CPU, which cannot pin memory

    Raises:
        RuntimeError: for a negative size

    Example:
        >>> refnet.tensor([5, 6]).new_ones(3)
        tensor([1, 1, 1])
    """
    like, place = _dtype_like(input, dtype), (requires_grad, device, layout, pin_memory)
    return filled(1, shape_of(sizes, size), like, *place)


def new_empty(
    input: Tensor,
    *sizes: Any,
    size: Any = None,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Makes an uninitialised tensor in the dtype of another tensor.

    refnet fills it with zeros; do not rely on it.

    Args:
        input: the other tensor
        *sizes: the sizes, as integers or as one tuple
        size: the sizes, given by name
        dtype: the dtype; None means that of `input`
        layout: None or refnet.strided
        device: None or the CPU
        requires_grad: whether the result requires a gradient
        pin_memory: False; refnet runs on the CPU, which cannot pin memory

    Raises:
        RuntimeError: for a negative size

    Example:
        >>> refnet.tensor([5, 6]).new_empty(3).dtype
        refnet.int64
    """
    like, place = _dtype_like(input, dtype), (requires_grad, device, layout, pin_memory)
    return filled(0, shape_of(sizes, size), like, *place)


def new_full(
    input: Tensor,
    size: Any,
    fill_value: Any,
    *,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Makes a tensor filled with one value, in the dtype of another tensor.

    Args:
        input: the other tensor
        size: the sizes, a tuple or list
        fill_value: the value, a number
        dtype: the dtype; None means that of `input`
        layout: None or refnet.strided
        device: None or the CPU
        requires_grad: whether the result requires a gradient
        pin_memory: False; refnet runs on the CPU, which cannot pin memory

    Raises:
        RuntimeError: if the dtype cannot hold the value, and for a negative size
        TypeError: if `fill_value` is not a number, or `size` is not a tuple or list

    Example:
        >>> refnet.tensor([5, 6]).new_full((3,), 7)
        tensor([7, 7, 7])
    """
    like, place = (
        input.dtype if dtype is None else dtype,
        (requires_grad, device, layout, pin_memory),
    )
    return full_tensor("new_full", size, fill_value, like, *place)


def new(input: Tensor, *data: Any, device: Any = None) -> Tensor:
    """Makes a tensor in the dtype of another one, as PyTorch's legacy constructors do.

    Args:
        input: the other tensor
        *data: one sequence of values or one tensor; or the sizes of an uninitialised tensor
        device: None or the CPU

    Raises:
        TypeError: for sizes that are not integers, for a number, and for a tensor of another dtype
    """
    check_device(device)
    return wrap(legacy_array(data, input._array.dtype))
