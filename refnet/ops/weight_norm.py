"""Weight normalisation: a weight as a length and a direction."""

from __future__ import annotations

import numpy as np

from refnet.ops.rule import Array, Pullback, unbroadcast

__all__ = ["weight_norm"]


def weight_norm(v: Array, g: Array, *, dim: tuple[int, ...]) -> tuple[Array, Pullback]:
    """w = g v / ‖v‖

    The norm is over the dimensions dim. ‖w‖ = |g|, and v is only a direction.

    Shape:
        v, w: (*); g: with size 1 at the dimensions dim, or () if dim has all dimensions

    Pullback:
        u = v / ‖v‖
        v̄ = g / ‖v‖ (w̄ − (w̄·u) u),  ḡ = w̄·u, where · sums over dim
        v̄ is orthogonal to v.

    Source:
        Salimans & Kingma 2016, "Weight normalization", equations 2 and 3
    """
    r = np.sqrt((v * v).sum(axis=dim, keepdims=True))
    u = v / r

    def pullback(dw: Array) -> tuple[Array, Array]:
        along = (dw * u).sum(axis=dim, keepdims=True)
        return g / r * (dw - along * u), unbroadcast(along, g.shape)

    return g * u, pullback
