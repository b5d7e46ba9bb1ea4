"""Losses under PyTorch's names, with PyTorch's checks of what they are given.

Every one takes `reduction`, "none", "mean" or "sum". `size_average` and `reduce` are its two
deprecated forebears: giving one of them overrides it, with a warning.
"""

import warnings
from typing import TYPE_CHECKING

import numpy as np

from refnet import ops
from refnet.dtypes import promote
from refnet.functions.contraction import check_tensors
from refnet.gradmode import is_grad_enabled
from refnet.ops.rule import Array
from refnet.tape import apply

if TYPE_CHECKING:
    from refnet.tensor import Tensor

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cross_entropy",
    "mse_loss",
    "nll_loss",
]


def _reduction(reduction: str, size_average: bool | None, reduce: bool | None) -> str:
    """The reduction asked for, in the one spelling that rules know.

    Raises ValueError for an unknown one.
    """
    if size_average is not None or reduce is not None:
        mean = "mean" if size_average in (None, True) else "sum"
        reduction = mean if reduce in (None, True) else "none"
        warnings.warn(
            "size_average and reduce args will be deprecated, "
            f"please use reduction='{reduction}' instead.",
            stacklevel=3,
        )
    elif reduction == "elementwise_mean":
        warnings.warn(
            "reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead.",
            stacklevel=3,
        )
        reduction = "mean"
    elif reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    return reduction


def _check_floating(function: str, x: "Tensor") -> None:
    if x._array.dtype.kind not in "fc":
        raise NotImplementedError(f"{function} is for a floating-point input, got {x.dtype}")


def _check_constant(function: str, **inputs: "Tensor | None") -> None:
    """Raise for an argument for which PyTorch, too, has no gradient, if one is asked for."""
    for name, x in inputs.items():
        if x is not None and x._requires_grad and is_grad_enabled():
            raise RuntimeError(
                f"The function '{function}' is not differentiable with respect to argument "
                f"'{name}'. This input cannot have requires_grad True."
            )


def _like(input: "Tensor", weight: "Tensor | None") -> Array | None:
    """The weight in the dtype of the input; raises RuntimeError if it broadcasts beyond it."""
    if weight is None:
        return None
    shape, w = input._array.shape, weight._array
    try:
        fits = np.broadcast_shapes(shape, w.shape) == shape
    except ValueError:
        fits = False
    if not fits:
        raise RuntimeError(
            f"the weight's shape {list(w.shape)} does not broadcast to the input's {list(shape)}"
        )
    return w if input._array.dtype.kind == "c" else w.astype(input._array.dtype, copy=False)


def mse_loss(
    input: "Tensor",
    target: "Tensor",
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: "Tensor | None" = None,
) -> "Tensor":
    """(x − t)²; see refnet.ops.mse_loss. With a weight w it is w (x − t)², and the mean is over Σ w.

    Shapes that differ broadcast, with a warning. Raises RuntimeError if they do not, ValueError
    for a weight of another shape, NotImplementedError for integers.
    """
    check_tensors("mse_loss", input=input, target=target)
    if target._array.shape != input._array.shape:
        warnings.warn(
            f"Using a target size ({target.shape}) that is different to the input size "
            f"({input.shape}). This will likely lead to incorrect results due to broadcasting. "
            "Please ensure they have the same size.",
            stacklevel=2,
        )
        input, target = _expand(input, target)
    reduction = _reduction(reduction, size_average, reduce)
    input, target = promote(input, target)
    _check_floating("mse_loss", input)
    if weight is None:
        y: Tensor = apply(ops.mse_loss, input, target, reduction=reduction)
        return y
    if weight._array.shape != input._array.shape:
        raise ValueError(
            "Weights and input must have the same size: "
            f"got {list(weight.shape)} and {list(input.shape)}."
        )
    losses: Tensor = apply(ops.mse_loss, input, target, reduction="none") * weight
    if reduction == "none":
        return losses
    return losses.sum() if reduction == "sum" else losses.sum() / weight.sum()


def _expand(a: "Tensor", b: "Tensor") -> tuple["Tensor", "Tensor"]:
    try:
        shape = np.broadcast_shapes(a._array.shape, b._array.shape)
    except ValueError:
        raise RuntimeError(
            f"input of shape {list(a.shape)} and target of shape {list(b.shape)} do not broadcast"
        ) from None
    return a.expand(shape), b.expand(shape)


def binary_cross_entropy(
    input: "Tensor",
    target: "Tensor",
    weight: "Tensor | None" = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> "Tensor":
    """−w (t log x + (1 − t) log(1 − x)); see refnet.ops.binary_cross_entropy.

    Raises ValueError for two shapes; RuntimeError for two dtypes, for an input or a target
    outside [0, 1], and for a weight that asks for a gradient or does not fit.
    """
    check_tensors("binary_cross_entropy", input=input, target=target)
    reduction = _reduction(reduction, size_average, reduce)
    x, t = input._array, target._array
    if t.shape != x.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size "
            f"({input.shape}) is deprecated. Please ensure they have the same size."
        )
    _check_floating("binary_cross_entropy", input)
    if t.dtype != x.dtype and "c" not in (x.dtype.kind, t.dtype.kind):
        raise RuntimeError(f"Found dtype {target.dtype} but expected {input.dtype}")
    for name, a in ("input", x.real), ("target", t.real):
        if a.size and not (a.min() >= 0 and a.max() <= 1):  # so also for nan
            raise RuntimeError(f"all elements of {name} should be between 0 and 1")
    _check_constant("binary_cross_entropy", weight=weight)
    w = _like(input, weight)
    y: Tensor = apply(ops.binary_cross_entropy, input, target, w, reduction=reduction)
    return y


