"""Losses between numbers.

A rule is fused for a reason that its docstring gives: the composed formula would overflow, or
lose digits, or make several passes over the data where one is enough.
"""

from __future__ import annotations

from collections.abc import Callable

from refnet.kernels.masking import within
from refnet.ops.loss_reduction import reduced
from refnet.ops.rule import Array, Pullback, refuse_kinks

__all__ = ["huber_loss", "mse_loss"]


def mse_loss(x: Array, t: Array, *, reduction: str) -> tuple[Array, Pullback]:
    """ℓ = (x − t)²

    Fused for speed: x − t is the one residual, and the scale 2/n meets it in one pass.

    Shapes    x, t: (*)  y: (*) for "none", else ()
    Pullback  x̄ = 2 (x − t) ȳ,  t̄ = −x̄; ȳ/n in place of ȳ for "mean"
    Source    https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html
    """
    d = x - t
    y, factor = reduced(d * d, reduction, d.size)

    def pullback(dy: Array) -> tuple[Array, Callable[[], Array]]:
        dx = d * (2.0 * factor * dy)
        return dx, lambda: -dx

    return y, pullback


def huber_loss(x: Array, t: Array, *, delta: float, reduction: str) -> tuple[Array, Pullback]:
    """ℓ = c (d − ½ c), d = x − t, c = d between −δ and δ

    That is ½ d² where |d| ≤ δ, and δ (|d| − ½ δ) elsewhere. Fused for speed: c is the derivative,
    and so the one residual.

    Shapes    x, t: (*)  y: (*) for "none", else ()
    Pullback  x̄ = c ȳ,  t̄ = −x̄; ȳ/n in place of ȳ for "mean"
    Source    Huber 1964, "Robust estimation of a location parameter"
    """
    d = x - t
    refuse_kinks("huber_loss", d, -delta, delta)
    c = within(d, -delta, delta)
    y, factor = reduced(c * (d - 0.5 * c), reduction, d.size)

    def pullback(dy: Array) -> tuple[Array, Callable[[], Array]]:
        dx = c * (factor * dy)
        return dx, lambda: -dx

    return y, pullback
