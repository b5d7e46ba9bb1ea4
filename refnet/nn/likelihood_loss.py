"""Losses of distributions and of their parameters: KLDivLoss, PoissonNLLLoss, GaussianNLLLoss."""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.loss import _Loss

__all__ = ["GaussianNLLLoss", "KLDivLoss", "PoissonNLLLoss"]


class KLDivLoss(_Loss):
    """ℓ = t (log t − x), x the logarithm of a probability: the divergence of e^x from t

    The gradient is derived in `refnet.ops.xlogy`.

    Shape:
        x, t: (*); the loss: () or, for "none", (*)

    Args:
        reduction: "batchmean", the sum over the number of examples, is the divergence;
            "none", "sum"; "mean" over all entries warns that it is not
        log_target: t holds logarithms too: ℓ = e^t (t − x)

    Source:
        torch.nn.KLDivLoss
    """

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        log_target: bool = False,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_target = log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of the log-probabilities x and the probabilities t."""
        return F.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)


class PoissonNLLLoss(_Loss):
    """ℓ = e^x − t x, of a count t that is Poisson with mean e^x

    Shape:
        x, t: (*); the loss: () or, for "none", (*)

    Args:
        log_input: False: x is the mean itself, and ℓ = x − t log(x + ε)
        full: add Stirling's approximation of log t! where t > 1
        eps: ε
        reduction: "none", "mean" or "sum"

    Source:
        torch.nn.PoissonNLLLoss
    """

    def __init__(
        self,
        log_input: bool = True,
        full: bool = False,
        size_average: bool | None = None,
        eps: float = 1e-8,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_input = log_input
        self.full = full
        self.eps = eps

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        """The loss of x, the logarithm of the mean, and the count t."""
        return F.poisson_nll_loss(
            log_input,
            target,
            log_input=self.log_input,
            full=self.full,
            eps=self.eps,
            reduction=self.reduction,
        )


class GaussianNLLLoss(_Loss):
    """ℓ = ½ (log v + (x − t)²/v), of a target t that is normal with mean x and variance v

    The gradient is derived in `refnet.ops.gaussian_nll_loss`.

    Shape:
        x, t: (*); v: (*), the same without the last dimension or with one that is 1, or a
        number; the loss: () or, for "none", (*)

    Args:
        full: add ½ log 2π
        eps: v is at least this, a bound that is not differentiated
        reduction: "none", "mean" or "sum"

    Source:
        torch.nn.GaussianNLLLoss; Nix & Weigend 1994
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(None, None, reduction)
        self.full = full
        self.eps = eps

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:
        """The loss of the mean x, the target t and the variance v."""
        return F.gaussian_nll_loss(
            input, target, var, full=self.full, eps=self.eps, reduction=self.reduction
        )