def binary_cross_entropy_with_logits(
    input: "Tensor",
    target: "Tensor",
    weight: "Tensor | None" = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: "Tensor | None" = None,
) -> "Tensor":
    """−w (p t log σ(x) + (1 − t) log(1 − σ(x))); see refnet.ops.binary_cross_entropy_with_logits.

    Raises ValueError for two shapes, RuntimeError for a target that is not floating-point and for
    weights that ask for a gradient or do not fit.
    """
    check_tensors("binary_cross_entropy_with_logits", input=input, target=target)
    reduction = _reduction(reduction, size_average, reduce)
    if target._array.shape != input._array.shape:
        raise ValueError(
            f"Target size ({target.shape}) must be the same as input size ({input.shape})"
        )
    _check_floating("binary_cross_entropy_with_logits", input)
    if target._array.dtype.kind not in "fc":
        raise RuntimeError(
            f"result type {input.dtype} can't be cast to the target's type {target.dtype}: "
            "the target must be floating-point"
        )
    _check_constant("binary_cross_entropy_with_logits", weight=weight, pos_weight=pos_weight)
    input, target = promote(input, target)
    y: Tensor = apply(
        ops.binary_cross_entropy_with_logits,
        input,
        target,
        _like(input, weight),
        _like(input, pos_weight),
        reduction=reduction,
    )
    return y


def _checked_classes(
    function: str, input: "Tensor", target: "Tensor", weight: "Tensor | None"
) -> Array:
    """The target of a loss over classes as int64, of the shape that belongs to the input's.

    Raises PyTorch's error if the three do not fit.
    """
    x, t = input._array, target._array
    if x.ndim == 0:
        raise ValueError("Expected 1 or more dimensions (got 0)")
    _check_floating(function, input)
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
    if t.dtype not in (np.int64, np.uint8):
        raise RuntimeError(f"expected target dtype to be Long or Byte, but got {target.dtype}")
    if weight is not None:
        _check_class_weight(input, weight)
        if weight._array.dtype != x.dtype and x.dtype.kind != "c":
            raise RuntimeError(f"expected a weight of dtype {input.dtype} but found {weight.dtype}")
        _check_constant(function, weight=weight)
    return t.astype(np.int64, copy=False)


def _check_class_weight(input: "Tensor", weight: "Tensor") -> None:
    n = input._array.shape[min(1, input._array.ndim - 1)]
    if weight._array.shape != (n,):
        raise RuntimeError(
            f"weight tensor should be defined either for all {n} classes or no classes but got "
            f"weight tensor of shape: {list(weight._array.shape)}"
        )


def nll_loss(
    input: "Tensor",
    target: "Tensor",
    weight: "Tensor | None" = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> "Tensor":
    """−w_c x_c, c = target, for x the logarithms of probabilities; see refnet.ops.nll_loss.

    Raises IndexError for a target that is no class; ValueError or RuntimeError for shapes or dtypes
    that do not fit; RuntimeError for a weight that asks for a gradient.
    """
    check_tensors("nll_loss", input=input, target=target)
    reduction = _reduction(reduction, size_average, reduce)
    classes = _checked_classes("nll_loss", input, target, weight)
    y: Tensor = apply(
        ops.nll_loss, input, classes, weight, ignore_index=ignore_index, reduction=reduction
    )
    return y


def cross_entropy(
    input: "Tensor",
    target: "Tensor",
    weight: "Tensor | None" = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> "Tensor":
    """−w_c log p_c for p = softmax(x) and the class c = target; see refnet.ops.cross_entropy.

    For a target of the input's shape, which holds probabilities, −Σ_k w_k t_k log p_k; see
    refnet.ops.soft_cross_entropy.

    Raises what nll_loss does; RuntimeError for label_smoothing > 1 and for an ignore_index with
    probabilities.
    """
    check_tensors("cross_entropy", input=input, target=target)
    reduction = _reduction(reduction, size_average, reduce)
    if label_smoothing > 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    y: Tensor
    if target._array.shape != input._array.shape:
        classes = _checked_classes("cross_entropy", input, target, weight)
        y = apply(
            ops.cross_entropy,
            input,
            classes,
            weight,
            ignore_index=ignore_index,
            label_smoothing=max(label_smoothing, 0.0),
            reduction=reduction,
        )
        return y
    if target._array.dtype.kind not in "fc":
        raise RuntimeError(
            f"Expected floating point type for target with class probabilities, got {target.dtype}"
        )
    if input._array.ndim == 0:
        raise IndexError("cross_entropy expects an input of 1 or more dimensions, got 0")
    if ignore_index >= 0:
        raise RuntimeError("ignore_index is not supported for floating point target")
    _check_floating("cross_entropy", input)
    input, target = promote(input, target)
    if weight is not None:
        _check_class_weight(input, weight)
        input, weight = promote(input, weight)
        input, target = promote(input, target)
    y = apply(
        ops.soft_cross_entropy,
        input,
        target,
        weight,
        label_smoothing=max(label_smoothing, 0.0),
        reduction=reduction,
    )
    return y
