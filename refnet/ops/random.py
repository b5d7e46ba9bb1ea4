"""Random values and their parameters, as the tape records them."""

from __future__ import annotations

import numpy as np

from refnet.ops.rule import Array, Pullback, saves_nothing

__all__ = ["drawn"]


@saves_nothing
def drawn(*parameters: Array, values: Array) -> tuple[Array, Pullback]:
    """y = values, which were drawn with these parameters

    A random value is not a differentiable function of its probability, mean or deviation. PyTorch
    defines its derivative as zero, which is not the gradient of an expectation. For that, use the
    score function (Williams 1992) or, for a normal value, write mean + std · randn.

    Shape:
        each parameter: (*); values, y: (**)

    Pullback:
        0 for each parameter
    """

    like = tuple((x.shape, x.dtype) for x in parameters)

    def pullback(dy: Array) -> tuple[Array, ...]:
        return tuple(np.zeros(shape, dtype) for shape, dtype in like)

    return values, pullback
