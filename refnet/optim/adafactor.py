"""Adafactor: second moments of a matrix kept as a row and a column."""

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from refnet.engine.tensor import Tensor, wrap
from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import check_nonnegative, checked, count, gradients, number, scalar


class Adafactor(Optimizer):
    r"""RMSprop with a running mean of G² that takes n + m numbers for an n × m matrix, not n m.

        G ← ∇f(θ)
        θ ← θ − η λ θ
        R ← β R + (1 − β) mean(G²) of each row,   β = 1 − t^τ
        C ← β C + (1 − β) mean(G²) of each column
        V ← R C / max(mean(R), ε₁)
        U ← G / max(√V, ε₁)
        θ ← θ − max(ε₂, rms(θ)) min(η, 1/√t) U / max(1, rms(U)/d)

    in step t = 1, 2, …. V has rank 1, and R and C are the means of its rows and columns. rms is the
    root mean square; rms(θ) is computed before the decay and makes the step relative to the size of
    θ. A parameter with at most one dimension has V ← β V + (1 − β) G². With more than two
    dimensions, the last two are rows and columns.

    Args:
        params: θ; see Optimizer
        lr: η, the largest relative step, a number or a tensor of one element
        beta2_decay: τ
        eps: ε₁ and ε₂; None for ε₁ means the machine epsilon of the dtype
        d: the largest rms of U
        weight_decay: λ
        foreach: changes nothing; see Adam
        maximize: whether G is −∇f(θ)

    Attributes:
        state: for each parameter "step", t, and "row_var" and "col_var", R and C, or "variance", V

    Raises:
        ValueError: lr, an ε or weight_decay is negative, beta2_decay is above 0, or d is below 1

    Source:
        torch.optim.Adafactor; Shazeer, Stern 2018, "Adafactor: adaptive learning rates with
        sublinear memory cost", algorithms 4 and 5. There ε₁ is added to G², and η is 0.01.

    Example:
        >>> x = refnet.tensor([[3.0, 4.0], [6.0, 8.0]], requires_grad=True)
        >>> optimizer = refnet.optim.Adafactor([x], lr=0.1)
        >>> (x * x).sum().backward()
        >>> optimizer.step()  # G has rank 1, so V = G² and U = 1; rms(θ) is 5.5902
        >>> x
        tensor([[2.4410, 3.4410],
                [5.4410, 7.4410]], requires_grad=True)
    """

    _later_options: ClassVar[dict[str, Any]] = {"foreach": None}
    _numbers = ("step",)

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
    ) -> None:
        if not beta2_decay <= 0:
            raise ValueError(f"Invalid beta2_decay value: {beta2_decay}, expected at most 0")
        check_nonnegative(epsilon1=0 if eps[0] is None else eps[0], epsilon2=eps[1])
        if not d >= 1:
            raise ValueError(f"Invalid clipping threshold d: {d}, expected at least 1")
        names = "lr beta2_decay eps d weight_decay foreach maximize"
        super().__init__(params, checked(locals(), names, nonnegative="weight_decay"))

    def update(self, group: dict[str, Any]) -> None:
        """Updates the parameters of one group, once."""
        η, τ, d, (ε1, ε2) = number(group["lr"]), group["beta2_decay"], group["d"], group["eps"]
        decay = float(1 - η * group["weight_decay"])
        for p, θ, G in gradients(group):
            state = self.state[p]
            if not state:
                state["step"] = scalar(0, group)
                if G.ndim > 1:
                    state["row_var"] = wrap(np.zeros_like(G[..., :1], order="C"))
                    state["col_var"] = wrap(np.zeros_like(G[..., :1, :], order="C"))
                else:
                    state["variance"] = wrap(np.zeros_like(G))
            if ε1 is None:  # the first parameter decides for the group, as in PyTorch
                ε1 = float(np.finfo(θ.dtype).eps)
            G = G.astype(np.promote_types(G.dtype, np.float32), copy=False)
            t = count(state)
            w = t**τ  # 1 − β
            α = max(ε2, rms(θ)) * min(η, 1 / t**0.5)
            if decay != 1:
                θ *= decay
            if G.ndim > 1:
                R, C = state["row_var"]._array, state["col_var"]._array
                average(R, (G * G).mean(-1, keepdims=True), w)
                average(C, (G * G).mean(-2, keepdims=True), w)
                V = R * C / np.maximum(R.mean(-2, keepdims=True), ε1)
            else:
                V = state["variance"]._array
                average(V, G * G, w)
            U = G / np.sqrt(np.maximum(V, ε1 * ε1))
            θ -= float(α / max(1.0, rms(U) / d)) * U


def rms(x: Array) -> float:
    """Returns the root mean square of all entries."""
    wide = x.astype(np.promote_types(x.dtype, np.float32), copy=False)
    return float(np.linalg.norm(wide) / x.size**0.5)


def average(mean: Array, x: Array, w: float) -> None:
    """mean ← (1 − w) mean + w x"""
    mean *= 1 - w
    mean += w * x
