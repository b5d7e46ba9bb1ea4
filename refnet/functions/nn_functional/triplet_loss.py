"""Losses of an anchor, something like it and something unlike it, under PyTorch's names.

With swap the negative's distance is the smaller one of those to the anchor and to the positive.

Source    Balntas et al. 2016, "Learning shallow convolutional feature descriptors with triplet losses"
"""

from collections.abc import Callable

from refnet.engine.tensor import Tensor
from refnet.functions.einsum import check_tensors
from refnet.functions.nn_functional.distance import pairwise_distance
from refnet.functions.nn_functional.loss_reduction import (
    check_reduction,
    reduced,
    resolve_reduction,
)
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
    """max(0, margin + d(a, p) − d(a, n)), d the pairwise_distance with p and eps

    Raises ValueError for a margin that is not positive, RuntimeError for different numbers of
    dimensions and for shapes that do not broadcast.

    The gradient is derived in `refnet.ops.amax`, `refnet.ops.amin` and `refnet.ops.zero_norm`.
    """
    check_tensors("triplet_margin_loss", anchor=anchor, positive=positive, negative=negative)
    reduction = resolve_reduction(reduction, size_average, reduce)

    def distance(a: Tensor, b: Tensor) -> Tensor:
        return pairwise_distance(a, b, p, eps)

    return reduced(_losses(anchor, positive, negative, distance, margin, swap), reduction)


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
    """max(0, margin + d(a, p) − d(a, n)), d the distance function or else pairwise_distance

    Raises ValueError for a margin that is not positive, RuntimeError for different numbers of
    dimensions.

    The gradient is derived in `refnet.ops.amax`, `refnet.ops.amin` and `refnet.ops.zero_norm`.
    """
    check_reduction(reduction)
    distance = pairwise_distance if distance_function is None else distance_function
    return reduced(_losses(anchor, positive, negative, distance, margin, swap), reduction)


def _losses(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    distance: Callable[[Tensor, Tensor], Tensor],
    margin: float,
    swap: bool,
) -> Tensor:
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    if not anchor.dim() == positive.dim() == negative.dim():
        raise RuntimeError(
            "anchor, positive and negative must have the same number of dimensions, got "
            f"{list(anchor.shape)}, {list(positive.shape)} and {list(negative.shape)}"
        )
    to_positive, to_negative = distance(anchor, positive), distance(anchor, negative)
    if swap:
        to_negative = minimum(to_negative, distance(positive, negative))
    return (margin + to_positive - to_negative).clamp_min(0)
