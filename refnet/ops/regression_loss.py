"""Losses for regression."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from refnet.ops.loss_reduction import reduced
from refnet.ops.rule import Array, Pullback, refuse_kinks

__all__ = ["huber_loss", "mse_loss"]


def mse_loss(x: Array, t: Array, *, reduction: str) -> tuple[Array, Pullback]:
    """ℓ = (x − t)²

    Shape:
        x, t: (*)  y: (*) for "none", else ()

    Pullback:
        x̄ = 2 (x − t) ȳ,  t̄ = −x̄, with ȳ/n instead of ȳ for the "mean" of n losses

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html
    """
    d = x - t
    y, factor = reduced(d * d, reduction, d.size)

    def pullback(dy: Array) -> tuple[Array, Callable[[], Array]]:
        dx = d * (2.0 * factor * dy)
        return dx, lambda: -dx

    return y, pullback


def huber_loss(x: Array, t: Array, *, delta: float, reduction: str) -> tuple[Array, Pullback]:
    """ℓ = c (d − ½ c),  d = x − t,  c = min(max(d, −δ), δ)

    ℓ is ½ d² where |d| ≤ δ, and δ (|d| − ½ δ) elsewhere; c is its derivative.

    Shape:
        x, t: (*)  y: (*) for "none", else ()

    Pullback:
        x̄ = c ȳ,  t̄ = −x̄, with ȳ/n instead of ȳ for the "mean" of n losses

    Source:
        Huber 1964, "Robust estimation of a location parameter"
    """
    d = x - t
    refuse_kinks("huber_loss", d, -delta, delta)
    c = np.where(d.real <= -delta, -delta, np.where(d.real >= delta, delta, d))
    y, factor = reduced(c * (d - 0.5 * c), reduction, d.size)

    def pullback(dy: Array) -> tuple[Array, Callable[[], Array]]:
        dx = c * (factor * dy)
        return dx, lambda: -dx

    return y, pullback
