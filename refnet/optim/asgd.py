"""ASGD: gradient descent that keeps the average of its path."""

from collections.abc import Iterable
from typing import Any, ClassVar

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


class ASGD(Optimizer):
    r"""Averaged stochastic gradient descent.

        g ← ∇f(θ)                       −∇f(θ) if maximize
        g ← g + λ θ
        θ ← (1 − δ η) θ − η g
        a ← a + μ (θ − a)               a = θ while μ = 1
        η ← η₀ / (1 + δ η₀ t)^α
        μ ← 1 / max(1, t − t₀)

    in step t = 1, 2, …, with η = η₀ and μ = 1 before. From step t₀ on, a is the mean of the θ since.
    θ is where the gradients are taken; a is what to use in the end, and it is not in the network but
    in the state.

    Args:
        params: θ; see Optimizer
        lr: η₀, a number or a tensor of one element
        lambd: δ
        alpha: α
        t0: t₀
        weight_decay: λ
        maximize, foreach, capturable, differentiable: as for Adam

    state[θ] has "step", which is t, "eta", η, "mu", μ, and "ax", a. η and μ are kept in float32
    (float64 if that is the default dtype), as in PyTorch.

    Raises ValueError for a negative lr or weight_decay.

    Source:
        torch.optim.ASGD; Polyak, Juditsky 1992, "Acceleration of stochastic approximation by
        averaging"; the schedule of η: Bottou 2012, "Stochastic gradient descent tricks".
    """

    _later_options: ClassVar[dict[str, Any]] = {
        "foreach": None,
        "maximize": False,
        "differentiable": False,
        "capturable": False,
    }
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
        check_lr(lr)
        check_at_least_0(weight_decay=weight_decay)
        check_implementation(differentiable=differentiable)
        super().__init__(
            params,
            {
                "lr": lr,
                "lambd": lambd,
                "alpha": alpha,
                "t0": t0,
                "weight_decay": weight_decay,
                "foreach": foreach,
                "maximize": maximize,
                "differentiable": differentiable,
                "capturable": capturable,
            },
        )

    def update(self, group: dict[str, Any]) -> None:
        """One step of the parameters of one group."""
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

        for p, θ, g in gradients(group):
            state = self.state[p]
            if not state:
                state["step"], state["eta"], state["mu"] = (scalar(x, group) for x in (0, η0, 1))
                state["ax"] = zeros_like(θ)
            t = count(state)
            η, μ = state["eta"]._array, state["mu"]._array
            by_blocks(formula, θ, g, state["ax"]._array, η=float(η), μ=float(μ))
            η[...] = scalar(η0 / (1 + δ * η0 * t) ** α, group)._array
            μ[...] = scalar(1 / max(1, t - t0), group)._array


_mirror(__name__)
