"""Cross entropy of a linear layer's output, under PyTorch's name."""

from typing import Any

import numpy as np

from refnet import ops
from refnet.engine.caller_warning import warn
from refnet.engine.dtypes import cast, from_numpy_dtype
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.einsum import check_same_dtype, check_tensors
from refnet.functions.nn_functional.cross_entropy import cross_entropy
from refnet.functions.nn_functional.linear import linear
from refnet.functions.nn_functional.loss_reduction import resolve_reduction
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
    """cross_entropy(linear(input, linear_weight, linear_bias), target)

    Args:
        input: (N, in) or (in)
        linear_weight: (C, in), or (C, d₁, …, in) for C classes at each of d₁ × … places
        target: (N), (N, d₁, …) or () classes; or probabilities in the shape of the logits
        linear_bias: (C) or (C, d₁, …)
        ignore_index: None stands for −100
        options: a LinearCrossEntropyOptions: the logits are made for so many rows at a time, and
            never are there all at once; see refnet.ops.linear_cross_entropy. Ignored,
            with a warning, for places, probabilities, label_smoothing and targets that
            are not int64

    The rest is cross_entropy's. Raises RuntimeError for shapes that do not fit and for an
    ignore_index with probabilities; what cross_entropy raises.
    """
    check_tensors("linear_cross_entropy", input=input, linear_weight=linear_weight, target=target)
    places = _checked_places(input, linear_weight, linear_bias)
    n_classes, batch = linear_weight.shape[0], tuple(input.shape[:-1])
    logits_shape = (*batch, n_classes, *places)
    if target._array.shape == logits_shape and ignore_index is not None:
        raise RuntimeError(
            "linear_cross_entropy: an ignore_index has no meaning for a target of probabilities"
        )
    ignore_index = -100 if ignore_index is None else ignore_index
    if options is not None:
        if not places and not label_smoothing and target._array.dtype == np.int64:
            return _by_chunks(
                input, linear_weight, target, linear_bias, weight, reduction, ignore_index, options
            )
        warn(
            "linear_cross_entropy: options are for classes in int64, without label_smoothing and "
            "places; they are ignored"
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
    """The sizes between the classes and the features of the weight."""
    if input.dim() not in (1, 2) or W.dim() < 2 or input.shape[-1] != W.shape[-1]:
        raise RuntimeError(
            "linear_cross_entropy: expected an input (N, in) or (in) and a linear_weight (C, ..., "
            f"in), got {list(input.shape)} and {list(W.shape)}"
        )
    if b is not None and b.shape != W.shape[:-1]:
        raise RuntimeError(
            f"linear_cross_entropy: expected a linear_bias of shape {list(W.shape[:-1])}, got "
            f"{list(b.shape)}"
        )
    places = tuple(W.shape[1:-1])
    if places and input.dim() == 1:
        raise RuntimeError(
            f"linear_cross_entropy: a linear_weight of shape {list(W.shape)} needs an input (N, in), "
            f"got {list(input.shape)}"
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
    """The loss with the logits of so many rows at a time, in the dtype that the options say."""
    reduction = resolve_reduction(reduction, None, None)
    x, t = (a if input.dim() == 2 else a.unsqueeze(0) for a in (input, target))
    dtype = input._array.real.dtype
    sums, rows = options._sum_dtype(from_numpy_dtype(dtype)), options._rows(*x.shape, len(W))
    _check_classes(t._array, x.shape[:1], len(W), ignore_index)
    if weight is not None and weight.shape != W.shape[:1]:
        raise RuntimeError(
            f"linear_cross_entropy: expected a weight of shape [{len(W)}], got {list(weight.shape)}"
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
    wrong = t[((t < 0) | (t >= n_classes)) & (t != ignore_index)]
    if t.shape != shape or wrong.size:
        raise RuntimeError(
            f"linear_cross_entropy: expected classes from 0 to {n_classes - 1} in the shape "
            f"{list(shape)}, got " + (f"the class {wrong[0]}" if wrong.size else f"{list(t.shape)}")
        )
