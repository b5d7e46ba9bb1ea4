"""Calls of refnet.ops.matrix_functions and .weight_norm."""

import numpy as np
import torch
from hypothesis import strategies as st

from parity_tests.strategies import Call, DrawFn, broadcastable, drawn, reals, shapes

SIZE = st.integers(0, 4)


def matrix_exp(draw: DrawFn) -> Call:
    n = draw(SIZE)
    scale = draw(st.sampled_from([0.01, 1.0, 3.0]))
    return Call([scale * reals(draw, (*draw(shapes(0, 1)), n, n), -1, 1)], {}, torch.matrix_exp)


def solve(draw: DrawFn) -> Call:
    """A matrix with a dominant diagonal."""
    n, k = draw(SIZE), draw(SIZE)
    batch = draw(shapes(0, 2, side=1))
    a = reals(draw, (*batch, n, n), -1, 1) + 5 * np.eye(n)
    b = reals(draw, (*broadcastable(draw, batch), n, k))
    return Call([a, b], {}, torch.linalg.solve)


def weight_norm(draw: DrawFn) -> Call:
    shape = draw(shapes(1, 3, side=1))
    kept = draw(st.integers(-1, len(shape) - 1))
    dim = tuple(i for i in range(len(shape)) if i != kept or kept == -1)
    g = () if kept == -1 else [n if i == kept else 1 for i, n in enumerate(shape)]
    return Call(
        [reals(draw, shape), reals(draw, g)],
        {"dim": dim},
        lambda v, g: torch._weight_norm(v, g, kept),
    )


STRATEGIES = {
    "matrix_exp": drawn(matrix_exp),
    "solve": drawn(solve),
    "weight_norm": drawn(weight_norm),
}
