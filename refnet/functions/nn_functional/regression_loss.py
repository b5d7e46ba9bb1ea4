"""Losses between numbers, under PyTorch's names."""

from collections.abc import Callable

import numpy as np

from refnet import ops
from refnet.engine.caller_warning import warn
from refnet.engine.dtypes import cast, promote
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.einsum import check_tensors
from refnet.functions.nn_functional.checks import check_floating, check_number
from refnet.functions.nn_functional.loss_reduction import (
    plain_reduction,
    reduced,
    resolve_reduction,
)

__all__ = ["huber_loss", "l1_loss", "mse_loss", "smooth_l1_loss"]


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """|x − t|, at x = t with gradient 0. With a weight w it is w |x − t|, and the mean is over Σ w.

    Shapes that differ broadcast, with a warning. Raises RuntimeError if they do not, and for the
    mean of integers; ValueError for a weight of another shape than the input's.
    """
    x, t = _same_shape("l1_loss", input, target)
    reduction = _resolve(weight)(reduction, size_average, reduce)
    losses = (x - t).abs()
    if weight is None:
        return reduced(losses, reduction)
    _check_weight(input, weight)
    return _weighted_mean(losses, weight, reduction)


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """(x − t)²; see refnet.ops.mse_loss. With a weight w it is w (x − t)², and the mean is over Σ w.

    Shapes that differ broadcast, with a warning. Raises RuntimeError if they do not, ValueError
    for a weight of another shape than the input's, NotImplementedError for integers.
    """
    x, t = _same_shape("mse_loss", input, target)
    reduction = _resolve(weight)(reduction, size_average, reduce)
    if weight is not None:
        _check_weight(input, weight)
        return _weighted_mean((x - t).square(), weight, reduction)
    x, t = promote(x, t)
    check_floating("mse_loss", x)
    return apply(ops.mse_loss, x, t, reduction=reduction)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """½ d²/β where |d| < β, |d| − ½ β elsewhere, d = x − t: the Huber loss over β; |d| for β = 0

    Shapes that differ broadcast, with a warning. Raises RuntimeError if they do not and for β < 0,
    NotImplementedError for integers.

    The gradient is derived in `refnet.ops.huber_loss`.
    """
    x, t = _same_shape("smooth_l1_loss", input, target)
    reduction = resolve_reduction(reduction, size_average, reduce)
    check_number("smooth_l1_loss", beta=beta)
    if beta == 0:
        return reduced((x - t).abs(), reduction)
    if not beta > 0:
        raise RuntimeError(f"smooth_l1_loss: beta must not be negative, got {beta}")
    x, t = promote(x, t)
    check_floating("smooth_l1_loss", x)
    y: Tensor = apply(ops.huber_loss, x, t, delta=float(beta), reduction=reduction) / beta
    return y


def huber_loss(
    input: Tensor,
    target: Tensor,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: Tensor | None = None,
) -> Tensor:
    """½ d² where |d| ≤ δ, δ (|d| − ½ δ) elsewhere, d = x − t; see refnet.ops.huber_loss. With a
    weight w it is w times that, and the mean is over the entries.

    Shapes that differ broadcast, with a warning. Raises RuntimeError if they do not and for δ ≤ 0,
    ValueError for a weight of another shape than the input's, NotImplementedError for integers.
    """
    x, t = _same_shape("huber_loss", input, target)
    reduction = _resolve(weight)(reduction, None, None)
    check_number("huber_loss", delta=delta)
    if delta <= 0:
        raise RuntimeError(f"huber_loss: delta must be positive, got {delta}")
    check_floating("huber_loss", x)
    t = cast(t, x._array.dtype)
    if weight is None:
        return apply(ops.huber_loss, x, t, delta=float(delta), reduction=reduction)
    _check_weight(input, weight)
    losses = apply(ops.huber_loss, x, t, delta=float(delta), reduction="none") * weight
    return reduced(losses, reduction)


def _same_shape(function: str, input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """The two in the shape to which they broadcast, with a warning where they have to."""
    check_tensors(function, input=input, target=target)
    shapes = input._array.shape, target._array.shape
    if shapes[0] == shapes[1]:
        return input, target
    warn(
        f"Using a target size ({target.shape}) that is different to the input size "
        f"({input.shape}). This will likely lead to incorrect results due to broadcasting. "
        "Please ensure they have the same size."
    )
    try:
        shape = np.broadcast_shapes(*shapes)
    except ValueError:
        raise RuntimeError(
            f"input of shape {list(shapes[0])} and target of shape {list(shapes[1])} do not broadcast"
        ) from None
    return input.expand(shape), target.expand(shape)


def _resolve(weight: Tensor | None) -> Callable[..., str]:
    """PyTorch's weighted losses do not know the old spelling of "mean"."""
    return resolve_reduction if weight is None else plain_reduction


def _check_weight(input: Tensor, weight: Tensor) -> None:
    if weight._array.shape != input._array.shape:
        raise ValueError(
            "Weights and input must have the same size: "
            f"got {list(weight.shape)} and {list(input.shape)}."
        )


def _weighted_mean(losses: Tensor, weight: Tensor, reduction: str) -> Tensor:
    losses = losses * weight
    return losses.sum() / weight.sum() if reduction == "mean" else reduced(losses, reduction)
