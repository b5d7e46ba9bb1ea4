"""Kernels of refnet.ops.rectifier: bit masks instead of np.where, and blocks of a large array."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from refnet import ops
from refnet.kernels import tuning
from refnet.kernels.blocks import elementwise
from refnet.kernels.masking import chosen, kept, levels, positive_part, within
from refnet.kernels.registry import kernel
from refnet.ops.rule import Array, Pullback, unbroadcast

REAL = "real floating-point arrays"
MANY = f"{REAL} from {tuning.FEW} entries on"


@kernel(ops.relu, takes=REAL)
def relu(x: Array) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f":
        return ops.relu(x)
    y = positive_part(x)

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(_passed, dy, y),)

    return y, pullback


def _passed(dy: Array, y: Array, out: Array | None) -> Array:
    """Returns dy where y ≠ 0, else 0; y = max(x, 0) is 0, positive or NaN."""
    return kept(dy, y.astype(bool), out)


@kernel(ops.leaky_relu, takes=MANY)
def leaky_relu(x: Array, *, negative_slope: float = 0.01) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f" or x.size < tuning.FEW:
        return ops.leaky_relu(x, negative_slope=negative_slope)
    positive = x > 0

    def sloped(z: Array, positive: Array, out: Array | None) -> Array:
        return np.multiply(z, levels(positive, 1, negative_slope, z.dtype, out), out=out)

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(sloped, dy, positive),)

    return elementwise(sloped, x, positive), pullback


@kernel(ops.prelu, takes=MANY)
def prelu(x: Array, w: Array) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f" or x.size < tuning.FEW:
        return ops.prelu(x, w)
    positive = x > 0

    def sloped(z: Array) -> Array:
        pieces: Array = kept(z, positive) + kept(z * w, ~positive)
        return pieces

    def pullback(dy: Array) -> tuple[Array, Callable[[], Array]]:
        return sloped(dy), lambda: unbroadcast(kept(dy * x, ~positive), w.shape)

    return sloped(x), pullback


@kernel(ops.elu, takes=MANY)
def elu(
    x: Array, *, alpha: float = 1.0, scale: float = 1.0, steepness: float = 1.0
) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f" or x.size < tuning.FEW or not math.isfinite(alpha * steepness):
        return ops.elu(x, alpha=alpha, scale=scale, steepness=steepness)

    def forward(x: Array, out: Array | None) -> Array:
        y = within(x, -math.inf, 0, out)  # min(x, 0), so the curve is 0 for x > 0
        y *= steepness
        y = np.asarray(np.expm1(y, out=out))
        y *= scale * alpha
        y += scale * positive_part(x)
        return y

    def backward(dy: Array, x: Array, out: Array | None) -> Array:
        left = x <= 0
        slope: Array = np.asarray(kept(x, left))
        slope *= steepness
        slope = np.asarray(np.exp(slope, out=slope))
        slope *= levels(left, scale * alpha * steepness, scale, x.dtype)
        return np.multiply(dy, slope, out=out)

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(backward, dy, x),)

    return elementwise(forward, x), pullback


@kernel(ops.threshold, takes=MANY)
def threshold(x: Array, *, threshold: float, value: float) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f" or x.size < tuning.FEW:
        return ops.threshold(x, threshold=threshold, value=value)
    below = x <= threshold

    def pullback(dy: Array) -> tuple[Array]:
        return (kept(dy, ~below),)

    return chosen(below, np.asarray(value, x.dtype), x), pullback


@kernel(ops.hardtanh, takes=REAL)
def hardtanh(x: Array, *, low: float = -1.0, high: float = 1.0) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f":
        return ops.hardtanh(x, low=low, high=high)

    def inside(dy: Array, x: Array, out: Array | None) -> Array:
        return kept(dy, ~((x <= low) | (x >= high)), out)

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(inside, dy, x),)

    return within(x, low, high), pullback
