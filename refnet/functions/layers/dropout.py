"""Dropout under PyTorch's names, with the masks of PyTorch's generator."""

from typing import TYPE_CHECKING

import numpy as np

from refnet import ops, random
from refnet.inplace import overwrite
from refnet.ops.rule import Array
from refnet.tape import apply

if TYPE_CHECKING:
    from refnet.tensor import Tensor

__all__ = ["dropout"]


def dropout(
    input: "Tensor", p: float = 0.5, training: bool = True, inplace: bool = False
) -> "Tensor":
    """In training, 0 with probability p and else x / (1 − p); the input itself in evaluation.

    The mask is drawn from refnet.random's default generator, in PyTorch's order. Raises ValueError
    for a p outside [0, 1].
    """
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0 or input._array.size == 0:
        return input
    if input._array.dtype.kind not in "fc":
        raise RuntimeError(f"dropout is for a floating-point input, got {input.dtype}")
    y: Tensor = apply(ops.dropout, input, _mask(input._array, p), p=p)
    return overwrite(input, y) if inplace else y


def _mask(x: Array, p: float) -> Array:
    """True with probability 1 − p, drawn in the order in which x lies in memory."""
    if p == 1:
        return np.zeros(x.shape, np.bool)
    order = sorted(range(x.ndim), key=lambda axis: -x.strides[axis])
    shape = tuple(x.shape[axis] for axis in order)
    drawn = random.default_generator.bernoulli(shape, 1 - p)
    return drawn.transpose(np.argsort(order))
