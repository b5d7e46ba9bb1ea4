"""Tensors made like another: of its shape and dtype (zeros_like), or of its dtype (new_zeros)."""

from typing import Any

import numpy as np

from refnet.compatibility.device import check_device
from refnet.compatibility.memory_formats import copied
from refnet.engine import dtypes
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.creation import (
    empty,
    full,
    legacy_array,
    made,
    ones,
    tensor,
    zeros,
)
from refnet.functions.operands import number
from refnet.ops.primitives import allocate
from refnet.ops.rule import Array

__all__ = ["empty_like", "full_like", "ones_like", "zeros_like"]


def _filled_like(
    input: Tensor, value: Any, dtype: dtypes.dtype | None, memory_format: Any
) -> Array:
    """An array full of value, in the shape of input, and in its dtype and the order of its memory unless
    others are given."""
    x = input._array
    of = x.dtype if dtype is None else dtypes.as_numpy(dtype)
    array = allocate(x.shape, of, copied(x, memory_format))
    np.copyto(array, value, casting="unsafe")
    return array


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
    """Zeros of input's shape, dtype and strides"""
    array = _filled_like(input, 0, dtype, memory_format)
    return made(array, requires_grad, device, layout, pin_memory)


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
    """Ones of input's shape, dtype and strides"""
    array = _filled_like(input, 1, dtype, memory_format)
    return made(array, requires_grad, device, layout, pin_memory)


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
    """A tensor of input's shape, dtype and strides whose values are to be set"""
    array = _filled_like(input, 0, dtype, memory_format)
    return made(array, requires_grad, device, layout, pin_memory)


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
    """One value in input's shape, dtype and strides

    Raises RuntimeError for a value that the dtype does not hold.
    """
    of = input._array.dtype if dtype is None else dtypes.as_numpy(dtype)
    value = dtypes.converted(number(fill_value, "fill_value", "full"), of, "full")
    array = _filled_like(input, value, dtype, memory_format)
    return made(array, requires_grad, device, layout, pin_memory)


def new_tensor(
    input: Tensor,
    data: Any,
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """tensor(data) in input's dtype"""
    return tensor(
        data,
        dtype=input.dtype if dtype is None else dtype,
        device=device,
        requires_grad=requires_grad,
    )


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
    """Zeros of this size in input's dtype"""
    return zeros(
        *sizes,
        size=size,
        dtype=input.dtype if dtype is None else dtype,
        layout=layout,
        device=device,
        requires_grad=requires_grad,
        pin_memory=pin_memory,
    )


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
    """Ones of this size in input's dtype"""
    return ones(
        *sizes,
        size=size,
        dtype=input.dtype if dtype is None else dtype,
        layout=layout,
        device=device,
        requires_grad=requires_grad,
        pin_memory=pin_memory,
    )


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
    """A tensor of this size in input's dtype whose values are to be set"""
    return empty(
        *sizes,
        size=size,
        dtype=input.dtype if dtype is None else dtype,
        layout=layout,
        device=device,
        requires_grad=requires_grad,
        pin_memory=pin_memory,
    )


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
    """One value everywhere in input's dtype"""
    return full(
        size,
        fill_value,
        dtype=input.dtype if dtype is None else dtype,
        layout=layout,
        device=device,
        requires_grad=requires_grad,
        pin_memory=pin_memory,
    )


def new(input: Tensor, *data: Any, device: Any = None) -> Tensor:
    """The legacy constructor in input's dtype: of sizes, values to be set; or of a sequence's values"""
    check_device(device)
    return wrap(legacy_array(data, input._array.dtype))
