"""Losses between numbers, under PyTorch's names."""

import warnings
from typing import TYPE_CHECKING

import numpy as np

from refnet import ops
from refnet.dtypes import promote
from refnet.functions.contraction import check_tensors
from refnet.functions.layers.checks import check_floating, resolve_reduction
from refnet.tape import apply

if TYPE_CHECKING:
    from refnet.tensor import Tensor

__all__ = ["mse_loss"]


def mse_loss(
    input: "Tensor",
    target: "Tensor",
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: "Tensor | None" = None,
) -> "Tensor":
    """(x − t)²; see refnet.ops.mse_loss. With a weight w it is w (x − t)², and the mean is over Σ w.

    Shapes that differ broadcast, with a warning. Raises RuntimeError if they do not, ValueError
    for a weight of another shape, NotImplementedError for integers.
    """
    check_tensors("mse_loss", input=input, target=target)
    if target._array.shape != input._array.shape:
        warnings.warn(
            f"Using a target size ({target.shape}) that is different to the input size "
            f"({input.shape}). This will likely lead to incorrect results due to broadcasting. "
            "Please ensure they have the same size.",
            stacklevel=2,
        )
        input, target = _expand(input, target)
    reduction = resolve_reduction(reduction, size_average, reduce)
    input, target = promote(input, target)
    check_floating("mse_loss", input)
    if weight is None:
        y: Tensor = apply(ops.mse_loss, input, target, reduction=reduction)
        return y
    if weight._array.shape != input._array.shape:
        raise ValueError(
            "Weights and input must have the same size: "
            f"got {list(weight.shape)} and {list(input.shape)}."
        )
    losses: Tensor = apply(ops.mse_loss, input, target, reduction="none") * weight
    if reduction == "none":
        return losses
    return losses.sum() if reduction == "sum" else losses.sum() / weight.sum()


def _expand(a: "Tensor", b: "Tensor") -> tuple["Tensor", "Tensor"]:
    try:
        shape = np.broadcast_shapes(a._array.shape, b._array.shape)
    except ValueError:
        raise RuntimeError(
            f"input of shape {list(a.shape)} and target of shape {list(b.shape)} do not broadcast"
        ) from None
    return a.expand(shape), b.expand(shape)
