"""Rules that add a margin to an array, of one value or of the array's own entries."""

from __future__ import annotations

import numpy as np

from refnet.ops.primitives import add_at, put_at
from refnet.ops.rule import Array, Pullback, saves_nothing

__all__ = ["extend", "pad"]

Widths = tuple[tuple[int, int], ...]  # (before, after) for each axis


@saves_nothing
def pad(x: Array, *, widths: Widths, value: float = 0.0) -> tuple[Array, Pullback]:
    """Adds a margin of `value` to x; a negative width removes entries instead.

    Shape:
        x: (n₀, …); y: (before₀ + n₀ + after₀, …)

    Pullback:
        x̄ = ȳ padded by −widths, so 0 where entries were removed
    """
    sizes = [max(a, 0) + n + max(b, 0) for (a, b), n in zip(widths, x.shape, strict=True)]
    place = tuple(slice(max(a, 0), n - max(b, 0)) for (a, b), n in zip(widths, sizes, strict=True))
    cut = tuple(slice(max(-a, 0), n - max(-b, 0)) for (a, b), n in zip(widths, sizes, strict=True))
    y = put_at(np.full(sizes, value, x.dtype), place, x)[cut]

    def pullback(dy: Array) -> tuple[Array]:
        return (pad(dy, widths=tuple((-a, -b) for a, b in widths))[0],)

    return y, pullback


def extend(x: Array, *, widths: Widths, mode: str) -> tuple[Array, Pullback]:
    """y[before + k] = x[s(k)] along each axis of n entries

    s(k) = k for 0 ≤ k < n, and outside:

        mode       k < 0   k ≥ n
        reflect    −k      2 (n − 1) − k
        replicate  0       n − 1
        circular   k + n   k − n

    "reflect" does not repeat the entry at the edge.

    Shape:
        x: (n₀, …), with nᵢ > 0 if the axis has a margin; y: (before₀ + n₀ + after₀, …)

    Pullback:
        x̄[i] = Σ ȳ over the entries of y that are copies of x[i]

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.ReflectionPad2d.html
    """
    shape = x.shape
    s = np.ix_(*(_sources(mode, *pair, n) for pair, n in zip(widths, shape, strict=True)))

    def pullback(dy: Array) -> tuple[Array]:
        return (add_at(shape, s, dy),)

    return x[s], pullback


def _sources(mode: str, before: int, after: int, n: int) -> Array:
    """Returns s(k) for −before ≤ k < n + after."""
    k = np.arange(-before, n + after)
    if mode == "reflect":
        return np.where(k < n, abs(k), 2 * (n - 1) - k)
    if mode == "replicate":
        return np.clip(k, 0, max(n - 1, 0))
    return np.where(k < 0, k + n, np.where(k < n, k, k - n))
