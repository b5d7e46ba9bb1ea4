"""Connectionist temporal classification as a layer; see refnet.ops.ctc_loss."""

from collections.abc import Sequence

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.loss import _Loss

__all__ = ["CTCLoss"]


class CTCLoss(_Loss):
    """ℓ = −log of the probability that a path of the frames reads as the target

    A path assigns a class to each frame. It reads as the target if the target remains when equal
    neighbours are merged and then the blanks are removed.

    The layer calls `refnet.nn.functional.ctc_loss`. The gradient is derived in
    `refnet.ops.ctc_loss`.

    Shape:
        log_probs: (T, N, C) or (T, C)
        targets: (N, S), or the labels of all sequences, one after the other
        input_lengths, target_lengths: (N) or ()
        the loss: () or, for "none", (N) or ()

    Args:
        blank: the class that is not a label
        reduction: "none", "sum", or "mean": the mean of the losses, each divided by the length of
            its target
        zero_infinity: whether the loss and the gradient of a target that is longer than its frames
            allow are 0 instead of ∞ and NaN

    Source:
        torch.nn.CTCLoss; Graves et al. 2006

    Example:
        >>> log_p = refnet.full((2, 2), 0.5).log()  # two frames, classes 0 (blank) and 1
        >>> nn.CTCLoss()(log_p, refnet.tensor([1]), (2,), (1,)).exp()  # 3 of 4 paths read as 1
        tensor(1.3333)
    """

    def __init__(
        self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False
    ) -> None:
        super().__init__(reduction=reduction)
        self.blank = blank
        self.zero_infinity = zero_infinity

    def forward(
        self,
        log_probs: Tensor,
        targets: Tensor,
        input_lengths: Tensor | Sequence[int],
        target_lengths: Tensor | Sequence[int],
    ) -> Tensor:
        return F.ctc_loss(
            log_probs,
            targets,
            input_lengths,
            target_lengths,
            self.blank,
            self.reduction,
            self.zero_infinity,
        )
