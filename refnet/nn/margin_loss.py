"""Losses with a margin, of pairs and triplets: HingeEmbeddingLoss, TripletMarginLoss, ..."""

from collections.abc import Callable

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.distance import PairwiseDistance
from refnet.nn.loss import _Loss

__all__ = [
    "CosineEmbeddingLoss",
    "HingeEmbeddingLoss",
    "MarginRankingLoss",
    "SoftMarginLoss",
    "TripletMarginLoss",
    "TripletMarginWithDistanceLoss",
]


class _MarginLoss(_Loss):
    """A loss with a margin."""

    def __init__(
        self,
        margin: float = 0.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin


class HingeEmbeddingLoss(_MarginLoss):
    """ℓ = x where t = 1, max(0, margin − x) where t = −1

    x is the distance of two samples; t = 1 means that they are similar.

    The layer calls `refnet.nn.functional.hinge_embedding_loss`. The gradient is derived in
    `refnet.ops.where`.

    Shape:
        x, t: (*)
        the loss: () or, for "none", (*)

    Args:
        margin: the smallest distance without a loss where t = −1
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Source:
        torch.nn.HingeEmbeddingLoss

    Example:
        >>> loss = nn.HingeEmbeddingLoss(reduction="none")
        >>> loss(refnet.tensor([0.2, 0.2]), refnet.tensor([1, -1]))
        tensor([0.2000, 0.8000])
    """

    def __init__(
        self,
        margin: float = 1.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(margin, size_average, reduce, reduction)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.hinge_embedding_loss(input, target, margin=self.margin, reduction=self.reduction)


class MarginRankingLoss(_MarginLoss):
    """ℓ = max(0, margin − t (x₁ − x₂))

    For t = 1 the first input should be larger, for t = −1 the second.

    The layer calls `refnet.nn.functional.margin_ranking_loss`.

    Shape:
        x₁, x₂, t: (*)
        the loss: () or, for "none", (*)

    Args:
        margin: the smallest t (x₁ − x₂) without a loss
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Source:
        torch.nn.MarginRankingLoss

    Example:
        >>> x1, x2 = refnet.tensor([3.0, 3.0]), refnet.tensor([1.0, 4.0])
        >>> nn.MarginRankingLoss(reduction="none")(x1, x2, refnet.tensor([1.0, 1.0]))
        tensor([0., 1.])
    """

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return F.margin_ranking_loss(
            input1, input2, target, margin=self.margin, reduction=self.reduction
        )


class CosineEmbeddingLoss(_MarginLoss):
    """ℓ = 1 − cos(x₁, x₂) where t = 1, max(0, cos(x₁, x₂) − margin) where t = −1

    The layer calls `refnet.nn.functional.cosine_embedding_loss`. The gradient is derived in
    `refnet.ops.where`.

    Shape:
        x₁, x₂: (N, D) or (D)
        t: (N) or ()
        the loss: () or, for "none", the shape of t

    Args:
        margin: the largest cosine without a loss where t = −1
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Source:
        torch.nn.CosineEmbeddingLoss

    Example:
        >>> x1, x2 = refnet.tensor([3.0, 4.0]), refnet.tensor([1.0, 0.0])
        >>> nn.CosineEmbeddingLoss()(x1, x2, refnet.tensor(1))
        tensor(0.4000)
    """

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return F.cosine_embedding_loss(
            input1, input2, target, margin=self.margin, reduction=self.reduction
        )


class SoftMarginLoss(_Loss):
    """ℓ = log(1 + e^−tx), for targets t = ±1

    It is BCEWithLogitsLoss for targets ±1 instead of 0 and 1.

    The layer calls `refnet.nn.functional.soft_margin_loss`. The gradient is derived in
    `refnet.ops.log1p_exp`.

    Shape:
        x, t: (*)
        the loss: () or, for "none", (*)

    Args:
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Source:
        torch.nn.SoftMarginLoss

    Example:
        >>> loss = nn.SoftMarginLoss(reduction="none")
        >>> loss(refnet.tensor([0.0, -20.0]), refnet.tensor([1.0, 1.0]))
        tensor([ 0.6931, 20.0000])
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.soft_margin_loss(input, target, reduction=self.reduction)


class TripletMarginLoss(_Loss):
    """ℓ = max(0, margin + d(a, x⁺) − d(a, x⁻)), d(a, b) = ‖a − b + ε‖_p

    The anchor a should be closer to the positive x⁺ than to the negative x⁻.

    The layer calls `refnet.nn.functional.triplet_margin_loss`. The gradient of d is that of
    PairwiseDistance.

    Shape:
        a, x⁺, x⁻: (N, D) or (D)
        the loss: () or, for "none", (N) or ()

    Args:
        margin: the smallest d(a, x⁻) − d(a, x⁺) without a loss
        p: the order of the norm
        eps: ε
        swap: whether to use d(x⁺, x⁻) instead of d(a, x⁻) where it is smaller
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Raises:
        ValueError: margin is not positive

    Source:
        torch.nn.TripletMarginLoss; Balntas et al. 2016

    Example:
        >>> a, p, n = refnet.zeros(1, 2), refnet.tensor([[3.0, 4.0]]), refnet.tensor([[0.0, 2.0]])
        >>> nn.TripletMarginLoss()(a, p, n)
        tensor(4.0000)
    """

    def __init__(
        self,
        margin: float = 1.0,
        p: float = 2.0,
        eps: float = 1e-6,
        swap: bool = False,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        _check_positive("TripletMarginLoss", margin)
        self.margin = margin
        self.p = p
        self.eps = eps
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return F.triplet_margin_loss(
            anchor,
            positive,
            negative,
            margin=self.margin,
            p=self.p,
            eps=self.eps,
            swap=self.swap,
            reduction=self.reduction,
        )


class TripletMarginWithDistanceLoss(_Loss):
    """ℓ = max(0, margin + d(a, x⁺) − d(a, x⁻)), with a custom distance d

    The layer calls `refnet.nn.functional.triplet_margin_with_distance_loss`.

    Shape:
        anchor a, positive x⁺, negative x⁻: shapes that d accepts
        the loss: () or, for "none", the shape of d(a, x⁺)

    Args:
        distance_function: d; None means PairwiseDistance()
        margin: the smallest d(a, x⁻) − d(a, x⁺) without a loss
        swap: whether to use d(x⁺, x⁻) instead of d(a, x⁻) where it is smaller
        reduction: "none" for the losses themselves, "mean" or "sum"

    Raises:
        ValueError: margin is not positive

    Source:
        torch.nn.TripletMarginWithDistanceLoss

    Example:
        >>> a, p, n = refnet.tensor([0.0]), refnet.tensor([5.0]), refnet.tensor([2.0])
        >>> nn.TripletMarginWithDistanceLoss(distance_function=lambda x, y: (x - y).abs())(a, p, n)
        tensor(4.)
    """

    def __init__(
        self,
        *,
        distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
        margin: float = 1.0,
        swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(reduction=reduction)
        _check_positive("TripletMarginWithDistanceLoss", margin)
        self.distance_function = (
            PairwiseDistance() if distance_function is None else distance_function
        )
        self.margin = margin
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return F.triplet_margin_with_distance_loss(
            anchor,
            positive,
            negative,
            distance_function=self.distance_function,
            margin=self.margin,
            swap=self.swap,
            reduction=self.reduction,
        )


def _check_positive(layer: str, margin: float) -> None:
    if margin <= 0:
        raise ValueError(f"{layer}: expected margin to be greater than 0, got {margin}")
