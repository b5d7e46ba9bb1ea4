"""RAdam: Adam whose denominator is used only once its variance is known."""

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


class RAdam(Optimizer):
    r"""Rectified Adam: warms up by itself.

        g ← ∇f(θ)                       −∇f(θ) if maximize
        g ← g + λ θ                     θ ← θ − η λ θ instead if decoupled_weight_decay
        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        θ ← θ − η m̂ r √(1 − β₂ᵗ) / (√v + ε)   if ρ > 5, else  θ ← θ − η m̂

        m̂ = m / (1 − β₁ᵗ),  ρ = ρ∞ − 2t β₂ᵗ / (1 − β₂ᵗ),  ρ∞ = 2 / (1 − β₂) − 1
        r² = (ρ − 4) (ρ − 2) ρ∞ / ((ρ∞ − 4) (ρ∞ − 2) ρ)

    in step t = 1, 2, …. ρ is the number of gradients that v is an average of, roughly. While they are
    few, the variance of 1/√v̂ is large (infinite for ρ ≤ 4), so v is not used; then r, which is the
    square root of that variance's limit over the variance, rises to 1.

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element
        betas: β₁, β₂
        eps: ε
        weight_decay: λ
        decoupled_weight_decay: shrink θ itself, not by way of g
        maximize, foreach, capturable, differentiable: as for Adam

    state[θ] has "step", which is t, "exp_avg", m, and "exp_avg_sq", v.

    Raises ValueError for a negative number and for betas outside of [0, 1).

    Source:
        torch.optim.RAdam; Liu et al. 2020, "On the variance of the adaptive learning rate and
        beyond", algorithm 2.
    """

    _later_options: ClassVar[dict[str, Any]] = {
        "foreach": None,
        "maximize": False,
        "differentiable": False,
        "decoupled_weight_decay": False,
        "capturable": False,
    }
    _numbers = ("step",)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
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
                "maximize": maximize,
                "foreach": foreach,
                "capturable": capturable,
                "decoupled_weight_decay": decoupled_weight_decay,
                "differentiable": differentiable,
            },
        )

    def update(self, group: dict[str, Any]) -> None:
        """One step of the parameters of one group."""
        η, λ, ε = (float(group[k]) for k in ("lr", "weight_decay", "eps"))
        β1, β2 = map(float, group["betas"])
        decoupled, decay = group["decoupled_weight_decay"], float(1 - number(group["lr"]) * λ)
        ρ_inf = 2 / (1 - β2) - 1

        def formula(θ: Array, g: Array, m: Array, v: Array, *, t: float) -> None:
            if λ and decoupled:
                θ *= decay
            elif λ:
                g = g + λ * θ
            m *= β1
            m += (1 - β1) * g
            v *= β2
            v += (1 - β2) * g * g
            c1, c2 = 1 - β1**t, 1 - β2**t
            ρ = ρ_inf - 2 * t * β2**t / c2
            if ρ > 5:
                r = ((ρ - 4) * (ρ - 2) * ρ_inf / ((ρ_inf - 4) * (ρ_inf - 2) * ρ)) ** 0.5
                θ -= η / c1 * r * c2**0.5 * m / (np.sqrt(v) + ε)
            else:
                θ -= η / c1 * m

        for p, θ, g in gradients(group):
            state = self.state[p]
            if not state:
                state["step"] = scalar(0, group)
                state["exp_avg"], state["exp_avg_sq"] = zeros_like(θ), zeros_like(θ)
            m, v = state["exp_avg"]._array, state["exp_avg_sq"]._array
            by_blocks(formula, θ, g, m, v, t=count(state))


_mirror(__name__)
