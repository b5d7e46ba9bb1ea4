"""A recurrent layer forward and backward, with the gradients of its input and its parameters."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from conftest import Compare


class Job(NamedTuple):
    """A layer, and its T steps of N sequences; the ratio to reach, where there is one."""

    layer: str
    steps: int
    batch: int
    inputs: int
    hidden: int
    target: float | None = None

    def __str__(self) -> str:
        return f"{self.layer} T={self.steps} N={self.batch} I={self.inputs} H={self.hidden}"


JOBS = (
    Job("LSTM", 100, 32, 128, 256, target=1.15),
    Job("LSTM", 50, 16, 32, 64, target=2.0),
    Job("GRU", 100, 32, 128, 256),
    Job("GRU", 50, 16, 32, 64),
    Job("RNN", 100, 32, 128, 256),
    Job("RNN", 50, 16, 32, 64),
)


def forward_and_backward(job: Job) -> Callable[[Any], Callable[[], Any]]:
    """Returns what builds the step on either library; equal seeds make equal weights."""
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((job.steps, job.batch, job.inputs)).astype(np.float32)
    cotangent = rng.standard_normal((job.steps, job.batch, job.hidden)).astype(np.float32)

    def build(m: Any) -> Callable[[], Any]:
        m.manual_seed(0)
        layer = getattr(m.nn, job.layer)(job.inputs, job.hidden)
        x, dy = m.tensor(inputs, requires_grad=True), m.tensor(cotangent)

        def step() -> Any:
            x.grad = None
            layer.zero_grad()
            layer(x)[0].backward(dy)
            return layer.weight_hh_l0.grad

        return step

    return build


@pytest.mark.parametrize("job", JOBS, ids=str)
def test_recurrent(compare: Compare, job: Job) -> None:
    noted: dict[str, Any] = {} if job.target is None else {"target": job.target}
    compare(forward_and_backward(job), tolerance=1e-4, group="recurrent", label=str(job), **noted)
