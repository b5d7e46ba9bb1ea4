"""From a tensor to Python and NumPy: item, tolist, numpy, and what bool(x) and its kin call."""

import builtins
from typing import Any

import numpy as np

from refnet.engine.grad_mode import state
from refnet.engine.tensor import Tensor
from refnet.functions.creation import from_numpy
from refnet.ops.rule import Array


def item(input: Tensor) -> builtins.int | builtins.float:
    """The one element, as a Python number."""
    if input._array.size != 1:
        raise RuntimeError(
            f"a Tensor with {input._array.size} elements cannot be converted to Scalar"
        )
    number: builtins.int | builtins.float = input._real().item()
    return number


def tolist(input: Tensor) -> Any:
    """The elements, as nested lists of Python numbers."""
    return input._real().tolist()


def numpy(input: Tensor, *, force: builtins.bool = False) -> Array:
    """The array itself, sharing its memory.

    Raises RuntimeError for a tensor that requires a gradient, unless force is set or gradients are
    off.
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
    """np.asarray(x): the array itself, or a copy if another dtype is asked for."""
    values = numpy(input)
    if dtype is not None and np.dtype(dtype) != values.dtype:
        if copy is False:
            raise ValueError(f"a view of {values.dtype} as {np.dtype(dtype)} needs a copy")
        return values.astype(dtype)
    return values.copy() if copy else values


def array_wrap(
    input: Tensor, array: Array, context: Any = None, return_scalar: builtins.bool = False
) -> Tensor:
    """The result of NumPy's function of a tensor, as np.exp(x), as a tensor."""
    return from_numpy(np.asarray(array))


def bool(input: Tensor) -> builtins.bool:
    """bool(x), of one element."""
    if input._array.size == 0:
        raise RuntimeError("Boolean value of Tensor with no values is ambiguous")
    if input._array.size > 1:
        raise RuntimeError("Boolean value of Tensor with more than one value is ambiguous")
    return builtins.bool(item(input))


def float(input: Tensor) -> builtins.float:
    """float(x), of one element."""
    return builtins.float(_scalar(input, "float"))


def int(input: Tensor) -> builtins.int:
    """int(x), of one element."""
    return builtins.int(_scalar(input, "int"))


def complex(input: Tensor) -> builtins.complex:
    """complex(x), of one element."""
    return builtins.complex(_scalar(input, "complex"))


def index(input: Tensor) -> builtins.int:
    """What a list indexed by x asks for: one integer."""
    if input._array.dtype.kind not in "biu" or input._array.size != 1:
        raise TypeError("only integer tensors of a single element can be converted to an index")
    return builtins.int(item(input))


def _scalar(input: Tensor, of: str) -> Any:
    if input._array.size != 1:
        raise ValueError(
            "only one element tensors can be converted to Python scalars: "
            f"{of}() got shape {list(input._array.shape)}"
        )
    return item(input)
