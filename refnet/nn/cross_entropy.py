"""Cross entropy as layers: BCELoss, BCEWithLogitsLoss, NLLLoss, CrossEntropyLoss."""

import warnings

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.loss import _Loss, _WeightedLoss

__all__ = ["BCELoss", "BCEWithLogitsLoss", "CrossEntropyLoss", "NLLLoss", "NLLLoss2d"]


class BCELoss(_WeightedLoss):
    """ℓ = −w (t log x + (1 − t) log(1 − x)), the cross entropy of two classes

    x is a probability; each logarithm is at least −100. BCEWithLogitsLoss takes the logit
    instead, and is exact where the sigmoid rounds to 0 or 1.

    The gradient is derived in `refnet.ops.binary_cross_entropy`.

    Shape:
        x, t: (*), both in [0, 1]; the loss: () or, for "none", (*)

    Args:
        weight: w, broadcast to (*); a buffer
        reduction: "none", "mean" or "sum"

    Source:
        torch.nn.BCELoss
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of the probability x and the target t."""
        return F.binary_cross_entropy(input, target, self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(_Loss):
    """ℓ = −w (p t log σ(x) + (1 − t) log(1 − σ(x)))

    The gradient is derived in `refnet.ops.binary_cross_entropy_with_logits`.

    Shape:
        x, t: (*), t in [0, 1]; the loss: () or, for "none", (*)

    Args:
        weight: w, broadcast to (*); a buffer
        pos_weight: p, the weight of the positive class, broadcast to (*); a buffer
        reduction: "none", "mean" or "sum"

    Source:
        torch.nn.BCEWithLogitsLoss
    """

    weight: Tensor | None
    pos_weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of the logit x and the target t."""
        return F.binary_cross_entropy_with_logits(
            input, target, self.weight, pos_weight=self.pos_weight, reduction=self.reduction
        )


class NLLLoss(_WeightedLoss):
    """ℓ = −w_c x_c, c = t: the negative log-likelihood of the target class

    x holds logarithms of probabilities, as LogSoftmax gives them. "mean" divides by Σ w_c.

    The gradient is derived in `refnet.ops.nll_loss`.

    Shape:
        x: (C), (N, C) or (N, C, d₁, …); t: (), (N) or (N, d₁, …), integers in 0 … C − 1;
        the loss: () or, for "none", the shape of t

    Args:
        weight: w, (C); a buffer
        ignore_index: a class whose examples do not count
        reduction: "none", "mean" or "sum"

    Source:
        torch.nn.NLLLoss
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of the log-probabilities x and the class t."""
        return F.nll_loss(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
        )


class NLLLoss2d(NLLLoss):
    """NLLLoss under its old name for images: warns.

    The gradient is derived in `refnet.ops.nll_loss`.
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        warnings.warn("NLLLoss2d is deprecated: NLLLoss is the same", FutureWarning, stacklevel=2)
        super().__init__(weight, size_average, ignore_index, reduce, reduction)


class CrossEntropyLoss(_WeightedLoss):
    """ℓ = −Σ_k w_k q_k log softmax(x)_k

    q is the target's distribution: 1 for the class t and 0 elsewhere, or t itself where t
    has the shape of x. With label_smoothing ε, q becomes (1 − ε) q + ε/C. For a class target
    "mean" divides by Σ w_t.

    The gradient is derived in `refnet.ops.cross_entropy`.

    Shape:
        x: (C), (N, C) or (N, C, d₁, …), logits; t: (), (N) or (N, d₁, …), integers in
        0 … C − 1, or probabilities of the shape of x;
        the loss: () or, for "none", the shape of x without C

    Args:
        weight: w, (C); a buffer
        ignore_index: a class whose examples do not count
        reduction: "none", "mean" or "sum"
        label_smoothing: ε, in [0, 1]

    Source:
        torch.nn.CrossEntropyLoss
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(weight, size_average, reduce, reduction)
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of the logits x and the class, or the probabilities, t."""
        return F.cross_entropy(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )
