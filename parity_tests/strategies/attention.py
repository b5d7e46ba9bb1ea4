"""Calls of refnet.ops.attention."""

from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st

from parity_tests.strategies import Call, DrawFn, broadcastable, drawn, generator, reals, shapes

SIZE = st.integers(1, 4)


def attention(draw: DrawFn) -> Call:
    batch = draw(shapes(0, 2, side=1))
    L, S, E, F = (draw(SIZE) for _ in range(4))
    scores = (*batch, L, S)
    options = {"scale": draw(st.sampled_from([1.0, 0.4, -1.5])), "p": 0.0}
    mask = keep = None
    if draw(st.booleans()):
        mask = reals(draw, broadcastable(draw, scores))
    if draw(st.booleans()):
        options["p"] = draw(st.sampled_from([0.3, 1.0]))
        keep = np.asarray(generator(draw).random(scores) >= options["p"])

    def twin(q: Any, k: Any, v: Any, *more: Any) -> Any:
        scores = q @ k.mT * options["scale"]
        if mask is not None:
            scores = scores + more[0]
        weights = scores.softmax(-1)
        if keep is not None:
            kept = 0.0 if options["p"] == 1 else 1 / (1 - options["p"])
            weights = weights * torch.from_numpy(keep) * kept
        return weights @ v

    inputs = [
        reals(draw, (*batch, L, E)),
        reals(draw, (*broadcastable(draw, batch), S, E)),
        reals(draw, (*broadcastable(draw, batch), S, F)),
        mask,
        keep,
    ]
    return Call(inputs, options, twin)


STRATEGIES = {"attention": drawn(attention)}
