"""ASGD: gradient descent that keeps the average of its path."""

from collections.abc import Iterable
from typing import Any

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import LATER, blockwise, checked, number, scalar


class ASGD(Optimizer):
    r"""Averaged stochastic gradient descent.

        g ← ∇f(θ) + λ θ
        θ ← (1 − δ η) θ − η g
        a ← a + μ (θ − a)
        η ← η₀ / (1 + δ η₀ t)^α
        μ ← 1 / max(1, t − t₀)

    in step t = 1, 2, …, with η = η₀ and μ = 1 before the first step. a = θ while μ = 1; from step
    t₀ + 2 on, a is the mean of the θ of these steps. Gradients are taken at θ. a is the result to
    use in the end; it is in the state, not in the network.

    Args:
        params: θ; see Optimizer
        lr: η₀, a number or a tensor of one element
        lambd: δ
        alpha: α
        t0: t₀
        weight_decay: λ
        foreach: changes nothing; see Adam
        maximize: whether g starts from −∇f(θ)
        differentiable: only False is supported; see Adam
        capturable: True raises an AssertionError in step(); see Adam

    Attributes:
        state: for each parameter "step", t, "eta", η, "mu", μ, and "ax", a. η and μ are float32
            (float64 if that is the default dtype), as in PyTorch

    Raises:
        ValueError: lr or weight_decay is negative

    Source:
        torch.optim.ASGD; Polyak, Juditsky 1992, "Acceleration of stochastic approximation by
        averaging"; the schedule of η: Bottou 2012, "Stochastic gradient descent tricks".

    Example:
        >>> x = refnet.tensor([1.0], requires_grad=True)
        >>> optimizer = refnet.optim.ASGD([x], lr=1.0, lambd=0.0, t0=0)
        >>> for g in (4.0, -2.0, 1.0):  # to −3, −1 and −2
        ...     x.grad = refnet.tensor([g])
        ...     optimizer.step()
        >>> x, optimizer.state[x]["ax"]
        (tensor([-2.], requires_grad=True), tensor([-1.5000]))
    """

    _later_options = LATER | {"capturable": False}
    _numbers = ("step", "eta", "mu")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        names = "lr lambd alpha t0 weight_decay foreach maximize differentiable capturable"
        super().__init__(params, checked(locals(), names, nonnegative="weight_decay"))

    def update(self, group: dict[str, Any]) -> None:
        """Updates the parameters of one group, once."""
        η0, δ, α = number(group["lr"]), float(group["lambd"]), group["alpha"]
        t0, λ = group["t0"], float(group["weight_decay"])

        def formula(θ: Array, g: Array, a: Array, *, η: float, μ: float) -> None:
            if λ:
                g = g + λ * θ
            θ *= 1 - δ * η
            θ -= η * g
            if μ == 1:
                a[...] = θ
            else:
                a += μ * (θ - a)

        for θ, g, t, η, μ, a in self._steps(group, "eta", "mu", "ax", eta=η0, mu=1):
            blockwise(formula, θ, g, a, η=float(η), μ=float(μ))
            η[...] = scalar(η0 / (1 + δ * η0 * t) ** α, group)._array
            μ[...] = scalar(1 / max(1, t - t0), group)._array


_mirror(__name__)
