"""Networks that approximate: the constructions reach their error, and the bounds hold."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from refnet import ops
from refnet.approximation.constructive import (
    Sigmoidal,
    certify,
    cosines,
    extension,
    kernel,
    lipschitz,
    ridges,
    steps,
)
from refnet.approximation.fit import features, fit, polynomial_distance, rate, sup_error
from refnet.approximation.narrow import middles, monotone_distance, narrow, output, width
from refnet.approximation.shallow import Shallow, grid, joined
from refnet.ops.rule import Array

SIGMOID = Sigmoidal(ops.sigmoid, 0.0, 1.0)
SIGMAS = [SIGMOID, Sigmoidal(ops.tanh, -1.0, 1.0), Sigmoidal(ops.softsign, -1.0, 1.0)]


def wave(x: Array) -> Array:
    """Its derivative is below 2π + 1."""
    return np.sin(2 * np.pi * x[:, 0]) + abs(x[:, 0] - 0.6)


def root(x: Array) -> Array:
    """Not Lipschitz; its modulus of continuity is √d."""
    return np.sqrt(abs(x[:, 0] - 0.5))


def product_of(x: Array) -> Array:
    return np.prod(x, axis=1)


# --- networks and their bounds ------------------------------------------------------------------


def test_a_shallow_network_is_the_sum_it_says() -> None:
    rng = np.random.default_rng(0)
    W, b, v, x = (rng.standard_normal(s) for s in ((5, 3), 5, 5, (7, 3)))
    F = Shallow(ops.tanh, W, b, v)
    by_hand = [sum(v[i] * np.tanh(W[i] @ row + b[i]) for i in range(5)) for row in x]
    np.testing.assert_allclose(F(x), by_hand, rtol=1e-13)
    np.testing.assert_allclose(joined([F, F])(x), 2 * F(x), rtol=1e-13)


def test_bounds_enclose_and_tighten_with_the_box() -> None:
    rng = np.random.default_rng(1)
    F = Shallow(ops.sigmoid, *(rng.standard_normal(s) for s in ((40, 2), 40, 40)))
    corner = rng.random((50, 2))
    gaps = []
    for side in (0.3, 0.003):
        low, high = F.enclose(corner, corner + side)
        for inside in rng.random((20, 2)):
            y = F(corner + side * inside)
            assert (low <= y).all()
            assert (y <= high).all()
        gaps.append((high - low).max())
    assert gaps[1] < 0.011 * gaps[0]


def test_bounds_are_the_values_at_the_corners_for_one_unit_and_add_up() -> None:
    rng = np.random.default_rng(2)
    W, b, v = rng.standard_normal((30, 2)), rng.standard_normal(30), rng.standard_normal(30)
    low, high = np.array([[0.2, -0.5]]), np.array([[0.7, 0.4]])
    corners = np.array(list(product((0.2, 0.7), (-0.5, 0.4))))
    ends = np.array([v[i] * np.tanh(corners @ W[i] + b[i]) for i in range(30)])
    for i in range(30):
        one = Shallow(ops.tanh, W[i : i + 1], b[i : i + 1], v[i : i + 1]).enclose(low, high)
        np.testing.assert_allclose(np.ravel(one), [ends[i].min(), ends[i].max()], rtol=1e-12)
    together = Shallow(ops.tanh, W, b, v).enclose(low, high)
    np.testing.assert_allclose(
        np.ravel(together), [ends.min(1).sum(), ends.max(1).sum()], rtol=1e-12
    )


def test_bounds_are_true_of_the_real_numbers() -> None:
    """σ(z) = z, so that fractions give the value without rounding; w and b nearly cancel."""
    rng = np.random.default_rng(3)
    for _ in range(50):
        x = rng.random((1, 1))
        W = 1e6 * rng.random((20, 1))
        b, v = -W[:, 0] * (x[0, 0] + 1e-9 * rng.random(20)), rng.standard_normal(20)
        low, high = Shallow(lambda z: (z, lambda dy: (dy,)), W, b, v).enclose(x, x)
        exact = sum(
            Fraction(vi) * (Fraction(wi) * Fraction(x[0, 0]) + Fraction(bi))
            for vi, wi, bi in zip(v, W[:, 0], b, strict=True)
        )
        assert Fraction(low[0]) <= exact <= Fraction(high[0])
        assert high[0] - low[0] < 1e-6


def test_bounds_allow_for_the_rounding_of_the_sum() -> None:
    v = np.full(1000, 0.1)
    F = Shallow(ops.tanh, np.zeros((1000, 1)), np.full(1000, 40.0), v)  # tanh 40 is 1, rounded
    low, high = F.enclose(np.zeros((1, 1)), np.zeros((1, 1)))
    assert Fraction(low[0]) < 1000 * Fraction(0.1) < Fraction(high[0])
    assert high[0] - low[0] < 1e-9


# --- the construction ---------------------------------------------------------------------------


@pytest.mark.parametrize("sigma", SIGMAS, ids=lambda s: s.rule.__name__)
@pytest.mark.parametrize("eps", [0.3, 0.05])
def test_steps_are_within_eps_on_a_grid_and_by_interval_bounds(
    sigma: Sigmoidal, eps: float
) -> None:
    omega = lipschitz(2 * np.pi + 1)
    F = steps(wave, eps, omega, sigma)
    assert sup_error(F, wave) <= 0.75 * eps
    proof = certify(F, wave, omega, eps)
    assert sup_error(F, wave) <= proof.bound < eps


def test_steps_follow_any_continuous_function_on_any_interval() -> None:
    omega = np.sqrt
    F = steps(root, 0.1, omega, SIGMOID, -3.0, 2.0)
    x = np.linspace(-3, 2, 5001)[:, None]
    assert abs(F(x) - root(x)).max() <= 0.075
    assert certify(F, root, omega, 0.1, -3.0, 2.0).bound < 0.1


def test_the_number_of_steps_is_inverse_to_eps() -> None:
    count = [len(steps(wave, eps, lipschitz(7.3), SIGMOID).v) - 1 for eps in (0.1, 0.01)]
    assert count[1] == pytest.approx(10 * count[0], rel=0.01)


def test_a_constant_needs_no_step_to_be_exact() -> None:
    F = steps(lambda x: np.full(len(x), 0.7), 0.1, lipschitz(0.0), SIGMAS[1])
    np.testing.assert_allclose(F(grid(1, 9)), 0.7, rtol=1e-15)


def test_a_network_that_is_not_near_is_not_certified() -> None:
    F = steps(wave, 0.05, lipschitz(7.3), SIGMOID)
    moved = F._replace(v=F.v * 1.1)
    assert sup_error(moved, wave) > 0.05
    with pytest.raises(ValueError, match=r"\|F - f\| < 0.05 is wrong at"):
        certify(moved, wave, lipschitz(7.3), 0.05)
    with pytest.raises(ValueError, match=r"is not proved near .*: over 1000 cells are left"):
        certify(F, wave, lipschitz(7.3), sup_error(F, wave) + 1e-7, most=1000)


@pytest.mark.parametrize("shift", [0.06, -0.06])
def test_a_network_that_is_too_high_or_too_low_everywhere_is_not_certified(shift: float) -> None:
    F = steps(wave, 0.05, lipschitz(7.3), SIGMOID)
    v = F.v.copy()
    v[0] += shift / ops.sigmoid(F.b[:1])[0][0]  # the constant
    with pytest.raises(ValueError, match=r"\|F - f\| < 0.05 is wrong at"):
        certify(F._replace(v=v), wave, lipschitz(7.3), 0.05, cells=4000)


def test_the_kernel_is_not_negative_and_its_first_coefficient_is_known() -> None:
    for n in (1, 2, 7):
        rho = kernel(n)
        theta = np.linspace(0, np.pi, 999)
        assert (1 + 2 * np.cos(np.outer(theta, np.arange(1, n))) @ rho[1:]).min() > -1e-12
        if n > 1:
            assert rho[1] == pytest.approx(np.cos(np.pi / (n + 1)), abs=1e-14)


@pytest.mark.parametrize("n", [3, 8, 21])
def test_the_trigonometric_polynomial_is_as_near_as_the_proof_says(n: int) -> None:
    def f(x: Array) -> Array:
        return abs(x[:, 0] - x[:, 1])

    c, x = cosines(f, 2, n), grid(2, 41)
    C0, C1 = (np.cos(np.pi * np.outer(x[:, i], np.arange(n))) for i in range(2))
    P = np.einsum("pi,pj,ij->p", C0, C1, c)
    assert abs(P - f(x)).max() <= 2 * np.sin(np.pi / (2 * n + 2))


def test_ridges_in_two_dimensions_are_within_eps() -> None:
    omega = lipschitz(1.0)
    F = ridges(product_of, 2, 0.3, omega, SIGMOID)
    assert F.W.shape[1] == 2
    assert sup_error(F, product_of, 2500) <= 0.225
    assert certify(F, product_of, omega, 0.3).bound < 0.3


def test_ridges_take_cosines_of_both_signs() -> None:
    def f(x: Array) -> Array:
        return np.cos(np.pi * x[:, 0]) * np.cos(np.pi * x[:, 1])

    assert sup_error(ridges(f, 2, 0.4, lipschitz(np.pi), SIGMOID), f, 2500) <= 0.3


def test_ridges_in_three_dimensions_are_within_eps() -> None:
    F = ridges(product_of, 3, 0.6, lipschitz(1.0), SIGMAS[1])
    assert sup_error(F, product_of, 1000) <= 0.45


def test_an_extension_keeps_values_and_constant() -> None:
    rng = np.random.default_rng(2)
    angle = rng.uniform(0, 2 * np.pi, 60)
    points = np.column_stack([np.cos(angle), np.sin(angle)])
    values = np.cos(angle)
    f = extension(points, values, 1.0)
    np.testing.assert_allclose(f(points), values, atol=1e-15, rtol=1e-12)
    x, y = rng.uniform(-2, 2, (2, 200, 2))
    assert (abs(f(x) - f(y)) <= abs(x - y).sum(1) + 1e-12).all()


def test_bad_input_is_one_line() -> None:
    omega = lipschitz(7.3)
    with pytest.raises(ValueError, match="expected eps > 0, got 0"):
        steps(wave, 0.0, omega, SIGMOID)
    with pytest.raises(ValueError, match="steps: more than 10 would be needed"):
        steps(wave, 0.1, omega, SIGMOID, most=10)
    with pytest.raises(ValueError, match=r"sigma must rise from 0\.0 to 1\.0"):
        steps(wave, 0.1, omega, Sigmoidal(ops.cos, 0.0, 1.0))
    with pytest.raises(ValueError, match="nodes along an axis: more than 10 would be needed"):
        ridges(product_of, 2, 0.1, lipschitz(1.0), SIGMOID, most=100)
    with pytest.raises(ValueError, match=r"units: about 1.* would be needed, most is 10000"):
        ridges(product_of, 2, 0.1, lipschitz(1.0), SIGMOID, most=10_000)


# --- fits, and what polynomials cannot do -------------------------------------------------------


def test_relu_units_fit_a_smooth_function_at_the_known_rate() -> None:
    N = np.array([16, 32, 64, 128])
    errors = [sup_error(fit(wave_only, n, 1, ops.relu), wave_only, 4000) for n in N]
    assert rate(N, np.array(errors)) == pytest.approx(2, abs=0.5)


def wave_only(x: Array) -> Array:
    return np.sin(2 * np.pi * x[:, 0])


def test_the_rate_of_a_power_is_its_exponent() -> None:
    N = np.array([4, 8, 30])
    assert rate(N, 7.0 * N**-1.5) == pytest.approx(1.5)


def test_features_bend_inside_the_cube() -> None:
    W, b = features(100, 3, 4.0, np.random.default_rng(0))
    foot = -(b / (W**2).sum(1))[:, None] * W  # the point of the plane nearest to 0
    assert W.shape == (100, 3)
    assert (np.linalg.norm(foot, axis=1) <= np.sqrt(3)).all()


@pytest.mark.parametrize(
    ("f", "degree", "distance"),
    [
        (lambda x: abs(x[:, 0] - 0.5), 0, 1 / 4),
        (lambda x: abs(x[:, 0] - 0.5), 2, 1 / 16),  # half of |x|'s 1/8 on [−1, 1]
        (lambda x: np.exp(x[:, 0]), 1, 0.105933),
        (lambda x: np.cos(5 * np.arccos(2 * x[:, 0] - 1)), 4, 1.0),  # Chebyshev's polynomial
    ],
)
def test_distances_from_polynomials_are_the_known_ones(
    f: object, degree: int, distance: float
) -> None:
    low, high = polynomial_distance(f, degree)  # type: ignore[arg-type]
    assert type(low) is type(high) is float
    assert low <= high
    assert low == pytest.approx(distance, rel=1e-5)
    assert high == pytest.approx(distance, rel=1e-5)


def test_the_distance_of_a_polynomial_of_the_degree_is_0() -> None:
    low, high = polynomial_distance(lambda x: x[:, 0] ** 3 - x[:, 0], 3)
    assert low <= high < 1e-14


def test_a_polynomial_sigma_gets_no_better_with_more_units() -> None:
    def square(z: Array) -> tuple[Array, None]:
        return z * z, None

    low, _ = polynomial_distance(wave_only, 2)
    errors = [sup_error(fit(wave_only, N, 1, square), wave_only, 2000) for N in (3, 30, 300)]  # type: ignore[arg-type]
    assert low > 0.5
    assert min(errors) >= low
    assert errors[2] == pytest.approx(errors[0], rel=0.05)


def test_no_units_cannot_be_fitted() -> None:
    with pytest.raises(ValueError, match="expected N ≥ 1, got 0"):
        fit(wave, 0, 1, ops.relu)


# --- bounded width ------------------------------------------------------------------------------


def tent(x: Array) -> Array:
    """0.8 in the middle of the cube, −0.2 at its edge and outside; the slope is 2."""
    return np.maximum(0, 1 - 2 * abs(x - 0.5).max(1)) - 0.2


@pytest.mark.parametrize(("n", "eps"), [(1, 0.1), (1, 0.03), (2, 0.5)])
def test_the_narrow_network_has_its_width_and_error(n: int, eps: float) -> None:
    low, high = np.zeros(n), np.ones(n)
    F = narrow(tent, eps, lipschitz(2.0), low, high)
    assert width(F) == n + 4
    x = middles(low, high, int(20_000 ** (1 / n)))
    assert abs(output(F, x) - tent(x)).mean() <= eps


def test_the_narrow_network_is_its_cells_by_hand() -> None:
    """One cell of [−1, 3]: f(1) = 1 on it, except for margins of area ε/2."""
    F = narrow(lambda x: np.ones(len(x)), 0.8, lipschitz(0.0), np.array([-1.0]), np.array([3.0]))
    x = np.array([-9, -1, -0.9, -0.8, 0, 2.8, 2.9, 3, 9.0])
    np.testing.assert_allclose(
        output(F, x[:, None]), [0, 0, 0.5, 1, 1, 1, 0.5, 0, 0], atol=1e-12, rtol=1e-12
    )


def test_the_narrow_network_is_the_sum_over_its_cells() -> None:
    def f(x: Array) -> Array:
        return tent(x) + np.sign(x[:, 0] - 0.5)  # both signs, not small

    F = narrow(f, 1.0, lipschitz(2.0), np.zeros(2), np.ones(2))
    middle = middles(np.zeros(2), np.ones(2), 4)  # 2 · (2/4)/2 = ε/2
    value = f(middle)
    delta = (1 - (1 - 0.5 / abs(value).mean()) ** 0.5) / 2 / 4
    x = np.random.default_rng(0).random((500, 2))
    y = np.zeros(500)
    for c, v in zip(middle, value, strict=True):
        outside = np.maximum(0, abs(x - c) - 1 / 8 + delta).sum(1)
        y += v * np.maximum(0, 1 - outside / delta)
    np.testing.assert_allclose(output(F, x), y, atol=1e-10)


def test_the_margins_of_a_square_have_an_area_of_half_eps() -> None:
    F = narrow(lambda x: np.ones(len(x)), 0.8, lipschitz(0.0), np.zeros(2), np.ones(2))
    delta = (1 - 0.6**0.5) / 2  # the square of side √0.6 has the area 1 − 0.8/2
    y = output(F, np.array([[delta, 0.5], [0.5, 1 - delta], [delta / 4, 0.5], [delta, delta]]))
    np.testing.assert_allclose(y, [1, 1, 0.25, 1], rtol=1e-12)


def test_the_narrow_network_is_zero_outside_the_box() -> None:
    F = narrow(tent, 0.5, lipschitz(2.0), np.zeros(2), np.ones(2))
    far = np.array([[-1e9, 0.5], [0.3, 7.0], [1.0, 0.2], [1e6, -1e6], [0.5, -1e-9]])
    np.testing.assert_array_equal(output(F, far), 0)


def test_a_function_that_is_zero_has_a_network_too() -> None:
    F = narrow(lambda x: np.zeros(len(x)), 0.1, lipschitz(0.0), np.zeros(2), np.ones(2))
    np.testing.assert_array_equal(output(F, grid(2, 5)), 0)


def test_bad_boxes_and_too_many_layers_are_one_line() -> None:
    with pytest.raises(ValueError, match="expected eps > 0"):
        narrow(tent, -1, lipschitz(2.0), np.zeros(1), np.ones(1))
    with pytest.raises(ValueError, match="expected low < high"):
        narrow(tent, 0.1, lipschitz(2.0), np.zeros(1), np.zeros(1))
    with pytest.raises(ValueError, match="needs more than 20000 layers"):
        narrow(tent, 0.01, lipschitz(2.0), np.zeros(2), np.ones(2))


def test_the_distance_from_monotone_functions_is_the_least_of_all() -> None:
    rng = np.random.default_rng(0)
    ways = [g for g in product(range(4), repeat=5) if list(g) == sorted(g)]
    ways += [g[::-1] for g in ways]
    for y in rng.integers(0, 4, (50, 5)).astype(float):
        assert monotone_distance(y) == min(abs(np.array(g) - y).sum() for g in ways)
