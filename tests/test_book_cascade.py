"""The formulas of the chapter "The cascade and its notation" (docs/book/cascade.md)."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from conftest import solution

import refnet
from refnet import nn, ops
from refnet.models import backprop, cascade
from refnet.ops.rule import Array

SIZES = (4, 6, 5, 3)
XOR = (([[1, 1], [1, 1]], [0, -1]), ([[1, -2]], [0]))  # (W, b) of each layer


def layers(rng: np.random.Generator) -> list[backprop.Layer]:
    return [
        backprop.Layer(rng.standard_normal((n, m)), rng.standard_normal(n))
        for m, n in pairwise(SIZES)
    ]


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def test_three_neurons_compute_the_exclusive_or() -> None:
    network = [backprop.Layer(*(np.array(p, float) for p in layer)) for layer in XOR]
    for x1 in (0, 1):
        for x2 in (0, 1):
            x = np.array([x1, x2], float)
            assert backprop.forward(network, x, backprop.RELU)[1][-1] == (x1 != x2)


def test_a_unit_is_its_sum() -> None:
    rng = np.random.default_rng(0)
    network = layers(rng)
    x = rng.standard_normal(SIZES[0])
    zs, activations = backprop.forward(network, x)
    for (W, b), below, z, a in zip(network, activations, zs, activations[1:], strict=False):
        for j in range(len(b)):
            by_hand = sum(W[j, k] * below[k] for k in range(len(below))) + b[j]
            assert z[j] == pytest.approx(by_hand, rel=1e-13)
            assert a[j] == pytest.approx(sigmoid(by_hand), rel=1e-13)


def test_the_cascade_is_a_composition() -> None:
    model = cascade.build(refnet, SIZES).double()
    x = a = np.random.default_rng(1).standard_normal(SIZES[0])
    parameters = [p.detach().numpy() for p in model.parameters()]
    assert len(parameters) == 2 * (len(SIZES) - 1)
    for W, b in zip(parameters[::2], parameters[1::2], strict=True):
        a = sigmoid(W @ a + b)
    np.testing.assert_allclose(model(refnet.tensor(x)).detach().numpy(), a, rtol=1e-13)


def test_layers_without_an_activation_are_one_layer() -> None:
    rng = np.random.default_rng(2)
    model = cascade.build(refnet, SIZES, nn.Identity).double()
    parameters = [p.detach().numpy() for p in model.parameters()]
    W, b = solution("collapse")([*zip(parameters[::2], parameters[1::2], strict=True)])
    X: Array = rng.standard_normal((5, SIZES[0]))
    np.testing.assert_allclose(
        model(refnet.tensor(X)).detach().numpy(), X @ W.T + b, rtol=1e-12, atol=1e-14
    )


@pytest.mark.parametrize(("sizes", "number"), [((784, 30, 10), 23_860), ((3, 4, 2), 26)])
def test_the_number_of_parameters(sizes: tuple[int, ...], number: int) -> None:
    model = cascade.build(refnet, sizes)
    assert sum(p.numel() for p in model.parameters()) == number
    assert solution("count_parameters")(sizes) == number


def test_a_batch_is_its_rows() -> None:
    rng = np.random.default_rng(3)
    network, X = layers(rng), rng.standard_normal((7, SIZES[0]))
    together = backprop.forward(network, X)[1][-1]
    for row, x in zip(together, X, strict=True):
        a = x
        for W, b in network:
            a = sigmoid(W @ a + b)
        np.testing.assert_allclose(row, a, rtol=1e-13)
    parameters = [refnet.tensor(p) for layer in network for p in layer]
    A = refnet.tensor(X)
    for W, b in zip(parameters[::2], parameters[1::2], strict=True):
        A = refnet.sigmoid(nn.functional.linear(A, W, b))
    np.testing.assert_allclose(A.numpy(), together, rtol=1e-13)
    rows = X
    for W, b in network:
        rows = sigmoid(ops.linear(rows, W, b)[0])  # the definition, without a kernel
    np.testing.assert_allclose(rows, together, rtol=1e-13)
