"""Cross entropy of a linear layer's output; see refnet.ops.linear_cross_entropy."""

from typing import Any

import numpy as np

from refnet import ops
from refnet.engine.caller_warning import warn
from refnet.engine.dtypes import cast, from_numpy_dtype
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.einsum import check_same_dtype
from refnet.functions.nn_functional.cross_entropy import check_range, cross_entropy
from refnet.functions.nn_functional.linear import linear
from refnet.functions.nn_functional.loss_reduction import resolve_reduction
from refnet.functions.operands import check_tensors
from refnet.ops.rule import Array

__all__ = ["linear_cross_entropy"]


def linear_cross_entropy(
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor,
    *,
    linear_bias: Tensor | None = None,
    weight: Tensor | None = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: Any = None,
) -> Tensor:
    """ℓ = cross_entropy(W x + b, target)

    With options, the logits W x + b are computed in chunks of rows, which saves memory.

    The gradient is derived in `refnet.ops.linear_cross_entropy`.

    Args:
        input: x, (N, in) or (in)
        linear_weight: W, (C, in), or (C, d₁, …, in) for C classes at each of d₁ × … positions
        target: classes (N), (N, d₁, …) or (), or probabilities in the shape of the logits
        linear_bias: b, (C) or (C, d₁, …), or None
        weight: as in cross_entropy
        reduction: "none" for the losses themselves, "mean" or "sum"
        ignore_index: as in cross_entropy; None means −100
        label_smoothing: as in cross_entropy
        options: a LinearCrossEntropyOptions, or None. It is ignored, with a warning, for
            several positions, probabilities, label_smoothing and classes that are not int64

    Raises:
        RuntimeError: a shape, a dtype or a class does not fit, or ignore_index is given with
            probabilities
        IndexError: without options, a target is not a class
        ValueError: the reduction is unknown, or the options contradict each other

    Example:
        >>> x, W = refnet.tensor([[1.0, 0.0]]), refnet.tensor([[0.0, 0.0], [100.0, 0.0]])
        >>> F.linear_cross_entropy(x, W, refnet.tensor([0]))  # the logits are 0 and 100
        tensor(100.)
    """
    check_tensors("linear_cross_entropy", input=input, linear_weight=linear_weight, target=target)
    places = _checked_places(input, linear_weight, linear_bias)
    n_classes, batch = linear_weight.shape[0], tuple(input.shape[:-1])
    logits_shape = (*batch, n_classes, *places)
    if target._array.shape == logits_shape and ignore_index is not None:
        raise RuntimeError(
            "linear_cross_entropy(): expected no ignore_index for a target of probabilities, got "
            f"{ignore_index}"
        )
    ignore_index = -100 if ignore_index is None else ignore_index
    if options is not None:
        if not places and not label_smoothing and target._array.dtype == np.int64:
            return _by_chunks(
                input, linear_weight, target, linear_bias, weight, reduction, ignore_index, options
            )
        warn(
            "linear_cross_entropy(): options are for classes in int64, without label_smoothing "
            "and places; they are ignored"
        )
    if places:
        linear_weight = linear_weight.flatten(0, -2)
        linear_bias = None if linear_bias is None else linear_bias.flatten()
    return cross_entropy(
        linear(input, linear_weight, linear_bias).reshape(logits_shape),
        target,
        weight,
        ignore_index=ignore_index,
        reduction=reduction,
        label_smoothing=label_smoothing,
    )


def _checked_places(input: Tensor, W: Tensor, b: Tensor | None) -> tuple[int, ...]:
    """Returns d₁, …, the sizes of the weight between classes and features."""
    if input.dim() not in (1, 2) or W.dim() < 2 or input.shape[-1] != W.shape[-1]:
        raise RuntimeError(
            "linear_cross_entropy(): expected an input (N, in) or (in) and a linear_weight "
            f"(C, ..., in), got {list(input.shape)} and {list(W.shape)}"
        )
    if b is not None and b.shape != W.shape[:-1]:
        raise RuntimeError(
            f"linear_cross_entropy(): expected a linear_bias of shape {list(W.shape[:-1])}, got "
            f"{list(b.shape)}"
        )
    places = tuple(W.shape[1:-1])
    if places and input.dim() == 1:
        raise RuntimeError(
            "linear_cross_entropy(): expected an input (N, in) for a linear_weight of shape "
            f"{list(W.shape)}, got {list(input.shape)}"
        )
    return places


def _by_chunks(
    input: Tensor,
    W: Tensor,
    target: Tensor,
    b: Tensor | None,
    weight: Tensor | None,
    reduction: str,
    ignore_index: int,
    options: Any,
) -> Tensor:
    """Returns the loss, computed in chunks of rows and in the dtype of the options."""
    reduction = resolve_reduction(reduction, None, None)
    x, t = (a if input.dim() == 2 else a.unsqueeze(0) for a in (input, target))
    dtype = input._array.real.dtype
    sums, rows = options._sum_dtype(from_numpy_dtype(dtype)), options._rows(*x.shape, len(W))
    _check_classes(t._array, x.shape[:1], len(W), ignore_index)
    if weight is not None and weight.shape != W.shape[:1]:
        raise RuntimeError(
            f"linear_cross_entropy(): expected a weight of shape [{len(W)}], got "
            f"{list(weight.shape)}"
        )
    check_same_dtype(input, W)
    losses: Tensor = apply(
        ops.linear_cross_entropy,
        *(cast(a, sums) for a in (x, W, b)),
        t._array,
        cast(weight, sums),
        rows=rows,
        ignore_index=ignore_index,
        reduction=reduction,
    )
    losses = cast(losses, dtype)
    return losses.squeeze(0) if reduction == "none" and input.dim() == 1 else losses


def _check_classes(t: Array, shape: Any, n_classes: int, ignore_index: int) -> None:
    """Raises RuntimeError unless the target has this shape and its classes are in range."""
    if t.shape != shape:
        raise RuntimeError(
            f"linear_cross_entropy(): expected a target of shape {list(shape)}, got {list(t.shape)}"
        )
    check_range("linear_cross_entropy", t[t != ignore_index], 0, n_classes)
