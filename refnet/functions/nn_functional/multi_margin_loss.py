"""Margin losses over classes.

Each is composed of recorded operations. As in PyTorch, the derivative of max(0, z) at z = 0 is 0,
and max(0, NaN) = 0.
"""

import numpy as np

from refnet.engine.tensor import Tensor, wrap
from refnet.functions.nn_functional.checks import check_constant, check_number
from refnet.functions.nn_functional.cross_entropy import check_range
from refnet.functions.nn_functional.loss_reduction import (
    plain_reduction,
    reduced,
    resolve_reduction,
)
from refnet.functions.nn_functional.sigmoid import logsigmoid
from refnet.functions.operands import check_tensors, need_float
from refnet.ops.rule import Array

__all__ = ["multi_margin_loss", "multilabel_margin_loss", "multilabel_soft_margin_loss"]


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """ℓ = w_t/C Σ_{k ≠ t} max(0, margin − x_t + x_k)ᵖ, for the class t of C classes

    The gradient is that of the operations it is composed of.

    Args:
        input: x, floating-point, (N, C) or (C)
        target: t, int64, (N), or () or (1): a class
        p: 1 or 2
        margin: the smallest x_t − x_k for which class k adds no loss
        weight: w, (C), or None
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Raises:
        ValueError: p is neither 1 nor 2, the weight is not one-dimensional, or the reduction is
            unknown
        RuntimeError: a shape or a dtype does not fit, the target is not a class, or the weight
            requires a gradient

    Example:
        >>> F.multi_margin_loss(refnet.tensor([[0.5, 0.25, 2.0, 0.0]]), refnet.tensor([0]))
        tensor(0.9375)
    """
    check_tensors("multi_margin_loss", input=input, target=target)
    reduction = resolve_reduction(reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError(f"multi_margin_loss(): expected p of 1 or 2, got {p!r}")
    if weight is not None and weight.dim() != 1:
        raise ValueError(
            f"multi_margin_loss(): expected a one-dimensional weight, got {list(weight.shape)}"
        )
    margin = margin.item() if hasattr(margin, "item") else margin
    check_number("multi_margin_loss", margin=margin)
    check_constant("multi_margin_loss", weight=weight)
    x = _rows("multi_margin_loss", input)
    n, n_classes = x.shape
    t = target._array
    if t.ndim > 1 or t.size != n:
        raise RuntimeError(
            f"multi_margin_loss(): expected a target of shape [{n}] for the input's "
            f"{list(input.shape)}, got {list(t.shape)}"
        )
    _check_classes("multi_margin_loss", t, 0, n_classes)
    dtypes = {a._array.real.dtype for a in (input, weight) if a is not None}
    if weight is not None and (len(weight) != n_classes or len(dtypes) > 1):
        raise RuntimeError(
            f"multi_margin_loss(): expected a weight of shape [{n_classes}] in {input.dtype}, got "
            f"{list(weight.shape)} in {weight.dtype}"
        )
    rows, classes = np.arange(n), t.reshape(-1)
    z = margin - x[rows, classes].unsqueeze(1) + x
    counts = z._real() > 0
    counts[rows, classes] = False
    z = z.masked_fill(wrap(~counts), 0)
    losses = z if p == 1 else z * z
    if weight is not None:
        losses = losses * weight[classes].unsqueeze(1)
    return reduced((losses.sum(1) / n_classes).reshape(t.shape), reduction)


def multilabel_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """ℓ = 1/C Σ_{c ∈ t} Σ_{k ∉ t} max(0, 1 − x_c + x_k), for C classes

    t holds the classes of an example; the first −1 ends them. A class that is listed twice counts
    twice.

    The gradient is that of the operations it is composed of.

    Args:
        input: x, floating-point, (N, C) or (C)
        target: t, int64, of the same shape
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Raises:
        RuntimeError: a shape or a dtype does not fit, or an entry of the target is not in
            −1, …, C − 1
        ValueError: the reduction is unknown

    Example:
        >>> F.multilabel_margin_loss(refnet.tensor([0.5, 0.25, 2.0]), refnet.tensor([0, 2, -1]))
        tensor(0.2500)
    """
    check_tensors("multilabel_margin_loss", input=input, target=target)
    reduction = resolve_reduction(reduction, size_average, reduce)
    x = _rows("multilabel_margin_loss", input)
    n, n_classes = x.shape
    t = target._array
    if not (
        t.shape == input._array.shape or (max(input.dim(), t.ndim) < 2 and t.size == x.numel())
    ):
        raise RuntimeError(
            f"multilabel_margin_loss(): expected a target of the input's shape "
            f"{list(input.shape)}, got {list(t.shape)}"
        )
    _check_classes("multilabel_margin_loss", t, -1, n_classes)
    classes = t.reshape(n, n_classes)
    named = np.logical_and.accumulate(classes >= 0, axis=1)
    rows = np.arange(n)[:, None]
    others = np.ones((n, n_classes), np.bool)
    others[np.broadcast_to(rows, named.shape)[named], classes[named]] = False

    z = 1 - x[rows, np.where(named, classes, 0)].unsqueeze(2) + x.unsqueeze(1)  # (N, c, k)
    counts = named[:, :, None] & others[:, None, :] & (z._real() > 0)
    losses = z.masked_fill(wrap(~counts), 0).sum((1, 2)) / n_classes
    return reduced(losses if input.dim() == 2 else losses.reshape(()), reduction)


def _rows(function: str, input: Tensor) -> Tensor:
    """Returns the input with one row for each example."""
    if input.dim() > 2 or 0 in input.shape[-1:]:
        raise RuntimeError(
            f"{function}(): expected an input (N, C) or (C) with at least one class, got "
            f"{list(input.shape)}"
        )
    need_float(function, input)
    return input if input.dim() == 2 else input.reshape(1, -1)


def _check_classes(function: str, target: Array, low: int, n_classes: int) -> None:
    """Raises RuntimeError for a target that is not int64 or not in low, …, n_classes − 1."""
    if target.dtype != np.int64:
        raise RuntimeError(f"{function}(): expected a target of int64, got {target.dtype}")
    check_range(function, target, low, n_classes)


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """ℓ = −1/C Σ_c w_c (t_c log σ(x_c) + (1 − t_c) log σ(−x_c))

    That is the mean of C binary cross entropies, one for each label.

    The gradient is derived in `refnet.ops.logsigmoid`.

    Args:
        input: x, the logits, (N, C) or (C)
        target: t, of the same shape: 1 where the label applies, else 0
        weight: w, which broadcasts to the losses (N, C), or None
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Raises:
        RuntimeError: the tensors do not broadcast
        ValueError: the reduction is unknown

    Example:
        >>> F.multilabel_soft_margin_loss(
        ...     refnet.tensor([[0.0, 100.0]]), refnet.tensor([[1.0, 1.0]])
        ... )
        tensor(0.3466)
    """
    check_tensors("multilabel_soft_margin_loss", input=input, target=target)
    reduction = plain_reduction(reduction, size_average, reduce)
    losses = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    if weight is not None:
        losses = losses * weight
    dim = input.dim() - 1
    return reduced(losses.sum(dim) / input.size(dim), reduction)
