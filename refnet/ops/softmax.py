"""Numbers as probabilities: softmax and its logarithm.

Source    https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax.html
"""

from __future__ import annotations

import numpy as np

from refnet.ops.rule import Array, Pullback, Rule
from refnet.ops.summation import total

__all__ = ["log_softmax", "softmax"]


def _centred(x: Array, dim: int) -> Array:
    """x less its largest entry along dim, so that no exponential overflows."""
    return np.asarray(x - x.real.max(axis=dim, keepdims=True, initial=-np.inf))


def softmax(x: Array, *, dim: int) -> tuple[Array, Pullback]:
    """yᵢ = e^xᵢ / Σⱼ e^xⱼ along dim

    Shapes    x, y: (*)
    Pullback  x̄ᵢ = yᵢ (ȳᵢ − Σⱼ ȳⱼ yⱼ)
    """
    if x.ndim == 0:
        return _of_one(softmax, x)
    y = _centred(x, dim)
    np.exp(y, out=y)
    y /= total(y, (dim,), keepdims=True)

    def pullback(dy: Array) -> tuple[Array]:
        dx = dy * y
        np.subtract(dy, total(dx, (dim,), keepdims=True), out=dx)
        dx *= y
        return (dx,)

    return y, pullback


def log_softmax(x: Array, *, dim: int) -> tuple[Array, Pullback]:
    """yᵢ = xᵢ − log Σⱼ e^xⱼ along dim

    Shapes    x, y: (*)
    Pullback  x̄ᵢ = ȳᵢ − e^yᵢ Σⱼ ȳⱼ
    """
    if x.ndim == 0:
        return _of_one(log_softmax, x)
    y = _centred(x, dim)
    y -= np.log(total(np.exp(y), (dim,), keepdims=True))

    def pullback(dy: Array) -> tuple[Array]:
        dx = np.exp(y) * total(dy, (dim,), keepdims=True)
        return (np.subtract(dy, dx, out=dx),)

    return y, pullback


def _of_one(rule: Rule, x: Array) -> tuple[Array, Pullback]:
    """The rule of a number, which is a row of one."""
    y, pullback = rule(x.reshape(1), dim=0)
    return y.reshape(()), lambda dy: (pullback(np.reshape(dy, 1))[0].reshape(()),)
