"""NAdam: Adam with Nesterov's momentum."""

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


class NAdam(Optimizer):
    r"""Adam that looks ahead: instead of m̂, the average that the next step would begin with.

        g ← ∇f(θ)                       −∇f(θ) if maximize
        g ← g + λ θ                     θ ← θ − η λ θ instead if decoupled_weight_decay
        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        θ ← θ − (a g + b m) / (√v̂ + ε)

        a = η (1 − μₜ) / (1 − πₜ),  b = η μₜ₊₁ / (1 − πₜ₊₁),  v̂ = v / (1 − β₂ᵗ)
        μₜ = β₁ (1 − ½ · 0.96^(tψ)),  πₜ = μ₁ μ₂ ⋯ μₜ

    in step t = 1, 2, …: the momentum μ rises from about ½ β₁ to β₁.

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element
        betas: β₁, β₂
        eps: ε
        weight_decay: λ
        momentum_decay: ψ
        decoupled_weight_decay: shrink θ itself, not by way of g
        maximize, foreach, capturable, differentiable: as for Adam

    state[θ] has "step", which is t, "mu_product", π, "exp_avg", m, and "exp_avg_sq", v.

    Raises ValueError for a negative number and for betas outside of [0, 1).

    Source:
        torch.optim.NAdam; Dozat 2016, "Incorporating Nesterov momentum into Adam".
    """

    _later_options: ClassVar[dict[str, Any]] = {
        "maximize": False,
        "foreach": None,
        "capturable": False,
        "differentiable": False,
        "decoupled_weight_decay": False,
    }
    _numbers = ("step", "mu_product")

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_lr(lr)
        check_at_least_0(eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay)
        check_betas(betas)
        check_implementation(differentiable=differentiable)
        super().__init__(
            params,
            {
                "lr": lr,
                "betas": betas,
                "eps": eps,
                "weight_decay": weight_decay,
                "momentum_decay": momentum_decay,
                "decoupled_weight_decay": decoupled_weight_decay,
                "maximize": maximize,
                "foreach": foreach,
                "capturable": capturable,
                "differentiable": differentiable,
            },
        )

    def update(self, group: dict[str, Any]) -> None:
        """One step of the parameters of one group."""
        λ, ε, ψ = (float(group[k]) for k in ("weight_decay", "eps", "momentum_decay"))
        β1, β2 = map(float, group["betas"])
        η, decoupled = number(group["lr"]), group["decoupled_weight_decay"]
        decay = float(1 - η * λ)

        def formula(
            θ: Array, g: Array, m: Array, v: Array, *, a: float, b: float, c: float
        ) -> None:
            if λ and decoupled:
                θ *= decay
            elif λ:
                g = g + λ * θ
            m *= β1
            m += (1 - β1) * g
            v *= β2
            v += (1 - β2) * g * g
            θ -= (a * g + b * m) / (np.sqrt(v / c) + ε)

        for p, θ, g in gradients(group):
            state = self.state[p]
            if not state:
                state["step"], state["mu_product"] = scalar(0, group), scalar(1, group)
                state["exp_avg"], state["exp_avg_sq"] = zeros_like(θ), zeros_like(θ)
            t = count(state)
            μ, μ_next = (β1 * (1 - 0.5 * 0.96 ** (i * ψ)) for i in (t, t + 1))
            product = state["mu_product"]._array
            product *= μ
            π = float(product)
            a, b = float(η * (1 - μ) / (1 - π)), float(η * μ_next / (1 - π * μ_next))
            m, v = state["exp_avg"]._array, state["exp_avg_sq"]._array
            by_blocks(formula, θ, g, m, v, a=a, b=b, c=1 - β2**t)


_mirror(__name__)
