"""RMSprop: the gradient over the root of a running mean of its square."""

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


class RMSprop(Optimizer):
    r"""Steps of about the same size in all coordinates, whatever the size of the gradient.

        g ← ∇f(θ)                       −∇f(θ) if maximize
        g ← g + λ θ
        v ← α v + (1 − α) g²
        ḡ ← α ḡ + (1 − α) g             if centered, and v − ḡ² takes v's place below: a variance
        b ← μ b + g / (√v + ε)
        θ ← θ − η b

    b is g / (√v + ε) if μ = 0.

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element
        alpha: α
        eps: ε
        weight_decay: λ
        momentum: μ
        centered: divide by the standard deviation, not by the root mean square
        maximize, foreach, capturable, differentiable: as for Adam

    state[θ] has "step", which counts, "square_avg", v, with μ > 0 "momentum_buffer", b, and if
    centered "grad_avg", ḡ.

    Raises ValueError for a negative number.

    Source:
        torch.optim.RMSprop; Hinton, lecture 6 of "Neural networks for machine learning", 2012;
        centered: Graves 2013, "Generating sequences with recurrent neural networks", equations 38-45.
    """

    _later_options: ClassVar[dict[str, Any]] = {
        "momentum": 0,
        "centered": False,
        "foreach": None,
        "maximize": False,
        "differentiable": False,
        "capturable": False,
    }
    _numbers = ("step",)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_lr(lr)
        check_at_least_0(eps=eps, momentum=momentum, weight_decay=weight_decay, alpha=alpha)
        check_implementation(differentiable=differentiable)
        super().__init__(
            params,
            {
                "lr": lr,
                "momentum": momentum,
                "alpha": alpha,
                "eps": eps,
                "centered": centered,
                "weight_decay": weight_decay,
                "capturable": capturable,
                "foreach": foreach,
                "maximize": maximize,
                "differentiable": differentiable,
            },
        )

    def update(self, group: dict[str, Any]) -> None:
        """One step of the parameters of one group."""
        η, α, ε = (float(group[k]) for k in ("lr", "alpha", "eps"))
        λ, μ, centered = float(group["weight_decay"]), float(group["momentum"]), group["centered"]

        def formula(θ: Array, g: Array, v: Array, b: Array | None, ḡ: Array | None) -> None:
            if λ:
                g = g + λ * θ
            v *= α
            v += (1 - α) * g * g
            if ḡ is not None:
                ḡ *= α
                ḡ += (1 - α) * g
                v = v - ḡ * ḡ
            g = g / (np.sqrt(v) + ε)
            if b is not None:
                b *= μ
                b += g
                g = b
            θ -= η * g

        for p, θ, g in gradients(group):
            state = self.state[p]
            if not state:
                state["step"], state["square_avg"] = scalar(0, group), zeros_like(θ)
                if μ > 0:
                    state["momentum_buffer"] = zeros_like(θ)
                if centered:
                    state["grad_avg"] = zeros_like(θ)
            count(state)
            b = state["momentum_buffer"]._array if μ > 0 else None
            ḡ = state["grad_avg"]._array if centered else None
            by_blocks(formula, θ, g, state["square_avg"]._array, b, ḡ)


_mirror(__name__)
