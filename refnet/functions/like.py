"""Tensors made like another: of its shape and dtype (zeros_like), or of its dtype (new_zeros)."""

from typing import TYPE_CHECKING, Any

from refnet import dtypes
from refnet.device import check_device
from refnet.functions.creation import empty, full, legacy_array, ones, tensor, zeros
from refnet.tape import wrap

if TYPE_CHECKING:
    from refnet.tensor import Tensor

__all__ = [
    "empty_like",
    "full_like",
    "new",
    "new_empty",
    "new_full",
    "new_ones",
    "new_tensor",
    "new_zeros",
    "ones_like",
    "zeros_like",
]


def zeros_like(
    input: "Tensor",
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> "Tensor":
    """Zeros of input's shape and dtype"""
    return zeros(
        input.shape,
        dtype=input.dtype if dtype is None else dtype,
        device=device,
        requires_grad=requires_grad,
    )


def ones_like(
    input: "Tensor",
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> "Tensor":
    """Ones of input's shape and dtype"""
    return ones(
        input.shape,
        dtype=input.dtype if dtype is None else dtype,
        device=device,
        requires_grad=requires_grad,
    )


def empty_like(
    input: "Tensor",
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> "Tensor":
    """A tensor of input's shape and dtype whose values are to be set"""
    return empty(
        input.shape,
        dtype=input.dtype if dtype is None else dtype,
        device=device,
        requires_grad=requires_grad,
    )


def full_like(
    input: "Tensor",
    fill_value: Any,
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> "Tensor":
    """One value in input's shape and dtype"""
    return full(
        input.shape,
        fill_value,
        dtype=input.dtype if dtype is None else dtype,
        device=device,
        requires_grad=requires_grad,
    )


def new_tensor(
    input: "Tensor",
    data: Any,
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> "Tensor":
    """tensor(data) in input's dtype"""
    return tensor(
        data,
        dtype=input.dtype if dtype is None else dtype,
        device=device,
        requires_grad=requires_grad,
    )


def new_zeros(
    input: "Tensor",
    *size: Any,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> "Tensor":
    """Zeros of this size in input's dtype"""
    return zeros(
        *size,
        dtype=input.dtype if dtype is None else dtype,
        device=device,
        requires_grad=requires_grad,
    )


def new_ones(
    input: "Tensor",
    *size: Any,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> "Tensor":
    """Ones of this size in input's dtype"""
    return ones(
        *size,
        dtype=input.dtype if dtype is None else dtype,
        device=device,
        requires_grad=requires_grad,
    )


def new_empty(
    input: "Tensor",
    *size: Any,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> "Tensor":
    """A tensor of this size in input's dtype whose values are to be set"""
    return empty(
        *size,
        dtype=input.dtype if dtype is None else dtype,
        device=device,
        requires_grad=requires_grad,
    )


def new_full(
    input: "Tensor",
    size: Any,
    fill_value: Any,
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> "Tensor":
    """One value everywhere in input's dtype"""
    return full(
        size,
        fill_value,
        dtype=input.dtype if dtype is None else dtype,
        device=device,
        requires_grad=requires_grad,
    )


def new(input: "Tensor", *data: Any, device: Any = None) -> "Tensor":
    """The legacy constructor in input's dtype: of sizes, values to be set; or of a sequence's values"""
    check_device(device)
    return wrap(legacy_array(data, input._array.dtype))
