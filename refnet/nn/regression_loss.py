"""Losses between numbers: L1Loss, MSELoss, SmoothL1Loss, HuberLoss."""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.loss import _Loss

__all__ = ["HuberLoss", "L1Loss", "MSELoss", "SmoothL1Loss"]


class L1Loss(_Loss):
    """ℓ = |x − t|

    Shape:
        x, t: (*); the loss: () or, for "none", (*)

    Args:
        reduction: "none", "mean" (over all entries) or "sum"

    Source:
        torch.nn.L1Loss
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of the output x and the target t."""
        return F.l1_loss(input, target, reduction=self.reduction)


class MSELoss(_Loss):
    """ℓ = (x − t)²

    The gradient is derived in `refnet.ops.mse_loss`.

    Shape:
        x, t: (*); the loss: () or, for "none", (*)

    Args:
        reduction: "none", "mean" (over all entries) or "sum"

    Source:
        torch.nn.MSELoss
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of the output x and the target t."""
        return F.mse_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(_Loss):
    """ℓ = ½ d²/β where |d| < β, |d| − ½ β elsewhere, d = x − t

    The gradient is derived in `refnet.ops.huber_loss`.

    Shape:
        x, t: (*); the loss: () or, for "none", (*)

    Args:
        reduction: "none", "mean" (over all entries) or "sum"
        beta: where the parabola ends; for 0 the loss is |d|

    Source:
        torch.nn.SmoothL1Loss; Girshick 2015, "Fast R-CNN", equation 3
    """

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        beta: float = 1.0,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of the output x and the target t."""
        return F.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(_Loss):
    """ℓ = ½ d² where |d| ≤ δ, δ (|d| − ½ δ) elsewhere, d = x − t: δ times SmoothL1Loss with β = δ

    The gradient is derived in `refnet.ops.huber_loss`.

    Shape:
        x, t: (*); the loss: () or, for "none", (*)

    Args:
        reduction: "none", "mean" (over all entries) or "sum"
        delta: δ, where the parabola ends

    Source:
        torch.nn.HuberLoss; Huber 1964

    Raises TypeError for a delta that is not a number.
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        if not isinstance(delta, (float, int)):
            raise TypeError(f"delta must be a float or int, got: {type(delta).__name__}")
        super().__init__(reduction=reduction)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of the output x and the target t."""
        return F.huber_loss(input, target, reduction=self.reduction, delta=self.delta)
