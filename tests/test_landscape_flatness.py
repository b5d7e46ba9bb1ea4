"""Measures of flatness on quadratics, and rescaled to the same function."""

import numpy as np
import pytest

import refnet
from refnet import nn
from refnet.landscape import Surface, flatness

rng = np.random.default_rng(0)
H = (lambda A: A @ A.T)(rng.standard_normal((6, 9)))
λ = np.linalg.eigvalsh(H)


class Quadratic(nn.Module):
    """½ (θ − c)ᵀ H (θ − c)"""

    def __init__(self, c: np.ndarray) -> None:
        super().__init__()
        self.θ = nn.Parameter(refnet.zeros(6, dtype=refnet.float64))
        self.c = refnet.from_numpy(c)

    def forward(self, x: refnet.Tensor) -> refnet.Tensor:
        d = self.θ - self.c
        return (d @ refnet.from_numpy(H) @ d) / 2


def quadratic(c: np.ndarray | float = 0.0) -> Surface:
    c = np.broadcast_to(np.asarray(c, float), 6).copy()
    return Surface(Quadratic(c), lambda out, y: out, refnet.zeros(1), refnet.zeros(1))


def test_measures_of_a_quadratic_at_its_minimum() -> None:
    c = rng.standard_normal(6)
    C = quadratic(c)
    assert flatness.top_eigenvalue(C, c) == pytest.approx(λ[-1])
    assert flatness.sharpness(C, c, 0.3, steps=60) == pytest.approx(0.09 * λ[-1] / 2)
    DHD = np.abs(c)[:, None] * H * np.abs(c)
    expected = 0.09 * np.linalg.eigvalsh(DHD)[-1] / 2
    assert flatness.adaptive_sharpness(C, c, 0.3, steps=60) == pytest.approx(expected)
    for value, error, exact in (
        (*flatness.trace(C, c, draws=400), np.trace(H)),
        (*flatness.noise(C, c, 0.3, draws=400), 0.09 * np.trace(H) / 2),
    ):
        assert abs(value - exact) < 4 * error
        assert 0 < error < 0.1 * exact


def test_noise_is_without_the_slope_away_from_the_minimum() -> None:
    value, error = flatness.noise(quadratic(), np.full(6, 5.0), 0.1, draws=400)
    assert abs(value - 0.005 * np.trace(H)) < 4 * error < 0.002 * np.trace(H)


def test_sharpness_on_a_slope_is_the_maximum_on_the_ball() -> None:
    """On a sphere the maximum of a convex quadratic has g(θ + ε) = μ ε with μ ≥ λmax: found by
    bisection.
    """
    θ, ρ = np.full(6, 0.2), 0.5
    eigenvalues, Q = np.linalg.eigh(H)
    g = Q.T @ (H @ θ)
    low, high = eigenvalues[-1], eigenvalues[-1] + np.linalg.norm(g) / ρ + 1
    for _ in range(200):
        μ = (low + high) / 2
        low, high = (μ, high) if np.linalg.norm(g / (μ - eigenvalues)) > ρ else (low, μ)
    ε = Q @ (g / (μ - eigenvalues))
    expected = g @ (Q.T @ ε) + ε @ H @ ε / 2
    assert flatness.sharpness(quadratic(), θ, ρ, steps=200) == pytest.approx(expected, rel=1e-9)
    first = ρ * H @ θ / np.linalg.norm(H @ θ)
    sam = first @ H @ θ + first @ H @ first / 2
    assert flatness.sharpness(quadratic(), θ, ρ, steps=1) == pytest.approx(sam)
    assert sam < expected


def relu_network() -> tuple[Surface, np.ndarray]:
    refnet.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 3)
    ).double()
    x = refnet.randn(40, 5, dtype=refnet.float64)
    C = Surface(model, nn.CrossEntropyLoss(), x, refnet.randint(0, 3, (40,)))
    return C, C.theta


def test_only_the_adaptive_measure_is_blind_to_the_scale_of_layers() -> None:
    C, θ = relu_network()
    α = 64.0
    scaled = flatness.rescaled(C, θ, (α, α, 1 / α, 1, 1, 1))
    np.testing.assert_allclose(C.outputs(scaled), C.outputs(θ), rtol=1e-12)
    both = [flatness.adaptive_sharpness(C, t, 2.0) for t in (θ, scaled)]
    assert both[1] == pytest.approx(both[0], rel=1e-10)
    assert both[0] > 0.01
    for name, f in {
        "top eigenvalue": lambda t: flatness.top_eigenvalue(C, t),
        "trace": lambda t: flatness.trace(C, t)[0],
        "sharpness": lambda t: flatness.sharpness(C, t, 0.05),
        "noise": lambda t: flatness.noise(C, t, 0.02)[0],
    }.items():
        assert f(scaled) > 5 * f(θ), name


def test_dinhs_factor_is_the_square_of_the_scale() -> None:
    """∂²C/∂w² of the layer that is divided by α gets multiplied by α², exactly."""
    C, θ = relu_network()
    scaled = flatness.rescaled(C, θ, (8, 8, 1 / 8, 1, 1, 1))
    block = slice(48, 48 + 64)  # the weight of the second layer
    before, after = C.hessian(θ)[block, block], C.hessian(scaled)[block, block]
    np.testing.assert_allclose(after, 64 * before, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda C, θ: flatness.sharpness(C, θ, 0.0), "expected rho > 0 and steps ≥ 1, got 0.0"),
        (lambda C, θ: flatness.noise(C, θ, 0.1, draws=1), "draws ≥ 2, got 0.1 and 1"),
        (lambda C, θ: flatness.rescaled(C, θ, (1, 2)), "expected 1 factors, one for each parameter, got 2"),
    ],
)  # fmt: skip
def test_bad_arguments_are_errors(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call(quadratic(), np.ones(6))  # type: ignore[operator]
