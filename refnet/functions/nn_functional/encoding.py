"""Integers as vectors: one_hot."""

from typing import Any

import numpy as np

from refnet.engine.tensor import Tensor, wrap

__all__ = ["one_hot"]


def one_hot(input: Tensor, num_classes: int = -1) -> Tensor:
    """1 at the place of the class and 0 elsewhere. (*) -> (*, num_classes), integers

    num_classes = -1 stands for the largest class plus one. Raises RuntimeError for an input that
    is not int64, and for a class outside 0 … num_classes − 1.
    """
    classes: Any = input._array
    if classes.dtype != np.int64:
        raise RuntimeError(
            "one_hot is only applicable to an index tensor of type LongTensor (int64), "
            f"got {input.dtype}"
        )
    if classes.size == 0 and num_classes <= 0:
        raise RuntimeError("Can not infer total number of classes from empty tensor.")
    if classes.size and classes.min() < 0:
        raise RuntimeError(f"Class values must be non-negative, got {classes.min()}.")
    if num_classes == -1:
        num_classes = int(classes.max()) + 1
    if classes.size and classes.max() >= num_classes:
        raise RuntimeError(
            f"Class values must be smaller than num_classes: got {classes.max()} with "
            f"num_classes={num_classes}."
        )
    return wrap((classes[..., None] == np.arange(num_classes)).astype(np.int64))
