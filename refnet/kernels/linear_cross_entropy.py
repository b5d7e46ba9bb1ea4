"""The kernel of refnet.ops.linear_cross_entropy, which saves memory: a few rows at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from refnet import ops
from refnet.kernels.cross_entropy import cross_entropy
from refnet.kernels.registry import kernel
from refnet.ops.loss_reduction import reduced
from refnet.ops.rule import Array, Pullback


@kernel(ops.linear_cross_entropy, takes="arrays of one real floating-point dtype")
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
    arrays = [a for a in (x, W, b, weight) if a is not None]
    if x.dtype.kind != "f" or any(a.dtype != x.dtype for a in arrays):
        return ops.linear_cross_entropy(
            x, W, b, target, weight, rows=rows, ignore_index=ignore_index, reduction=reduction
        )

    def chunks() -> Iterator[tuple[slice, Array, Pullback]]:
        """Yields the rows of a part, their losses, and the pullback to their logits."""
        for first in range(0, len(x), rows):
            part = slice(first, first + rows)
            z = x[part] @ W.T
            if b is not None:
                z += b
            losses, pullback = cross_entropy(
                z,
                target[part],
                weight,
                ignore_index=ignore_index,
                label_smoothing=0.0,
                reduction="none",
            )
            yield part, losses, pullback

    losses = np.empty(len(x), x.dtype)
    for part, some, _ in chunks():
        losses[part] = some
    counts = (target != ignore_index).astype(x.dtype)
    if weight is not None:
        counts *= weight.take(target, mode="clip")
    y, factor = reduced(losses, reduction, counts.sum())

    def pullback(dy: Array) -> tuple[Array, Array, Array | None, None, None]:
        dl = np.broadcast_to(factor * dy, losses.shape)
        dtype = np.result_type(losses, dl)
        dx, dW = np.empty(x.shape, dtype), np.zeros(W.shape, dtype)
        db = None if b is None else np.zeros(b.shape, dtype)
        for part, _, to_logits in chunks():
            dz = to_logits(dl[part])[0]
            dx[part] = dz @ W
            dW += dz.T @ x[part]
            if db is not None:
                db += dz.sum(0)
        return dx, dW, db, None, None

    return y, pullback
