"""Rprop: step sizes that follow the signs of successive gradients."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import LATER, blockwise, checked


class Rprop(Optimizer):
    r"""Resilient backpropagation: only the sign of the gradient counts.

        g ← ∇f(θ)
        s ← min(η₊ s, s_max)            where g g′ > 0
        s ← max(η₋ s, s_min),  g ← 0    where g g′ < 0
        θ ← θ − s sign(g)
        g′ ← g

    with s = η and g′ = 0 before the first step. Where g g′ < 0, the last step went too far. Rprop
    is meant for full batches: with minibatches the sign of g varies, and s shrinks to s_min.

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element
        etas: η₋ and η₊
        step_sizes: s_min and s_max
        capturable: True raises an AssertionError in step(); see Adam
        foreach: changes nothing; see Adam
        maximize: whether g is −∇f(θ)
        differentiable: only False is supported; see Adam

    Attributes:
        state: for each parameter "step", the number of steps, "prev", g′, and "step_size", s

    Raises:
        ValueError: lr is negative, or 0 < η₋ < 1 < η₊ does not hold

    Source:
        torch.optim.Rprop; Riedmiller, Braun 1993, "A direct adaptive method for faster
        backpropagation learning: the RPROP algorithm", without taking the step back.

    Example:
        >>> x = refnet.tensor([5.0], requires_grad=True)
        >>> optimizer = refnet.optim.Rprop([x], lr=1.0)
        >>> for g in (300.0, 0.1, -7.0, -7.0):  # steps of 1, 1.2, 0 and −0.6
        ...     x.grad = refnet.tensor([g])
        ...     optimizer.step()
        >>> x
        tensor([3.4000], requires_grad=True)
    """

    _later_options = LATER | {"capturable": False}
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
        if not 0 < etas[0] < 1 < etas[1]:
            raise ValueError(
                f"Invalid eta values: {etas[0]}, {etas[1]}, expected one between 0 and 1 and one "
                "above 1"
            )
        names = "lr etas step_sizes foreach maximize differentiable capturable"
        super().__init__(params, checked(locals(), names))

    def update(self, group: dict[str, Any]) -> None:
        """Updates the parameters of one group, once."""
        down, up = map(float, group["etas"])
        s_min, s_max = group["step_sizes"]

        def formula(θ: Array, g: Array, g_last: Array, s: Array) -> None:
            agreement = g * g_last
            s[...] = np.where(agreement > 0, up * s, np.where(agreement < 0, down * s, s))
            np.clip(s, s_min, s_max, out=s)
            g = np.where(agreement < 0, 0, g)
            θ -= np.where(g > 0, s, np.where(g < 0, -s, 0))  # NaN has no sign
            g_last[...] = g

        η = float(group["lr"])
        for θ, g, _, g_last, s in self._steps(group, "prev", "step_size", step_size=η):
            blockwise(formula, θ, g, g_last, s)


_mirror(__name__)
