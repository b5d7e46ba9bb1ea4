"""Losses over classes: nll_loss and cross_entropy; see refnet.ops.cross_entropy."""

import numpy as np

from refnet import ops
from refnet.engine.argument_errors import is_integer
from refnet.engine.dtypes import promote
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.checks import check_constant
from refnet.functions.nn_functional.loss_reduction import resolve_reduction
from refnet.functions.operands import check_tensors, need_float
from refnet.ops.rule import Array

__all__ = ["cross_entropy", "nll_loss"]


def _checked_classes(
    function: str, input: Tensor, target: Tensor, weight: Tensor | None, ignore_index: int
) -> Array:
    """Returns the target as int64, in the shape of the input without its class dimension.

    Raises:
        ValueError, RuntimeError, IndexError, TypeError: the arguments do not fit together
    """
    x, t = input._array, target._array
    if not is_integer(ignore_index):
        raise TypeError(
            f"{function}(): ignore_index must be int, not {type(ignore_index).__name__}"
        )
    if x.ndim == 0:
        error = IndexError if function == "cross_entropy" else ValueError
        raise error(f"{function}(): expected an input of 1 or more dimensions, got 0")
    need_float(function, input)
    if x.ndim == 1 and t.ndim == 1:
        if t.size != 1:
            raise ValueError(
                f"For 1D input, 1D target must have size 1, but got target size: {t.size}"
            )
        t = t.reshape(())
    elif x.ndim > 1 and (t.ndim == 0 or len(t) != len(x)):
        raise ValueError(
            f"Expected input batch_size ({len(x)}) to match target batch_size "
            f"({len(t) if t.ndim else 0})."
        )
    if x.ndim <= 2 and t.ndim > 1:
        raise RuntimeError(
            "0D or 1D target tensor expected, multi-target not supported: "
            f"got input {list(x.shape)}, target {list(t.shape)}"
        )
    expected = x.shape[:1] + x.shape[2:] if x.ndim > 1 else ()
    if t.shape != expected:
        raise RuntimeError(f"Expected target size {list(expected)}, got {list(t.shape)}")
    if t.dtype != np.int64 and (t.dtype != np.uint8 or x.ndim > 2):
        raise RuntimeError(
            f"expected target dtype to be Long{' or Byte' * (x.ndim <= 2)}, but got {target.dtype}"
        )
    if weight is not None:
        check_constant(function, weight=weight)
        _check_class_weight(input, weight)
        if weight._array.dtype != x.dtype and x.dtype.kind != "c":
            raise RuntimeError(f"expected a weight of dtype {input.dtype} but found {weight.dtype}")
    return t.astype(np.int64, copy=False)


def check_range(function: str, classes: Array, low: int, n_classes: int) -> None:
    """Raises RuntimeError for a class that is not in low, …, n_classes − 1."""
    wrong = classes[(classes < low) | (classes >= n_classes)]
    if wrong.size:
        raise RuntimeError(
            f"{function}(): expected classes from {low} to {n_classes - 1}, got {wrong[0]}"
        )


def _check_class_weight(input: Tensor, weight: Tensor) -> None:
    n = input._array.shape[min(1, input._array.ndim - 1)]
    if weight._array.shape != (n,):
        raise RuntimeError(
            f"weight tensor should be defined either for all {n} classes or no classes but got "
            f"weight tensor of shape: {list(weight._array.shape)}"
        )


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """ℓ = −w_c x_c, for the class c = target

    x holds logarithms of probabilities, as log_softmax returns them. "mean" divides by Σ w_c.

    The gradient is derived in `refnet.ops.nll_loss`.

    Args:
        input: x, (C), (N, C) or (N, C, d₁, …)
        target: c, (), (N) or (N, d₁, …), integers in 0, …, C − 1
        weight: w, (C), or None
        size_average: deprecated; use reduction
        ignore_index: a class whose examples are ignored
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Raises:
        IndexError: a target is not a class
        ValueError: the batch sizes differ, or the reduction is unknown
        RuntimeError: a shape or a dtype does not fit, or the weight requires a gradient

    Example:
        >>> log_p = refnet.tensor([[0.5, 0.5], [0.25, 0.75]]).log()
        >>> F.nll_loss(log_p, refnet.tensor([1, 0]), reduction="none")
        tensor([0.6931, 1.3863])
    """
    check_tensors("nll_loss", input=input, target=target)
    reduction = resolve_reduction(reduction, size_average, reduce)
    classes = _checked_classes("nll_loss", input, target, weight, ignore_index)
    return apply(
        ops.nll_loss, input, classes, weight, ignore_index=ignore_index, reduction=reduction
    )


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """ℓ = −Σ_k w_k q_k log softmax(x)_k

    q is the distribution of the target. For a class c, q is 1 at c and 0 elsewhere, so
    ℓ = −w_c log softmax(x)_c. A target of the input's shape is q itself. With label_smoothing ε, q
    becomes (1 − ε) q + ε/C. For classes, "mean" divides by Σ w_c.

    The gradient is derived in `refnet.ops.cross_entropy` and `refnet.ops.soft_cross_entropy`.

    Args:
        input: x, the logits, (C), (N, C) or (N, C, d₁, …)
        target: c, (), (N) or (N, d₁, …), integers in 0, …, C − 1; or q, of the input's shape
        weight: w, (C), or None
        size_average: deprecated; use reduction
        ignore_index: a class whose examples are ignored
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"
        label_smoothing: ε, at most 1

    Raises:
        IndexError: a target is not a class, or the input is 0-d
        ValueError: the batch sizes differ, or the reduction is unknown
        RuntimeError: a shape or a dtype does not fit, the weight requires a gradient,
            label_smoothing is greater than 1, or ignore_index is given with probabilities

    Example:
        >>> x = refnet.tensor([[1.0, 3.0]]).log()  # softmax(x) is [0.25, 0.75]
        >>> F.cross_entropy(x, refnet.tensor([0])).exp()
        tensor(4.)
    """
    check_tensors("cross_entropy", input=input, target=target)
    reduction = resolve_reduction(reduction, size_average, reduce)
    if label_smoothing > 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    smoothing = label_smoothing if label_smoothing > 0 else 0.0
    if target._array.shape != input._array.shape:
        classes = _checked_classes("cross_entropy", input, target, weight, ignore_index)
        return apply(
            ops.cross_entropy,
            input,
            classes,
            weight,
            ignore_index=ignore_index,
            label_smoothing=smoothing,
            reduction=reduction,
        )
    if target._array.dtype.kind not in "fc":
        raise RuntimeError(
            f"Expected floating point type for target with class probabilities, got {target.dtype}"
        )
    if input._array.ndim == 0:
        raise IndexError("cross_entropy(): expected an input of 1 or more dimensions, got 0")
    if ignore_index >= 0:
        raise RuntimeError("ignore_index is not supported for floating point target")
    need_float("cross_entropy", input)
    input, target = promote(input, target)
    if weight is not None:
        _check_class_weight(input, weight)
        input, target, weight = promote(input, target, weight)
    return apply(
        ops.soft_cross_entropy,
        input,
        target,
        weight,
        label_smoothing=smoothing,
        reduction=reduction,
    )
