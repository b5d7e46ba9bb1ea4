"""Adadelta: steps in the units of the parameter."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import LATER, blockwise, checked


class Adadelta(Optimizer):
    r"""Scales the gradient by the ratio of two root mean squares: of the last steps and its own.

        g ← ∇f(θ) + λ θ
        v ← ρ v + (1 − ρ) g²
        δ ← √(u + ε) / √(v + ε) · g
        u ← ρ u + (1 − ρ) δ²
        θ ← θ − η δ

    g/√v has no unit and √u has the unit of θ, so the step has the unit of θ, unlike a gradient. u
    is 0 at first, so ε determines the size of the first step.

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element; 1 in the paper
        rho: ρ
        eps: ε
        weight_decay: λ
        foreach: changes nothing; see Adam
        capturable: True raises an AssertionError in step(); see Adam
        maximize: whether g starts from −∇f(θ)
        differentiable: only False is supported; see Adam

    Attributes:
        state: for each parameter "step", the number of steps, "square_avg", v, and "acc_delta", u

    Raises:
        ValueError: lr, eps or weight_decay is negative, or rho is outside of [0, 1]

    Source:
        torch.optim.Adadelta; Zeiler 2012, "ADADELTA: an adaptive learning rate method",
        algorithm 1.

    Example:
        >>> x = refnet.tensor([1.0, -4.0], requires_grad=True)
        >>> optimizer = refnet.optim.Adadelta([x], rho=0.0, eps=1.0)
        >>> x.grad = refnet.tensor([0.0, -1.0])
        >>> optimizer.step()  # δ = √1 / √2 · g
        >>> x
        tensor([ 1.0000, -3.2929], requires_grad=True)
    """

    _later_options = LATER | {"capturable": False}
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
        if not 0 <= rho <= 1:
            raise ValueError(f"Invalid rho value: {rho}, expected from 0 to 1")
        names = "lr rho eps weight_decay maximize capturable foreach differentiable"
        super().__init__(params, checked(locals(), names, nonnegative="eps weight_decay"))

    def update(self, group: dict[str, Any]) -> None:
        """Updates the parameters of one group, once."""
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

        for θ, g, _, v, u in self._steps(group, "square_avg", "acc_delta"):
            blockwise(formula, θ, g, v, u)


_mirror(__name__)
