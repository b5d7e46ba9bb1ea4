"""Connectionist temporal classification under PyTorch's name."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.einsum import check_tensors
from refnet.functions.nn_functional.checks import check_floating
from refnet.functions.nn_functional.loss_reduction import reduced, resolve_reduction
from refnet.ops.rule import Array

__all__ = ["ctc_loss"]


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Tensor | Sequence[int],
    target_lengths: Tensor | Sequence[int],
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """−log of the probability that a path of the frames reads as the target; see refnet.ops.ctc.

    The gradient is derived in `refnet.ops.ctc_loss`.

    Args:
        log_probs: (T, N, C), or (T, C) for one sequence: logarithms of probabilities
        targets: (N, S), of which the first entries of each row count, or one after the
            other (sum of target_lengths); classes in 0 … C − 1 other than blank
        input_lengths: (N), how many frames of each sequence count
        target_lengths: (N), how many labels; both are tensors, or both tuples or lists
        blank: the class that stands for no label
        reduction: "none", "sum", or "mean": of the losses over max(target_length, 1) each
        zero_infinity: of a target that is too long for its frames the loss is not ∞ but 0, and so
            is its gradient

    Raises RuntimeError for sizes, lengths and classes that do not fit and for no log_probs,
    NotImplementedError for log_probs that are integers, TypeError for lengths that are no integers.
    """
    check_tensors("ctc_loss", log_probs=log_probs, targets=targets)
    reduction = resolve_reduction(reduction, None, None)
    check_floating("ctc_loss", log_probs)
    x = log_probs if log_probs.dim() == 3 else log_probs.unsqueeze(1)
    if x.dim() != 3 or 0 in x.shape:
        raise RuntimeError(
            "ctc_loss: log_probs must be (T, N, C) or (T, C) and not empty, got shape "
            f"{list(log_probs.shape)}"
        )
    T, N, C = x.shape
    if not isinstance(blank, int):
        raise TypeError(f"ctc_loss: blank must be int, not {type(blank).__name__}")
    if not 0 <= blank < C:
        raise RuntimeError(f"ctc_loss: blank must be one of the {C} classes, got {blank}")
    if hasattr(input_lengths, "_array") != hasattr(target_lengths, "_array"):
        raise TypeError(
            "ctc_loss: input_lengths and target_lengths must both be tensors or both sequences, "
            f"got {type(input_lengths).__name__} and {type(target_lengths).__name__}"
        )
    frames = _lengths("input_lengths", input_lengths, N)
    lengths = _lengths("target_lengths", target_lengths, N)
    if frames.max() > T:
        raise RuntimeError(f"ctc_loss: input_lengths are at most {T}, got {frames.max()}")
    labels = _labels(targets, lengths, C)
    losses: Tensor = apply(
        ops.ctc_loss, x, labels, frames, lengths, blank=blank, zero_infinity=zero_infinity
    )
    if reduction == "mean":
        losses = losses / wrap(np.maximum(lengths, 1).astype(x._array.real.dtype))
    losses = reduced(losses, reduction)
    return losses.squeeze(0) if reduction == "none" and log_probs.dim() == 2 else losses


def _lengths(name: str, lengths: Any, n: int) -> Array:
    """The lengths of a batch as an array."""
    a: Array
    if hasattr(lengths, "_array"):
        a = lengths._array.reshape(-1)
        if a.dtype.kind not in "iu":
            raise RuntimeError(f"ctc_loss: {name} must be integers, got {lengths.dtype}")
    elif isinstance(lengths, (tuple, list)) and all(isinstance(k, int) for k in lengths):
        a = np.array(lengths)
    else:
        raise TypeError(f"ctc_loss: {name} must be a tensor or a tuple of ints, got {lengths!r}")
    if len(a) != n:
        raise RuntimeError(f"ctc_loss: {name} must hold {n} lengths, one a sequence, got {len(a)}")
    if a.min() < 0:
        raise RuntimeError(f"ctc_loss: {name} must not be negative, got {a.min()}")
    return a.astype(np.int64, copy=False)


def _labels(targets: Tensor, lengths: Array, n_classes: int) -> Array:
    """The targets as rows, padded to the longest of them."""
    t, longest = targets._array.astype(np.int64), lengths.max()
    counts = np.arange(longest) < lengths[:, None]
    if t.ndim == 1 and t.size == lengths.sum():
        labels = np.zeros(counts.shape, np.int64)
        labels[counts] = t
    elif t.ndim == 2 and len(t) == len(lengths) and t.shape[1] >= longest:
        labels = t[:, :longest]
    else:
        raise RuntimeError(
            f"ctc_loss: expected targets of shape [{len(lengths)}, {longest} or more] or "
            f"[{lengths.sum()}], got {list(t.shape)}"
        )
    wrong = labels[counts & ((labels < 0) | (labels >= n_classes))]
    if wrong.size:
        raise RuntimeError(f"ctc_loss: the label {wrong[0]} is none of the {n_classes} classes")
    return labels
