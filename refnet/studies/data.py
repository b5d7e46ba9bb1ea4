"""The data of the studies, as tensors, and a plain training loop."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

import refnet
from refnet.optim import SGD
from refnet.training.data import fit_scale, load, split


class Examples(NamedTuple):
    """The training part and the test part. x: (N, features), y: (N,) classes."""

    x: refnet.Tensor
    y: refnet.Tensor
    x_test: refnet.Tensor
    y_test: refnet.Tensor

    def first(self, n: int) -> "Examples":
        """Returns the first n training examples, and all test examples."""
        return self._replace(x=self.x[:n], y=self.y[:n])


def classes(name: str, seed: int = 0, dtype: refnet.dtype = refnet.float32) -> Examples:
    """Returns the digits (64 features, 10 classes) or breast cancer (30, 2), standardised.

    A fifth of the rows is for the test. Raises InputError for data that do not exist.
    """
    parts = split(load(name), seed)
    scale = fit_scale(parts.x_train, f"x of {name}")
    x, x_test = (refnet.from_numpy(scale.apply(a)).to(dtype) for a in (parts.x_train, parts.x_test))
    y, y_test = (refnet.from_numpy(a.astype(np.int64)) for a in (parts.y_train, parts.y_test))
    return Examples(x, y, x_test, y_test)


def batches(n: int, size: int) -> Iterator[Any]:
    """Yields the numbers below n in random order, in batches; refnet's generator draws them."""
    yield from refnet.randperm(n).split(size)


def train(
    model: Any,
    cost: Any,
    x: refnet.Tensor,
    y: refnet.Tensor,
    *,
    epochs: int,
    batch: int = 32,
    lr: float = 0.1,
    momentum: float = 0.9,
    each_epoch: Callable[[int], None] | None = None,
    track: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> None:
    """Trains the model by stochastic gradient descent.

    Args:
        model: the model
        cost: a function of (output, target)
        x: the inputs
        y: the targets
        epochs: the number of passes over all rows
        batch: the batch size
        lr: the learning rate
        momentum: the momentum
        each_epoch: called with the number of each epoch at its end, from 1 on
        track: shows progress over the numbers of the epochs
    """
    optimizer = SGD(model.parameters(), lr=lr, momentum=momentum)
    for epoch in track(range(1, epochs + 1)):
        model.train()
        for rows in batches(len(x), batch):
            optimizer.zero_grad()
            cost(model(x[rows]), y[rows]).backward()
            optimizer.step()
        if each_epoch is not None:
            each_epoch(epoch)
    model.eval()


@refnet.no_grad()
def accuracy(model: Any, x: refnet.Tensor, y: refnet.Tensor) -> float:
    """Returns the percentage of the examples that are classified correctly."""
    model.eval()
    return 100 * float((model(x).argmax(1) == y).float().mean().item())
