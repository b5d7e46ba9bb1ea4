"""Adadelta: steps in the units of the parameter."""

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
    scalar,
    zeros_like,
)


class Adadelta(Optimizer):
    r"""A gradient over its root mean square, times the root mean square of the steps before.

        g ← ∇f(θ)                       −∇f(θ) if maximize
        g ← g + λ θ
        v ← ρ v + (1 − ρ) g²
        δ ← √(u + ε) / √(v + ε) · g
        u ← ρ u + (1 − ρ) δ²
        θ ← θ − η δ

    g/√v has no unit and √u has θ's, so the step has θ's unit, which a gradient's is not. ε in √(u + ε)
    is what the first steps grow from.

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element; 1 in the paper
        rho: ρ
        eps: ε
        weight_decay: λ
        maximize, foreach, capturable, differentiable: as for Adam

    state[θ] has "step", which counts, "square_avg", v, and "acc_delta", u.

    Raises ValueError for a negative number and for rho outside of [0, 1].

    Source:
        torch.optim.Adadelta; Zeiler 2012, "ADADELTA: an adaptive learning rate method",
        algorithm 1.
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
        lr: float | Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_lr(lr)
        if not 0 <= rho <= 1:
            raise ValueError(f"Invalid rho value: {rho}, expected from 0 to 1")
        check_at_least_0(eps=eps, weight_decay=weight_decay)
        check_implementation(differentiable=differentiable)
        super().__init__(
            params,
            {
                "lr": lr,
                "rho": rho,
                "eps": eps,
                "weight_decay": weight_decay,
                "maximize": maximize,
                "capturable": capturable,
                "foreach": foreach,
                "differentiable": differentiable,
            },
        )

    def update(self, group: dict[str, Any]) -> None:
        """One step of the parameters of one group."""
        η, ρ, ε, λ = (float(group[k]) for k in ("lr", "rho", "eps", "weight_decay"))

        def formula(θ: Array, g: Array, v: Array, u: Array) -> None:
            if λ:
                g = g + λ * θ
            v *= ρ
            v += (1 - ρ) * g * g
            δ = np.sqrt(u + ε) / np.sqrt(v + ε) * g
            u *= ρ
            u += (1 - ρ) * δ * δ
            θ -= η * δ

        for p, θ, g in gradients(group):
            state = self.state[p]
            if not state:
                state["step"] = scalar(0, group)
                state["square_avg"], state["acc_delta"] = zeros_like(θ), zeros_like(θ)
            count(state)
            by_blocks(formula, θ, g, state["square_avg"]._array, state["acc_delta"]._array)


_mirror(__name__)
