"""Random values and their parameters: what a draw looks like to the tape."""

from __future__ import annotations

import numpy as np

from refnet.ops.rule import Array, Pullback, saves_nothing

__all__ = ["drawn"]


@saves_nothing
def drawn(*parameters: Array, values: Array) -> tuple[Array, Pullback]:
    """y = values, drawn with these parameters or written over them

    A draw is no differentiable function of its probability, mean or deviation. PyTorch takes
    its derivative as zero, which is wrong as the gradient of an expectation: for that see the
    score function (Williams 1992) or, for a normal value, write mean + std · randn yourself.

    Shape:
        each parameter: (*); values, y: (**)

    Pullback:
        zero for each parameter
    """

    like = tuple((x.shape, x.dtype) for x in parameters)

    def pullback(dy: Array) -> tuple[Array, ...]:
        return tuple(np.zeros(shape, dtype) for shape, dtype in like)

    return values, pullback
