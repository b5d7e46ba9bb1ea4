"""Losses that ask for a margin between two: HingeEmbeddingLoss, MarginRankingLoss,
CosineEmbeddingLoss, SoftMarginLoss, and the triplets."""

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


class HingeEmbeddingLoss(_Loss):
    """ℓ = x where t = 1, max(0, margin − x) where t = −1: x is a distance, t says same or not

    The gradient is derived in `refnet.ops.where`.

    Shape:
        x, t: (*); the loss: () or, for "none", (*)

    Args:
        margin: how far apart is far enough
        reduction: "none", "mean" or "sum"

    Source:
        torch.nn.HingeEmbeddingLoss
    """

    def __init__(
        self,
        margin: float = 1.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of the distance x and of t, 1 or −1."""
        return F.hinge_embedding_loss(input, target, margin=self.margin, reduction=self.reduction)


class MarginRankingLoss(_Loss):
    """ℓ = max(0, margin − t (x₁ − x₂)): t = 1 asks for the first to rank higher, −1 for the second

    Shape:
        x₁, x₂, t: (*); the loss: () or, for "none", (*)

    Args:
        margin: by how much it should
        reduction: "none", "mean" or "sum"

    Source:
        torch.nn.MarginRankingLoss
    """

    def __init__(
        self,
        margin: float = 0.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        """The loss of x₁, x₂ and of t, 1 or −1."""
        return F.margin_ranking_loss(
            input1, input2, target, margin=self.margin, reduction=self.reduction
        )


class CosineEmbeddingLoss(_Loss):
    """ℓ = 1 − cos(x₁, x₂) where t = 1, max(0, cos(x₁, x₂) − margin) where t = −1

    The gradient is derived in `refnet.ops.where`.

    Shape:
        x₁, x₂: (N, D), t: (N); or (D), (D) and (); the loss: () or, for "none", the shape of t

    Args:
        margin: how alike two that are not the same may be, from −1 to 1
        reduction: "none", "mean" or "sum"

    Source:
        torch.nn.CosineEmbeddingLoss
    """

    def __init__(
        self,
        margin: float = 0.0,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        """The loss of x₁, x₂ and of t, 1 or −1."""
        return F.cosine_embedding_loss(
            input1, input2, target, margin=self.margin, reduction=self.reduction
        )


class SoftMarginLoss(_Loss):
    """ℓ = log(1 + e^−tx), t = ±1: BCEWithLogitsLoss for targets that are called ±1

    The gradient is derived in `refnet.ops.log1p_exp`.

    Shape:
        x, t: (*); the loss: () or, for "none", (*)

    Args:
        reduction: "none", "mean" or "sum"

    Source:
        torch.nn.SoftMarginLoss
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of the logit x and of t, 1 or −1."""
        return F.soft_margin_loss(input, target, reduction=self.reduction)


class TripletMarginLoss(_Loss):
    """ℓ = max(0, margin + d(a, p) − d(a, n)), d(a, b) = ‖a − b + ε‖_p

    The gradient is derived in `refnet.ops.amax`, `refnet.ops.amin` and `refnet.ops.zero_norm`.

    Shape:
        anchor a, positive p, negative n: (N, D) or (D); the loss: () or, for "none", (N) or ()

    Args:
        margin: by how much the negative should be farther away
        p: of the norm
        eps: ε
        swap: take d(p, n) for d(a, n) where it is smaller
        reduction: "none", "mean" or "sum"

    Source:
        torch.nn.TripletMarginLoss; Balntas et al. 2016

    Raises ValueError for a margin that is not positive.
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
        """The loss of the three."""
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
    """ℓ = max(0, margin + d(a, p) − d(a, n)) with a distance d of one's own

    The gradient is derived in `refnet.ops.amax`, `refnet.ops.amin` and `refnet.ops.zero_norm`.

    Shape:
        anchor a, positive p, negative n: (N, *), whatever d takes; the loss: () or, for
        "none", what d gives

    Args:
        distance_function: d; PairwiseDistance() by default
        margin: by how much the negative should be farther away
        swap: take d(p, n) for d(a, n) where it is smaller
        reduction: "none", "mean" or "sum"

    Source:
        torch.nn.TripletMarginWithDistanceLoss

    Raises ValueError for a margin that is not positive.
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
        """The loss of the three."""
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
