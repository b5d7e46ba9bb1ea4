"""Adamax: Adam with the largest gradient instead of the root of the mean square."""

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import (
    by_blocks,
    check_at_least_0,
    check_betas,
    check_implementation,
    check_lr,
    count,
    gradients,
    number,
    scalar,
    zeros_like,
)


class Adamax(Optimizer):
    r"""Adam in the limit p → ∞ of averages of |g|ᵖ: a maximum that fades.

        g ← ∇f(θ)                       −∇f(θ) if maximize
        g ← g + λ θ
        m ← β₁ m + (1 − β₁) g
        u ← max(β₂ u, |g| + ε)
        θ ← θ − η m̂ / u                 m̂ = m / (1 − β₁ᵗ)

    in step t = 1, 2, …. u needs no correction, since a maximum with 0 has no bias.

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element
        betas: β₁, β₂
        eps: ε
        weight_decay: λ
        maximize, foreach, capturable, differentiable: as for Adam

    state[θ] has "step", which is t, "exp_avg", m, and "exp_inf", u.

    Raises ValueError for a negative number and for betas outside of [0, 1).

    Source:
        torch.optim.Adamax; Kingma, Ba 2015, "Adam: a method for stochastic optimization",
        algorithm 2, which has no ε.
    """

    _later_options: ClassVar[dict[str, Any]] = {
        "foreach": None,
        "maximize": False,
        "differentiable": False,
        "capturable": False,
    }
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
        check_lr(lr)
        check_at_least_0(eps=eps, weight_decay=weight_decay)
        check_betas(betas)
        check_implementation(differentiable=differentiable)
        super().__init__(
            params,
            {
                "lr": lr,
                "betas": betas,
                "eps": eps,
                "weight_decay": weight_decay,
                "foreach": foreach,
                "maximize": maximize,
                "differentiable": differentiable,
                "capturable": capturable,
            },
        )

    def update(self, group: dict[str, Any]) -> None:
        """One step of the parameters of one group."""
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

        for p, θ, g in gradients(group):
            state = self.state[p]
            if not state:
                state["step"] = scalar(0, group)
                state["exp_avg"], state["exp_inf"] = zeros_like(θ), zeros_like(θ)
            m, u = state["exp_avg"]._array, state["exp_inf"]._array
            α = float(η / (1 - β1 ** count(state)))
            by_blocks(formula, θ, g, m, u, α=α)


_mirror(__name__)
