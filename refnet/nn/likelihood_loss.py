"""Losses of distributions and of their parameters: KLDivLoss, PoissonNLLLoss, GaussianNLLLoss."""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.loss import _Loss

__all__ = ["GaussianNLLLoss", "KLDivLoss", "PoissonNLLLoss"]


class KLDivLoss(_Loss):
    """ℓ = t (log t − x), where x is the logarithm of a probability

    The sum over the entries of an example is the Kullback-Leibler divergence of e^x from t.

    The layer calls `refnet.nn.functional.kl_div`. The gradient is derived in `refnet.ops.xlogy`.

    Shape:
        x, t: (*)
        the loss: () or, for "none", (*)

    Args:
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "batchmean", which divides the sum by the number of examples and so gives the
            mean divergence; "none", "sum"; or "mean" over all entries, which warns
        log_target: whether t is a logarithm too: ℓ = e^t (t − x)

    Source:
        torch.nn.KLDivLoss

    Example:
        >>> loss = nn.KLDivLoss(reduction="batchmean")
        >>> loss(refnet.tensor([[0.5, 0.5]]).log(), refnet.tensor([[1.0, 0.0]]))
        tensor(0.6931)
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
        return F.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)


class PoissonNLLLoss(_Loss):
    """ℓ = e^x − t x, of a count t from a Poisson distribution with mean e^x

    Without log_input, x is the mean itself:

        ℓ = x − t log(x + ε)

    The layer calls `refnet.nn.functional.poisson_nll_loss`.

    Shape:
        x, t: (*)
        the loss: () or, for "none", (*)

    Args:
        log_input: whether the mean is e^x
        full: whether to add Stirling's approximation of log t! where t > 1
        size_average: deprecated; use reduction
        eps: ε
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Source:
        torch.nn.PoissonNLLLoss

    Example:
        >>> nn.PoissonNLLLoss()(refnet.tensor([0.0]), refnet.tensor([3.0]))
        tensor(1.)
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
        return F.poisson_nll_loss(
            log_input,
            target,
            log_input=self.log_input,
            full=self.full,
            eps=self.eps,
            reduction=self.reduction,
        )


class GaussianNLLLoss(_Loss):
    """ℓ = ½ (log m + (x − t)²/m), m = max(v, ε)

    t comes from a normal distribution with mean x and variance v. The bound ε is not
    differentiated.

    The layer calls `refnet.nn.functional.gaussian_nll_loss`. The gradient is derived in
    `refnet.ops.gaussian_nll_loss`.

    Shape:
        x, t: (*)
        v: (*), or (*) without its last dimension or with one dimension 1, or a number
        the loss: () or, for "none", (*)

    Args:
        full: whether to add ½ log 2π
        eps: ε
        reduction: "none" for the losses themselves, "mean" or "sum"

    Source:
        torch.nn.GaussianNLLLoss; Nix & Weigend 1994

    Example:
        >>> x, t, v = refnet.tensor([3.0]), refnet.tensor([1.0]), refnet.tensor([1.0])
        >>> nn.GaussianNLLLoss()(x, t, v)
        tensor(2.)
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(None, None, reduction)
        self.full = full
        self.eps = eps

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:
        """Returns the loss of the mean x, the target t and the variance v."""
        return F.gaussian_nll_loss(
            input, target, var, full=self.full, eps=self.eps, reduction=self.reduction
        )
