"""Cross entropy as layers: BCELoss, BCEWithLogitsLoss, NLLLoss, CrossEntropyLoss."""

import warnings

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.loss import _Loss, _WeightedLoss

__all__ = ["BCELoss", "BCEWithLogitsLoss", "CrossEntropyLoss", "NLLLoss", "NLLLoss2d"]


class BCELoss(_WeightedLoss):
    """ℓ = −w (t log x + (1 − t) log(1 − x)), the cross entropy of two classes

    x is a probability. Each logarithm is bounded by −100 from below. BCEWithLogitsLoss takes the
    logit instead, and is exact where the sigmoid rounds to 0 or 1.

    The layer calls `refnet.nn.functional.binary_cross_entropy`. The gradient is derived in
    `refnet.ops.binary_cross_entropy`.

    Shape:
        x, t: (*), in [0, 1]
        the loss: () or, for "none", (*)

    Args:
        weight: w, which broadcasts to (*), a buffer; or None
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Source:
        torch.nn.BCELoss

    Example:
        >>> loss = nn.BCELoss(reduction="none")
        >>> loss(refnet.tensor([0.5, 1.0]), refnet.tensor([1.0, 0.0]))
        tensor([  0.6931, 100.0000])
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy(input, target, self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(_Loss):
    """ℓ = −w (p t log σ(x) + (1 − t) log(1 − σ(x)))

    The layer calls `refnet.nn.functional.binary_cross_entropy_with_logits`. The gradient is derived
    in `refnet.ops.binary_cross_entropy_with_logits`.

    Shape:
        x, t: (*), t in [0, 1]
        the loss: () or, for "none", (*)

    Args:
        weight: w, which broadcasts to (*), a buffer; or None
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"
        pos_weight: p, the weight of positive targets, which broadcasts to (*), a buffer; or None

    Source:
        torch.nn.BCEWithLogitsLoss

    Example:
        >>> loss = nn.BCEWithLogitsLoss(reduction="none")
        >>> loss(refnet.tensor([0.0, 100.0]), refnet.tensor([1.0, 0.0]))
        tensor([  0.6931, 100.0000])
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
        return F.binary_cross_entropy_with_logits(
            input, target, self.weight, pos_weight=self.pos_weight, reduction=self.reduction
        )


class NLLLoss(_WeightedLoss):
    """ℓ = −w_c x_c, for the class c = t

    x holds logarithms of probabilities, as LogSoftmax returns them. "mean" divides by Σ w_c.

    The layer calls `refnet.nn.functional.nll_loss`. The gradient is derived in
    `refnet.ops.nll_loss`.

    Shape:
        x: (C), (N, C) or (N, C, d₁, …)
        t: (), (N) or (N, d₁, …), integers in 0, …, C − 1
        the loss: () or, for "none", the shape of t

    Args:
        weight: w, (C), a buffer; or None
        size_average: deprecated; use reduction
        ignore_index: a class whose examples do not count
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Source:
        torch.nn.NLLLoss

    Example:
        >>> log_p = refnet.tensor([[0.5, 0.5], [0.25, 0.75]]).log()
        >>> nn.NLLLoss(reduction="none")(log_p, refnet.tensor([1, 0]))
        tensor([0.6931, 1.3863])
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
        return F.nll_loss(
            input, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction
        )


class NLLLoss2d(NLLLoss):
    """NLLLoss under its deprecated name for images; it warns.

    The layer calls `refnet.nn.functional.nll_loss`. The gradient is derived in
    `refnet.ops.nll_loss`.

    Shape:
        as NLLLoss

    Args:
        weight: w, (C), a buffer; or None
        size_average: deprecated; use reduction
        ignore_index: a class whose examples do not count
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Source:
        torch.nn.NLLLoss2d

    Example:
        >>> issubclass(nn.NLLLoss2d, nn.NLLLoss)
        True
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

    q is the distribution of the target. For a class t it is 1 at t and 0 elsewhere; a target of the
    shape of x is q itself. With label_smoothing ε, q becomes (1 − ε) q + ε/C. For classes, "mean"
    divides by Σ w_t.

    The layer calls `refnet.nn.functional.cross_entropy`. The gradient is derived in
    `refnet.ops.cross_entropy` and `refnet.ops.soft_cross_entropy`.

    Shape:
        x: (C), (N, C) or (N, C, d₁, …), logits
        t: (), (N) or (N, d₁, …), integers in 0, …, C − 1; or probabilities of the shape of x
        the loss: () or, for "none", the shape of x without C

    Args:
        weight: w, (C), a buffer; or None
        size_average: deprecated; use reduction
        ignore_index: a class whose examples do not count
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"
        label_smoothing: ε, in [0, 1]

    Source:
        torch.nn.CrossEntropyLoss

    Example:
        >>> x = refnet.tensor([[1.0, 3.0]]).log()  # softmax(x) is [0.25, 0.75]
        >>> nn.CrossEntropyLoss()(x, refnet.tensor([0])).exp()
        tensor(4.)
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
        return F.cross_entropy(
            input,
            target,
            self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )
