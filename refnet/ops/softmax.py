"""Numbers as probabilities: softmax and its logarithm.

Source    https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax.html
"""

from __future__ import annotations

import math

import numpy as np

from refnet.kernels.blocks import by_rows
from refnet.kernels.exponential import decay
from refnet.kernels.summation import row_dots, row_sums, total
from refnet.ops.rule import Array, Pullback

__all__ = ["log_softmax", "softmax"]


def softmax(x: Array, *, dim: int) -> tuple[Array, Pullback]:
    """yᵢ = e^xᵢ / Σⱼ e^xⱼ along dim

    Shapes    x, y: (*)
    Pullback  x̄ᵢ = yᵢ (ȳᵢ − Σⱼ ȳⱼ yⱼ)
    """
    shape = _along(x, dim)
    y = np.empty(shape, x.dtype)

    def forward(x: Array, y: Array) -> None:
        np.subtract(x, _largest(x), out=y)
        decay(y, out=y)
        y /= _sums(y)

    by_rows(forward, x.reshape(shape), y)

    def pullback(dy: Array) -> tuple[Array]:
        dx = np.empty(shape, np.result_type(dy, y))

        def backward(dy: Array, y: Array, dx: Array) -> None:
            np.subtract(dy, _dots(dy, y), out=dx)
            dx *= y

        by_rows(backward, dy.reshape(shape), y, dx)
        return (dx.reshape(x.shape),)

    return y.reshape(x.shape), pullback


def log_softmax(x: Array, *, dim: int) -> tuple[Array, Pullback]:
    """yᵢ = xᵢ − log Σⱼ e^xⱼ along dim

    Shapes    x, y: (*)
    Pullback  x̄ᵢ = ȳᵢ − e^yᵢ Σⱼ ȳⱼ
    """
    shape = _along(x, dim)
    y = np.empty(shape, x.dtype)

    def forward(x: Array, y: Array) -> None:
        np.subtract(x, _largest(x), out=y)
        y -= np.log(_sums(decay(y)))

    by_rows(forward, x.reshape(shape), y)

    def pullback(dy: Array) -> tuple[Array]:
        dx = np.empty(shape, np.result_type(dy, y))

        def backward(dy: Array, y: Array, dx: Array) -> None:
            decay(y, out=dx)
            dx *= _sums(dy)
            np.subtract(dy, dx, out=dx)

        by_rows(backward, dy.reshape(shape), y, dx)
        return (dx.reshape(x.shape),)

    return y.reshape(x.shape), pullback


# --- rows ----------------------------------------------------------------------------------------


def _along(x: Array, dim: int) -> tuple[int, ...]:
    """The shape in which x is rows along axis 1: (n, m), or (n, m, k) if dim is not the last dimension."""
    shape = x.shape or (1,)
    dim %= len(shape)
    n, m, k = math.prod(shape[:dim]), shape[dim], math.prod(shape[dim + 1 :])
    return (n, m) if k == 1 else (n, m, k)


def _largest(x: Array) -> Array:
    """The largest entry of each row, so that no exponential overflows."""
    y: Array = x.real.max(axis=1, keepdims=True, initial=-np.inf)
    return y


def _sums(x: Array) -> Array:
    """Σ x along axis 1."""
    return row_sums(x) if x.ndim == 2 else np.asarray(total(x, (1,), keepdims=True))


def _dots(x: Array, y: Array) -> Array:
    """Σ x y along axis 1."""
    return row_dots(x, y) if x.ndim == 2 else _sums(x * y)
