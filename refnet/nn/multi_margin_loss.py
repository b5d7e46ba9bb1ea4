"""Margin losses over classes: MultiMarginLoss, MultiLabelMarginLoss, MultiLabelSoftMarginLoss."""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.loss import _Loss, _WeightedLoss

__all__ = ["MultiLabelMarginLoss", "MultiLabelSoftMarginLoss", "MultiMarginLoss"]


class MultiMarginLoss(_WeightedLoss):
    """ℓ = w_t/C Σ_{k ≠ t} max(0, margin − x_t + x_k)ᵖ

    Shape:
        x: (N, C) or (C); t: (N) or (), integers in 0 … C − 1; the loss: () or, for "none", the
        shape of t

    Args:
        p: 1 or 2
        margin: by how much the right class should lead
        weight: w, (C); a buffer
        reduction: "none", "mean" or "sum"

    Source:
        torch.nn.MultiMarginLoss

    Raises ValueError for another p and for a weight that is not a vector.
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
            raise ValueError(f"MultiMarginLoss: p must be 1 or 2, got {p!r}")
        if weight is not None and weight.dim() != 1:
            raise ValueError(
                f"MultiMarginLoss: weight must be one-dimensional, got shape {list(weight.shape)}"
            )
        self.p = p
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of the scores x and the class t."""
        return F.multi_margin_loss(
            input,
            target,
            p=self.p,
            margin=self.margin,
            weight=self.weight,
            reduction=self.reduction,
        )


class MultiLabelMarginLoss(_Loss):
    """ℓ = 1/C Σ_{c ∈ t} Σ_{k ∉ t} max(0, 1 − x_c + x_k)

    Shape:
        x, t: (N, C) or (C), t integers: the classes of an example, then −1, then anything
        from −1 to C − 1; the loss: () or, for "none", (N) or ()

    Args:
        reduction: "none", "mean" or "sum"

    Source:
        torch.nn.MultiLabelMarginLoss
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of the scores x and the classes t."""
        return F.multilabel_margin_loss(input, target, reduction=self.reduction)


class MultiLabelSoftMarginLoss(_WeightedLoss):
    """ℓ = −1/C Σ_c w_c (t_c log σ(x_c) + (1 − t_c) log σ(−x_c))

    The gradient is derived in `refnet.ops.logsigmoid`.

    Shape:
        x, t: (N, C), t of 0 and 1; the loss: () or, for "none", (N)

    Args:
        weight: w, (C); a buffer
        reduction: "none", "mean" or "sum"

    Source:
        torch.nn.MultiLabelSoftMarginLoss
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of the logits x and of t, 1 for each class that applies."""
        return F.multilabel_soft_margin_loss(
            input, target, weight=self.weight, reduction=self.reduction
        )
