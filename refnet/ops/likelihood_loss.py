"""The negative logarithm of a normal likelihood; other likelihoods are composed of other rules."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from refnet.ops.primitives import straight_through
from refnet.ops.rule import Array, Pullback, refuse_kink, unbroadcast

__all__ = ["gaussian_nll_loss"]


def gaussian_nll_loss(
    x: Array, t: Array, v: Array, *, full: bool, eps: float
) -> tuple[Array, Pullback]:
    """ℓ = ½ (log m + (x − t)²/m),  m = max(v, ε)

    With `full`, ½ log 2π is added. It is a rule of its own because of a convention: PyTorch does
    not differentiate the bound of the variance v.

    Shape:
        x, t, v, y: broadcast to (*)

    Pullback:
        x̄ = ȳ (x − t)/m,  t̄ = −x̄,  v̄ = ½ ȳ (1 − (x − t)²/m)/m

    Note:
        Where v ≤ ε, v̄ is not the derivative of the bounded loss.

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.GaussianNLLLoss.html
    """
    refuse_kink("gaussian_nll_loss", v, v.real <= eps)
    d, m = x - t, straight_through(v, np.where(v.real < eps, eps, v))
    squares = d * d / m
    y = 0.5 * (np.log(m) + squares)
    if full:
        y = y + 0.5 * math.log(2 * math.pi)

    def pullback(dy: Array) -> tuple[Array, Callable[[], Array], Callable[[], Array]]:
        dx = dy * (d / m)
        return (
            unbroadcast(dx, x.shape),
            lambda: unbroadcast(-dx, t.shape),
            lambda: unbroadcast(0.5 * dy * (1 - squares) / m, v.shape),
        )

    return y, pullback
