"""Entropy-SGD: the gradient of a local free energy, by a walk around θ."""

from collections.abc import Callable, Iterable
from typing import Any

from refnet.engine import memory
from refnet.engine.error_state import quietly
from refnet.engine.grad_mode import enable_grad
from refnet.engine.tensor import Tensor
from refnet.functions.random import randn
from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import check_at_least_0, check_lr, count, gradients, scalar


class EntropySGD(Optimizer):
    r"""Gradient descent on  F(θ) = −log ∫ exp(−f(θ′) − ½γ‖θ − θ′‖²) dθ′.

    F is low where f is low in a whole neighbourhood of the width 1/√γ. Its gradient is γ (θ − ⟨θ′⟩),
    ⟨θ′⟩ being the mean of the density under the integral, which L steps of Langevin dynamics visit:

        θ′ ← θ,  μ ← θ
        L times:    θ′ ← θ′ − η′ (∇f(θ′) + γ (θ′ − θ)) + √η′ ε N(0, I)
                    μ ← (1 − α) μ + α θ′
        θ ← θ − η (θ − μ)

    In step t = 0, 1, … γ = γ₀ (1 + γ₁)ᵗ: the neighbourhood shrinks, and F comes near to f. η stands for
    the paper's ηγ; with η = 1, θ goes to the mean itself.

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element
        inner_lr: η′
        inner_steps: L, for all groups
        scope: γ₀
        scope_growth: γ₁
        averaging: α
        noise: ε
        maximize: go uphill

    The noise is the default generator's. state[θ]["step"] is t.

    Raises ValueError for a negative number, averaging outside of (0, 1], and inner_steps that is no
    positive int.

    Source:
        Chaudhari et al. 2017, "Entropy-SGD: biasing gradient descent into wide valleys",
        algorithm 1.
    """

    _numbers = ("step",)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1.0,
        inner_lr: float = 0.1,
        inner_steps: int = 20,
        scope: float = 1e-4,
        scope_growth: float = 1e-3,
        averaging: float = 0.75,
        noise: float = 1e-4,
        *,
        maximize: bool = False,
    ) -> None:
        check_lr(lr)
        check_at_least_0(inner_lr=inner_lr, scope=scope, scope_growth=scope_growth, noise=noise)
        if not 0 < averaging <= 1:
            raise ValueError(
                f"Invalid averaging value: {averaging}, expected above 0 and at most 1"
            )
        if type(inner_steps) is not int or inner_steps < 1:
            raise ValueError(f"Invalid inner_steps: {inner_steps!r}, expected a positive int")
        super().__init__(
            params,
            {
                "lr": lr,
                "inner_lr": inner_lr,
                "scope": scope,
                "scope_growth": scope_growth,
                "averaging": averaging,
                "noise": noise,
                "maximize": maximize,
            },
        )
        self.inner_steps = inner_steps

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "inner_steps": self.inner_steps}

    @quietly
    def step(self, closure: Callable[[], Any]) -> Any:
        """One step; returns the loss at θ.

        Args:
            closure: computes the loss anew, gradients included, each time on the next batch if there are
                several; it is called L times
        """
        closure = enable_grad()(closure)
        params = [p for group in self.param_groups for p in group["params"]]
        start = {p: p._array.copy() for p in params}
        mean = {p: p._array.copy() for p in params}
        try:
            first_loss = closure()
            self._walk(start, mean)
            for _ in range(self.inner_steps - 1):
                closure()
                self._walk(start, mean)
        except BaseException:
            for p in params:
                p._array[...] = start[p]
                memory.written(p._array)
            raise
        for group in self.param_groups:
            η = float(group["lr"])
            for p in group["params"]:
                p._array[...] = start[p] - η * (start[p] - mean[p])
                memory.written(p._array)
                if self.state[p]:
                    count(self.state[p])
        return first_loss

    def _walk(self, start: dict[Tensor, Array], mean: dict[Tensor, Array]) -> None:
        """One step of Langevin dynamics, and of the mean."""
        for group in self.param_groups:
            η, α, ε = (float(group[name]) for name in ("inner_lr", "averaging", "noise"))
            for p, θ, g in gradients(group):
                state = self.state[p]
                if not state:
                    state["step"] = scalar(0, group)
                γ = group["scope"] * (1 + group["scope_growth"]) ** state["step"].item()
                θ -= η * (g + γ * (θ - start[p]))
                if ε:
                    θ += η**0.5 * ε * randn(*θ.shape, dtype=p.dtype)._array
                μ = mean[p]
                μ *= 1 - α
                μ += α * θ
