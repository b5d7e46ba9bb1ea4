"""Losses of regression. Their formulas and pullbacks are in refnet.ops.regression_loss."""

from collections.abc import Callable

import numpy as np

from refnet import ops
from refnet.engine.caller_warning import warn
from refnet.engine.dtypes import cast, promote, refuse_cast
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.checks import check_number
from refnet.functions.nn_functional.loss_reduction import (
    plain_reduction,
    reduced,
    resolve_reduction,
)
from refnet.functions.operands import check_tensors, need_float

__all__ = ["huber_loss", "l1_loss", "mse_loss", "smooth_l1_loss"]


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """ℓ = |x − t|

    With a weight, ℓ = w |x − t|, and "mean" divides the sum by Σ w.

    The gradient is derived in `refnet.ops.abs`; it is 0 where x = t.

    Args:
        input: x
        target: t, of the same shape; another shape is broadcast, with a warning
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"
        weight: w, of the input's shape, or None

    Raises:
        RuntimeError: the input and the target do not broadcast, or the reduction of integers is
            "mean"
        ValueError: the weight has another shape than the input, or the reduction is unknown

    Example:
        >>> F.l1_loss(refnet.tensor([1.0, 4.0]), refnet.tensor([1.0, 2.0]))
        tensor(1.)
    """
    x, t = _same_shape("l1_loss", input, target)
    reduction = _resolve(weight)(reduction, size_average, reduce)
    losses = (x - t).abs()
    if weight is not None:
        return _weighted_mean(losses, _checked(weight, input), reduction)
    return reduced(losses, reduction)


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """ℓ = (x − t)²

    With a weight, ℓ = w (x − t)², and "mean" divides the sum by Σ w.

    The gradient is derived in `refnet.ops.mse_loss`.

    Args:
        input: x
        target: t, of the same shape; another shape is broadcast, with a warning
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"
        weight: w, of the input's shape, or None

    Raises:
        RuntimeError: the input and the target do not broadcast
        ValueError: the weight has another shape than the input, or the reduction is unknown
        NotImplementedError: the input and the target are integers

    Example:
        >>> F.mse_loss(refnet.tensor([1.0, 4.0]), refnet.tensor([1.0, 2.0]))
        tensor(2.)
    """
    x, t = _same_shape("mse_loss", input, target)
    reduction = _resolve(weight)(reduction, size_average, reduce)
    if weight is not None:
        return _weighted_mean((x - t).square(), _checked(weight, input), reduction)
    x, t = promote(x, t)
    need_float("mse_loss", x)
    return apply(ops.mse_loss, x, t, reduction=reduction)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """ℓ = ½ d²/β where |d| < β, |d| − ½ β elsewhere, d = x − t

    It is huber_loss with δ = β, divided by β. For β = 0, ℓ = |d|.

    The gradient is derived in `refnet.ops.huber_loss`.

    Args:
        input: x
        target: t, of the same shape; another shape is broadcast, with a warning
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"
        beta: β

    Raises:
        RuntimeError: the input and the target do not broadcast, or beta is negative
        ValueError: the reduction is unknown
        NotImplementedError: the input and the target are integers

    Example:
        >>> F.smooth_l1_loss(refnet.tensor([1.0, 4.0]), refnet.tensor([0.0, 1.0]), reduction="none")
        tensor([0.5000, 2.5000])
    """
    x, t = _same_shape("smooth_l1_loss", input, target)
    reduction = resolve_reduction(reduction, size_average, reduce)
    check_number("smooth_l1_loss", beta=beta)
    if beta == 0:
        return reduced((x - t).abs(), reduction)
    if not beta > 0:
        raise RuntimeError(f"smooth_l1_loss(): expected beta of 0 or more, got {beta}")
    x, t = promote(x, t)
    need_float("smooth_l1_loss", x)
    y: Tensor = apply(ops.huber_loss, x, t, delta=float(beta), reduction=reduction) / beta
    return y


def huber_loss(
    input: Tensor,
    target: Tensor,
    reduction: str = "mean",
    delta: float = 1.0,
    weight: Tensor | None = None,
) -> Tensor:
    """ℓ = ½ d² where |d| ≤ δ, δ (|d| − ½ δ) elsewhere, d = x − t

    With a weight, ℓ is multiplied by w, and "mean" still divides by the number of entries.

    The gradient is derived in `refnet.ops.huber_loss`.

    Args:
        input: x
        target: t, of the same shape; another shape is broadcast, with a warning
        reduction: "none" for the losses themselves, "mean" or "sum"
        delta: δ
        weight: w, of the input's shape, or None

    Raises:
        RuntimeError: the input and the target do not broadcast, delta is not positive, or the
            input is of integers and the target is floating-point
        ValueError: the weight has another shape than the input, or the reduction is unknown
        NotImplementedError: the input and the target are of integers

    Example:
        >>> F.huber_loss(refnet.tensor([1.0, 4.0]), refnet.tensor([0.0, 1.0]), reduction="none")
        tensor([0.5000, 2.5000])
    """
    x, t = _same_shape("huber_loss", input, target)
    reduction = _resolve(weight)(reduction, None, None)
    check_number("huber_loss", delta=delta)
    if delta <= 0:
        raise RuntimeError(f"huber_loss(): expected delta greater than 0, got {delta}")
    refuse_cast(t._array.dtype, x._array.dtype)
    need_float("huber_loss", x)
    t = cast(t, x._array.dtype)
    if weight is None:
        return apply(ops.huber_loss, x, t, delta=float(delta), reduction=reduction)
    losses = apply(ops.huber_loss, x, t, delta=float(delta), reduction="none")
    return reduced(losses * _checked(weight, input), reduction)


def _same_shape(function: str, input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Broadcasts the two to one shape, with a warning where they differ."""
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
            f"{function}(): expected an input and a target that broadcast, got {list(shapes[0])} "
            f"and {list(shapes[1])}"
        ) from None
    return input.expand(shape), target.expand(shape)


def _resolve(weight: Tensor | None) -> Callable[..., str]:
    """Returns the function that reads the reduction; with a weight it has no "elementwise_mean"."""
    return resolve_reduction if weight is None else plain_reduction


def _checked(weight: Tensor, input: Tensor) -> Tensor:
    """Returns the weight; raises ValueError unless it has the input's shape."""
    if weight._array.shape != input._array.shape:
        raise ValueError(
            "Weights and input must have the same size: "
            f"got {list(weight.shape)} and {list(input.shape)}."
        )
    return weight


def _weighted_mean(losses: Tensor, weight: Tensor, reduction: str) -> Tensor:
    losses = losses * weight
    return losses.sum() / weight.sum() if reduction == "mean" else reduced(losses, reduction)
