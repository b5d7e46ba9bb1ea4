"""Entropy-SGD: the gradient of a local free energy, estimated by a walk around θ."""

from collections.abc import Callable, Iterable
from typing import Any

from refnet.engine import memory
from refnet.engine.error_state import quietly
from refnet.engine.grad_mode import enable_grad
from refnet.engine.tensor import Tensor
from refnet.functions.random import randn
from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import checked, count, gradients, scalar


class EntropySGD(Optimizer):
    r"""Gradient descent on a local free energy, which rewards wide valleys.

        F(θ) = −log ∫ exp(−f(θ′) − ½γ‖θ − θ′‖²) dθ′

    F is low where f is low in a whole neighbourhood of width 1/√γ. Its gradient is γ (θ − ⟨θ′⟩),
    where ⟨θ′⟩ is the mean of the density under the integral. L steps of Langevin dynamics sample
    it:

        θ′ ← θ,   μ ← θ
        θ′ ← θ′ − η′ (∇f(θ′) + γ (θ′ − θ)) + √η′ ε z,   z ~ N(0, I)     L times
        μ ← (1 − α) μ + α θ′                                            L times
        θ ← θ − η (θ − μ)

    In step t = 0, 1, …, γ = γ₀ (1 + γ₁)ᵗ: the neighbourhood shrinks and F approaches f. η is the ηγ
    of the paper; with η = 1, θ moves to the mean itself. The noise z comes from the default
    generator.

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element
        inner_lr: η′
        inner_steps: L, for all groups
        scope: γ₀
        scope_growth: γ₁
        averaging: α
        noise: ε
        maximize: whether −∇f replaces ∇f

    Attributes:
        state: for each parameter "step", t

    Raises:
        ValueError: a number is negative, averaging is outside of (0, 1], or inner_steps is not a
            positive int

    Source:
        Chaudhari et al. 2017, "Entropy-SGD: biasing gradient descent into wide valleys",
        algorithm 1.

    Example:
        >>> x = refnet.tensor([1.0], requires_grad=True)
        >>> optimizer = refnet.optim.surface.EntropySGD([x], inner_steps=2, scope=0.0, noise=0.0)
        >>> def closure():  # gradient 2x, so the walk visits 0.8 and 0.64
        ...     optimizer.zero_grad()
        ...     loss = (x * x).sum()
        ...     loss.backward()
        ...     return loss
        >>> _ = optimizer.step(closure)  # μ = ¼ · 1 + ¾ · 0.8 = 0.85, then ¼ · 0.85 + ¾ · 0.64
        >>> x
        tensor([0.6925], requires_grad=True)
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
        numbers = "inner_lr scope scope_growth noise"
        names = "lr inner_lr scope scope_growth averaging noise maximize"
        options = checked(locals(), names, nonnegative=numbers)
        if not 0 < averaging <= 1:
            raise ValueError(
                f"Invalid averaging value: {averaging}, expected above 0 and at most 1"
            )
        if type(inner_steps) is not int or inner_steps < 1:
            raise ValueError(f"Invalid inner_steps: {inner_steps!r}, expected a positive int")
        super().__init__(params, options)
        self.inner_steps = inner_steps

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "inner_steps": self.inner_steps}

    @quietly
    def step(self, closure: Callable[[], Any]) -> Any:
        """Makes one step.

        Args:
            closure: computes the loss and its gradients again and returns the loss; it is called L
                times, and should use the next batch each time if there are several

        Returns:
            the loss at θ
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
                if self.state.get(p):  # a parameter without a gradient has none
                    count(self.state[p])
        return first_loss

    def _walk(self, start: dict[Tensor, Array], mean: dict[Tensor, Array]) -> None:
        """Makes one step of Langevin dynamics and updates the mean."""
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
