"""Stochastic gradient descent."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from refnet import memory
from refnet.optim.optimizer import Optimizer
from refnet.tape import wrap
from refnet.tensor import Tensor


class SGD(Optimizer):
    r"""Stochastic gradient descent, with momentum if μ is not 0.

        g ← ∇f(θ)                       −∇f(θ) if maximize
        g ← g + λ θ                     weight decay: the gradient of ½λ‖θ‖²
        b ← μ b + (1 − τ) g             b = g in the first step
        g ← g + μ b  if nesterov, else  g ← b
        θ ← θ − η g

    The third and fourth line are left out if μ = 0. PyTorch's b has no factor η, so a change of
    the learning rate takes effect at once: in Sutskever et al. b ← μ b + η g and θ ← θ − b.

    Arguments
        params        θ; see Optimizer
        lr            η, a number or a tensor of one element
        momentum      μ
        dampening     τ
        weight_decay  λ
        nesterov      look ahead along b
        maximize      go uphill
        foreach, fused  choose among PyTorch's implementations of these equations; here there is
                      one, so that they change nothing
        differentiable  only False: refnet records no steps

    state[θ]["momentum_buffer"] is b.

    Raises ValueError for a negative lr, momentum or weight_decay, and for nesterov without
    momentum or with dampening.
    Source: torch.optim.SGD; Sutskever et al. 2013, "On the importance of initialization and
    momentum in deep learning", equations 1-4.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        if isinstance(lr, Tensor) and lr.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        if lr < 0:
            raise ValueError(f"Invalid learning rate: {lr}")
        if momentum < 0:
            raise ValueError(f"Invalid momentum value: {momentum}")
        if weight_decay < 0:
            raise ValueError(f"Invalid weight_decay value: {weight_decay}")
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        if fused and foreach:
            raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
        if differentiable:
            raise NotImplementedError("differentiable=True: refnet records no optimizer steps")
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
        η, μ, τ = float(group["lr"]), group["momentum"], group["dampening"]
        λ, nesterov, maximize = group["weight_decay"], group["nesterov"], group["maximize"]
        for p in group["params"]:
            if p._grad is None:
                continue
            θ, g = p._array, p._grad._array
            if maximize:
                g = -g
            if λ:
                g = g + λ * θ
            if μ:
                state = self.state[p]
                if state.get("momentum_buffer") is None:
                    b = np.array(g)
                    state["momentum_buffer"] = wrap(b)
                else:
                    b = state["momentum_buffer"]._array
                    b *= μ
                    b += (1 - τ) * g if τ else g
                g = g + μ * b if nesterov else b
            θ -= η * g
            memory.written(θ)
