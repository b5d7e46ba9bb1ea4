"""Functions that take something off x: small values as a whole, or a curve.

Source    https://docs.pytorch.org/docs/stable/nn.html#non-linear-activations-weighted-sum-nonlinearity
"""

from __future__ import annotations

import numpy as np

from refnet.ops.blocks import elementwise
from refnet.ops.masking import kept, within
from refnet.ops.rule import Array, Pullback, refuse_kinks

__all__ = ["hardshrink", "softshrink", "tanhshrink"]


def hardshrink(x: Array, *, lambd: float = 0.5) -> tuple[Array, Pullback]:
    """y = x where |x| > λ, else 0; NaN stays NaN

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ where |x| > λ, else 0, also where |x| = λ or x is NaN
    """
    refuse_kinks("hardshrink", x, lambd, -lambd)

    def forward(x: Array, out: Array | None) -> Array:
        return kept(x, ~((x.real >= -lambd) & (x.real <= lambd)), out)

    def outside(dy: Array, x: Array, out: Array | None) -> Array:
        return kept(dy, (x.real > lambd) | (x.real < -lambd), out)

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(outside, dy, x),)

    return elementwise(forward, x), pullback


def softshrink(x: Array, *, lambd: float = 0.5) -> tuple[Array, Pullback]:
    """y = x − λ where x > λ, x + λ where x < −λ, else 0; NaN stays NaN

    It solves a problem: y minimises ½ (y − x)² + λ |y|.

    Shapes    x, y: (*)
    Pullback  x̄ = ȳ where |x| > λ, else 0, also at the kinks |x| = λ and where x is NaN
    """
    refuse_kinks("softshrink", x, lambd, -lambd)

    def forward(x: Array, out: Array | None) -> Array:
        y = within(x, -lambd, lambd, out)
        return np.asarray(np.subtract(x, y, out=out))

    def outside(dy: Array, x: Array, out: Array | None) -> Array:
        return kept(dy, (x.real > lambd) | (x.real < -lambd), out)

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(outside, dy, x),)

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
