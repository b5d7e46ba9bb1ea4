"""Overlapping parts of an array along one dimension: Tensor.unfold."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from refnet.ops.primitives import put_at
from refnet.ops.rule import Array, Pullback, saves_nothing

__all__ = ["sliding_windows"]


@saves_nothing
def sliding_windows(x: Array, *, dim: int, size: int, step: int) -> tuple[Array, Pullback]:
    """y[…, i, …, j] = x[…, i·step + j, …]

    The indices i and i·step + j are at dim. y has every step-th window along dim as its last
    dimension, and is a view.

    Shape:
        x: (*) with n ≥ size at dim; y: with m = (n − size) // step + 1 at dim, and size at the end

    Pullback:
        x̄[…, k, …] = Σ ȳ[…, i, …, j] over i·step + j = k
    """
    shape, every = x.shape, (slice(None),) * dim
    y = (
        sliding_window_view(x, size, axis=dim, writeable=True)[(*every, slice(None, None, step))]
        if size
        else np.zeros((*shape[:dim], shape[dim] // step + 1, *shape[dim + 1 :], 0), x.dtype)
    )

    def pullback(dy: Array) -> tuple[Array]:
        zeros, stop = np.zeros(shape, dy.dtype), dy.shape[dim] * step
        places = ((*every, slice(j, j + stop, step)) for j in range(size))
        return (sum((put_at(zeros, k, dy[..., j]) for j, k in enumerate(places)), start=zeros),)

    return y, pullback
