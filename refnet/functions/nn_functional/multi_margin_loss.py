"""Margin losses over classes, under PyTorch's names.

The hinges are composed of rules. At the kink z = 0 the hinge max(0, z) passes no cotangent, and
for z = NaN it is 0, as in PyTorch's loops.
"""

import numpy as np

from refnet.engine.tensor import Tensor, wrap
from refnet.functions.einsum import check_tensors
from refnet.functions.nn_functional.checks import check_constant, check_floating, check_number
from refnet.functions.nn_functional.loss_reduction import (
    plain_reduction,
    reduced,
    resolve_reduction,
)
from refnet.functions.nn_functional.sigmoid import logsigmoid
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
    """w_c/C Σ_{k ≠ c} max(0, margin − x_c + x_k)ᵖ, c the class of the target, of C classes

    x: (N, C) with t: (N), or (C) with t: () or (1). Raises ValueError for p other than 1 and 2 and
    for a weight that is not a vector; RuntimeError for shapes and dtypes that do not fit, a target
    that is no class, and a weight that asks for a gradient.
    """
    check_tensors("multi_margin_loss", input=input, target=target)
    reduction = resolve_reduction(reduction, size_average, reduce)
    if p not in (1, 2):
        raise ValueError(f"multi_margin_loss: p must be 1 or 2, got {p!r}")
    if weight is not None and weight.dim() != 1:
        raise ValueError(
            f"multi_margin_loss: weight must be one-dimensional, got shape {list(weight.shape)}"
        )
    margin = margin.item() if hasattr(margin, "item") else margin
    check_number("multi_margin_loss", margin=margin)
    check_constant("multi_margin_loss", weight=weight)
    x = _rows("multi_margin_loss", input)
    n, n_classes = x.shape
    t = target._array
    if t.ndim > 1 or t.size != n:
        raise RuntimeError(
            f"multi_margin_loss: expected a target of shape [{n}] for the input's "
            f"{list(input.shape)}, got {list(t.shape)}"
        )
    _check_classes("multi_margin_loss", t, 0, n_classes)
    dtypes = {a._array.real.dtype for a in (input, weight) if a is not None}
    if weight is not None and (len(weight) != n_classes or len(dtypes) > 1):
        raise RuntimeError(
            f"multi_margin_loss: expected a weight of shape [{n_classes}] in {input.dtype}, got "
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
    """1/C Σ_{c ∈ t} Σ_{k ∉ t} max(0, 1 − x_c + x_k), t the classes of the target before its first −1

    A class that stands in the target twice counts twice. x, t: (N, C) or (C). Raises RuntimeError
    for shapes and dtypes that do not fit, and for a target outside −1 … C − 1.
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
            f"multilabel_margin_loss: expected a target of the input's shape {list(input.shape)}, "
            f"got {list(t.shape)}"
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
    """The input as rows, an example each."""
    if input.dim() > 2 or 0 in input.shape[-1:]:
        raise RuntimeError(
            f"{function} is for an input (N, C) or (C) with at least one class, got "
            f"{list(input.shape)}"
        )
    check_floating(function, input)
    return input if input.dim() == 2 else input.reshape(1, -1)


def _check_classes(function: str, target: Array, low: int, n_classes: int) -> None:
    if target.dtype != np.int64:
        raise RuntimeError(f"{function}: expected a target of int64, got {target.dtype}")
    wrong = target[(target < low) | (target >= n_classes)]
    if wrong.size:
        raise RuntimeError(
            f"{function}: the target {wrong[0]} is out of range, expected {low} to {n_classes - 1}"
        )


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """−1/C Σ_c w_c (t_c log σ(x_c) + (1 − t_c) log σ(−x_c)): C yes-or-no questions about an example

    Raises RuntimeError for shapes that do not broadcast.

    The gradient is derived in `refnet.ops.logsigmoid`.
    """
    check_tensors("multilabel_soft_margin_loss", input=input, target=target)
    reduction = plain_reduction(reduction, size_average, reduce)
    losses = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    if weight is not None:
        losses = losses * weight
    dim = input.dim() - 1
    return reduced(losses.sum(dim) / input.size(dim), reduction)
