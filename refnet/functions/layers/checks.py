"""What several functions of layers check of their arguments, with PyTorch's exceptions."""

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from refnet.gradmode import is_grad_enabled
from refnet.ops.rule import Array

if TYPE_CHECKING:
    from refnet.tensor import Tensor


def check_floating(function: str, x: "Tensor") -> None:
    if x._array.dtype.kind not in "fc":
        raise NotImplementedError(f"{function} is for a floating-point input, got {x.dtype}")


def check_number(function: str, **arguments: Any) -> None:
    """Raise TypeError for an argument that is not a number."""
    for name, value in arguments.items():
        if not isinstance(value, (int, float)):
            raise TypeError(f"{function}(): {name} must be float, not {type(value).__name__}")


def check_constant(function: str, **inputs: "Tensor | None") -> None:
    """Raise for an argument for which PyTorch, too, has no gradient, if one is asked for."""
    for name, x in inputs.items():
        if x is not None and x._requires_grad and is_grad_enabled():
            raise RuntimeError(
                f"The function '{function}' is not differentiable with respect to argument "
                f"'{name}'. This input cannot have requires_grad True."
            )


def weight_like(input: "Tensor", weight: "Tensor | None") -> Array | None:
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


def resolve_reduction(reduction: str, size_average: bool | None, reduce: bool | None) -> str:
    """The reduction asked for, in the one spelling that rules know.

    Raises ValueError for an unknown one.
    """
    if size_average is not None or reduce is not None:
        mean = "mean" if size_average in (None, True) else "sum"
        reduction = mean if reduce in (None, True) else "none"
        warnings.warn(
            "size_average and reduce args will be deprecated, "
            f"please use reduction='{reduction}' instead.",
            stacklevel=3,
        )
    elif reduction == "elementwise_mean":
        warnings.warn(
            "reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.",
            stacklevel=3,
        )
        reduction = "mean"
    elif reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return reduction
