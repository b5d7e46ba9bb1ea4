"""Integers encoded as vectors: one_hot."""

from typing import Any

import numpy as np

from refnet.engine.tensor import Tensor, wrap

__all__ = ["one_hot"]


def one_hot(input: Tensor, num_classes: int = -1) -> Tensor:
    """Encodes classes as vectors with 1 at the index of the class and 0 elsewhere.

    Shape:
        input: (*), of dtype int64
        output: (*, num_classes), of dtype int64

    Args:
        input: the classes
        num_classes: number of classes; −1 means the largest class plus one

    Raises:
        RuntimeError: the input is not int64, or a class is not in 0, …, num_classes − 1

    Example:
        >>> F.one_hot(refnet.tensor([0, 2]))
        tensor([[1, 0, 0],
                [0, 0, 1]])
    """
    classes: Any = input._array
    if classes.dtype != np.int64:
        raise RuntimeError(f"one_hot(): expected an input of int64, got {input.dtype}")
    if classes.size == 0 and num_classes <= 0:
        raise RuntimeError(
            f"one_hot(): expected positive num_classes for an empty input, got {num_classes}"
        )
    if classes.size and classes.min() < 0:
        raise RuntimeError(f"one_hot(): expected classes of at least 0, got {classes.min()}")
    if num_classes == -1:
        num_classes = int(classes.max()) + 1
    if classes.size and classes.max() >= num_classes:
        raise RuntimeError(f"one_hot(): expected classes below {num_classes}, got {classes.max()}")
    return wrap((classes[..., None] == np.arange(num_classes)).astype(np.int64))
