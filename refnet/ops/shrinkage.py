"""Functions that take something off x: small values as a whole, or a curve.

Source    https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity
"""

from __future__ import annotations

import numpy as np

from refnet.kernels.blocks import elementwise
from refnet.kernels.masking import kept, within
from refnet.ops.rule import Array, Pullback, refuse_kinks

__all__ = ["hardshrink", "softshrink", "tanhshrink"]


def hardshrink(x: Array, *, lambd: float = 0.5) -> tuple[Array, Pullback]:
    """y = x where |x| > λ, else 0; NaN stays NaN

    Shapes    x, y: (*)
    Pullback  x̄ = 0 where |x| ≤ λ, else ȳ; so ȳ at NaN, as in PyTorch's scalar code (its vector
              code gives 0)
    """
    refuse_kinks("hardshrink", x, lambd, -lambd)

    def forward(x: Array, out: Array | None) -> Array:
        return _outside(x, x, lambd, out)

    def backward(dy: Array, x: Array, out: Array | None) -> Array:
        return _outside(dy, x, lambd, out)

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(backward, dy, x),)

    return elementwise(forward, x), pullback


def _outside(z: Array, x: Array, lambd: float, out: Array | None) -> Array:
    """z where not |x| ≤ λ, else 0"""
    return kept(z, ~((x.real >= -lambd) & (x.real <= lambd)), out)


def softshrink(x: Array, *, lambd: float = 0.5) -> tuple[Array, Pullback]:
    """y = x − λ where x > λ, x + λ where x < −λ, else 0; NaN stays NaN

    It solves a problem: y minimises ½ (y − x)² + λ |y|.

    Shapes    x, y: (*)
    Pullback  x̄ = 0 where |x| ≤ λ, so at the kinks, else ȳ; so ȳ at NaN, as in PyTorch's scalar code
              (its vector code gives 0)
    """
    refuse_kinks("softshrink", x, lambd, -lambd)

    def forward(x: Array, out: Array | None) -> Array:
        y = within(x, -lambd, lambd, out)
        return np.asarray(np.subtract(x, y, out=out))

    def backward(dy: Array, x: Array, out: Array | None) -> Array:
        return _outside(dy, x, lambd, out)

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(backward, dy, x),)

    return elementwise(forward, x), pullback


def tanhshrink(x: Array) -> tuple[Array, Pullback]:
    """y = x − tanh(x)

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ tanh²(x)
    """
    t = np.tanh(x)

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * (t * t),)

    return x - t, pullback
