"""Argument checks that several functions share, with PyTorch's exceptions."""

from typing import Any

import numpy as np

from refnet.engine.argument_errors import not_a_tensor
from refnet.engine.grad_mode import is_grad_enabled
from refnet.engine.tensor import Tensor
from refnet.functions.operands import is_number
from refnet.ops.rule import Array


def check_number(function: str, **arguments: Any) -> None:
    """Raises TypeError for an argument that is not a number."""
    for name, value in arguments.items():
        if not is_number(value):
            raise not_a_tensor(f"{function}(): {name}", value, "float")


def check_constant(function: str, **inputs: Tensor | None) -> None:
    """Raises for an argument that is not a tensor, and for one that requires a gradient.

    PyTorch has no gradient for these arguments either.
    """
    for name, x in inputs.items():
        if x is not None and not hasattr(x, "_array"):
            raise not_a_tensor(f"{function}(): argument '{name}'", x)
        if x is not None and x._requires_grad and is_grad_enabled():
            raise RuntimeError(
                f"The function '{function}' is not differentiable with respect to argument "
                f"'{name}'. This input cannot have requires_grad True."
            )


def weight_like(input: Tensor, weight: Tensor | None) -> Array | None:
    """Returns the weight in the dtype of the input; raises if it does not broadcast to it."""
    if weight is None:
        return None
    shape, w = input._array.shape, weight._array
    try:
        fits = np.broadcast_shapes(shape, w.shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise RuntimeError(
            f"the weight's shape {list(w.shape)} does not broadcast to the input's {list(shape)}"
        )
    return w if input._array.dtype.kind == "c" else w.astype(input._array.dtype, copy=False)
