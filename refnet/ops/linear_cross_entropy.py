"""Cross entropy of a linear layer's output."""

from __future__ import annotations

from typing import Any

from refnet.ops.cross_entropy import cross_entropy
from refnet.ops.linear import linear
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
    """ℓ_i = −weight_c log softmax(x_i Wᵀ + b)_c,  c = target_i

    ℓ_i is 0 where c = ignore_index. It is one rule to save memory: a kernel computes the logits (N,
    C) for `rows` rows at a time, and again in the pullback, so that they never exist all at once.
    The result does not depend on `rows`.

    Shape:
        x: (N, in)  W: (C, in)  b: (C,) or None  target: (N,), integers
        weight: (C,) or None, which means 1  y: (N,) for "none", else ()

    Pullback:
        x̄ = z̄ W,  W̄ = z̄ᵀ x,  b̄ = Σ z̄, where z̄ is the cotangent of cross_entropy's logits

    Raises:
        IndexError: for a target that is neither a class nor ignore_index

    Source:
        https://docs.pytorch.org/docs/stable/generated/torch.nn.LinearCrossEntropyLoss.html
    """
    z, to_inputs = linear(x, W, b)
    y, to_logits = cross_entropy(
        z, target, weight, ignore_index=ignore_index, label_smoothing=0.0, reduction=reduction
    )

    def pullback(dy: Array) -> tuple[Any, ...]:
        (dz, _, _) = to_logits(dy)
        return (*to_inputs(dz), None, None)

    return y, pullback
