"""Margin losses over classes: MultiMarginLoss, MultiLabelMarginLoss, MultiLabelSoftMarginLoss."""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.loss import _Loss, _WeightedLoss

__all__ = ["MultiLabelMarginLoss", "MultiLabelSoftMarginLoss", "MultiMarginLoss"]


class MultiMarginLoss(_WeightedLoss):
    """ℓ = w_t/C Σ_{k ≠ t} max(0, margin − x_t + x_k)ᵖ, for the class t of C classes

    The layer calls `refnet.nn.functional.multi_margin_loss`.

    Shape:
        x: (N, C) or (C)
        t: (N) or (), integers in 0, …, C − 1
        the loss: () or, for "none", the shape of t

    Args:
        p: 1 or 2
        margin: the smallest x_t − x_k without a loss
        weight: w, (C), a buffer; or None
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Raises:
        ValueError: p is neither 1 nor 2, or the weight is not one-dimensional

    Source:
        torch.nn.MultiMarginLoss

    Example:
        >>> nn.MultiMarginLoss()(refnet.tensor([[0.5, 0.25, 2.0, 0.0]]), refnet.tensor([0]))
        tensor(0.9375)
    """

    def __init__(
        self,
        p: int = 1,
        margin: float = 1.0,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        if p not in (1, 2):
            raise ValueError(f"MultiMarginLoss(): expected p of 1 or 2, got {p!r}")
        if weight is not None and weight.dim() != 1:
            raise ValueError(
                f"MultiMarginLoss(): expected a one-dimensional weight, got {list(weight.shape)}"
            )
        self.p = p
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multi_margin_loss(
            input,
            target,
            p=self.p,
            margin=self.margin,
            weight=self.weight,
            reduction=self.reduction,
        )


class MultiLabelMarginLoss(_Loss):
    """ℓ = 1/C Σ_{c ∈ t} Σ_{k ∉ t} max(0, 1 − x_c + x_k), for C classes

    t holds the classes of an example; the first −1 ends them.

    The layer calls `refnet.nn.functional.multilabel_margin_loss`.

    Shape:
        x: (N, C) or (C)
        t: the same, integers in −1, …, C − 1
        the loss: () or, for "none", (N) or ()

    Args:
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Source:
        torch.nn.MultiLabelMarginLoss

    Example:
        >>> nn.MultiLabelMarginLoss()(refnet.tensor([0.5, 0.25, 2.0]), refnet.tensor([0, 2, -1]))
        tensor(0.2500)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_margin_loss(input, target, reduction=self.reduction)


class MultiLabelSoftMarginLoss(_WeightedLoss):
    """ℓ = −1/C Σ_c w_c (t_c log σ(x_c) + (1 − t_c) log σ(−x_c))

    That is the mean of C binary cross entropies, one for each label.

    The layer calls `refnet.nn.functional.multilabel_soft_margin_loss`. The gradient is derived in
    `refnet.ops.logsigmoid`.

    Shape:
        x, t: (N, C) or (C), where t is 1 for a label that applies, else 0
        the loss: () or, for "none", (N) or ()

    Args:
        weight: w, (C), a buffer; or None
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Source:
        torch.nn.MultiLabelSoftMarginLoss

    Example:
        >>> loss = nn.MultiLabelSoftMarginLoss()
        >>> loss(refnet.tensor([[0.0, 100.0]]), refnet.tensor([[1.0, 1.0]]))
        tensor(0.3466)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_soft_margin_loss(
            input, target, weight=self.weight, reduction=self.reduction
        )
