"""Connectionist temporal classification; see refnet.ops.ctc_loss."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from refnet import ops
from refnet.engine.argument_errors import is_integer
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.nn_functional.cross_entropy import check_range
from refnet.functions.nn_functional.loss_reduction import reduced, resolve_reduction
from refnet.functions.operands import check_tensors, need_float
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
    """ℓ = −log of the probability that a path reduces to the target

    A path assigns a class to each of T frames. To reduce it, equal neighbours are merged, and then
    the blanks are removed.

    The gradient is derived in `refnet.ops.ctc_loss`.

    Args:
        log_probs: (T, N, C), or (T, C) for one sequence: logarithms of probabilities
        targets: (N, S), the labels of each sequence, padded at the end; or the concatenated labels
            of all sequences. A label is a class other than blank
        input_lengths: (N), the number of frames of each sequence
        target_lengths: (N), the number of labels of each sequence; both lengths are tensors, or
            both are tuples or lists
        blank: the class that is not a label
        reduction: "none", "sum", or "mean": the mean of the losses, each divided by
            max(target_length, 1)
        zero_infinity: whether the loss and the gradient of a target that needs more frames than
            there are become 0 instead of ∞ and NaN

    Raises:
        RuntimeError: a size, a length or a label does not fit, or log_probs is empty
        NotImplementedError: log_probs is not floating-point
        TypeError: blank or a length is not an integer
        ValueError: the reduction is unknown

    Example:
        >>> log_p = refnet.tensor(
        ...     [[0.5, 0.5], [0.5, 0.5]]
        ... ).log()  # two frames, classes 0 (blank) and 1
        >>> F.ctc_loss(log_p, refnet.tensor([1]), (2,), (1,)).exp()  # 3 of 4 paths reduce to 1
        tensor(1.3333)
    """
    check_tensors("ctc_loss", log_probs=log_probs, targets=targets)
    reduction = resolve_reduction(reduction, None, None)
    need_float("ctc_loss", log_probs)
    x = log_probs if log_probs.dim() == 3 else log_probs.unsqueeze(1)
    if x.dim() != 3 or 0 in x.shape:
        raise RuntimeError(
            "ctc_loss(): expected log_probs (T, N, C) or (T, C) that are not empty, got "
            f"{list(log_probs.shape)}"
        )
    T, N, C = x.shape
    if not is_integer(blank):
        raise TypeError(f"ctc_loss(): expected an int as blank, got {type(blank).__name__}")
    if not 0 <= blank < C:
        raise RuntimeError(f"ctc_loss(): expected blank from 0 to {C - 1}, got {blank}")
    if hasattr(input_lengths, "_array") != hasattr(target_lengths, "_array"):
        raise TypeError(
            "ctc_loss(): expected lengths that are both tensors or both sequences, got "
            f"{type(input_lengths).__name__} and {type(target_lengths).__name__}"
        )
    frames = _lengths("input_lengths", input_lengths, N)
    lengths = _lengths("target_lengths", target_lengths, N)
    if frames.max() > T:
        raise RuntimeError(f"ctc_loss(): expected input_lengths up to {T}, got {frames.max()}")
    labels = _labels(targets, lengths, C)
    losses: Tensor = apply(
        ops.ctc_loss, x, labels, frames, lengths, blank=blank, zero_infinity=zero_infinity
    )
    if reduction == "mean":
        losses = losses / wrap(np.maximum(lengths, 1).astype(x._array.real.dtype))
    losses = reduced(losses, reduction)
    return losses.squeeze(0) if reduction == "none" and log_probs.dim() == 2 else losses


def _lengths(name: str, lengths: Any, n: int) -> Array:
    """Returns the lengths of a batch as an array."""
    a: Array
    if hasattr(lengths, "_array"):
        a = lengths._array.reshape(-1)
        if a.dtype.kind not in "iu":
            raise RuntimeError(f"ctc_loss(): expected integers as {name}, got {lengths.dtype}")
    elif isinstance(lengths, (tuple, list)) and all(is_integer(k) for k in lengths):
        a = np.array(lengths)
    else:
        raise TypeError(
            f"ctc_loss(): expected a tensor or a tuple of ints as {name}, got {lengths!r}"
        )
    if len(a) != n:
        raise RuntimeError(f"ctc_loss(): expected {n} {name}, one for each sequence, got {len(a)}")
    if a.min() < 0:
        raise RuntimeError(f"ctc_loss(): expected {name} of 0 or more, got {a.min()}")
    return a.astype(np.int64, copy=False)


def _labels(targets: Tensor, lengths: Array, n_classes: int) -> Array:
    """Returns the targets as rows, padded to the longest of them."""
    t, longest = targets._array.astype(np.int64), lengths.max()
    is_label = np.arange(longest) < lengths[:, None]
    if t.ndim == 1 and t.size == lengths.sum():
        labels = np.zeros(is_label.shape, np.int64)
        labels[is_label] = t
    elif t.ndim == 2 and len(t) == len(lengths) and t.shape[1] >= longest:
        labels = t[:, :longest]
    else:
        raise RuntimeError(
            f"ctc_loss(): expected targets of shape [{len(lengths)}, {longest} or more] or "
            f"[{lengths.sum()}], got {list(t.shape)}"
        )
    check_range("ctc_loss", labels[is_label], 0, n_classes)
    return labels
