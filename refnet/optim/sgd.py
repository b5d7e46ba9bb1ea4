"""Stochastic gradient descent."""

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
    gradients,
    zeros_like,
)


class SGD(Optimizer):
    r"""Stochastic gradient descent, with momentum if μ is not 0.

        g ← ∇f(θ)                       −∇f(θ) if maximize
        g ← g + λ θ                     weight decay: the gradient of ½λ‖θ‖²
        b ← μ b + (1 − τ) g             b = g in the first step
        g ← g + μ b  if nesterov, else  g ← b
        θ ← θ − η g

    The third and fourth line are left out if μ = 0. PyTorch's b has no factor η, so a change of
    the learning rate takes effect at once: in Sutskever et al. b ← μ b + η g and θ ← θ − b.

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element
        momentum: μ
        dampening: τ
        weight_decay: λ
        nesterov: look ahead along b
        maximize: go uphill
        foreach, fused: choose among PyTorch's implementations of these equations; here there is
            one, so that they change nothing
        differentiable: only False: refnet records no steps

    state[θ]["momentum_buffer"] is b.

    Raises ValueError for a negative lr, momentum or weight_decay, and for nesterov without
    momentum or with dampening.

    Source:
        torch.optim.SGD; Sutskever et al. 2013, "On the importance of initialization and
        momentum in deep learning", equations 1-4.
    """

    _later_options: ClassVar[dict[str, Any]] = {
        "nesterov": False,
        "maximize": False,
        "foreach": None,
        "differentiable": False,
        "fused": False,
    }

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float | Tensor = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_lr(lr)
        check_at_least_0(momentum=momentum, weight_decay=weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        check_implementation(differentiable=differentiable, foreach=foreach, fused=fused)
        super().__init__(
            params,
            {
                "lr": lr,
                "momentum": momentum,
                "dampening": dampening,
                "weight_decay": weight_decay,
                "nesterov": nesterov,
                "maximize": maximize,
                "foreach": foreach,
                "differentiable": differentiable,
                "fused": fused,
            },
        )

    def update(self, group: dict[str, Any]) -> None:
        """One step of the parameters of one group."""
        η, μ, τ = float(group["lr"]), float(group["momentum"]), float(group["dampening"])
        λ, nesterov = float(group["weight_decay"]), group["nesterov"]

        def formula(θ: Array, g: Array, b: Array | None, *, first: bool) -> None:
            if λ:
                g = g + λ * θ
            if b is not None:
                if first:
                    b[...] = g
                else:
                    b *= μ
                    b += (1 - τ) * g if τ else g
                g = g + μ * b if nesterov else b
            θ -= η * g

        for p, θ, g in gradients(group):
            b, first = None, False
            if μ:
                state = self.state[p]
                first = state.get("momentum_buffer") is None
                if first:
                    state["momentum_buffer"] = zeros_like(θ)
                b = state["momentum_buffer"]._array
            by_blocks(formula, θ, g, b, first=first)


_mirror(__name__)
