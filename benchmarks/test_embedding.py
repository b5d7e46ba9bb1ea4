"""Embedding, forward with backward: 64 × 128 indices into 10 000 rows of 128 numbers, in float32."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import Compare

V, D, BATCH, LENGTH = 10_000, 128, 64, 128


def uniform(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, V, (BATCH, LENGTH))


def as_in_a_text(rng: np.random.Generator) -> np.ndarray:
    """The r-th row about 1/r as often as the first, by Zipf's law."""
    frequency = 1 / np.arange(1, V + 1)
    return rng.choice(V, (BATCH, LENGTH), p=frequency / frequency.sum())


def workload(indices: np.ndarray) -> Callable[[Any], Callable[[], Any]]:
    """Returns what builds the lookup's forward and backward pass on either library."""
    rng = np.random.default_rng(0)
    W, dy = (rng.standard_normal(s).astype(np.float32) for s in ((V, D), (BATCH, LENGTH, D)))

    def build(m: Any) -> Callable[[], Any]:
        i, cotangent = m.from_numpy(indices), m.from_numpy(dy)
        layer = m.nn.Embedding.from_pretrained(m.from_numpy(W), freeze=False)

        def step() -> Any:
            layer.zero_grad()
            layer(i).backward(cotangent)
            return layer.weight.grad

        return step

    return build


@pytest.mark.parametrize("draw", [uniform, as_in_a_text])
def test_embedding(compare: Compare, draw: Callable[[np.random.Generator], np.ndarray]) -> None:
    indices = draw(np.random.default_rng(1))
    compare(workload(indices), target=1.0, group="embedding", label=draw.__name__)
