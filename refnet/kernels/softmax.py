"""Kernels of refnet.ops.softmax: blocks of rows, in place, with exponentials as powers of 2."""

from __future__ import annotations

import math

import numpy as np

from refnet import ops
from refnet.kernels import tuning
from refnet.kernels.blocks import by_rows
from refnet.kernels.exponential import decay
from refnet.kernels.registry import kernel
from refnet.kernels.summation import row_dots, row_sums, total
from refnet.ops.rule import Array, Pullback

TAKES = f"real floating-point arrays of {tuning.FUSED} entries or more"


@kernel(ops.softmax, takes=TAKES)
def softmax(x: Array, *, dim: int) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f" or x.size < tuning.FUSED:
        return ops.softmax(x, dim=dim)
    whole, rows = x.shape, _along(x, dim)
    y = np.empty(rows, x.dtype)

    def forward(x: Array, y: Array) -> None:
        np.subtract(x, _largest(x), out=y)
        decay(y, out=y)
        y /= _sums(y)

    by_rows(forward, x.reshape(rows), y)

    def pullback(dy: Array) -> tuple[Array]:
        dx = np.empty(rows, np.result_type(dy, y))  # ȳ is complex in a complex step

        def backward(dy: Array, y: Array, dx: Array) -> None:
            np.subtract(dy, _dots(dy, y), out=dx)
            dx *= y

        by_rows(backward, dy.reshape(rows), y, dx)
        return (dx.reshape(whole),)

    return y.reshape(whole), pullback


@kernel(ops.log_softmax, takes=TAKES)
def log_softmax(x: Array, *, dim: int) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f" or x.size < tuning.FUSED:
        return ops.log_softmax(x, dim=dim)
    whole, rows = x.shape, _along(x, dim)
    y = np.empty(rows, x.dtype)

    def forward(x: Array, y: Array) -> None:
        np.subtract(x, _largest(x), out=y)
        y -= np.log(_sums(decay(y)))

    by_rows(forward, x.reshape(rows), y)

    def pullback(dy: Array) -> tuple[Array]:
        dx = np.empty(rows, np.result_type(dy, y))  # ȳ is complex in a complex step

        def backward(dy: Array, y: Array, dx: Array) -> None:
            decay(y, out=dx)
            dx *= _sums(dy)
            np.subtract(dy, dx, out=dx)

        by_rows(backward, dy.reshape(rows), y, dx)
        return (dx.reshape(whole),)

    return y.reshape(whole), pullback


def _along(x: Array, dim: int) -> tuple[int, ...]:
    """Returns the shape with dim at axis 1: (n, m), or (n, m, k) if dim is not the last one."""
    shape = x.shape or (1,)
    dim %= len(shape)
    n, m, k = math.prod(shape[:dim]), shape[dim], math.prod(shape[dim + 1 :])
    return (n, m) if k == 1 else (n, m, k)


def _largest(x: Array) -> Array:
    """Returns the largest entry along axis 1."""
    y: Array = x.max(axis=1, keepdims=True, initial=-np.inf)
    return y


def _sums(x: Array) -> Array:
    """Returns Σ x along axis 1."""
    return row_sums(x) if x.ndim == 2 else np.asarray(total(x, (1,), keepdims=True))


def _dots(x: Array, y: Array) -> Array:
    """Returns Σ x y along axis 1."""
    return row_dots(x, y) if x.ndim == 2 else _sums(x * y)
