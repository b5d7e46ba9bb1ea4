"""NAdam: Adam with Nesterov's momentum."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import LATER, blockwise, checked, number


class NAdam(Optimizer):
    r"""Adam that looks ahead: a weighted sum of the gradient and m replaces m̂.

        g ← ∇f(θ) + λ θ
        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²,   v̂ = v / (1 − β₂ᵗ)
        θ ← θ − (a g + b m) / (√v̂ + ε)

        a = η (1 − μₜ) / (1 − πₜ),   b = η μₜ₊₁ / (1 − πₜ₊₁)
        μₜ = β₁ (1 − ½ · 0.96^(tψ)),   πₜ = μ₁ μ₂ ⋯ μₜ

    in step t = 1, 2, …. The momentum μ rises from about ½ β₁ to β₁.

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element
        betas: β₁ and β₂
        eps: ε
        weight_decay: λ
        momentum_decay: ψ
        decoupled_weight_decay: whether θ ← θ − η λ θ replaces the term λ θ of g
        foreach: changes nothing; see Adam
        maximize: whether g starts from −∇f(θ)
        capturable: True raises an AssertionError in step(); see Adam
        differentiable: only False is supported; see Adam

    Attributes:
        state: for each parameter "step", t, "mu_product", π, "exp_avg", m, and "exp_avg_sq", v

    Raises:
        ValueError: a number is negative, or betas are outside of [0, 1)

    Source:
        torch.optim.NAdam; Dozat 2016, "Incorporating Nesterov momentum into Adam".

    Example:
        >>> x = refnet.tensor([1.0], requires_grad=True)
        >>> optimizer = refnet.optim.NAdam([x], lr=0.1, momentum_decay=0.0)
        >>> x.grad = refnet.tensor([2.0])
        >>> optimizer.step()  # μ = 0.45, so a = 0.1, b = 0.045 / 0.7975, m = 0.2 and √v̂ = 2
        >>> x
        tensor([0.8944], requires_grad=True)
    """

    _later_options = LATER | {"capturable": False, "decoupled_weight_decay": False}
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
        names = (
            "lr betas eps weight_decay momentum_decay decoupled_weight_decay maximize foreach "
            "capturable differentiable"
        )
        numbers = "eps weight_decay momentum_decay"
        super().__init__(params, checked(locals(), names, nonnegative=numbers))

    def update(self, group: dict[str, Any]) -> None:
        """Updates the parameters of one group, once."""
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

        names = ("mu_product", "exp_avg", "exp_avg_sq")
        for θ, g, t, product, m, v in self._steps(group, *names, mu_product=1):
            μ, μ_next = (β1 * (1 - 0.5 * 0.96 ** (i * ψ)) for i in (t, t + 1))
            product *= μ
            π = float(product)
            a, b = float(η * (1 - μ) / (1 - π)), float(η * μ_next / (1 - π * μ_next))
            blockwise(formula, θ, g, m, v, a=a, b=b, c=1 - β2**t)


_mirror(__name__)
