"""Kernels of refnet.ops.cross_entropy, without one-hot rows: they index the entries of targets."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from refnet import ops
from refnet.kernels.registry import kernel
from refnet.ops.cross_entropy import per_class
from refnet.ops.loss_reduction import reduced
from refnet.ops.rule import Array, Pullback

TAKES = "real floating-point arrays"


def _takes(x: Array, weight: Array | None) -> bool:
    return x.dtype.kind == "f" and (weight is None or weight.dtype == x.dtype)


def _classes(target: Array, n: int, ignore_index: int) -> tuple[Array, Array | None]:
    """Returns the target with 0 for ignored entries, and their mask (None if there are none).

    Raises:
        IndexError: a class is outside of 0 … n − 1
    """
    outside = target.astype(np.uint64) >= n  # a negative class becomes a huge one
    if 0 <= ignore_index < n or outside.any():
        ignored = target == ignore_index
        outside &= ~ignored
        if outside.any():
            raise IndexError(f"Target {target[outside][0]} is out of bounds.")
        if ignored.any():
            return np.where(ignored, 0, target), ignored
    return target, None


def _entries(shape: tuple[int, ...], classes: Array) -> Array:
    """Returns the index of x[i, classes[i, s], s] in the flattened x, for each i and s."""
    if len(shape) == 1:
        return classes
    n, c, *space = shape
    size = math.prod(space)
    first: Array = np.arange(n) * (c * size)
    if not space:
        return first + classes
    entry: Array = np.arange(size).reshape(space) + size * classes
    return entry + first.reshape(n, *[1] * len(space))


def _weights(weight: Array | None, classes: Array, ignored: Array | None) -> tuple[Any, Any]:
    """Returns the weight of each entry, 0 for an ignored one, and the sum of these weights."""
    if weight is None:
        if ignored is None:
            return 1.0, classes.size
        return ~ignored, classes.size - int(np.count_nonzero(ignored))
    w = weight[classes]
    if ignored is not None:
        w = w * ~ignored
    return w, w.sum()


@kernel(ops.nll_loss, takes=TAKES)
def nll_loss(
    x: Array, target: Array, weight: Array | None, *, ignore_index: int, reduction: str
) -> tuple[Array, Pullback]:
    if not _takes(x, weight):
        return ops.nll_loss(x, target, weight, ignore_index=ignore_index, reduction=reduction)
    classes, ignored = _classes(target, x.shape[min(1, x.ndim - 1)], ignore_index)
    entries = _entries(x.shape, classes)
    w, count = _weights(weight, classes, ignored)
    losses = -x.take(entries) * w
    if ignored is not None:
        losses = np.where(ignored, 0.0, losses)
    y, factor = reduced(losses, reduction, count)
    shape = x.shape

    def pullback(dy: Array) -> tuple[Array, None, None]:
        dl = -(factor * dy) * w
        if ignored is not None:
            dl = np.where(ignored, 0.0, dl)  # also where the factor is 1/0
        dx = np.zeros(shape, dl.dtype)
        dx.reshape(-1)[entries] = dl
        return dx, None, None

    return y, pullback


def _column(a: Any, axis: int) -> Any:
    """Returns a, one number for each column of x, in a shape that broadcasts with x."""
    return np.expand_dims(a, axis) if np.ndim(a) else a


def _less_maximum(x: Array, axis: int) -> Array:
    z: Array = np.subtract(x, x.max(axis, keepdims=True, initial=-np.inf), order="C")
    return z


@kernel(ops.cross_entropy, takes=TAKES)
def cross_entropy(
    x: Array,
    target: Array,
    weight: Array | None,
    *,
    ignore_index: int,
    label_smoothing: float,
    reduction: str,
) -> tuple[Array, Pullback]:
    if not _takes(x, weight):
        return ops.cross_entropy(
            x,
            target,
            weight,
            ignore_index=ignore_index,
            label_smoothing=label_smoothing,
            reduction=reduction,
        )
    axis = min(1, x.ndim - 1)
    classes, ignored = _classes(target, x.shape[axis], ignore_index)
    entries = _entries(x.shape, classes)
    w, count = _weights(weight, classes, ignored)

    z = _less_maximum(x, axis)
    z_target = z.take(entries)
    e = np.exp(z, out=None if label_smoothing else z)
    e_sum = e.sum(axis)
    log_sum = np.log(e_sum)
    losses = (log_sum - z_target) * w
    hard, soft = 1 - label_smoothing, label_smoothing / max(x.shape[axis], 1)
    w_all: Any = 1.0 if weight is None else per_class(weight, x)
    if label_smoothing:
        z -= _column(log_sum, axis)
        z *= w_all
        losses = hard * losses - soft * z.sum(axis)
    if ignored is not None:
        losses = np.where(ignored, 0.0, losses)
    y, factor = reduced(losses, reduction, count)

    def pullback(dy: Array) -> tuple[Array, None, None]:
        dl = factor * dy
        if ignored is not None:
            dl = np.where(ignored, 0.0, dl)  # also where the factor is 1/0
        if not label_smoothing:
            d_target = dl * w
            dx = np.multiply(e, _column(d_target / e_sum, axis), order="C")
            dx.reshape(-1)[entries] -= d_target
            return dx, None, None
        wq = np.full(x.shape, soft * w_all, x.dtype)
        wq.reshape(-1)[entries] += hard * w
        dx = np.multiply(e, _column(wq.sum(axis) / e_sum, axis), order="C")
        dx -= wq
        dx = dx * _column(dl, axis)
        return dx, None, None

    return y, pullback


@kernel(ops.soft_cross_entropy, takes=TAKES)
def soft_cross_entropy(
    x: Array, t: Array, weight: Array | None, *, label_smoothing: float, reduction: str
) -> tuple[Array, Pullback]:
    if not (_takes(x, weight) and _takes(x, t)):
        return ops.soft_cross_entropy(
            x, t, weight, label_smoothing=label_smoothing, reduction=reduction
        )
    axis = min(1, x.ndim - 1)
    C = x.shape[axis]
    z = _less_maximum(x, axis)
    log_p = z - np.log(np.exp(z).sum(axis, keepdims=True))
    q = t * (1 - label_smoothing) + label_smoothing / max(C, 1) if label_smoothing else t
    w: Any = 1.0 if weight is None else per_class(weight, x)
    wq = q if weight is None else w * q
    losses = -(wq * log_p).sum(axis)
    y, factor = reduced(losses, reduction, losses.size if C else 0)

    def pullback(dy: Array) -> tuple[Array, Callable[[], Array], Callable[[], Array] | None]:
        dl = _column(factor * dy, axis)

        def dt() -> Array:
            d: Array = log_p * (-(1 - label_smoothing) * dl * w)
            return d

        def dw() -> Array:
            others = tuple(i for i in range(x.ndim) if i != axis)
            d: Array = -(q * log_p * dl).sum(others)
            return d

        dx = (np.exp(log_p) * wq.sum(axis, keepdims=True) - wq) * dl
        return dx, dt, None if weight is None else dw

    return y, pullback
