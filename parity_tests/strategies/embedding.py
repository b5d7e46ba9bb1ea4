"""Calls of refnet.ops.embedding.

Without padding and by_frequency, with which the pullback is not the derivative, on purpose.
"""

from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st

from parity_tests.strategies import Array, Call, DrawFn, drawn, generator, reals, shapes

F = torch.nn.functional


def indices(draw: DrawFn, shape: Any, V: int) -> Array:
    """Indices below V, the first of them more often than the others."""
    u = generator(draw).random(tuple(shape))
    return np.asarray(np.floor(V * u**2)).astype(np.int64)


def embedding(draw: DrawFn) -> Call:
    V, D = draw(st.integers(1, 5)), draw(st.integers(0, 3))
    return Call(
        [reals(draw, (V, D)), indices(draw, draw(shapes(0, 2)), V)],
        {"padding": None, "by_frequency": False},
        lambda W, i: F.embedding(i, W),
    )


def bags(draw: DrawFn) -> tuple[Array, Array, Array]:
    """A weight, indices, and the sizes of the bags."""
    V, D = draw(st.integers(1, 5)), draw(st.integers(0, 3))
    sizes = np.array(draw(st.lists(st.integers(0, 6), min_size=1, max_size=4)))
    return reals(draw, (V, D), ties=True), indices(draw, (sizes.sum(),), V), sizes


def offsets(sizes: Array) -> Any:
    return torch.from_numpy(np.cumsum(sizes) - sizes)


def embedding_bag(draw: DrawFn) -> Call:
    W, i, sizes = bags(draw)
    w = reals(draw, i.shape) if draw(st.booleans()) else None

    def twin(W: Any, i: Any, w: Any = None) -> Any:
        return F.embedding_bag(i, W, offsets(sizes), mode="sum", per_sample_weights=w)

    return Call([W, i, w], {"sizes": sizes, "by_frequency": False}, twin)


def embedding_bag_max(draw: DrawFn) -> Call:
    W, i, sizes = bags(draw)
    return Call(
        [W, i],
        {"sizes": sizes},
        lambda W, i: F.embedding_bag(i, W, offsets(sizes), mode="max"),
    )


STRATEGIES = {
    "embedding": drawn(embedding),
    "embedding_bag": drawn(embedding_bag),
    "embedding_bag_max": drawn(embedding_bag_max),
}
