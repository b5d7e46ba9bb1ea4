"""Sharpness-aware minimization: the gradient at the worst point nearby."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from refnet.engine import memory
from refnet.engine.grad_mode import enable_grad
from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import check_nonnegative, gradients


class SAM(Optimizer):
    r"""Another optimizer, on the surface θ ↦ max f(θ + ε) over ‖ε‖ ≤ ρ.

        g ← ∇f(θ)
        ε ← ρ g / ‖g‖
        g ← ∇f(θ + ε)

    and a step of the other optimizer from θ with g. This ε gives the maximum to first order. ‖g‖ is
    the norm over all parameters together. If adaptive, each entry moves in proportion to its size,
    so that the surface does not depend on how the weights are scaled:

        ε ← ρ θ² g / ‖|θ| g‖

    A step takes two gradients. With a closure, which is called twice:

        optimizer.step(closure)

    or, with gradients computed by the caller:

        optimizer.first_step()          # from θ to θ + ε
        ...                             # zero_grad, forward and backward again
        optimizer.second_step()         # back to θ, and the step of the other optimizer

    Layers with a state, such as the statistics of batch norm, see both passes.

    Args:
        params: θ; see Optimizer
        base_optimizer: the class of the other optimizer, such as refnet.optim.SGD, which must not
            need a closure
        rho: ρ
        adaptive: whether ε is proportional to θ
        **options: options of the other optimizer; with its maximize, g is −∇f(θ)

    Attributes:
        base_optimizer: the other optimizer. It shares groups and state: a change of group["lr"] has
            an effect on both, and state_dict() contains everything except θ between the two steps

    Raises:
        ValueError: rho is negative
        RuntimeError: second_step() is called without first_step()

    Source:
        Foret et al. 2021, "Sharpness-aware minimization for efficiently improving generalization",
        algorithm 1; adaptive: Kwon et al. 2021, "ASAM".

    Example:
        >>> x = refnet.tensor([3.0, 4.0], requires_grad=True)
        >>> optimizer = refnet.optim.surface.SAM([x], refnet.optim.SGD, rho=5.0, lr=0.1)
        >>> def closure():  # gradient x; ε = x, so the second gradient is 2x
        ...     optimizer.zero_grad()
        ...     loss = (x * x / 2).sum()
        ...     loss.backward()
        ...     return loss
        >>> optimizer.step(closure)
        tensor(12.5000, grad_fn=<SumBackward0>)
        >>> x
        tensor([2.4000, 3.2000], requires_grad=True)
    """

    _start: dict[Tensor, Array] | None = None  # θ between the two steps

    def __init__(
        self,
        params: Iterable[Any],
        base_optimizer: Callable[..., Optimizer],
        rho: float = 0.05,
        adaptive: bool = False,
        **options: Any,
    ) -> None:
        check_nonnegative(rho=rho)
        base = base_optimizer(params, **options)
        super().__init__(base.param_groups, {**base.defaults, "rho": rho, "adaptive": adaptive})
        self.base_optimizer = base
        self.state = base.state
        base.param_groups = self.param_groups

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "base_optimizer": self.base_optimizer}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restores the state of both optimizers."""
        super().__setstate__(state)
        self.base_optimizer.__setstate__({"state": self.state, "param_groups": self.param_groups})

    def step(self, closure: Callable[[], Any]) -> Any:
        """Makes one step.

        Args:
            closure: computes the loss and its gradients again and returns the loss; it is called
                twice

        Returns:
            the loss at θ
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
        """Moves from θ to θ + ε.

        Args:
            zero_grad: whether the gradients are reset after that
        """
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
        """Moves back to θ, and makes a step of the other optimizer with the present gradients.

        Args:
            zero_grad: whether the gradients are reset after that
        """
        self._go_back()
        self.base_optimizer.step()
        if zero_grad:
            self.zero_grad()

    def _go_back(self) -> None:
        if self._start is None:
            raise RuntimeError("second_step(): expected a call of first_step() before it, got none")
        for p, θ in self._start.items():
            p._array[...] = θ
            memory.written(p._array)
        self._start = None
