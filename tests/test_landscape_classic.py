"""The classic surfaces have the minima that are known, and the stacked derivatives are right."""

import numpy as np
import pytest

import refnet
from refnet.landscape import Surface, classic
from refnet.landscape.stacked import Stacked

by_name = pytest.mark.parametrize("surface", classic.SURFACES, ids=lambda s: s.name)


@by_name
def test_the_gradient_is_zero_at_the_minima_and_the_hessian_positive(
    surface: classic.Classic,
) -> None:
    for minimum in surface.minima:
        H = surface.C.hessian(minimum)
        assert np.linalg.norm(surface.C.gradient(minimum)) < 1e-12 * np.abs(H).max()
        assert np.linalg.eigvalsh(H).min() > 0
        np.testing.assert_allclose(surface.C.value(minimum), surface.lowest, atol=1e-12, rtol=1e-12)


@by_name
def test_no_point_of_the_domain_is_lower(surface: classic.Classic) -> None:
    x0, x1, y0, y1 = surface.domain
    grid = np.stack(np.meshgrid(np.linspace(x0, x1, 301), np.linspace(y0, y1, 301)), -1)
    C = surface.C.values(grid)
    assert C.shape == (301, 301)
    np.testing.assert_allclose(C[17, 205], surface.C.value(grid[17, 205]), rtol=1e-12)
    assert C.min() >= surface.lowest - 1e-12
    for minimum in (*surface.minima, surface.start):
        assert x0 <= minimum[0] <= x1
        assert y0 <= minimum[1] <= y1


@by_name
def test_the_derivatives_are_those_of_central_differences(surface: classic.Classic) -> None:
    θ, h = surface.start + 0.1, 1e-5
    for e in np.eye(2):
        slope = (surface.C.value(θ + h * e) - surface.C.value(θ - h * e)) / (2 * h)
        bend = (surface.C.gradient(θ + h * e) - surface.C.gradient(θ - h * e)) / (2 * h)
        np.testing.assert_allclose(surface.C.gradient(θ) @ e, slope, rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(surface.C.hessian(θ) @ e, bend, rtol=1e-5, atol=1e-6)


def test_the_values_are_those_known() -> None:
    points = {
        "Rosenbrock": ((-1.2, 1.0), 24.2),
        "Beale": ((0, 0), 14.203125),
        "Himmelblau": ((0, 0), 170),
        "strict saddle": ((0, 0), 0),
        "quadratic": ((2, 1), 14.5),
    }
    for surface in classic.SURFACES:
        if surface.name in points:
            θ, C = points[surface.name]
            np.testing.assert_allclose(surface.C.value(np.array(θ)), C, rtol=1e-12)


def test_the_strict_saddle_and_the_two_wells_have_the_hessians_that_are_said() -> None:
    np.testing.assert_allclose(
        classic.STRICT_SADDLE.C.hessian(np.zeros(2)), np.diag([1, -1]), rtol=1e-12
    )
    np.testing.assert_allclose(classic.STRICT_SADDLE.C.gradient(np.zeros(2)), 0, rtol=1e-12)
    sharp, flat = classic.SHARP_AND_FLAT.minima
    np.testing.assert_allclose(classic.SHARP_AND_FLAT.C.hessian(sharp), 100 * np.eye(2), rtol=1e-12)
    np.testing.assert_allclose(classic.SHARP_AND_FLAT.C.hessian(flat), np.eye(2), rtol=1e-12)


def test_the_stacked_derivatives_are_those_of_a_surface() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((7, 3)), rng.standard_normal((7, 1))
    net = refnet.nn.Sequential(refnet.nn.Linear(3, 1), refnet.nn.Tanh())
    surface = Surface(net, refnet.nn.MSELoss(), refnet.from_numpy(x), refnet.from_numpy(y))

    def f(θ: refnet.Tensor) -> refnet.Tensor:
        z = refnet.from_numpy(x) @ θ[:, :3, None] + θ[:, 3:, None]
        return ((z.tanh() - refnet.from_numpy(y)) ** 2).mean((1, 2))

    stacked, θ = Stacked(f, 4), surface.theta
    np.testing.assert_allclose(stacked.value(θ), surface.value(θ), rtol=1e-13)
    np.testing.assert_allclose(stacked.gradient(θ), surface.gradient(θ), rtol=1e-12)
    np.testing.assert_allclose(stacked.hessian(θ), surface.hessian(θ), rtol=1e-11, atol=1e-14)
