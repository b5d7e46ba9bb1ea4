"""Adam: steps scaled by running averages of the gradient and of its square; AdamW."""

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


class Adam(Optimizer):
    r"""Adaptive moments: a running average of the gradient over the root of one of its square.

        g ← ∇f(θ)                       −∇f(θ) if maximize
        g ← g + λ θ                     θ ← θ − η λ θ instead if decoupled_weight_decay
        m ← β₁ m + (1 − β₁) g
        v ← β₂ v + (1 − β₂) g²
        θ ← θ − η m̂ / (√v̂ + ε)          m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)

    in step t = 1, 2, …, with m = v = 0 before. Divided by 1 − βᵗ, the sum of the weights so far, the
    averages are not drawn to these zeros. With amsgrad the largest v of all steps takes v's place in
    v̂, so that a rare large gradient is not forgotten. The code has the last line as

        θ ← θ − α m / (√v + ε̂)          α = η √(1 − β₂ᵗ) / (1 − β₁ᵗ),  ε̂ = ε √(1 − β₂ᵗ)

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element
        betas: β₁, β₂: two floats, or two tensors of one element
        eps: ε
        weight_decay: λ
        amsgrad: divide by the largest v
        maximize: go uphill
        decoupled_weight_decay: shrink θ itself, not by way of g: AdamW
        foreach, fused: choose among PyTorch's implementations; here there is one
        capturable: a step raises AssertionError, as PyTorch's does on the CPU
        differentiable: only False: refnet records no steps

    state[θ] has "step", which is t, "exp_avg", m, "exp_avg_sq", v, and "max_exp_avg_sq" with amsgrad.

    Raises ValueError for a negative lr, eps or weight_decay, for betas outside of [0, 1) or
    of two kinds, and for tensors with foreach, which PyTorch refuses.

    Source:
        torch.optim.Adam; Kingma, Ba 2015, "Adam: a method for stochastic optimization",
        algorithm 1 and the end of section 2; Reddi et al. 2018, "On the convergence of Adam and beyond".
    """

    _later_options: ClassVar[dict[str, Any]] = {
        "amsgrad": False,
        "maximize": False,
        "foreach": None,
        "capturable": False,
        "differentiable": False,
        "decoupled_weight_decay": False,
        "fused": None,
    }
    _numbers = ("step",)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        check_lr(lr)
        check_at_least_0(eps=eps, weight_decay=weight_decay)
        check_betas(betas)
        if not all(isinstance(β, float) for β in betas) and not all(
            isinstance(β, Tensor) for β in betas
        ):
            raise ValueError(
                "betas must be either both floats or both Tensors, got "
                f"{type(betas[0]).__name__} and {type(betas[1]).__name__}"
            )
        for name, option in {"lr": lr, "betas[0]": betas[0], "betas[1]": betas[1]}.items():
            if isinstance(option, Tensor) and foreach and not capturable:
                raise ValueError(
                    f"{name} as a Tensor is not supported for capturable=False and foreach=True"
                )
        check_implementation(differentiable=differentiable, foreach=foreach, fused=fused)
        super().__init__(
            params,
            {
                "lr": lr,
                "betas": tuple(β.squeeze() if isinstance(β, Tensor) else β for β in betas),
                "eps": eps,
                "weight_decay": weight_decay,
                "amsgrad": amsgrad,
                "maximize": maximize,
                "foreach": foreach,
                "capturable": capturable,
                "differentiable": differentiable,
                "fused": fused,
                "decoupled_weight_decay": decoupled_weight_decay,
            },
        )

    def update(self, group: dict[str, Any]) -> None:
        """One step of the parameters of one group."""
        η, λ, ε = number(group["lr"]), float(group["weight_decay"]), float(group["eps"])
        β1, β2 = map(float, group["betas"])
        decoupled, decay = group["decoupled_weight_decay"], float(1 - η * λ)
        if group["foreach"] and isinstance(group["lr"], Tensor) and not group["capturable"]:
            raise RuntimeError(
                "lr as a Tensor is not supported for capturable=False and foreach=True"
            )

        def formula(
            θ: Array, g: Array, m: Array, v: Array, v_max: Array | None, *, α: float, ε̂: float
        ) -> None:
            if λ and decoupled:
                θ *= decay
            elif λ:
                g = g + λ * θ
            m *= β1
            m += (1 - β1) * g
            v *= β2
            v += (1 - β2) * g * g
            if v_max is not None:
                v = np.maximum(v_max, v, out=v_max)
            θ -= α * m / (np.sqrt(v) + ε̂)

        for p, θ, g in gradients(group):
            state = self.state[p]
            if not state:
                state["step"] = scalar(0, group)
                state["exp_avg"], state["exp_avg_sq"] = zeros_like(θ), zeros_like(θ)
                if group["amsgrad"]:
                    state["max_exp_avg_sq"] = zeros_like(θ)
            m, v = state["exp_avg"]._array, state["exp_avg_sq"]._array
            v_max = state["max_exp_avg_sq"]._array if group["amsgrad"] else None
            t = count(state)
            c1, c2 = (1 - number(β) ** t for β in group["betas"])
            root = float(c2**0.5)
            α = float(η / c1) * root
            by_blocks(formula, θ, g, m, v, v_max, α=α, ε̂=ε * root)


class AdamW(Adam):
    """Adam with its weight decay decoupled, which PyTorch gives a name of its own.

    Coupled, λ θ is divided by √v̂ like the rest of the gradient, so that weights with large gradients
    decay less. Here θ ← θ − η λ θ comes first, for all alike, and g is ∇f(θ) alone. Arguments and
    state are Adam's; λ is 0.01 if it is not given.

    Source:
        torch.optim.AdamW; Loshchilov, Hutter 2019, "Decoupled weight decay regularization".
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        betas: tuple[float | Tensor, float | Tensor] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        """As Adam's; what is loaded becomes decoupled."""
        super().__setstate__(state)
        for group in self.param_groups:
            group["decoupled_weight_decay"] = True


_mirror(__name__)
