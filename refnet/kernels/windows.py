"""Weighted sums over windows (refnet.ops.windows), one term of all sums at a time."""

from __future__ import annotations

import math

import numpy as np

from refnet.kernels import tuning
from refnet.kernels.blocks import by_rows
from refnet.ops import windows
from refnet.ops.rule import Array
from refnet.ops.windows import Windows


def weighted_sum(x: Array, w: Windows, axis: int) -> Array:
    """Does the same as refnet.ops.windows.weighted_sum, for real floating-point arrays."""
    if x.size < tuning.TABLE:
        return windows.weighted_sum(x, w, axis)
    k, m = w.place.shape
    before, n, after = x.shape[:axis], x.shape[axis], x.shape[axis + 1 :]
    count, width = math.prod(before), math.prod(after)
    y, terms = np.zeros((count, m, width), x.dtype), tuning.TERMS

    def run_block(x: Array, y: Array) -> None:
        _terms(x, w, range(min(terms, k)), y)
        for first in range(terms, k, terms):
            y += _terms(x, w, range(first, min(first + terms, k)), np.empty_like(y))

    if m:
        by_rows(run_block, x.reshape(count, n, width), y)
    return y.reshape(before + (m,) + after)


def _terms(x: Array, w: Windows, entries: range, out: Array) -> Array:
    """Returns Σ_k weight_kj x[place_kj] over some entries k, along the middle axis."""

    def term(k: int, v: Array) -> Array:
        x.take(w.place[k], axis=1, out=v, mode="clip")
        if w.weight is not None:
            v *= w.weight[k, :, None].astype(v.dtype, copy=False)
        if not w.inside[k].all():
            v[:, ~w.inside[k]] = 0
        return v

    term(entries[0], out)
    v = np.empty_like(out)
    for k in entries[1:]:
        out += term(k, v)
    return out
