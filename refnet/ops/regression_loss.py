"""Losses between numbers.

A rule is fused for a reason that its docstring gives: the composed formula would overflow, or
lose digits, or make several passes over the data where one is enough.
"""

from __future__ import annotations

from collections.abc import Callable

from refnet.ops.loss_reduction import reduced
from refnet.ops.rule import Array, Pullback

__all__ = ["mse_loss"]


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


# --- two classes -----------------------------------------------------------------------------
