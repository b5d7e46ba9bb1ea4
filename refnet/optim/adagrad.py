"""Adagrad: steps that shrink with the squares of all gradients so far."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import LATER, blockwise, checked, number


class Adagrad(Optimizer):
    r"""Adaptive gradients: coordinates that rarely have a gradient take larger steps.

        g ← ∇f(θ) + λ θ
        v ← v + g²
        θ ← θ − ηₜ g / (√v + ε),   ηₜ = η / (1 + (t − 1) δ)

    in step t = 1, 2, …, with v = v₀ before the first step. v only grows: if the gradients keep
    their size, the steps shrink like 1/√t.

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element
        lr_decay: δ
        weight_decay: λ
        initial_accumulator_value: v₀, for all groups, as in PyTorch
        eps: ε
        foreach: changes nothing; see Adam
        maximize: whether g starts from −∇f(θ)
        differentiable: only False is supported; see Adam
        fused: changes nothing, but parameters have to be floating-point; see Adam

    Attributes:
        state: for each parameter "step", t, and "sum", v; the constructor creates both

    Raises:
        ValueError: a number is negative

    Source:
        torch.optim.Adagrad; Duchi et al. 2011, "Adaptive subgradient methods for online learning
        and stochastic optimization", with the diagonal matrix.

    Example:
        >>> x = refnet.tensor([1.0, 1.0], requires_grad=True)
        >>> optimizer = refnet.optim.Adagrad([x], lr=0.1, initial_accumulator_value=9.0)
        >>> x.grad = refnet.tensor([4.0, 0.0])
        >>> optimizer.step()  # √(9 + 16) = 5
        >>> x
        tensor([0.9200, 1.0000], requires_grad=True)
    """

    _later_options = LATER | {"fused": None}
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
        numbers = "lr_decay eps weight_decay initial_accumulator_value"
        names = f"lr {numbers} foreach maximize differentiable fused"
        super().__init__(params, checked(locals(), names, nonnegative=numbers))
        for group in self.param_groups:
            for p in group["params"]:
                self._begin(p, group, "sum", sum=initial_accumulator_value)

    def update(self, group: dict[str, Any]) -> None:
        """Updates the parameters of one group, once."""
        η, δ = number(group["lr"]), group["lr_decay"]
        λ, ε = float(group["weight_decay"]), float(group["eps"])
        v0 = self.defaults["initial_accumulator_value"]

        def formula(θ: Array, g: Array, v: Array, *, η_t: float) -> None:
            if λ:
                g = g + λ * θ
            v += g * g
            θ -= η_t * g / (np.sqrt(v) + ε)

        for θ, g, t, v in self._steps(group, "sum", sum=v0):
            blockwise(formula, θ, g, v, η_t=float(η / (1 + (t - 1) * δ)))


_mirror(__name__)
