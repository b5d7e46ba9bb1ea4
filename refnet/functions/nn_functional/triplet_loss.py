"""Losses of triplets: an anchor, a positive similar to it, and a negative different from it.

Source:
    Balntas et al. 2016, "Learning shallow convolutional feature descriptors with triplet losses"
"""

from collections.abc import Callable

from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.distance import pairwise_distance
from refnet.functions.nn_functional.loss_reduction import (
    check_reduction,
    reduced,
    resolve_reduction,
)
from refnet.functions.operands import check_tensors
from refnet.functions.piecewise import minimum

__all__ = ["triplet_margin_loss", "triplet_margin_with_distance_loss"]


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-06,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """ℓ = max(0, margin + d(a, p) − d(a, n)), d = pairwise_distance

    The gradient is derived in `refnet.ops.norm` (p = 2), `refnet.ops.p_norm`, `refnet.ops.amax`,
    `refnet.ops.amin` and `refnet.ops.zero_norm`.

    Args:
        anchor: a
        positive: p
        negative: n; the three broadcast
        margin: the smallest d(a, n) − d(a, p) for which the loss is 0
        p: the order of the norm in d
        eps: ε of pairwise_distance
        swap: whether to use d(p, n) instead of d(a, n) where it is smaller
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Raises:
        ValueError: margin is not positive, or the reduction is unknown
        RuntimeError: the three have different numbers of dimensions or do not broadcast

    Example:
        >>> a, p, n = refnet.zeros(1, 2), refnet.tensor([[3.0, 4.0]]), refnet.tensor([[0.0, 2.0]])
        >>> F.triplet_margin_loss(a, p, n)
        tensor(4.0000)
    """
    check_tensors("triplet_margin_loss", anchor=anchor, positive=positive, negative=negative)
    reduction = resolve_reduction(reduction, size_average, reduce)

    def distance(a: Tensor, b: Tensor) -> Tensor:
        return pairwise_distance(a, b, p, eps)

    losses = _losses("triplet_margin_loss", anchor, positive, negative, distance, margin, swap)
    return reduced(losses, reduction)


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """ℓ = max(0, margin + d(a, p) − d(a, n)), with any distance d

    The gradient is derived in `refnet.ops.norm` (p = 2), `refnet.ops.p_norm`, `refnet.ops.amax`,
    `refnet.ops.amin` and `refnet.ops.zero_norm`.

    Args:
        anchor: a
        positive: p
        negative: n
        distance_function: d; None means pairwise_distance
        margin: the smallest d(a, n) − d(a, p) for which the loss is 0
        swap: whether to use d(p, n) instead of d(a, n) where it is smaller
        reduction: "none" for the losses themselves, "mean" or "sum"

    Raises:
        ValueError: margin is not positive, or the reduction is unknown
        RuntimeError: the three have different numbers of dimensions

    Example:
        >>> a, p, n = refnet.tensor([0.0]), refnet.tensor([5.0]), refnet.tensor([2.0])
        >>> F.triplet_margin_with_distance_loss(
        ...     a, p, n, distance_function=lambda x, y: (x - y).abs()
        ... )
        tensor(4.)
    """
    check_reduction(reduction)
    distance = pairwise_distance if distance_function is None else distance_function
    function = "triplet_margin_with_distance_loss"
    losses = _losses(function, anchor, positive, negative, distance, margin, swap)
    return reduced(losses, reduction)


def _losses(
    function: str,
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    distance: Callable[[Tensor, Tensor], Tensor],
    margin: float,
    swap: bool,
) -> Tensor:
    """Returns ℓ for each triplet."""
    if margin <= 0:
        raise ValueError(f"{function}(): expected margin greater than 0, got {margin}")
    if not anchor.dim() == positive.dim() == negative.dim():
        raise RuntimeError(
            f"{function}(): expected three tensors with the same number of dimensions, got "
            f"{list(anchor.shape)}, {list(positive.shape)} and {list(negative.shape)}"
        )
    to_positive, to_negative = distance(anchor, positive), distance(anchor, negative)
    if swap:
        to_negative = minimum(to_negative, distance(positive, negative))
    return (margin + to_positive - to_negative).clamp_min(0)
