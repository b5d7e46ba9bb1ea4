"""Calls of refnet.ops.dropout."""

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

from parity_tests.strategies import (
    Array,
    Call,
    DrawFn,
    broadcastable,
    drawn,
    generator,
    reals,
    shapes,
)


def masked(draw: DrawFn, p: float) -> tuple[Array, Array]:
    """An input and a mask that broadcasts to it."""
    shape = draw(shapes())
    kept = generator(draw).random(broadcastable(draw, shape)) >= p
    return reals(draw, shape), np.asarray(kept)


def dropout(draw: DrawFn) -> Call:
    p = draw(st.sampled_from([0.0, 0.3, 1.0]))
    scale = 0.0 if p == 1 else 1 / (1 - p)
    return Call(masked(draw, p), {"p": p}, lambda x, mask: x * mask * scale)


def alpha_dropout(draw: DrawFn) -> Call:
    p = draw(st.sampled_from([0.1, 0.6]))
    least = -1.0507009873554805 * 1.6732632423543772  # of SELU

    def twin(x: Any, mask: Any) -> Any:
        z = x * mask + least * (1 - mask.double())
        mean, variance = least * p, (1 - p) * (1 + p * least**2)
        return (z - mean) / math.sqrt(variance)

    return Call(masked(draw, p), {"p": p}, twin)


STRATEGIES = {"alpha_dropout": drawn(alpha_dropout), "dropout": drawn(dropout)}
