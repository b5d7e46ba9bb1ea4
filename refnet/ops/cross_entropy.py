"""Cross entropy over classes, and the negative log-likelihood.

A rule is fused for a reason that its docstring gives: the composed formula would overflow, or
lose digits, or make several passes over the data where one is enough.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from refnet.ops.loss_reduction import reduced
from refnet.ops.rule import Array, Pullback

__all__ = ["cross_entropy", "nll_loss", "soft_cross_entropy"]


def _classes(target: Array, n: int, ignore_index: int) -> tuple[Array, Array | None]:
    """The target with 0 for ignored entries, and where those are (None: nowhere).

    Raises IndexError for a class that is not in 0 … n − 1.
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
    """Where x[i, classes[i, s], s] lies in the flattened x of this shape, for each i and s."""
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
    """The weight of each entry, 0 for an ignored one, and the sum of these weights."""
    if weight is None:
        if ignored is None:
            return 1.0, classes.size
        return ~ignored, classes.size - int(np.count_nonzero(ignored))
    w = weight[classes]
    if ignored is not None:
        w = w * ~ignored
    return w, w.sum()


def nll_loss(
    x: Array, target: Array, weight: Array | None, *, ignore_index: int, reduction: str
) -> tuple[Array, Pullback]:
    """ℓ_i = −w_c x_ic where c = target_i; 0 where c = ignore_index

    x holds the logarithms of probabilities. "mean" divides by the sum of the weights w_c of the
    entries that are not ignored. Fused because it reads one entry of each column: composed of a
    product with one-hot rows, 0 · −inf would give nan.

    Shapes    x: (N, C, ...)  target: (N, ...), integers; or x: (C,)  target: ()
              weight: (C,) or None, meaning 1  y: the target's for "none", else ()
    Pullback  x̄_ic = −w_c ȳ_i, with ȳ/Σw in place of ȳ for "mean"; 0 elsewhere; none for the
              weight, as in PyTorch
    Raises    IndexError for a target that is neither a class nor ignore_index
    Source    https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
    """
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


def _per_class(weight: Array, ndim: int) -> Array:
    """weight (C,) in the shape that broadcasts against x: (C,) or (N, C, ...)."""
    return weight.reshape(-1, *[1] * (ndim - 2))


def _column(a: Any, axis: int) -> Any:
    """a, one number for each column of x, in a shape that broadcasts against x."""
    return np.expand_dims(a, axis) if np.ndim(a) else a


def _less_maximum(x: Array, axis: int) -> Array:
    """x − max x along the axis, so that no exponential overflows.

    It cancels in a softmax, so it is a constant: it carries no direction of a complex step.
    """
    z: Array = np.subtract(x, x.real.max(axis, keepdims=True, initial=-np.inf), order="C")
    return z


def cross_entropy(
    x: Array,
    target: Array,
    weight: Array | None,
    *,
    ignore_index: int,
    label_smoothing: float,
    reduction: str,
) -> tuple[Array, Pullback]:
    """ℓ_i = (1 − ε) w_c (−log p_ic) + ε/C Σ_k w_k (−log p_ik), p_i = softmax(x_i), c = target_i;
    0 where c = ignore_index

    "mean" divides by the sum of the weights w_c of the entries that are not ignored. Fused for
    stability and speed: log p = x − max x − log Σ e^(x − max x) does not underflow, and the
    gradient p − onehot(c) needs no product with the Jacobian of the softmax.

    Shapes    x: (N, C, ...)  target: (N, ...), integers; or x: (C,)  target: ()
              weight: (C,) or None, meaning 1  y: the target's for "none", else ()
    Pullback  x̄_ik = ȳ_i (((1 − ε) w_c + ε/C Σw) p_ik − (1 − ε) w_c [k = c] − ε/C w_k), with
              ȳ/Σw in place of ȳ for "mean"; none for the weight, as in PyTorch
    Raises    IndexError for a target that is neither a class nor ignore_index
    Source    https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html;
              Szegedy et al. 2016, "Rethinking the Inception architecture", section 7 (smoothing)
    """
    axis = min(1, x.ndim - 1)
    classes, ignored = _classes(target, x.shape[axis], ignore_index)
    entries = _entries(x.shape, classes)
    w, count = _weights(weight, classes, ignored)

    z = _less_maximum(x, axis)
    z_target = z.take(entries)
    if label_smoothing:
        w_all: Any = 1.0 if weight is None else _per_class(weight, x.ndim)
        w_sum = x.shape[axis] if weight is None else weight.sum()
        z_all = (w_all * z).sum(axis)
    e = np.exp(z, out=z)
    e_sum = e.sum(axis)
    log_sum = np.log(e_sum)
    losses = (log_sum - z_target) * w
    hard, soft = 1 - label_smoothing, label_smoothing / max(x.shape[axis], 1)
    if label_smoothing:
        losses = hard * losses + soft * (w_sum * log_sum - z_all)
    if ignored is not None:
        losses = np.where(ignored, 0.0, losses)
    y, factor = reduced(losses, reduction, count)

    def pullback(dy: Array) -> tuple[Array, None, None]:
        dl = factor * dy
        if ignored is not None:
            dl = np.where(ignored, 0.0, dl)  # also where the factor is 1/0
        d_target = hard * dl * w
        d_sum = d_target + soft * w_sum * dl if label_smoothing else d_target
        dx = np.multiply(e, _column(d_sum / e_sum, axis), order="C")
        dx.reshape(-1)[entries] -= d_target
        if label_smoothing:
            dx -= _column(soft * dl, axis) * w_all
        return dx, None, None

    return y, pullback


def soft_cross_entropy(
    x: Array, t: Array, weight: Array | None, *, label_smoothing: float, reduction: str
) -> tuple[Array, Pullback]:
    """ℓ_i = −Σ_k w_k q_ik log p_ik, p_i = softmax(x_i), q = (1 − ε) t + ε/C

    Cross entropy against probabilities of classes; "mean" divides by the number of columns.
    Fused for stability, as cross_entropy.

    Shapes    x, t: (N, C, ...) or (C,)  weight: (C,) or None, meaning 1
              y: (N, ...) for "none", else ()
    Pullback  x̄_ik = ȳ_i (p_ik Σ_j w_j q_ij − w_k q_ik),  t̄_ik = −(1 − ε) w_k log p_ik ȳ_i
              w̄_k = −Σ_i q_ik log p_ik ȳ_i; ȳ/N in place of ȳ for "mean"
    Source    https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
    """
    axis = min(1, x.ndim - 1)
    n_classes = x.shape[axis]
    z = _less_maximum(x, axis)
    log_p = z - np.log(np.exp(z).sum(axis, keepdims=True))
    q = t * (1 - label_smoothing) + label_smoothing / max(n_classes, 1) if label_smoothing else t
    w: Any = 1.0 if weight is None else _per_class(weight, x.ndim)
    wq = q if weight is None else w * q
    losses = -(wq * log_p).sum(axis)
    y, factor = reduced(losses, reduction, losses.size if n_classes else 0)

    def pullback(dy: Array) -> tuple[Array, Callable[[], Array], Callable[[], Array] | None]:
        dl = _column(factor * dy, axis)

        def dt() -> Array:
            d: Array = log_p * (-(1 - label_smoothing) * dl * w)
            return d

        def dw() -> Array:
            other = tuple(i for i in range(x.ndim) if i != axis)
            d: Array = -(q * log_p * dl).sum(other)
            return d

        dx = (np.exp(log_p) * wq.sum(axis, keepdims=True) - wq) * dl
        return dx, dt, None if weight is None else dw

    return y, pullback
