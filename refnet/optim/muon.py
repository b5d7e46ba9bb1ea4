"""Muon: momentum whose singular values are made alike."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import check_at_least_0, check_lr, gradients, number, zeros_like


class Muon(Optimizer):
    r"""Momentum orthogonalized by a Newton-Schulz iteration, for the matrices of hidden layers.

        G ← ∇f(θ)
        B ← μ B + (1 − μ) G
        U ← μ B + (1 − μ) G  if nesterov, else  U ← B
        θ ← (1 − η λ) θ − η r NS(U)

    NS(U) is near to the P Qᵀ of U = P Σ Qᵀ: a step of the same length in all directions in which the
    matrix acts, while a gradient is dominated by few. r = √max(1, n/m) for an n × m matrix, or
    0.2 √max(n, m) with "match_rms_adamw", so that the entries are as large as those of AdamW's steps.

    Args:
        params: θ: matrices only; see Optimizer
        lr: η
        weight_decay: λ
        momentum: μ
        nesterov: look ahead along B
        ns_coefficients: a, b, c of newton_schulz
        eps: the least norm that U is divided by
        ns_steps: how many iterations
        adjust_lr_fn: r: None and "original", or "match_rms_adamw"

    state[θ]["momentum_buffer"] is B.

    Raises ValueError for a negative lr, momentum or weight_decay, another adjust_lr_fn, and a
    parameter that is no matrix; in a step for 100 iterations or more and not three coefficients.

    Source:
        torch.optim.Muon; Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural
        networks"; Liu et al. 2025, "Muon is scalable for LLM training", section 2.2.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.7750, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: str | None = None,
    ) -> None:
        check_lr(lr)
        check_at_least_0(momentum=momentum, weight_decay=weight_decay)
        if adjust_lr_fn not in (None, "original", "match_rms_adamw"):
            raise ValueError(
                f"Adjust learning rate function {adjust_lr_fn} is not supported, expected "
                "'original' or 'match_rms_adamw'"
            )
        super().__init__(
            params,
            {
                "lr": lr,
                "weight_decay": weight_decay,
                "momentum": momentum,
                "nesterov": nesterov,
                "ns_coefficients": ns_coefficients,
                "eps": eps,
                "ns_steps": ns_steps,
                "adjust_lr_fn": adjust_lr_fn,
            },
        )
        for group in self.param_groups:
            for p in group["params"]:
                if p.ndim != 2:
                    raise ValueError(
                        f"Muon only supports 2D parameters whereas we found a parameter with size: {p.shape}"
                    )

    def update(self, group: dict[str, Any]) -> None:
        """One step of the parameters of one group."""
        η, λ, μ = number(group["lr"]), group["weight_decay"], float(group["momentum"])
        abc, k = group["ns_coefficients"], group["ns_steps"]
        if k >= 100:
            raise ValueError(f"ns_steps must be less than 100, got {k}")
        if len(abc) != 3:
            raise ValueError(f"ns_coefficients must be exactly 3 values, got {len(abc)}")
        for p, θ, G in gradients(group):
            state = self.state[p]
            if "momentum_buffer" not in state:
                state["momentum_buffer"] = zeros_like(G)
            B = state["momentum_buffer"]._array
            B *= μ
            B += (1 - μ) * G
            U = μ * B + (1 - μ) * G if group["nesterov"] else B
            n, m = θ.shape
            if group["adjust_lr_fn"] == "match_rms_adamw":
                r = 0.2 * max(n, m) ** 0.5
            else:
                r = max(1, n / m) ** 0.5
            θ *= float(1 - η * λ)
            θ -= float(η * r) * newton_schulz(U, abc, k, group["eps"]).astype(θ.dtype)


def newton_schulz(U: Array, abc: tuple[float, float, float], k: int, ε: float) -> Array:
    """k times  X ← a X + (b A + c A²) X,  A = X Xᵀ,  from X = U / max(‖U‖, ε).

    That is σ ← aσ + bσ³ + cσ⁵ for each singular value, and ‖U‖ is the root of the sum of their
    squares. With Muon's coefficients small ones grow 3.4-fold each time, and after 5 iterations most
    are somewhere from 0.7 to 1.2: it does not converge, and need not.

    Computed in bfloat16, as by PyTorch: each result is rounded to 8 bits. Which way may depend on
    the order in which a product's terms are added, so that now and then an entry is another one.
    A tall matrix is transposed, so that A is the smaller one.
    """
    a, b, c = abc
    tall = U.shape[0] > U.shape[1]
    X = bfloat16(U.T if tall else U)
    norm = bfloat16(np.linalg.norm(X))
    X = bfloat16(X / np.maximum(norm, bfloat16(np.array(ε))))
    for _ in range(k):
        A = bfloat16(X @ X.T)
        P = bfloat16(b * A + c * (A @ A))
        X = bfloat16(a * X + P @ X)
    return X.T if tall else X


def bfloat16(x: Any) -> Array:
    """The nearest of the float32 numbers of which the last 16 bits are 0; of two the even one."""
    bits = np.array(x, np.float32).view(np.uint32)
    bits += 0x7FFF + ((bits >> 16) & 1)
    bits &= 0xFFFF0000
    return bits.view(np.float32)
