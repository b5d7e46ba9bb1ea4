"""Connectionist temporal classification as a layer."""

from collections.abc import Sequence

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.loss import _Loss

__all__ = ["CTCLoss"]


class CTCLoss(_Loss):
    """ℓ = −log of the probability that a path of the frames reads as the target; see refnet.ops.ctc

    The gradient is derived in `refnet.ops.ctc_loss`.

    Shape:
        log_probs: (T, N, C) or (T, C); targets: (N, S), or the labels of all one after the
        other; input_lengths, target_lengths: (N) or (); the loss: () or, for "none", (N) or ()

    Args:
        blank: the class that stands for no label
        reduction: "none", "sum", or "mean": of the losses over the length of each target
        zero_infinity: a target that is too long for its frames has the loss 0 and the
            gradient 0 instead of ∞ and NaN

    Source:
        torch.nn.CTCLoss; Graves et al. 2006
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
        """The loss of the log-probabilities of the frames, and the labels."""
        return F.ctc_loss(
            log_probs,
            targets,
            input_lengths,
            target_lengths,
            self.blank,
            self.reduction,
            self.zero_infinity,
        )
