"""Kernels of refnet.ops.piecewise: bit masks and np.clip instead of np.where and np.minimum."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from refnet import ops
from refnet.kernels import tuning
from refnet.kernels.masking import chosen, kept, within
from refnet.kernels.registry import kernel
from refnet.ops.rule import Array, Pullback, unbroadcast

REAL = "real floating-point arrays"


@kernel(ops.maximum, takes=REAL)
def maximum(a: Array, b: Array) -> tuple[Array, Pullback]:
    if a.dtype.kind != "f" or b.dtype.kind != "f":
        return ops.maximum(a, b)
    return np.maximum(a, b), _to_one(np.less, a, b)


@kernel(ops.minimum, takes=REAL)
def minimum(a: Array, b: Array) -> tuple[Array, Pullback]:
    if a.dtype.kind != "f" or b.dtype.kind != "f":
        return ops.minimum(a, b)
    return np.minimum(a, b), _to_one(np.greater, a, b)


def _to_one(loses: np.ufunc, a: Array, b: Array) -> Pullback:
    def pullback(dy: Array) -> tuple[Array, Array]:
        tied = np.equal(a, b)
        shared = np.where(tied, dy / 2, dy) if tied.any() else dy
        return (
            unbroadcast(kept(shared, ~loses(a, b)), a.shape),
            unbroadcast(kept(shared, ~loses(b, a)), b.shape),
        )

    return pullback


@kernel(ops.clamp, takes="real floating-point arrays between numbers")
def clamp(x: Array, low: Any = None, high: Any = None) -> tuple[Array, Pullback]:
    if x.dtype.kind != "f" or isinstance(low, np.ndarray) or isinstance(high, np.ndarray):
        return ops.clamp(x, low, high)
    least, most = -math.inf if low is None else low, math.inf if high is None else high

    def pullback(dy: Array) -> tuple[Array, None, None]:
        return kept(dy, (x >= least) & (x <= most)), None, None

    return within(x, least, most), pullback


@kernel(ops.where, takes=f"{REAL} of one dtype, from {tuning.FEW} entries on")
def where(condition: Array, a: Any, b: Any) -> tuple[Array, Pullback]:
    if condition.size < tuning.FEW or a.dtype != b.dtype or a.dtype.kind != "f":
        return ops.where(condition, a, b)

    def pullback(dy: Array) -> tuple[None, Callable[[], Array], Callable[[], Array]]:
        return (
            None,
            lambda: unbroadcast(kept(dy, condition), a_shape),
            lambda: unbroadcast(kept(dy, ~condition), b_shape),
        )

    a_shape, b_shape = a.shape, b.shape
    return chosen(condition, a, b), pullback
