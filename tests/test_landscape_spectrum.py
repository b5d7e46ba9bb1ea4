"""Lanczos, spectral densities and traces on matrices whose spectra are known."""

import numpy as np
import pytest

from refnet.landscape.spectrum import density, extremes, lanczos, trace


def symmetric(eigenvalues: np.ndarray, seed: int = 0) -> np.ndarray:
    """A matrix with these eigenvalues, in a random basis."""
    n = len(eigenvalues)
    basis, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((n, n)))
    return (basis * eigenvalues) @ basis.T


def test_lanczos_reproduces_the_matrix_on_its_subspace() -> None:
    A = symmetric(np.linspace(-3, 5, 40))
    found = lanczos(lambda v: A @ v, np.random.default_rng(1).standard_normal(40), 15)
    T = np.diag(found.alpha) + np.diag(found.beta, 1) + np.diag(found.beta, -1)
    np.testing.assert_allclose(found.Q.T @ found.Q, np.eye(15), atol=1e-13, rtol=1e-12)
    np.testing.assert_allclose(found.Q.T @ A @ found.Q, T, atol=1e-12, rtol=1e-12)


def test_lanczos_stays_orthogonal_where_rounding_would_copy_eigenvalues() -> None:
    A = symmetric(np.r_[np.linspace(0, 1, 99), 1e6])
    values = lanczos(lambda v: A @ v, np.ones(100), 100).eigh()[0]
    assert np.sum(values > 1e5) == 1


def test_lanczos_ends_where_the_start_has_no_further_directions() -> None:
    A = symmetric(np.repeat([1.0, 2.0, 3.0], 10))
    values = lanczos(lambda v: A @ v, np.ones(30), 30).eigh()[0]
    np.testing.assert_allclose(values, [1, 2, 3], rtol=1e-12)


@pytest.mark.parametrize("count", [1, 3])
def test_extremes_are_the_outermost_eigenvalues_with_their_vectors(count: int) -> None:
    λ = np.r_[-7.0, -6.0, -5.0, np.linspace(-1, 1, 60), 4.0, 6.0, 9.0]
    A = symmetric(λ)
    values, vectors = extremes(lambda v: A @ v, len(A), count)
    np.testing.assert_allclose(values, np.r_[λ[:count], λ[-count:]], rtol=1e-10)
    np.testing.assert_allclose(A @ vectors, vectors * values, atol=1e-8)


def test_extremes_of_less_than_one_eigenvalue_is_an_error() -> None:
    with pytest.raises(ValueError, match="expected count ≥ 1, got 0"):
        extremes(lambda v: v, 3, 0)


def test_density_has_the_moments_and_the_index_of_the_spectrum() -> None:
    λ = np.random.default_rng(2).standard_normal(300) + 0.5
    A = symmetric(λ)
    found = density(lambda v: A @ v, 300, steps=40, starts=40)
    assert found.weights.sum() == pytest.approx(1)
    # The error of a moment is that of Hutchinson's estimator, about σ √(2 / (n starts)).
    error = 4 * np.sqrt(2 / (300 * 40))
    assert found.weights @ found.nodes == pytest.approx(λ.mean(), abs=error)
    assert found.weights @ found.nodes**2 == pytest.approx((λ**2).mean(), abs=3 * error)
    assert found.negative() == pytest.approx((λ < 0).mean(), abs=0.03)
    at = np.linspace(-6, 7, 2001)
    assert np.trapezoid(found.smooth(at, 0.3), at) == pytest.approx(1, abs=1e-6)


def test_trace_is_exact_for_a_diagonal_matrix_and_right_within_its_error_else() -> None:
    λ = np.arange(50.0)
    value, error = trace(lambda v: λ * v, 50)
    assert (value, error) == (λ.sum(), 0)
    A = symmetric(λ)
    value, error = trace(lambda v: A @ v, 50, draws=200)
    assert abs(value - λ.sum()) < 4 * error
    assert 0 < error < 0.1 * λ.sum()


def test_trace_of_one_draw_is_an_error() -> None:
    with pytest.raises(ValueError, match="expected draws ≥ 2"):
        trace(lambda v: v, 3, draws=1)
