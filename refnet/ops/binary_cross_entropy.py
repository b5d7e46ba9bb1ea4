"""Binary cross entropy, of probabilities and of logits.

Each is one rule, since a composition of other rules would overflow or lose digits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from refnet.ops.loss_reduction import reduced
from refnet.ops.rule import Array, Pullback, refuse_kink

__all__ = ["binary_cross_entropy", "binary_cross_entropy_with_logits"]


def binary_cross_entropy(
    x: Array, t: Array, weight: Array | None, *, reduction: str
) -> tuple[Array, Pullback]:
    """ℓ = −w (t max(log x, −100) + (1 − t) max(log(1 − x), −100))

    The clamps make the loss finite at x = 0 and x = 1. The gradient of the composed formula would
    be 0 · ∞ there; here it is one quotient, whose divisor is at least 10⁻¹².

    Shape:
        x, t: (*), both in [0, 1]
        weight: broadcasts to (*), or None
        y: (*) for "none", else ()

    Pullback:
        x̄ = w (x − t) / max(x (1 − x), 10⁻¹²) ȳ
        t̄ = w (log(1 − x) − log x) ȳ, without the clamps, as in PyTorch
        with ȳ/n instead of ȳ for the "mean" of n losses
        The weight has no gradient, as in PyTorch.

    Note:
        Where x (1 − x) < 10⁻¹², the gradient is not the derivative of the clamped loss.

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html
    """
    smallest = float(np.float32(1e-12))  # in single precision, as in PyTorch
    refuse_kink("binary_cross_entropy", x, x.real * (1 - x.real) < smallest)
    w: Any = 1.0 if weight is None else weight
    losses = (t - 1) * np.maximum(np.log1p(-x), -100.0) - t * np.maximum(np.log(x), -100.0)
    y, factor = reduced(losses * w, reduction, losses.size)

    def pullback(dy: Array) -> tuple[Array, Callable[[], Array], None]:
        dl = factor * dy * w

        def dt() -> Array:
            d: Array = (np.log1p(-x) - np.log(x)) * dl
            return d

        return (x - t) / np.maximum(x * (1 - x), smallest) * dl, dt, None

    return y, pullback


def binary_cross_entropy_with_logits(
    x: Array, t: Array, weight: Array | None, pos_weight: Array | None, *, reduction: str
) -> tuple[Array, Pullback]:
    """ℓ = −w (p t log σ(x) + (1 − t) log(1 − σ(x)))

    For |x| ≫ 1, σ(x) rounds to 0 or 1, and its logarithm is wrong. The rule computes a form in
    which nothing overflows or cancels:

        ℓ = w ((1 − t) x + (1 + (p − 1) t) (max(−x, 0) + log(1 + e^−|x|)))

    Shape:
        x, t: (*)
        weight, pos_weight: w and p, broadcast to (*), or None, which means 1
        y: (*) for "none", else ()

    Pullback:
        x̄ = w ((1 + (p − 1) t) σ(x) − p t) ȳ
        t̄ = w (log σ(−x) − p log σ(x)) ȳ, which for p = 1 is −w x ȳ
        with ȳ/n instead of ȳ for the "mean" of n losses
        The weights have no gradient, as in PyTorch.

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
    """
    w, p = (1.0 if a is None else a for a in (weight, pos_weight))
    scale = 1.0 if pos_weight is None else 1 + (p - 1) * t
    e = np.exp(np.minimum(x, -x))  # e^−|x|; at a complex 0 both terms below take the same side
    # max(−x, 0) first: it cancels with x
    losses = (1 - t) * x + scale * np.maximum(-x, 0.0) + scale * np.log1p(e)
    y, factor = reduced(losses * w, reduction, losses.size)

    def pullback(dy: Array) -> tuple[Array, Callable[[], Array], None, None]:
        s = np.exp(np.minimum(x, 0.0)) / (1 + e)  # σ(x), exact also where it is tiny
        dl = factor * dy * w

        def dt() -> Array:
            d: Array = -x
            if pos_weight is not None:
                log_s, log_other = (-np.maximum(z, 0.0) - np.log1p(e) for z in (-x, x))
                d = log_other - p * log_s
            d = d * dl
            return d

        return (scale * s - p * t) * dl, dt, None, None

    return y, pullback
