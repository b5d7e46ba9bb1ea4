"""Sharpness-aware minimization: the gradient from the worst point nearby."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from refnet.engine import memory
from refnet.engine.grad_mode import enable_grad
from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import check_at_least_0, gradients


class SAM(Optimizer):
    r"""Another optimizer, on the surface  θ ↦ max f(θ + ε) over ‖ε‖ ≤ ρ.

        g ← ∇f(θ)                       −∇f(θ) if maximize
        ε ← ρ g / ‖g‖                   the maximum to first order
        g ← ∇f(θ + ε)
        a step of the other optimizer from θ with g

    ‖g‖ is that of all parameters together. If adaptive, ε ← ρ θ² g / ‖|θ| g‖: each entry moves in
    proportion to its size, so that the surface does not depend on how the weights are scaled.

    A step takes two gradients. With a closure, which is called twice:

        optimizer.step(closure)

    or, with gradients computed by the caller:

        optimizer.first_step()          from θ to θ + ε
        ...                             zero_grad, forward and backward once more
        optimizer.second_step()         back to θ, and the other optimizer's step

    Layers with a state (the statistics of batch norm) see both passes.

    Args:
        params: θ; see Optimizer
        base_optimizer: the class of the other optimizer, such as refnet.optim.SGD: one that needs no closure
        rho: ρ
        adaptive: whether ε is proportional to θ
        options: of the other optimizer

    It shares groups and state with the other one, .base_optimizer: what changes group["lr"] changes both, and
    state_dict() holds all. θ between the two steps is not part of it.

    Raises ValueError for a negative rho, RuntimeError for a second_step without a first one.

    Source:
        Foret et al. 2021, "Sharpness-aware minimization for efficiently improving generalization",
        algorithm 1; adaptive: Kwon et al. 2021, "ASAM".
    """

    _start: dict[Tensor, Array] | None = None  # θ, between the two steps

    def __init__(
        self,
        params: Iterable[Any],
        base_optimizer: Callable[..., Optimizer],
        rho: float = 0.05,
        adaptive: bool = False,
        **options: Any,
    ) -> None:
        check_at_least_0(rho=rho)
        base = base_optimizer(params, **options)
        super().__init__(base.param_groups, {**base.defaults, "rho": rho, "adaptive": adaptive})
        self.base_optimizer = base
        self.state = base.state
        base.param_groups = self.param_groups

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "base_optimizer": self.base_optimizer}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """As Optimizer's, for both."""
        super().__setstate__(state)
        self.base_optimizer.__setstate__({"state": self.state, "param_groups": self.param_groups})

    def step(self, closure: Callable[[], Any]) -> Any:
        """One step; returns the loss at θ.

        Args:
            closure: computes the loss anew, gradients included; it is called twice
        """
        closure = enable_grad()(closure)
        loss = closure()
        self.first_step()
        try:
            closure()
        except BaseException:
            self._go_back()
            raise
        self.second_step()
        return loss

    def first_step(self, zero_grad: bool = False) -> None:
        """From θ to θ + ε. With zero_grad the gradients are taken away then."""
        self._start = {}
        square = 0.0
        for group in self.param_groups:
            for _, θ, g in gradients(group):
                square += float(np.sum((θ * g if group["adaptive"] else g) ** 2))
        norm = square**0.5 + 1e-12
        for group in self.param_groups:
            for p, θ, g in gradients(group):
                self._start[p] = θ.copy()
                θ += float(group["rho"] / norm) * (θ * θ * g if group["adaptive"] else g)
        if zero_grad:
            self.zero_grad()

    def second_step(self, zero_grad: bool = False) -> None:
        """Back to θ, and a step of the other optimizer with the gradients that are there now."""
        self._go_back()
        self.base_optimizer.step()
        if zero_grad:
            self.zero_grad()

    def _go_back(self) -> None:
        if self._start is None:
            raise RuntimeError(
                "second_step() goes back from where first_step() went: call that first"
            )
        for p, θ in self._start.items():
            p._array[...] = θ
            memory.written(p._array)
        self._start = None
