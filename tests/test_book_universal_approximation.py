"""The formulas of the chapter "Universal approximation" (docs/book/universal-approximation.md)."""

import numpy as np
import pytest

from refnet import ops
from refnet.approximation.constructive import Sigmoidal, lipschitz, steps
from refnet.approximation.fit import fit, polynomial_distance, sup_error
from refnet.ops.rule import Array

SIGMAS = [Sigmoidal(ops.sigmoid, 0.0, 1.0), Sigmoidal(ops.tanh, -1.0, 1.0)]
NAMES = ["sigmoid", "tanh"]
L = 2 * np.pi + 1


def f(x: Array) -> Array:
    return np.sin(2 * np.pi * x[:, 0]) + abs(x[:, 0] - 0.6)


@pytest.mark.parametrize("sigma", SIGMAS, ids=NAMES)
def test_the_program_is_the_formula_with_the_scaled_sigma(sigma: Sigmoidal) -> None:
    F = steps(f, 0.2, lipschitz(L), sigma)
    n, k = len(F.v) - 1, F.W[1, 0]
    t = np.linspace(0, 1, n + 1)
    y = f(t[:, None])
    x = np.random.default_rng(0).random((50, 1))

    def scaled(z: Array) -> Array:
        with np.errstate(over="ignore"):
            value: Array = sigma.rule(z)[0]
        return (value - sigma.low) / (sigma.high - sigma.low)

    by_hand = y[0] + scaled(k * (x - (t[1:] + t[:-1]) / 2)) @ np.diff(y)
    np.testing.assert_allclose(F(x), by_hand, rtol=1e-10)


def staircase(n: int, k: float, x: Array) -> Array:
    t = np.linspace(0, 1, n + 1)
    y = f(t[:, None])
    z = np.clip(k * (x[:, None] - (t[1:] + t[:-1]) / 2), -700, 700)
    F: Array = y[0] + (1 / (1 + np.exp(-z))) @ np.diff(y)
    return F


@pytest.mark.parametrize("n", [5, 40])
@pytest.mark.parametrize("η", [0.2, 0.01])
def test_the_bound_of_the_error(n: int, η: float) -> None:
    """k is as small as the proof allows; the slowest slope of ω is the largest slope of f."""
    h, x = 1 / n, np.linspace(0, 1, 3001)
    k = 2 * np.log((1 - η) / η) / h  # S(−k h / 2) = η
    total = abs(np.diff(f(np.linspace(0, 1, n + 1)[:, None]))).sum()
    error = abs(staircase(n, k, x) - f(x[:, None])).max()
    assert error <= L * h + η * total
    program = steps(f, 0.1, lipschitz(L), SIGMAS[0])
    assert L / (len(program.v) - 1) <= 0.05
    step = np.linspace(0, 1, len(program.v))
    rises = abs(np.diff(f(step[:, None]))).sum()
    reached = program.W[1, 0] / (len(program.v) - 1) / 2  # k h / 2
    assert rises / (1 + np.exp(reached)) == pytest.approx(0.1 / 4, rel=1e-3)


def test_between_two_grid_points_it_is_a_mean() -> None:
    """With steps so steep that the other ones are exactly 0 or 1."""
    n, k = 8, 1e4
    t = np.linspace(0, 1, n + 1)
    y = f(t[:, None])
    for j in range(n):
        x = t[j] + np.array([0.45, 0.5, 0.5001, 0.6]) / n
        S = 1 / (1 + np.exp(-k * (x - (t[j] + t[j + 1]) / 2)))
        mean = (1 - S) * y[j] + S * y[j + 1]
        np.testing.assert_allclose(staircase(n, k, x), mean, rtol=1e-12)


def test_a_product_of_cosines_is_a_mean_of_cosines() -> None:
    a, b = np.random.default_rng(1).uniform(-9, 9, (2, 100))
    np.testing.assert_allclose(
        np.cos(a) * np.cos(b), (np.cos(a + b) + np.cos(a - b)) / 2, atol=1e-14, rtol=1e-12
    )


def test_a_polynomial_sigma_stays_away_from_a_wave() -> None:
    def wave(x: Array) -> Array:
        return np.sin(2 * np.pi * x[:, 0])

    low, high = polynomial_distance(wave, 2)
    assert low == pytest.approx(high, rel=1e-5)
    for N in (10, 160):
        square = fit(wave, N, 1, lambda z: (z * z, lambda dy: (dy,)))
        assert sup_error(square, wave) >= low
