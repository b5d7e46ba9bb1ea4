"""RMSprop: the gradient over the root of a running mean of its square."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import LATER, blockwise, checked


class RMSprop(Optimizer):
    r"""Takes steps of about the same size in all coordinates, whatever the size of the gradient.

        g ← ∇f(θ) + λ θ
        v ← α v + (1 − α) g²
        b ← μ b + g / (√v + ε)
        θ ← θ − η b

    If μ = 0, b is g / (√v + ε). If centered, √v is replaced by a standard deviation:

        h ← α h + (1 − α) g
        b ← μ b + g / (√(v − h²) + ε)

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element
        alpha: α
        eps: ε
        weight_decay: λ
        momentum: μ
        centered: whether to divide by the standard deviation, not by the root mean square
        capturable: True raises an AssertionError in step(); see Adam
        foreach: changes nothing; see Adam
        maximize: whether g starts from −∇f(θ)
        differentiable: only False is supported; see Adam

    Attributes:
        state: for each parameter "step", the number of steps; "square_avg", v; "momentum_buffer",
            b, if μ > 0; and "grad_avg", h, if centered

    Raises:
        ValueError: a number is negative

    Source:
        torch.optim.RMSprop; Hinton, lecture 6 of "Neural networks for machine learning", 2012;
        centered: Graves 2013, "Generating sequences with recurrent neural networks", equations
        38-45.

    Example:
        >>> x = refnet.tensor([1.0, 1.0], requires_grad=True)
        >>> optimizer = refnet.optim.RMSprop([x], lr=0.1, alpha=0.75)
        >>> x.grad = refnet.tensor([300.0, -0.02])
        >>> optimizer.step()  # √v = ½ |g|, so both coordinates move by 0.2
        >>> x
        tensor([0.8000, 1.2000], requires_grad=True)
    """

    _later_options = LATER | {"momentum": 0, "centered": False, "capturable": False}
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
        names = (
            "lr momentum alpha eps centered weight_decay capturable foreach maximize differentiable"
        )
        numbers = "eps momentum weight_decay alpha"
        super().__init__(params, checked(locals(), names, nonnegative=numbers))

    def update(self, group: dict[str, Any]) -> None:
        """Updates the parameters of one group, once."""
        η, α, ε = (float(group[k]) for k in ("lr", "alpha", "eps"))
        λ, μ = float(group["weight_decay"]), float(group["momentum"])

        def formula(θ: Array, g: Array, v: Array, b: Array | None, h: Array | None) -> None:
            if λ:
                g = g + λ * θ
            v *= α
            v += (1 - α) * g * g
            if h is not None:
                h *= α
                h += (1 - α) * g
                v = v - h * h
            g = g / (np.sqrt(v) + ε)
            if b is not None:
                b *= μ
                b += g
                g = b
            θ -= η * g

        buffer = "momentum_buffer" if μ > 0 else None
        mean = "grad_avg" if group["centered"] else None
        for θ, g, _, v, b, h in self._steps(group, "square_avg", buffer, mean):
            blockwise(formula, θ, g, v, b, h)


_mirror(__name__)
