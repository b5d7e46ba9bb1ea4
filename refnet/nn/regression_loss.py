"""Losses between numbers: L1Loss, MSELoss, SmoothL1Loss, HuberLoss."""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.loss import _Loss

__all__ = ["HuberLoss", "L1Loss", "MSELoss", "SmoothL1Loss"]


class L1Loss(_Loss):
    """ℓ = |x − t|

    The layer calls `refnet.nn.functional.l1_loss`. The gradient is derived in `refnet.ops.abs`.

    Shape:
        x, t: (*)
        the loss: () or, for "none", (*)

    Args:
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Source:
        torch.nn.L1Loss

    Example:
        >>> nn.L1Loss()(refnet.tensor([1.0, 4.0]), refnet.tensor([1.0, 2.0]))
        tensor(1.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.l1_loss(input, target, reduction=self.reduction)


class MSELoss(_Loss):
    """ℓ = (x − t)²

    The layer calls `refnet.nn.functional.mse_loss`. The gradient is derived in
    `refnet.ops.mse_loss`.

    Shape:
        x, t: (*)
        the loss: () or, for "none", (*)

    Args:
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Source:
        torch.nn.MSELoss

    Example:
        >>> nn.MSELoss()(refnet.tensor([1.0, 4.0]), refnet.tensor([1.0, 2.0]))
        tensor(2.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(_Loss):
    """ℓ = ½ d²/β where |d| < β, |d| − ½ β elsewhere, d = x − t

    The layer calls `refnet.nn.functional.smooth_l1_loss`. The gradient is derived in
    `refnet.ops.huber_loss`.

    Shape:
        x, t: (*)
        the loss: () or, for "none", (*)

    Args:
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"
        beta: β, the end of the parabola; for 0 the loss is |d|

    Source:
        torch.nn.SmoothL1Loss; Girshick 2015, "Fast R-CNN", equation 3

    Example:
        >>> loss = nn.SmoothL1Loss(reduction="none")
        >>> loss(refnet.tensor([1.0, 4.0]), refnet.tensor([0.0, 1.0]))
        tensor([0.5000, 2.5000])
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
        return F.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(_Loss):
    """ℓ = ½ d² where |d| ≤ δ, δ (|d| − ½ δ) elsewhere, d = x − t

    It is δ times SmoothL1Loss with β = δ.

    The layer calls `refnet.nn.functional.huber_loss`. The gradient is derived in
    `refnet.ops.huber_loss`.

    Shape:
        x, t: (*)
        the loss: () or, for "none", (*)

    Args:
        reduction: "none" for the losses themselves, "mean" or "sum"
        delta: δ, the end of the parabola

    Raises:
        TypeError: delta is not a number

    Source:
        torch.nn.HuberLoss; Huber 1964

    Example:
        >>> loss = nn.HuberLoss(reduction="none")
        >>> loss(refnet.tensor([1.0, 4.0]), refnet.tensor([0.0, 1.0]))
        tensor([0.5000, 2.5000])
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        if not isinstance(delta, (float, int)):
            raise TypeError(f"delta must be a float or int, got: {type(delta).__name__}")
        super().__init__(reduction=reduction)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.huber_loss(input, target, reduction=self.reduction, delta=self.delta)
