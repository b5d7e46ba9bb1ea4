"""What several functions of layers check of their arguments, with PyTorch's exceptions."""

from typing import Any

import numpy as np

from refnet.engine.argument_errors import not_a_tensor
from refnet.engine.grad_mode import is_grad_enabled
from refnet.engine.tensor import Tensor
from refnet.functions.operands import is_number, need_float
from refnet.ops.rule import Array

check_floating = need_float


def check_number(function: str, **arguments: Any) -> None:
    """Raise TypeError for an argument that is not a number."""
    for name, value in arguments.items():
        if not is_number(value):
            raise not_a_tensor(f"{function}(): {name}", value, "float")


def check_constant(function: str, **inputs: Tensor | None) -> None:
    """Raise for an argument for which PyTorch, too, has no gradient, if one is asked for, and for
    one that is no tensor."""
    for name, x in inputs.items():
        if x is None:
            continue
        if not hasattr(x, "_array"):
            raise not_a_tensor(f"{function}(): argument '{name}'", x)
        if x._requires_grad and is_grad_enabled():
            raise RuntimeError(
                f"The function '{function}' is not differentiable with respect to argument "
                f"'{name}'. This input cannot have requires_grad True."
            )


def weight_like(input: Tensor, weight: Tensor | None) -> Array | None:
    """The weight in the dtype of the input; raises RuntimeError if it broadcasts beyond it."""
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
