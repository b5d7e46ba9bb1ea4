"""A training step of whole networks: forward, loss, backward, SGD with momentum."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from conftest import Compare

from refnet.models import densenet, recurrent, resnet, unet

Build = Callable[[Any], Any]
LABELS = 10


class Job(NamedTuple):
    """What builds the network on a library, the shapes of a batch and of its labels, the ratio to
    reach.
    """

    build: Build
    batch: tuple[int, ...]
    labels: tuple[int, ...]
    target: float


def lenet(m: Any) -> Any:
    """LeNet-5 with ReLU, on 28 × 28 pixels."""
    nn = m.nn
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, LABELS),
    )  # fmt: skip


def encoder_layer(m: Any) -> Any:
    """A layer of a Transformer's encoder: its output is the logits, over 256 labels."""
    return m.nn.TransformerEncoderLayer(256, 8, 1024, dropout=0.0, batch_first=True)


JOBS = {
    "LeNet, batch 64": Job(lenet, (64, 1, 28, 28), (64,), 1.3),
    "ResNet-20, 32 px, batch 32": Job(
        lambda m: resnet.build(m, blocks=(3, 3, 3)), (32, 3, 32, 32), (32,), 1.3
    ),
    "DenseNet, 32 px, batch 32": Job(densenet.build, (32, 3, 32, 32), (32,), 1.3),
    "U-Net, 64 px, batch 4": Job(
        lambda m: unet.build(m, classes=LABELS, width=16), (4, 3, 64, 64), (4, 64, 64), 1.4
    ),
    "LSTM, T 50, 32 features, hidden 128, batch 32": Job(
        lambda m: recurrent.build(m, 32, hidden=128), (32, 50, 32), (32,), 1.3
    ),
    "GRU, T 50, 32 features, hidden 128, batch 32": Job(
        lambda m: recurrent.build(m, 32, hidden=128, cell="GRU"), (32, 50, 32), (32,), 1.3
    ),
    "Transformer layer, d 256, T 128, batch 8": Job(encoder_layer, (8, 128, 256), (8, 128), 1.2),
}


def training_step(job: Job) -> Callable[[Any], Callable[[], Any]]:
    """Returns what builds the step on either library; equal seeds make equal weights."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal(job.batch, np.float32)
    y = rng.integers(LABELS, size=job.labels)

    def build(m: Any) -> Callable[[], Any]:
        m.manual_seed(0)
        model = job.build(m)
        optimizer = m.optim.SGD(model.parameters(), lr=0.001, momentum=0.9)
        features, labels = m.from_numpy(x), m.from_numpy(y)

        def step() -> Any:
            optimizer.zero_grad()
            logits = model(features)
            if logits.dim() == 3:  # (N, T, labels)
                logits = logits.transpose(1, 2)
            loss = m.nn.functional.cross_entropy(logits, labels)
            loss.backward()
            optimizer.step()
            return loss

        return step

    return build


@pytest.mark.parametrize("name", JOBS)
def test_network(compare: Compare, name: str) -> None:
    job = JOBS[name]
    compare(training_step(job), target=job.target, group="training step of a network", label=name)
