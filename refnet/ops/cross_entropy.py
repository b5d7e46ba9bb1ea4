"""Cross entropy over classes, and the negative log-likelihood.

Cross entropy is

    ℓ = Σ_k Q_k (−log p_k),   p = softmax(x),   Q_k = w_k q_k
    x̄ = ȳ (p Σ_k Q_k − Q)

where w_k is the weight of a class and q_k its probability in the target.
"""

from __future__ import annotations

import numpy as np

from refnet.ops.loss_reduction import reduced
from refnet.ops.rule import Array, Pullback
from refnet.ops.softmax import less_maximum

__all__ = ["cross_entropy", "nll_loss", "soft_cross_entropy"]


def one_hot(target: Array, n: int, axis: int, ignore_index: int) -> tuple[Array, Array]:
    """Returns [k = target] for the n classes k along a new axis, and where the target is ignored.

    Ignored targets are False for every class.

    Raises:
        IndexError: a class is outside of 0 … n − 1
    """
    ignored = target == ignore_index
    wrong = target[~ignored & ((target < 0) | (target >= n))]
    if wrong.size:
        raise IndexError(f"Target {wrong[0]} is out of bounds.")
    k = np.arange(n).reshape(-1, *[1] * (target.ndim - axis))
    return (np.expand_dims(target, axis) == k) & np.expand_dims(~ignored, axis), ignored


def per_class(weight: Array | None, x: Array) -> Array:
    """Returns the weights of the classes in a shape that broadcasts with x; None means ones."""
    w = np.ones(x.shape[min(1, x.ndim - 1)], x.real.dtype) if weight is None else weight
    return w.reshape(-1, *[1] * (x.ndim - 2))


def nll_loss(
    x: Array, target: Array, weight: Array | None, *, ignore_index: int, reduction: str
) -> tuple[Array, Pullback]:
    """ℓ_i = −w_c x_ic where c = target_i;   0 where c = ignore_index

    x contains logarithms of probabilities. "mean" divides by the sum of the weights w_c of the
    entries that are not ignored. The rule reads one entry of each column; a product with one-hot
    rows would give 0 · −inf, which is NaN.

    Shape:
        x: (N, C, ...) or (C,)
        target: (N, ...) or (), integers
        weight: (C,) or None, which means 1
        y: the shape of target for "none", else ()

    Pullback:
        x̄_ic = −w_c ȳ_i,   0 elsewhere
        with ȳ/Σw instead of ȳ for "mean"; the weight has no gradient, as in PyTorch

    Raises:
        IndexError: a target is neither a class nor ignore_index

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
    """
    axis = min(1, x.ndim - 1)
    chosen, _ = one_hot(target, x.shape[axis], axis, ignore_index)
    w = per_class(weight, x)
    losses = np.where(chosen, -x * w, 0).sum(axis)
    y, factor = reduced(losses, reduction, np.where(chosen, w, 0).sum())

    def pullback(dy: Array) -> tuple[Array, None, None]:
        dl = np.expand_dims(np.broadcast_to(factor * dy, target.shape), axis)
        return np.where(chosen, -dl * w, 0), None, None

    return y, pullback


def cross_entropy(
    x: Array,
    target: Array,
    weight: Array | None,
    *,
    ignore_index: int,
    label_smoothing: float,
    reduction: str,
) -> tuple[Array, Pullback]:
    """ℓ_i = (1 − ε) w_c (−log p_ic) + ε/C Σ_k w_k (−log p_ik);   0 where c = ignore_index

    with p_i = softmax(x_i) and c = target_i. "mean" divides by the sum of the weights w_c of the
    entries that are not ignored. In one rule the logarithm does not underflow, and the gradient
    needs no product with the Jacobian of the softmax:

        log p = x − max x − log Σ exp(x − max x)

    Shape:
        x: (N, C, ...) or (C,)
        target: (N, ...) or (), integers
        weight: (C,) or None, which means 1
        y: the shape of target for "none", else ()

    Pullback:
        x̄_ik = ȳ_i (p_ik Σ_j w_j q_ij − w_k q_ik),   q_ik = (1 − ε) [k = c] + ε/C
        with ȳ/Σw_c instead of ȳ for "mean"; the weight has no gradient, as in PyTorch

    Raises:
        IndexError: a target is neither a class nor ignore_index

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html;
        Szegedy et al. 2016, "Rethinking the Inception architecture", section 7 (smoothing)
    """
    axis = min(1, x.ndim - 1)
    C, ε = x.shape[axis], label_smoothing
    chosen, ignored = one_hot(target, C, axis, ignore_index)
    w = per_class(weight, x)
    z = less_maximum(x, axis)
    log_p = z - np.log(np.exp(z).sum(axis, keepdims=True))
    hard = -np.where(chosen, w * log_p, 0).sum(axis)
    soft = -(w * log_p).sum(axis) if ε else 0
    losses = np.where(ignored, 0, (1 - ε) * hard + ε / max(C, 1) * soft)
    y, factor = reduced(losses, reduction, np.where(chosen, w, 0).sum())

    def pullback(dy: Array) -> tuple[Array, None, None]:
        q = ((1 - ε) * chosen + ε / max(C, 1)).astype(w.dtype)
        wq = np.where(q == 0, 0, w * q)
        dl = np.expand_dims(np.where(ignored, 0, factor * dy), axis)  # also if the factor is 1/0
        return dl * (np.exp(log_p) * wq.sum(axis, keepdims=True) - wq), None, None

    return y, pullback


def soft_cross_entropy(
    x: Array, t: Array, weight: Array | None, *, label_smoothing: float, reduction: str
) -> tuple[Array, Pullback]:
    """ℓ_i = −Σ_k w_k q_ik log p_ik,   p_i = softmax(x_i),   q = (1 − ε) t + ε/C

    This is cross entropy against probabilities of classes. "mean" divides by the number of losses
    ℓ_i, n. It is one rule for the same reasons as cross_entropy.

    Shape:
        x, t: (N, C, ...) or (C,)
        weight: (C,) or None, which means 1
        y: (N, ...) or () for "none", else ()

    Pullback:
        x̄_ik = ȳ_i (p_ik Σ_j w_j q_ij − w_k q_ik)
        t̄_ik = −(1 − ε) w_k log p_ik ȳ_i
        w̄_k = −Σ_i q_ik log p_ik ȳ_i
        with ȳ/n instead of ȳ for the "mean" of n losses

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
    """
    axis = min(1, x.ndim - 1)
    C, ε = x.shape[axis], label_smoothing
    others = tuple(i for i in range(x.ndim) if i != axis)
    w, q = per_class(weight, x), (1 - ε) * t + ε / max(C, 1)
    wq = w * q
    z = less_maximum(x, axis)
    log_p = z - np.log(np.exp(z).sum(axis, keepdims=True))
    losses = -(wq * log_p).sum(axis)
    y, factor = reduced(losses, reduction, losses.size if C else 0)

    def pullback(dy: Array) -> tuple[Array, Array, Array | None]:
        dl = np.expand_dims(np.broadcast_to(factor * dy, losses.shape), axis)
        return (
            dl * (np.exp(log_p) * wq.sum(axis, keepdims=True) - wq),
            -(1 - ε) * w * log_p * dl,
            None if weight is None else -(q * log_p * dl).sum(others),
        )

    return y, pullback
