"""Kernels of refnet.ops.sigmoid: a block of a large array at a time, updated in place."""

from __future__ import annotations

import math

import numpy as np

from refnet import ops
from refnet.kernels.blocks import elementwise
from refnet.kernels.masking import kept, within
from refnet.kernels.registry import kernel
from refnet.ops.rule import Array, Pullback

REAL = "real floating-point arrays"


@kernel(ops.sigmoid, takes=REAL)
def sigmoid(x: Array) -> tuple[Array, Pullback]:
    """Where e⁻ˣ overflows, 1 / (1 + e⁻ˣ) is 0, as it should be. ½ tanh(½x) + ½ would be faster, but
    it loses the digits of values near 0.
    """
    if x.dtype.kind != "f":
        return ops.sigmoid(x)
    y = elementwise(_sigmoid, x)

    def slope(dy: Array, y: Array, out: Array | None) -> Array:
        dx = np.subtract(1, y, out=out)
        dx *= y
        dx *= dy
        return dx

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(slope, dy, y),)

    return y, pullback


def _sigmoid(x: Array, out: Array | None) -> Array:
    # np.negative(x[::8], out=y[::2]) is wrong in NumPy 2.4, as for some other strides.
    y = np.asarray(np.multiply(x, -1, out=out))
    np.exp(y, out=y)
    y += 1
    np.divide(1, y, out=y)
    return y


@kernel(ops.hardsigmoid, takes=REAL)
def hardsigmoid(x: Array) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f":
        return ops.hardsigmoid(x)

    def forward(x: Array, out: Array | None) -> Array:
        y = np.asarray(np.add(x, 3, out=out))
        y = within(y, 0, 6, y)
        y /= 6
        return y

    def backward(dy: Array, x: Array, out: Array | None) -> Array:
        dx = kept(dy, (x > -3) & (x < 3), out)
        dx /= 6
        return dx

    def pullback(dy: Array) -> tuple[Array]:
        return (elementwise(backward, dy, x),)

    return elementwise(forward, x), pullback


@kernel(ops.softplus, takes=REAL)
def softplus(x: Array, *, beta: float = 1.0, threshold: float = 20.0) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f":
        return ops.softplus(x, beta=beta, threshold=threshold)
    y = np.asarray(x * beta)
    linear = y > threshold
    np.exp(y, out=y)
    np.log1p(y, out=y)
    y /= beta
    np.copyto(y, x, where=linear)  # cheap if these entries are few

    def pullback(dy: Array) -> tuple[Array]:
        slope = np.asarray(y * -beta)
        np.expm1(slope, out=slope)
        slope *= -1
        np.copyto(slope, 1, where=linear)
        slope *= dy
        return (slope,)

    return y, pullback


@kernel(ops.logsigmoid, takes=REAL)
def logsigmoid(x: Array) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f":
        return ops.logsigmoid(x)
    e = np.asarray(-np.abs(x))
    np.exp(e, out=e)
    y = within(x, -math.inf, 0) - np.log1p(e, out=e)

    def pullback(dy: Array) -> tuple[Array]:
        return (dy * -np.expm1(y),)

    return y, pullback
