"""Calls of refnet.ops.embedding.

With padding and by_frequency the pullback is not the derivative; only the twin is compared then.
"""

from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st

from parity_tests.strategies import Array, Call, DrawFn, drawn, generator, maybe, reals, shapes
from refnet import ops

F = torch.nn.functional


def indices(draw: DrawFn, shape: Any, V: int) -> Array:
    """Indices below V; small ones are more frequent."""
    u = generator(draw).random(tuple(shape))
    return np.asarray(np.floor(V * u**2)).astype(np.int64)


def embedding(draw: DrawFn) -> Call:
    V, D = draw(st.integers(1, 5)), draw(st.integers(0, 3))
    padding, by_frequency = maybe(draw, draw(st.integers(-V, V - 1))), draw(st.booleans())
    return Call(
        [reals(draw, (V, D)), indices(draw, draw(shapes(0, 2) | shapes(3, 3, side=2)), V)],
        {"padding": padding, "by_frequency": by_frequency},
        lambda W, i: F.embedding(i, W, padding, scale_grad_by_freq=by_frequency),
        within=lambda W, i, **_: ops.embedding(W, i, padding=None, by_frequency=False),
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

    by_frequency = draw(st.booleans())

    def twin(W: Any, i: Any, w: Any = None) -> Any:
        return F.embedding_bag(i, W, offsets(sizes), mode="sum", per_sample_weights=w)

    return Call(
        [W, i, w],
        {"sizes": sizes, "by_frequency": by_frequency},
        None if by_frequency else twin,  # PyTorch takes another row's number: its issue 190063
        within=lambda W, i, w, **_: ops.embedding_bag(W, i, w, sizes=sizes, by_frequency=False),
    )


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
