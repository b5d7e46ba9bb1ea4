"""Adamax: Adam with the largest gradient instead of the root of the mean square."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import LATER, blockwise, checked, number


class Adamax(Optimizer):
    r"""Adam in the limit p → ∞ of averages of |g|ᵖ: a maximum that decays.

        g ← ∇f(θ) + λ θ
        m ← β₁ m + (1 − β₁) g,   m̂ = m / (1 − β₁ᵗ)
        u ← max(β₂ u, |g| + ε)
        θ ← θ − η m̂ / u

    in step t = 1, 2, …. u needs no bias correction: its initial value 0 does not affect a maximum.

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element
        betas: β₁ and β₂
        eps: ε
        weight_decay: λ
        foreach: changes nothing; see Adam
        maximize: whether g starts from −∇f(θ)
        differentiable: only False is supported; see Adam
        capturable: True raises an AssertionError in step(); see Adam

    Attributes:
        state: for each parameter "step", t, "exp_avg", m, and "exp_inf", u

    Raises:
        ValueError: lr, eps or weight_decay is negative, or betas are outside of [0, 1)

    Source:
        torch.optim.Adamax; Kingma, Ba 2015, "Adam: a method for stochastic optimization",
        algorithm 2, which has no ε.

    Example:
        >>> x = refnet.tensor([1.0, -4.0], requires_grad=True)
        >>> optimizer = refnet.optim.Adamax([x], lr=0.1, betas=(0.5, 0.999))
        >>> for g in (8.0, 0.0):  # g = 8: m̂ / u = 8 / 8; g = 0: (2 / 0.75) / 7.992
        ...     x.grad = refnet.full((2,), g)
        ...     optimizer.step()
        >>> x
        tensor([ 0.8666, -4.1334], requires_grad=True)
    """

    _later_options = LATER | {"capturable": False}
    _numbers = ("step",)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        names = "lr betas eps weight_decay foreach maximize differentiable capturable"
        super().__init__(params, checked(locals(), names, nonnegative="eps weight_decay"))

    def update(self, group: dict[str, Any]) -> None:
        """Updates the parameters of one group, once."""
        η, λ, ε = number(group["lr"]), float(group["weight_decay"]), float(group["eps"])
        β1, β2 = map(float, group["betas"])

        def formula(θ: Array, g: Array, m: Array, u: Array, *, α: float) -> None:
            if λ:
                g = g + λ * θ
            m *= β1
            m += (1 - β1) * g
            u *= β2
            np.maximum(u, abs(g) + ε, out=u)
            θ -= α * m / u

        for θ, g, t, m, u in self._steps(group, "exp_avg", "exp_inf"):
            blockwise(formula, θ, g, m, u, α=float(η / (1 - β1**t)))


_mirror(__name__)
