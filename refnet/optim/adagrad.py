"""Adagrad: steps that shrink with the squares of all gradients so far."""

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
    check_implementation,
    check_lr,
    count,
    gradients,
    number,
    scalar,
    zeros_like,
)


class Adagrad(Optimizer):
    r"""Adaptive gradients: coordinates that seldom have a gradient take larger steps.

        g ← ∇f(θ)                       −∇f(θ) if maximize
        g ← g + λ θ
        v ← v + g²                      v = v₀ before the first step
        θ ← θ − ηₜ g / (√v + ε)         ηₜ = η / (1 + (t − 1) δ)

    in step t = 1, 2, …. v only grows, so the steps fall like 1/√t.

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element
        lr_decay: δ
        weight_decay: λ
        initial_accumulator_value: v₀; as in PyTorch a group cannot have one of its own
        eps: ε
        maximize, foreach, fused, differentiable: as for Adam

    state[θ] has "step", which is t, and "sum", v, before the first step already.

    Raises ValueError for a negative number.

    Source:
        torch.optim.Adagrad; Duchi et al. 2011, "Adaptive subgradient methods for online learning
        and stochastic optimization", with the diagonal matrix.
    """

    _later_options: ClassVar[dict[str, Any]] = {
        "foreach": None,
        "maximize": False,
        "differentiable": False,
        "fused": None,
    }
    _numbers = ("step",)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_lr(lr)
        check_at_least_0(
            lr_decay=lr_decay,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            eps=eps,
        )
        check_implementation(differentiable=differentiable, foreach=foreach, fused=fused)
        super().__init__(
            params,
            {
                "lr": lr,
                "lr_decay": lr_decay,
                "eps": eps,
                "weight_decay": weight_decay,
                "initial_accumulator_value": initial_accumulator_value,
                "foreach": foreach,
                "maximize": maximize,
                "differentiable": differentiable,
                "fused": fused,
            },
        )
        for group in self.param_groups:
            for p in group["params"]:
                self._begin(p, group)

    def _begin(self, p: Tensor, group: dict[str, Any]) -> None:
        state = self.state[p]
        state["step"], state["sum"] = scalar(0, group), zeros_like(p._array)
        state["sum"]._array.fill(self.defaults["initial_accumulator_value"])

    def update(self, group: dict[str, Any]) -> None:
        """One step of the parameters of one group."""
        η, δ = number(group["lr"]), group["lr_decay"]
        λ, ε = float(group["weight_decay"]), float(group["eps"])

        def formula(θ: Array, g: Array, v: Array, *, η_t: float) -> None:
            if λ:
                g = g + λ * θ
            v += g * g
            θ -= η_t * g / (np.sqrt(v) + ε)

        for p, θ, g in gradients(group):
            state = self.state[p]
            if not state:
                self._begin(p, group)
            η_t = float(η / (1 + (count(state) - 1) * δ))
            by_blocks(formula, θ, g, state["sum"]._array, η_t=η_t)


_mirror(__name__)
