"""Losses over classes under PyTorch's names: nll_loss and cross_entropy."""

import numpy as np

from refnet import ops
from refnet.engine.dtypes import promote
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.einsum import check_tensors
from refnet.functions.nn_functional.checks import check_constant, check_floating
from refnet.functions.nn_functional.loss_reduction import resolve_reduction
from refnet.ops.rule import Array

__all__ = ["cross_entropy", "nll_loss"]


def _checked_classes(
    function: str,
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    ignore_index: int,
) -> Array:
    """The target of a loss over classes as int64, of the shape that belongs to the input's.

    Raises PyTorch's error if the three do not fit.
    """
    x, t = input._array, target._array
    if not isinstance(ignore_index, int):
        raise TypeError(
            f"{function}(): ignore_index must be int, not {type(ignore_index).__name__}"
        )
    if x.ndim == 0:
        error = IndexError if function == "cross_entropy" else ValueError
        raise error(f"{function}: expected an input of 1 or more dimensions, got 0")
    check_floating(function, input)
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
    """−w_c x_c, c = target, for x the logarithms of probabilities; see refnet.ops.nll_loss.

    Raises IndexError for a target that is no class; ValueError or RuntimeError for shapes or dtypes
    that do not fit; RuntimeError for a weight that asks for a gradient.
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
    """−w_c log p_c for p = softmax(x) and the class c = target; see refnet.ops.cross_entropy.

    For a target of the input's shape, which holds probabilities, −Σ_k w_k t_k log p_k; see
    refnet.ops.soft_cross_entropy.

    Raises what nll_loss does; RuntimeError for label_smoothing > 1 and for an ignore_index with
    probabilities.
    """
    check_tensors("cross_entropy", input=input, target=target)
    reduction = resolve_reduction(reduction, size_average, reduce)
    if label_smoothing > 1:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    smoothing = label_smoothing if label_smoothing > 0 else 0.0
    y: Tensor
    if target._array.shape != input._array.shape:
        classes = _checked_classes("cross_entropy", input, target, weight, ignore_index)
        y = apply(
            ops.cross_entropy,
            input,
            classes,
            weight,
            ignore_index=ignore_index,
            label_smoothing=smoothing,
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
    check_floating("cross_entropy", input)
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
        label_smoothing=smoothing,
        reduction=reduction,
    )
    return y
