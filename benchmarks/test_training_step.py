"""One step of training the cascade: forward, loss, backward, SGD."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pytest
from conftest import Compare


class Job(NamedTuple):
    """A network, its batch, and the ratio to reach."""

    sizes: tuple[int, ...]
    batch: int
    target: float

    def __str__(self) -> str:
        return f"{'-'.join(map(str, self.sizes))}, batch {self.batch}"


JOBS = (
    Job((2, 16, 1), 32, 0.35),
    Job((784, 256, 128, 10), 64, 0.9),
    Job((784, 256, 128, 10), 1024, 0.95),
)


def training_step(job: Job, activation: str) -> Callable[[Any], Callable[[], Any]]:
    """Returns what builds the step on either library; equal seeds make equal weights."""
    rng = np.random.default_rng(0)
    features = rng.standard_normal((job.batch, job.sizes[0])).astype(np.float32)
    classes = rng.integers(job.sizes[-1], size=job.batch)
    binary = rng.integers(2, size=(job.batch, 1)).astype(np.float32)

    def build(m: Any) -> Callable[[], Any]:
        m.manual_seed(0)
        layers: list[Any] = []
        for fan_in, fan_out in pairwise(job.sizes):
            layers += [m.nn.Linear(fan_in, fan_out), getattr(m.nn, activation)()]
        model = m.nn.Sequential(*layers[:-1])  # the losses take logits
        optimizer = m.optim.SGD(model.parameters(), lr=0.01)
        x = m.tensor(features)
        if job.sizes[-1] == 1:
            target, loss_of = m.tensor(binary), m.nn.BCEWithLogitsLoss()
        else:
            target, loss_of = m.tensor(classes), m.nn.CrossEntropyLoss()

        def step() -> Any:
            optimizer.zero_grad()
            loss = loss_of(model(x), target)
            loss.backward()
            optimizer.step()
            return loss

        return step

    return build


@pytest.mark.parametrize("activation", ["ReLU", "Sigmoid"])
@pytest.mark.parametrize("job", JOBS, ids=str)
def test_training_step(compare: Compare, job: Job, activation: str) -> None:
    label = f"{job}, {activation}"
    compare(training_step(job, activation), target=job.target, group="training step", label=label)
