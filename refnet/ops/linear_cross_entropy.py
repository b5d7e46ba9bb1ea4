"""Cross entropy of a linear layer's output, a few rows at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from refnet.ops.cross_entropy import cross_entropy
from refnet.ops.linear import linear
from refnet.ops.loss_reduction import reduced
from refnet.ops.rule import Array, Pullback

__all__ = ["linear_cross_entropy"]


def linear_cross_entropy(
    x: Array,
    W: Array,
    b: Array | None,
    target: Array,
    weight: Array | None,
    *,
    rows: int,
    ignore_index: int,
    reduction: str,
) -> tuple[Array, Pullback]:
    """ℓ_i = −w_c log softmax(x_i Wᵀ + b)_c, c = target_i; 0 where c = ignore_index

    Fused for memory: the logits (N, C) are never there all at once. They are made for so many rows
    at a time, and once more in the pullback.

    Shapes    x: (N, in)  W: (C, in)  b: (C,) or None  target: (N,), integers
              weight: (C,) or None, meaning 1  y: (N,) for "none", else ()
    Pullback  z̄ as that of cross_entropy; x̄ = z̄ W,  W̄ = Σ_rows z̄ᵀ x,  b̄ = Σ z̄
    Raises    IndexError for a target that is neither a class nor ignore_index
    Source    https://docs.pytorch.org/docs/stable/generated/torch.nn.LinearCrossEntropyLoss.html
    """

    def chunks() -> Iterator[tuple[slice, Array, Pullback]]:
        """The losses of so many rows, and their pullback to the logits."""
        for first in range(0, len(x), rows):
            part = slice(first, first + rows)
            losses, pullback = cross_entropy(
                linear(x[part], W, b)[0],
                target[part],
                weight,
                ignore_index=ignore_index,
                label_smoothing=0.0,
                reduction="none",
            )
            yield part, losses, pullback

    losses = np.empty(len(x), np.result_type(x, W, W if b is None else b))
    for part, of_rows, _ in chunks():
        losses[part] = of_rows
    counts = (target != ignore_index).astype(x.real.dtype)
    if weight is not None:
        counts *= weight.take(target, mode="clip")
    y, factor = reduced(losses, reduction, counts.sum())

    def pullback(dy: Array) -> tuple[Array, Array, Array | None, None, None]:
        dl = np.broadcast_to(factor * dy, losses.shape)
        dtype = np.result_type(losses, dl)
        dx, dW = np.empty_like(x, dtype), np.zeros_like(W, dtype)
        db = None if b is None else np.zeros_like(b, dtype)
        for part, _, to_logits in chunks():
            dz = to_logits(dl[part])[0]
            dx[part] = dz @ W
            dW += dz.T @ x[part]
            if db is not None:
                db += dz.sum(0)
        return dx, dW, db, None, None

    return y, pullback
