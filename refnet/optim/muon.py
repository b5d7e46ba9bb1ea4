"""Muon: momentum with all singular values close to 1."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from refnet.ops.rule import Array
from refnet.optim.optimizer import Optimizer
from refnet.optim.options import checked, gradients, number, zeros_like


class Muon(Optimizer):
    r"""Momentum orthogonalized by a Newton–Schulz iteration, for the matrices of hidden layers.

        G ← ∇f(θ)
        B ← μ B + (1 − μ) G
        U ← μ B + (1 − μ) G   if nesterov, else   U ← B
        θ ← (1 − η λ) θ − η r NS(U)

    NS(U) is close to L Rᵀ, where U = L Σ Rᵀ is the singular value decomposition. So the step is
    about equally long in all singular directions, while a few of them dominate a gradient. For an
    n × m matrix

        r = √max(1, n/m)   or, with "match_rms_adamw",   r = 0.2 √max(n, m)

    The second r gives the entries of a step about the size that they have in AdamW.

    Args:
        params: θ, matrices only; see Optimizer
        lr: η, a number or a tensor of one element
        weight_decay: λ
        momentum: μ
        nesterov: whether to look ahead along B
        ns_coefficients: a, b, c of newton_schulz
        eps: the smallest norm by which U is divided
        ns_steps: the number of iterations
        adjust_lr_fn: r: "match_rms_adamw", or "original" or None for the first one

    Attributes:
        state: for each parameter "momentum_buffer", B

    Raises:
        ValueError: lr, momentum or weight_decay is negative, adjust_lr_fn is unknown, or a
            parameter is not a matrix; in step(), ns_steps is 100 or more, or there are not three
            coefficients

    Source:
        torch.optim.Muon; Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural
        networks"; Liu et al. 2025, "Muon is scalable for LLM training", section 2.2.

    Example:
        >>> W = refnet.tensor([[1.0, 0.0], [0.0, 1.0]], requires_grad=True)
        >>> optimizer = refnet.optim.Muon([W], lr=0.1, weight_decay=0.0)
        >>> W.grad = refnet.tensor([[5.0, 0.0], [0.0, -0.5]])
        >>> optimizer.step()  # one singular value is 10 times the other; both steps are near 0.1
        >>> W.detach().round(decimals=1)
        tensor([[0.9000, 0.0000],
                [0.0000, 1.1000]])
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
        names = "lr weight_decay momentum nesterov ns_coefficients eps ns_steps adjust_lr_fn"
        options = checked(locals(), names, nonnegative="momentum weight_decay")
        if adjust_lr_fn not in (None, "original", "match_rms_adamw"):
            raise ValueError(
                f"Adjust learning rate function {adjust_lr_fn} is not supported, expected "
                "'original' or 'match_rms_adamw'"
            )
        super().__init__(params, options)
        for group in self.param_groups:
            for p in group["params"]:
                if p.ndim != 2:
                    raise ValueError(
                        "Muon only supports 2D parameters whereas we found a parameter with size: "
                        f"{p.shape}"
                    )

    def update(self, group: dict[str, Any]) -> None:
        """Updates the parameters of one group, once."""
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
    """Brings the singular values of U close to 1, by k steps from X = U / max(‖U‖, ε).

        A = X Xᵀ
        X ← a X + (b A + c A²) X

    For each singular value that is σ ← a σ + b σ³ + c σ⁵; ‖U‖ is the root of the sum of their
    squares. With the coefficients of Muon small ones grow 3.4-fold in each step, and after 5 steps
    most are between 0.7 and 1.2. The iteration does not converge to 1, which is not needed.

    It is computed in bfloat16, as in PyTorch: each result is rounded to 8 significant bits. The
    direction of a rounding can depend on the order in which the terms of a product are added, so
    single entries can differ from PyTorch's. A matrix with more rows than columns is transposed, so
    that A is the smaller one.
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
    """Rounds to the nearest float32 numbers whose last 16 bits are 0, ties to even."""
    bits = np.array(x, np.float32).view(np.uint32)
    bits += 0x7FFF + ((bits >> 16) & 1)
    bits &= 0xFFFF0000
    return bits.view(np.float32)
