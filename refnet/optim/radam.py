"""RAdam: Adam that divides by √v only after enough gradients."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import LATER, blockwise, checked, number


class RAdam(Optimizer):
    r"""Rectified Adam, which warms up by itself.

        g ← ∇f(θ) + λ θ
        m ← β₁ m + (1 − β₁) g,   m̂ = m / (1 − β₁ᵗ)
        v ← β₂ v + (1 − β₂) g²
        θ ← θ − η m̂ r √(1 − β₂ᵗ) / (√v + ε)   if ρ > 5, else   θ ← θ − η m̂

        ρ = ρ∞ − 2t β₂ᵗ / (1 − β₂ᵗ),   ρ∞ = 2 / (1 − β₂) − 1
        r² = (ρ − 4) (ρ − 2) ρ∞ / ((ρ∞ − 4) (ρ∞ − 2) ρ)

    in step t = 1, 2, …. ρ is roughly the number of gradients that v is an average of. While this
    is small, the variance of 1/√v̂ is large (infinite for ρ ≤ 4), so v is not used. After that, r²
    is the ratio of the limit of the variance to the variance in step t; r rises to 1.

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element
        betas: β₁ and β₂
        eps: ε
        weight_decay: λ
        decoupled_weight_decay: whether θ ← θ − η λ θ replaces the term λ θ of g
        foreach: changes nothing; see Adam
        maximize: whether g starts from −∇f(θ)
        capturable: True raises an AssertionError in step(); see Adam
        differentiable: only False is supported; see Adam

    Attributes:
        state: for each parameter "step", t, "exp_avg", m, and "exp_avg_sq", v

    Raises:
        ValueError: lr, eps or weight_decay is negative, or betas are outside of [0, 1)

    Source:
        torch.optim.RAdam; Liu et al. 2020, "On the variance of the adaptive learning rate and
        beyond", algorithm 2.

    Example:
        >>> x = refnet.tensor([1.0, -4.0], requires_grad=True)
        >>> optimizer = refnet.optim.RAdam([x], lr=0.1)
        >>> (x * x).sum().backward()
        >>> optimizer.step()  # ρ = 1, so the first step is η g
        >>> x
        tensor([ 0.8000, -3.2000], requires_grad=True)
    """

    _later_options = LATER | {"capturable": False, "decoupled_weight_decay": False}
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
        names = (
            "lr betas eps weight_decay maximize foreach capturable decoupled_weight_decay "
            "differentiable"
        )
        super().__init__(params, checked(locals(), names, nonnegative="eps weight_decay"))

    def update(self, group: dict[str, Any]) -> None:
        """Updates the parameters of one group, once."""
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

        for θ, g, t, m, v in self._steps(group, "exp_avg", "exp_avg_sq"):
            blockwise(formula, θ, g, m, v, t=t)


_mirror(__name__)
