"""Adafactor: second moments of a matrix kept as a row and a column."""

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from refnet.engine.tensor import Tensor, wrap
from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import check_at_least_0, check_lr, count, gradients, number, scalar


class Adafactor(Optimizer):
    r"""RMSprop whose running mean of G² takes n + m numbers for a matrix of n × m, not n m.

        G ← ∇f(θ)                              −∇f(θ) if maximize
        θ ← θ − η λ θ
        R ← β R + (1 − β) mean of each row of G²         β = 1 − t^τ
        C ← β C + (1 − β) mean of each column of G²
        V ← R C / max(mean of R, ε₁)           rank 1, with R and C as its means
        U ← G / max(√V, ε₁)
        θ ← θ − max(ε₂, rms(θ)) min(η, 1/√t) U / max(1, rms(U)/d)

    in step t = 1, 2, …; rms is the root mean square, of θ before the step. For vectors
    V ← β V + (1 − β) G². Of more than two dimensions the last two are rows and columns. The step is
    relative to the size of θ.

    Args:
        params: θ; see Optimizer
        lr: η, a number or a tensor of one element: the largest relative step
        beta2_decay: τ
        eps: ε₁, ε₂; None for ε₁ is the distance from 1 to the next number
        d: d, the largest rms of U
        weight_decay: λ
        maximize: go uphill
        foreach: changes nothing, as for SGD

    state[θ] has "step", which is t, and "row_var", R, and "col_var", C, or of a vector "variance", V.

    Raises ValueError for a negative lr, epsilon or weight_decay, a beta2_decay above 0, d below 1.

    Source:
        torch.optim.Adafactor; Shazeer, Stern 2018, "Adafactor: adaptive learning rates with
        sublinear memory cost", algorithms 4 and 5. There ε₁ is added to G², and η is 0.01.
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
        check_lr(lr)
        if not beta2_decay <= 0:
            raise ValueError(f"Invalid beta2_decay value: {beta2_decay}, expected at most 0")
        check_at_least_0(epsilon1=0 if eps[0] is None else eps[0], epsilon2=eps[1])
        if not d >= 1:
            raise ValueError(f"Invalid clipping threshold d: {d}, expected at least 1")
        check_at_least_0(weight_decay=weight_decay)
        super().__init__(
            params,
            {
                "lr": lr,
                "beta2_decay": beta2_decay,
                "eps": eps,
                "d": d,
                "weight_decay": weight_decay,
                "foreach": foreach,
                "maximize": maximize,
            },
        )

    def update(self, group: dict[str, Any]) -> None:
        """One step of the parameters of one group."""
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
            if ε1 is None:  # of the group's first parameter, as in PyTorch
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
    """The root mean square of all entries."""
    wide = x.astype(np.promote_types(x.dtype, np.float32), copy=False)
    return float(np.linalg.norm(wide) / x.size**0.5)


def average(mean: Array, x: Array, w: float) -> None:
    """mean ← (1 − w) mean + w x"""
    mean *= 1 - w
    mean += w * x
