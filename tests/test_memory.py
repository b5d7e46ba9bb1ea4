"""Training holds no more memory after a thousand steps than after a hundred."""

import gc
import tracemalloc
from collections.abc import Callable, Iterator

import numpy as np
import pytest

import refnet
from refnet import nn
from refnet.models import resnet

BYTES = 20_000
"""The bound. Python's own caches vary by a third of it. If each step keeps an array of 100 bytes
alive, 900 steps keep more than four times as much.
"""


def step() -> Callable[[], object]:
    """A step of training a small residual network."""
    refnet.manual_seed(0)
    model = resnet.build(refnet, blocks=(1,), width=4)
    optimizer = refnet.optim.Adam(model.parameters(), lr=1e-3)
    schedule = refnet.optim.lr_scheduler.CosineAnnealingLR(optimizer, 2000)
    cost = nn.CrossEntropyLoss()
    x = refnet.randn(4, 3, 4, 4)
    y = refnet.randint(0, 10, (4,))

    def step() -> None:
        optimizer.zero_grad()
        loss = cost(model(x), y)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        assert np.isfinite(loss.item())

    return step


def held(step: Callable[[], object], steps: int) -> int:
    """The bytes in use after this many steps."""
    for _ in range(steps):
        step()
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


@pytest.fixture
def _traced() -> Iterator[None]:
    threads = refnet.get_num_threads()
    refnet.set_num_threads(1)  # each thread has workspaces of its own
    tracemalloc.start()
    yield
    tracemalloc.stop()
    refnet.set_num_threads(threads)


@pytest.mark.usefixtures("_traced")
def test_memory_does_not_grow() -> None:
    train = step()
    before = held(train, 100)
    assert held(train, 900) - before < BYTES


@pytest.mark.usefixtures("_traced")
def test_growth_would_be_noticed() -> None:
    train, kept = step(), []

    def forgetful() -> None:
        train()
        kept.append(refnet.randn(4, 4, 4, 4))

    before = held(forgetful, 10)
    assert held(forgetful, 90) - before > BYTES
