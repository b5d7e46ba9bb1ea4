"""Kernels of refnet.ops.shrinkage: bit masks and clipping instead of np.where."""

from __future__ import annotations

import numpy as np

from refnet import ops
from refnet.kernels import tuning
from refnet.kernels.blocks import elementwise
from refnet.kernels.masking import kept, within
from refnet.kernels.registry import kernel
from refnet.ops.rule import Array, Pullback

REAL = "real floating-point arrays"


@kernel(ops.hardshrink, takes=f"{REAL} from {tuning.FEW} entries on")
def hardshrink(x: Array, *, lambd: float = 0.5) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f" or x.size < tuning.FEW:
        return ops.hardshrink(x, lambd=lambd)

    def outside(z: Array, x: Array, out: Array | None) -> Array:
        return _outside(z, x, lambd, out)

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(outside, dy, x),)

    return elementwise(outside, x, x), pullback


def _outside(z: Array, x: Array, lambd: float, out: Array | None) -> Array:
    """Returns 0 where |x| ≤ λ, else z."""
    return kept(z, ~((x >= -lambd) & (x <= lambd)), out)


@kernel(ops.softshrink, takes=REAL)
def softshrink(x: Array, *, lambd: float = 0.5) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f":
        return ops.softshrink(x, lambd=lambd)

    def forward(x: Array, out: Array | None) -> Array:
        y = within(x, -lambd, lambd, out)
        return np.asarray(np.subtract(x, y, out=out))

    def backward(dy: Array, x: Array, out: Array | None) -> Array:
        return _outside(dy, x, lambd, out)

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(backward, dy, x),)

    return elementwise(forward, x), pullback
