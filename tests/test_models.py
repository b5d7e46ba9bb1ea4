"""The notes' models on refnet, and backprop by hand against oracles that need no PyTorch."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import refnet
from refnet import nn
from refnet.models import backprop, cascade, linear_regression, logistic_regression
from refnet.models.backprop import CROSS_ENTROPY, QUADRATIC, RELU, SIGMOID, TANH, Activation, Cost
from refnet.ops.rule import Array

SIZES = (4, 6, 5, 3)


def layers(rng: np.random.Generator, sizes: tuple[int, ...] = SIZES) -> list[backprop.Layer]:
    return [
        backprop.Layer(rng.normal(size=(m, n)) / n**0.5, rng.normal(size=m))
        for n, m in pairwise(sizes)
    ]


def mean_cost(network: Any, x: Array, y: Array, sigma: Activation, cost: Cost) -> Any:
    return cost.value(backprop.forward(network, x, sigma)[1][-1], y).mean()


@pytest.mark.parametrize("sizes", [SIZES, (4, 3), (2, 1, 1, 1, 3)])
@pytest.mark.parametrize("cost", [QUADRATIC, CROSS_ENTROPY], ids=["quadratic", "cross-entropy"])
def test_the_four_equations_are_the_complex_step(sizes: tuple[int, ...], cost: Cost) -> None:
    """C(W + i h e) = C(W) + i h ∂C/∂w, for each single parameter."""
    rng, h = np.random.default_rng(0), 1e-30
    network = layers(rng, sizes)
    x, y = rng.normal(size=(7, sizes[0])), rng.uniform(size=(7, sizes[-1]))
    gradients = backprop.backprop(network, x, y, SIGMOID, cost)
    for number, (layer, gradient) in enumerate(zip(network, gradients, strict=True)):
        for name in ("W", "b"):
            parameter, expected = getattr(layer, name), getattr(gradient, name)
            assert expected.shape == parameter.shape
            for index in np.ndindex(parameter.shape):
                moved = parameter.astype(complex)
                moved[index] += 1j * h
                there = list(network)
                there[number] = layer._replace(**{name: moved})
                step = mean_cost(there, x, y, SIGMOID, cost).imag / h
                assert step == pytest.approx(expected[index], rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("sigma", [SIGMOID, TANH, RELU], ids=["sigmoid", "tanh", "relu"])
def test_activations_and_their_derivatives(sigma: Activation) -> None:
    z, h = np.array([-3.0, -0.7, 0.2, 2.5]), 1e-6
    difference = (sigma.function(z + h) - sigma.function(z - h)) / (2 * h)
    np.testing.assert_allclose(sigma.derivative(z), difference, rtol=1e-8, atol=1e-9)


def test_sigmoid_does_not_overflow() -> None:
    with np.errstate(all="raise", under="ignore"):
        assert SIGMOID.function(np.array([-1e4, 0, 1e4])).tolist() == [0.0, 0.5, 1.0]


def test_with_cross_entropy_the_last_error_is_a_minus_y() -> None:
    rng = np.random.default_rng(1)
    network, x, y = layers(rng), rng.normal(size=4), rng.uniform(size=3)
    gradients = backprop.backprop_example(network, x, y, SIGMOID, CROSS_ENTROPY)
    a = backprop.forward(network, x)[1][-1]
    np.testing.assert_allclose(gradients[-1].b, a - y, rtol=1e-12)


def test_one_unit_by_pencil() -> None:
    """w = 2, b = −1, x = 0.5, so z = 0, a = ½, σ′ = ¼; with y = 1: δ = (½ − 1) · ¼."""
    network = [backprop.Layer(np.array([[2.0]]), np.array([-1.0]))]
    (gradient,) = backprop.backprop_example(network, np.array([0.5]), np.array([1.0]))
    assert gradient.b.tolist() == [-0.125]
    assert gradient.W.tolist() == [[-0.0625]]


def test_the_batch_is_the_mean_of_its_examples() -> None:
    rng = np.random.default_rng(2)
    network, x, y = layers(rng), rng.normal(size=(9, 4)), rng.normal(size=(9, 3))
    for cost in (QUADRATIC, CROSS_ENTROPY):
        singly = backprop.backprop(network, x, y, TANH if cost is QUADRATIC else SIGMOID, cost)
        at_once = backprop.backprop_batch(
            network, x, y, TANH if cost is QUADRATIC else SIGMOID, cost
        )
        for a, b in zip(singly, at_once, strict=True):
            np.testing.assert_allclose(a.W, b.W, rtol=1e-12, atol=1e-15)
            np.testing.assert_allclose(a.b, b.b, rtol=1e-12, atol=1e-15)


# --- the models on refnet.nn ----------------------------------------------------------------


def test_linear_regression_is_w_x_plus_b() -> None:
    model = linear_regression.build(refnet, 3, 2)
    x = refnet.randn(5, 3)
    W, b = (p.detach().numpy() for p in model.parameters())
    np.testing.assert_allclose(model(x).detach().numpy(), x.numpy() @ W.T + b, rtol=1e-5)


def test_logistic_regression_gives_probabilities() -> None:
    model = logistic_regression.build(refnet, 3)
    x = refnet.randn(5, 3)
    W, b = (p.detach().numpy() for p in model.parameters())
    expected = 1 / (1 + np.exp(-(x.numpy() @ W.T + b)))
    np.testing.assert_allclose(model(x).detach().numpy(), expected, rtol=1e-5)


def test_cascade_is_the_notes_formula() -> None:
    model = cascade.build(refnet, SIZES).double()
    parameters = [p.detach().numpy() for p in model.parameters()]
    network = [backprop.Layer(*pair) for pair in zip(*[iter(parameters)] * 2, strict=True)]
    x = np.random.default_rng(0).normal(size=(5, 4))
    expected = backprop.forward(network, x)[1][-1]
    np.testing.assert_allclose(
        model(refnet.from_numpy(x)).detach().numpy(), expected, rtol=1e-13, atol=1e-15
    )


def test_cascade_takes_another_activation() -> None:
    model = cascade.build(refnet, (4, 3, 2), nn.Tanh)
    assert [type(layer) for layer in model] == [nn.Linear, nn.Tanh, nn.Linear, nn.Tanh]


@pytest.mark.parametrize("sizes", [(), (3,)])
def test_cascade_needs_an_input_and_an_output(sizes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="expected at least two sizes"):
        cascade.build(refnet, sizes)
