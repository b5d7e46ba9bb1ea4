"""Rprop: step sizes that follow the signs of successive gradients."""

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import (
    by_blocks,
    check_implementation,
    check_lr,
    count,
    gradients,
    scalar,
    zeros_like,
)


class Rprop(Optimizer):
    r"""Resilient backpropagation: only the sign of the gradient counts.

        g ← ∇f(θ)                       −∇f(θ) if maximize
        s ← min(η₊ s, s_max)            where g g′ > 0
        s ← max(η₋ s, s_min), g ← 0     where g g′ < 0: the step before went too far
        θ ← θ − s sign(g)
        g′ ← g

    s = η and g′ = 0 before the first step. Written for full batches: where minibatches let the
    sign of g vary, s falls to nothing.

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element
        etas: η₋, η₊
        step_sizes: s_min, s_max
        maximize, foreach, capturable, differentiable: as for Adam

    state[θ] has "step", which counts, "prev", g′, and "step_size", s.

    Raises ValueError for a negative lr and unless 0 < η₋ < 1 < η₊.

    Source:
        torch.optim.Rprop; Riedmiller, Braun 1993, "A direct adaptive method for faster
        backpropagation learning: the RPROP algorithm", without taking the step back.
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
        lr: float | Tensor = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_lr(lr)
        if not 0 < etas[0] < 1 < etas[1]:
            raise ValueError(
                f"Invalid eta values: {etas[0]}, {etas[1]}, expected one between 0 and 1 and one above 1"
            )
        check_implementation(differentiable=differentiable)
        super().__init__(
            params,
            {
                "lr": lr,
                "etas": etas,
                "step_sizes": step_sizes,
                "foreach": foreach,
                "maximize": maximize,
                "differentiable": differentiable,
                "capturable": capturable,
            },
        )

    def update(self, group: dict[str, Any]) -> None:
        """One step of the parameters of one group."""
        down, up = map(float, group["etas"])
        s_min, s_max = group["step_sizes"]

        def formula(θ: Array, g: Array, g_before: Array, s: Array) -> None:
            agreement = g * g_before
            s[...] = np.where(agreement > 0, up * s, np.where(agreement < 0, down * s, s))
            np.clip(s, s_min, s_max, out=s)
            g = np.where(agreement < 0, 0, g)
            θ -= np.where(g > 0, s, np.where(g < 0, -s, 0))  # NaN has no sign
            g_before[...] = g

        for p, θ, g in gradients(group):
            state = self.state[p]
            if not state:
                state["step"] = scalar(0, group)
                state["prev"], state["step_size"] = zeros_like(θ), zeros_like(θ)
                state["step_size"]._array.fill(float(group["lr"]))
            count(state)
            by_blocks(formula, θ, g, state["prev"]._array, state["step_size"]._array)


_mirror(__name__)
