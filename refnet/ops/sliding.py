"""Overlapping parts of an array along one dimension: Tensor.unfold."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from refnet.ops.rule import Array, Pullback, saves_nothing

__all__ = ["sliding_windows"]


@saves_nothing
def sliding_windows(x: Array, *, dim: int, size: int, step: int) -> tuple[Array, Pullback]:
    """y[…, i, …, j] = x[…, i step + j, …], the indices standing at dim: every step-th window of
    this size along dim, as a new last dimension; a view

    Shapes    x: (*) with n ≥ size at dim; y: with m = (n − size) // step + 1 at dim, and size at
              the end
    Pullback  x̄[…, k, …] = Σ ȳ[…, i, …, j] over i step + j = k: for each j a slice
    """
    shape = x.shape
    m = (shape[dim] - size) // step + 1

    def pullback(dy: Array) -> tuple[Array]:
        dx = np.zeros(shape, dy.dtype)
        along = np.moveaxis(dx, dim, 0)
        parts = np.moveaxis(dy, dim, 0)
        for j in range(size):
            along[j : j + (m - 1) * step + 1 : step] += parts[..., j]
        return (dx,)

    every = (slice(None),) * dim + (slice(None, None, step),)
    if size == 0:
        return np.empty((*shape[:dim], m, *shape[dim + 1 :], 0), x.dtype), pullback
    windows = sliding_window_view(x, size, axis=dim, writeable=x.flags.writeable)
    return windows[every], pullback
