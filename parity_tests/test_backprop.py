"""The four equations by hand are the tape's gradient and PyTorch's, to 1e-12."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch

import refnet
from refnet.models import backprop, cascade
from refnet.models.backprop import CROSS_ENTROPY, QUADRATIC, RELU, SIGMOID, TANH, Activation, Cost

ACTIVATIONS = {"Sigmoid": SIGMOID, "Tanh": TANH, "ReLU": RELU}


def by_library(
    library: Any, sizes: Sequence[int], activation: str, cost: Cost, x: Any, y: Any
) -> tuple[list[Any], list[Any]]:
    """The parameters of the cascade, and their gradients by the library's own backward pass."""
    library.manual_seed(2)
    model = cascade.build(library, sizes, getattr(library.nn, activation)).double()
    a, y = model(library.from_numpy(x)), library.from_numpy(y)
    if cost is QUADRATIC:
        loss = 0.5 * ((a - y) ** 2).sum(1).mean()
    else:
        loss = library.nn.BCELoss()(a, y) * sizes[-1]  # PyTorch's mean is over the outputs, too
    loss.backward()
    parameters = list(model.parameters())
    return [p.detach().numpy() for p in parameters], [p.grad.numpy() for p in parameters]


@pytest.mark.parametrize("sizes", [(5, 3), (5, 7, 3), (4, 6, 2, 5, 3), (3, 1, 1)])
@pytest.mark.parametrize(
    ("activation", "cost"),
    [("Sigmoid", QUADRATIC), ("Tanh", QUADRATIC), ("ReLU", QUADRATIC), ("Sigmoid", CROSS_ENTROPY)],
)
def test_backprop_by_hand(sizes: tuple[int, ...], activation: str, cost: Cost) -> None:
    rng = np.random.default_rng(len(sizes))
    x, y = rng.normal(size=(8, sizes[0])), rng.uniform(size=(8, sizes[-1]))
    parameters, ours = by_library(refnet, sizes, activation, cost, x, y)
    its, theirs = by_library(torch, sizes, activation, cost, x, y)
    assert all(np.array_equal(a, b) for a, b in zip(parameters, its, strict=True))

    network = [backprop.Layer(W, b) for W, b in zip(parameters[::2], parameters[1::2], strict=True)]
    sigma: Activation = ACTIVATIONS[activation]
    for by_hand in (backprop.backprop, backprop.backprop_batch):
        gradients = [g for layer in by_hand(network, x, y, sigma, cost) for g in layer]
        for mine, tape, pytorch in zip(gradients, ours, theirs, strict=True):
            scale = np.abs(pytorch).max()
            assert scale > 0
            assert np.abs(mine - tape).max() <= 1e-12 * scale
            assert np.abs(mine - pytorch).max() <= 1e-12 * scale
