"""The formulas of the chapter "Activations" (docs/book/activations.md)."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import refnet
from refnet import ops
from refnet.ops.rule import Array
from refnet.testing import check_pullback

Z = 3 * np.random.default_rng(0).standard_normal(40)


def sigma(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def normal(z: Array) -> Array:
    return np.array([(1 + math.erf(x / math.sqrt(2))) / 2 for x in z])


def density(z: Array) -> Array:
    result: Array = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return result


FORMULAS: list[tuple[Any, Callable[[Any], Any], Callable[[Any], Any]]] = [
    (ops.sigmoid, sigma, lambda z: sigma(z) * (1 - sigma(z))),
    (ops.tanh, lambda z: 2 * sigma(2 * z) - 1, lambda z: 1 - np.tanh(z) ** 2),
    (
        ops.bipolar_sigmoid,
        lambda z: (1 - np.exp(-z)) / (1 + np.exp(-z)),
        lambda z: (1 - np.tanh(z / 2) ** 2) / 2,
    ),
    (ops.relu, lambda z: np.maximum(z, 0), lambda z: np.where(z > 0, 1, 0)),
    (
        ops.leaky_relu,
        lambda z: np.where(z > 0, z, 0.01 * z),
        lambda z: np.where(z > 0, 1, 0.01),
    ),
    (ops.softplus, lambda z: np.log(1 + np.exp(z)), sigma),
    (ops.silu, lambda z: z * sigma(z), lambda z: sigma(z) * (1 + z - z * sigma(z))),
    (ops.gelu, lambda z: z * normal(z), lambda z: normal(z) + z * density(z)),
]


@pytest.mark.parametrize(
    ("rule", "formula", "slope"), FORMULAS, ids=[rule.__name__ for rule, _, _ in FORMULAS]
)
def test_an_activation_and_its_slope(rule: Any, formula: Any, slope: Any) -> None:
    y, pullback = rule(Z)
    dy = np.random.default_rng(1).standard_normal(Z.shape)
    np.testing.assert_allclose(y, formula(Z), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(pullback(dy)[0], dy * slope(Z), rtol=1e-11, atol=1e-14)
    check_pullback(rule, [Z])


def test_the_sigmoid_never_overflows() -> None:
    with np.errstate(over="raise", invalid="raise"):
        y, pullback = ops.sigmoid(np.array([-1000.0, -40.0, 1000.0]))
        slopes = pullback(np.ones(3))[0]
    e = math.exp(-40)
    np.testing.assert_allclose(y, [0, e / (1 + e), 1], rtol=1e-15)
    np.testing.assert_allclose(slopes, [0, e / (1 + e) ** 2, 0], rtol=1e-15)


def test_slopes_at_the_kink() -> None:
    z = refnet.tensor([-2.0, 0.0, 3.0], requires_grad=True)
    dy = refnet.tensor([1.5, -0.7, 0.4])
    (slope,) = refnet.autograd.grad(refnet.relu(z), z, dy)
    assert slope.tolist() == pytest.approx([0, 0, 0.4])
    (slope,) = refnet.autograd.grad(refnet.nn.functional.leaky_relu(z, 0.1), z, dy)
    assert slope.tolist() == pytest.approx([0.15, -0.07, 0.4])
    (slope,) = refnet.autograd.grad(refnet.relu(z) - refnet.relu(-z), z, dy)
    assert slope.tolist() == pytest.approx([1.5, 0, 0.4])
    x, dx = np.array([-2.0, 0.0, 3.0]), np.array([1.5, -0.7, 0.4])
    for rule, right in ((ops.relu, [0, 0, 0.4]), (ops.leaky_relu, [0.015, -0.007, 0.4])):
        np.testing.assert_allclose(rule(x)[1](dx)[0], right, rtol=1e-15)


def test_numbers_of_the_text() -> None:
    """Minima, largest slopes, and the distances of the approximations."""
    z = np.linspace(-10, 10, 200_000)
    for rule, least, place, largest in (
        (ops.silu, -0.28, -1.28, 1.10),
        (ops.gelu, -0.17, -0.75, 1.13),
    ):
        y, pullback = rule(z)
        assert y.min() == pytest.approx(least, abs=0.005)
        assert z[y.argmin()] == pytest.approx(place, abs=0.005)
        assert pullback(np.ones_like(z))[0].max() == pytest.approx(largest, abs=0.005)
    assert np.abs(ops.gelu(z)[0] - ops.gelu_tanh(z)[0]).max() < 0.0005
    above = ops.softplus(z)[0] - ops.relu(z)[0]
    assert 0 < above.min() < above.max() <= math.log(2)
    beyond = np.linspace(20.001, 40, 100)
    error = np.abs(ops.softplus(beyond)[0] - np.log1p(np.exp(beyond)))
    assert error.max() < math.exp(-20)
    for point, slope in ((5.0, 0.0066), (10.0, 0.000045)):
        found = ops.sigmoid(np.array(point))[1](np.array(1.0))[0]
        assert found == pytest.approx(slope, rel=0.01)
