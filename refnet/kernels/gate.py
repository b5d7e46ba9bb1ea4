"""Kernels of refnet.ops.gate: a block of a large array at a time, updated in place."""

from __future__ import annotations

import math

import numpy as np

from refnet import ops
from refnet.kernels import tuning
from refnet.kernels.blocks import by_rows, elementwise, flat
from refnet.kernels.exponential import LOG2_E, exp2
from refnet.kernels.masking import kept, levels, within
from refnet.kernels.normal_distribution import standard_normal
from refnet.kernels.registry import kernel
from refnet.kernels.sigmoid import sigmoid
from refnet.ops.rule import Array, Pullback

REAL = "real floating-point arrays"
MANY = f"{REAL} from {tuning.FEW} entries on"


@kernel(ops.silu, takes=MANY)
def silu(x: Array) -> tuple[Array, Pullback]:
    """In float32, e⁻ˣ is computed as 2^(−x log₂ e), twice as fast. For very negative x this has a
    relative error of |x|/2 units in the last place.
    """
    if x.dtype.kind != "f" or x.size < tuning.FEW:
        return ops.silu(x)
    y, s = np.empty_like(x), np.empty_like(x)

    def forward(x: Array, y: Array, s: Array) -> None:
        np.multiply(x, -LOG2_E, out=s)
        exp2(s, out=s)
        s += 1
        np.divide(1, s, out=s)
        np.multiply(x, s, out=y)

    by_rows(forward, *flat(x, y, s))

    def backward(dy: Array, x: Array, y: Array, s: Array, out: Array | None) -> Array:
        dx = np.subtract(x, y, out=out)
        dx += 1
        dx *= s
        return np.multiply(dx, dy, out=out)

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(backward, dy, x, y, s),)

    return y, pullback


@kernel(ops.gelu, takes=REAL)
def gelu(x: Array) -> tuple[Array, Pullback]:
    """The slope is computed together with y, since both need Φ(x)."""
    if x.dtype.kind != "f":
        return ops.gelu(x)
    y, slope = np.empty_like(x), np.empty_like(x)

    def forward(x: Array, y: Array, slope: Array) -> None:
        cdf, density = standard_normal(x)
        np.multiply(x, cdf, out=y)
        np.multiply(x, density, out=slope)
        slope += cdf

    by_rows(forward, *flat(x, y, slope))

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(np.multiply, dy, slope),)

    return y, pullback


@kernel(ops.gelu_tanh, takes=MANY)
def gelu_tanh(x: Array) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f" or x.size < tuning.FEW:
        return ops.gelu_tanh(x)
    k, c = math.sqrt(2 / math.pi), 0.044715
    y, h = np.empty_like(x), np.empty_like(x)

    def forward(x: Array, y: Array, h: Array) -> None:
        np.multiply(x, x, out=h)
        h *= k * c
        h += k
        h *= x
        np.tanh(h, out=h)
        np.add(h, 1, out=y)
        y *= x
        y *= 0.5

    by_rows(forward, *flat(x, y, h))

    def backward(dy: Array, x: Array, h: Array, out: Array | None) -> Array:
        dx = np.multiply(x, x, out=out)
        dx *= 3 * k * c
        dx += k
        dx *= x
        dx *= 1 - h * h
        dx += h
        dx += 1
        dx *= 0.5
        return np.multiply(dx, dy, out=out)

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(backward, dy, x, h),)

    return y, pullback


@kernel(ops.mish, takes=MANY)
def mish(x: Array) -> tuple[Array, Pullback]:
    """w = n / (n + 2), n = eˣ (eˣ + 2). For x ≥ 20, w is 1 to 16 digits, and eˣ is replaced by e²⁰,
    which does not overflow.
    """
    if x.dtype.kind != "f" or x.size < tuning.FEW:
        return ops.mish(x)
    e, w, y = np.empty_like(x), np.empty_like(x), np.empty_like(x)

    def forward(x: Array, e: Array, w: Array, y: Array) -> None:
        np.exp(within(x, -math.inf, 20, e), out=e)
        np.add(e, 2, out=w)
        w *= e
        np.divide(w, w + 2, out=w)
        np.multiply(x, w, out=y)

    by_rows(forward, *flat(x, e, w, y))

    def backward(dy: Array, x: Array, e: Array, w: Array, out: Array | None) -> Array:
        dx: Array = np.divide(e, 1 + e, out=out)
        dx *= 1 - w * w
        dx *= x
        dx += w
        return np.multiply(dx, dy, out=out)

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(backward, dy, x, e, w),)

    return y, pullback


@kernel(ops.hardswish, takes=MANY)
def hardswish(x: Array) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f" or x.size < tuning.FEW:
        return ops.hardswish(x)

    def forward(x: Array, out: Array | None) -> Array:
        y = np.asarray(np.add(x, 3, out=out))
        y = within(y, 0, 6, y)
        y *= x
        y /= 6
        return y

    def backward(dy: Array, x: Array, out: Array | None) -> Array:
        left = x < 3
        slope = np.asarray(kept(x, left))
        slope /= 3
        slope += levels(left, 0.5, 1, x.dtype)
        slope *= dy
        return kept(slope, ~(x <= -3), out)

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(backward, dy, x),)

    return elementwise(forward, x), pullback


@kernel(ops.glu, takes=REAL)
def glu(x: Array, *, dim: int) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f":
        return ops.glu(x, dim=dim)
    a, b = np.split(x, 2, axis=dim)
    s, pullback_gate = sigmoid(b)

    def pullback(dy: Array) -> tuple[Array]:
        (db,) = pullback_gate(dy * a)
        return (np.concatenate((dy * s, db), axis=dim),)

    return a * s, pullback
