"""Language models: the probability of each next character, learnt from a text."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import refnet
from refnet.ops.rule import Array
from refnet.training.data import Dataset, Parts
from refnet.training.tasks.task import Cost, Make, Task, each, whole

Build = Callable[[Any, int, int], Any]
"""From a library, the number of characters and the length of a row to the model."""

SAMPLE = 240
"""The number of characters that the trained model writes."""

# The logits are (N, T, C); the libraries' cross entropy has the classes second.
COST = Cost(
    "cross entropy of the next character",
    lambda m: lambda logits, y: m.nn.functional.cross_entropy(logits.transpose(1, 2), y),
)


def language_model(build: Build) -> Make:
    """Returns the maker of tasks that predict each character from those before it in its row."""

    def make(model: str, data: Dataset, parts: Parts, dtype: np.dtype[Any]) -> Task:
        characters, length = len(data.names), data.x.shape[1]

        def score(logits: Array) -> dict[str, float]:
            """Returns how often the likeliest character was right, and −log₂ P of the right one."""
            z = logits - logits.max(-1, keepdims=True)
            came = np.take_along_axis(z, parts.y_test[..., None], -1)[..., 0]
            nats = np.log(np.exp(z).sum(-1)) - came
            return {
                "accuracy": float(np.mean(logits.argmax(-1) == parts.y_test)),
                "bits per character": float(np.mean(nats, dtype=np.float64)) / math.log(2),
            }

        return Task(
            model=model,
            data=data.name,
            shape=f"{length} characters → the next of each, one of {characters}",
            cost=COST,
            build=lambda m: build(m, characters, length),
            inputs=whole,
            parts=each(parts, whole, whole),
            score=score,
            sample=lambda trained: write(trained, data.names, parts.x_test[0]),
        )

    return make


def write(model: Any, names: tuple[str, ...], start: Array) -> str:
    """Returns what a model of refnet writes after `start`, each character drawn by its probability.

    The generator is its own and has a fixed seed, so that writing changes nothing else.
    """
    rng = np.random.default_rng(0)
    written = list(start)
    with refnet.no_grad():
        for _ in range(SAMPLE):
            c = refnet.from_numpy(np.array(written[-len(start) :])[None])
            p = refnet.softmax(model(c)[0, -1].double(), 0).numpy()
            written.append(rng.choice(len(names), p=p / p.sum()))
    return "".join(names[c] for c in written[len(start) :])
