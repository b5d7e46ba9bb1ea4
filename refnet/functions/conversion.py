"""Conversions of a tensor to Python and NumPy: item, tolist, numpy, bool(x), float(x), ..."""

import builtins
from typing import Any

import numpy as np

from refnet.engine.grad_mode import state
from refnet.engine.tensor import Tensor
from refnet.functions.creation import from_numpy
from refnet.ops.rule import Array


def item(input: Tensor) -> builtins.int | builtins.float:
    """Returns the only element as a Python number.

    Args:
        input: a tensor of one element

    Raises:
        RuntimeError: unless `input` has exactly one element

    Example:
        >>> refnet.tensor([[2.5]]).item()
        2.5
    """
    if input._array.size != 1:
        raise RuntimeError(
            f"a Tensor with {input._array.size} elements cannot be converted to Scalar"
        )
    number: builtins.int | builtins.float = input._real().item()
    return number


def tolist(input: Tensor) -> Any:
    """Returns the elements as nested lists of Python numbers; a 0-d tensor gives a number.

    Args:
        input: a tensor

    Example:
        >>> refnet.tensor([[1, 2], [3, 4]]).tolist()
        [[1, 2], [3, 4]]
    """
    return input._real().tolist()


def numpy(input: Tensor, *, force: builtins.bool = False) -> Array:
    """Returns the array of the tensor, which shares its memory.

    Args:
        input: a tensor
        force: whether to accept a tensor that requires a gradient

    Raises:
        RuntimeError: if `input` requires a gradient, `force` is not set and gradients are enabled

    Example:
        >>> x = refnet.zeros(2)
        >>> x.numpy()[0] = 5
        >>> x
        tensor([5., 0.])
    """
    if input._requires_grad and state.grad and not force:
        raise RuntimeError(
            "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."
        )
    return input._real()


def array(
    input: Tensor,
    dtype: np.dtype[Any] | type | str | None = None,
    copy: builtins.bool | None = None,
) -> Array:
    """Returns np.asarray(x): the array itself, or a copy in another dtype.

    Args:
        input: a tensor
        dtype: the NumPy dtype; None keeps the tensor's
        copy: True for a copy in any case, False for no copy, None for a copy where it is needed

    Raises:
        ValueError: if `copy` is False and the dtype needs a copy
        RuntimeError: if `input` requires a gradient and gradients are enabled
    """
    values = numpy(input)
    if dtype is not None and np.dtype(dtype) != values.dtype:
        if copy is False:
            raise ValueError(
                f"__array__(): expected copy=None or True for {values.dtype} as {np.dtype(dtype)}, "
                "got False"
            )
        return values.astype(dtype)
    return values.copy() if copy else values


def array_wrap(
    input: Tensor, array: Array, context: Any = None, return_scalar: builtins.bool = False
) -> Tensor:
    """Makes a tensor from the result of a NumPy function, such as np.exp(x).

    Args:
        input: the tensor that was the argument
        array: the result
        context: ignored
        return_scalar: ignored
    """
    return from_numpy(np.asarray(array))


def bool(input: Tensor) -> builtins.bool:
    """Returns the truth value of the only element, for bool(x).

    Args:
        input: a tensor of one element

    Raises:
        RuntimeError: unless `input` has exactly one element
    """
    if input._array.size == 0:
        raise RuntimeError("Boolean value of Tensor with no values is ambiguous")
    if input._array.size > 1:
        raise RuntimeError("Boolean value of Tensor with more than one value is ambiguous")
    return builtins.bool(item(input))


def float(input: Tensor) -> builtins.float:
    """Returns the only element as a float, for float(x).

    Args:
        input: a tensor of one element

    Raises:
        ValueError: unless `input` has exactly one element
    """
    return builtins.float(_scalar(input, "float"))


def int(input: Tensor) -> builtins.int:
    """Returns the only element as an int, for int(x).

    Args:
        input: a tensor of one element

    Raises:
        ValueError: unless `input` has exactly one element
    """
    return builtins.int(_scalar(input, "int"))


def complex(input: Tensor) -> builtins.complex:
    """Returns the only element as a complex number, for complex(x).

    Args:
        input: a tensor of one element

    Raises:
        ValueError: unless `input` has exactly one element
    """
    return builtins.complex(_scalar(input, "complex"))


def index(input: Tensor) -> builtins.int:
    """Returns the only element as an index, for items[x] of a Python list.

    Args:
        input: a tensor of one integer or boolean

    Raises:
        TypeError: for floating-point numbers, and unless `input` has exactly one element
    """
    if input._array.dtype.kind not in "biu" or input._array.size != 1:
        raise TypeError("only integer tensors of a single element can be converted to an index")
    return builtins.int(item(input))


def _scalar(input: Tensor, function: str) -> Any:
    """Returns the only element as a Python number, for the Python function of that name."""
    if input._array.size != 1:
        raise ValueError(
            "only one element tensors can be converted to Python scalars: "
            f"{function}() got shape {list(input._array.shape)}"
        )
    return item(input)
