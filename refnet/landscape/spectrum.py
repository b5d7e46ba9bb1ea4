r"""The spectrum of a symmetric matrix A that is known by its products A v only.

A Hessian of p parameters has p² entries; one of its products with a vector costs two gradients.

    lanczos    A ≈ Q T Qᵀ,   A q_j = β_j q_{j−1} + α_j q_j + β_{j+1} q_{j+1}
    density    φ(t) = (1/p) Σ δ(t − λᵢ) ≈ mean of Σ_k τ_k² δ(t − θ_k) over random starts
    trace      Σ λᵢ = E[vᵀ A v],   vᵢ = ±1
    negative   the mass of φ below 0

T is tridiagonal with k rows. Its extreme eigenvalues θ (Ritz values) converge fast to those of A.
In the density, the eigenvalues θ of T are the nodes of a Gauss quadrature, and τ are the first
entries of its eigenvectors. The trace is Hutchinson's estimator: the mean over draws, with its
standard error. negative is the fraction of negative eigenvalues (the index).

Source:
    Golub, Meurant 2010, "Matrices, moments and quadrature"; Hutchinson 1990; Ghorbani et al. 2019,
    "An investigation into neural net optimization via Hessian eigenvalue density"
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from refnet.ops.rule import Array

Product = Callable[[Array], Array]  # v -> A v


class Tridiagonal(NamedTuple):
    """The result of Lanczos: the diagonals of T, and Q (n, k).

    Example:
        >>> T = refnet.landscape.spectrum.Tridiagonal(np.full(2, 2.0), np.ones(1), np.eye(2))
        >>> values, vectors = T.eigh()
        >>> values
        array([1., 3.])
    """

    alpha: Array
    beta: Array
    Q: Array

    def eigh(self) -> tuple[Array, Array]:
        """Returns the eigenvalues of T, ascending, and its eigenvectors as columns."""
        T = np.diag(self.alpha) + np.diag(self.beta, 1) + np.diag(self.beta, -1)
        values, vectors = np.linalg.eigh(T)
        return values, vectors


def lanczos(product: Product, start: Array, steps: int) -> Tridiagonal:
    """Runs the Lanczos iteration from one start, with every q orthogonal to all earlier ones.

    Without this orthogonalisation, rounding errors bring earlier directions back, and T has copies
    of their eigenvalues. The iteration ends early if start, A start, A² start, … span a smaller
    space than `steps` dimensions.

    Args:
        product: v -> A v
        start: the first vector
        steps: the largest number of products

    Example:
        >>> A = np.diag([1.0, 2.0, 3.0])
        >>> T = refnet.landscape.spectrum.lanczos(lambda v: A @ v, np.ones(3), steps=3)
        >>> T.alpha.round(6), T.Q.shape
        (array([2., 2., 2.]), (3, 3))
        >>> T.eigh()[0].round(6)
        array([1., 2., 3.])
    """
    n = len(start)
    steps = min(steps, n)
    Q = np.empty((steps, n))
    alpha, beta = np.empty(steps), np.empty(steps)
    q = start / np.linalg.norm(start)
    for j in range(steps):
        Q[j] = q
        w = product(q)
        alpha[j] = q @ w
        for _ in range(2):  # twice is enough (Parlett)
            w = w - Q[: j + 1].T @ (Q[: j + 1] @ w)
        beta[j] = np.linalg.norm(w)
        if beta[j] <= 1e-12 * max(np.abs(alpha[: j + 1]).max(), beta[: j + 1].max()):
            steps = j + 1
            break
        q = w / beta[j]
    return Tridiagonal(alpha[:steps], beta[: steps - 1], Q[:steps].T)


def extremes(
    product: Product, size: int, count: int = 1, steps: int = 60, seed: int = 0
) -> tuple[Array, Array]:
    """Computes the lowest and the highest eigenvalues with their vectors.

    Args:
        product: v -> A v
        size: the number of rows of A
        count: the number of eigenvalues at each end
        steps: the largest number of products
        seed: of the first vector

    Returns:
        the eigenvalues, ascending, and the eigenvectors as columns

    Raises:
        ValueError: count is below 1

    Example:
        >>> A = np.diag(np.arange(1.0, 101.0))
        >>> values, vectors = refnet.landscape.spectrum.extremes(lambda v: A @ v, 100, count=2)
        >>> values.round(3), vectors.shape
        (array([  1.,   2.,  99., 100.]), (100, 4))
    """
    if count < 1:
        raise ValueError(f"extremes(): expected count ≥ 1, got {count}")
    start = np.random.default_rng(seed).standard_normal(size)
    found = lanczos(product, start, steps)
    values, vectors = found.eigh()
    chosen = np.unique(np.r_[: min(count, len(values)), max(len(values) - count, 0) : len(values)])
    return values[chosen], found.Q @ vectors[:, chosen]


class Density(NamedTuple):
    """A spectral density as point masses, which sum to 1.

    Example:
        >>> φ = refnet.landscape.spectrum.Density(np.array([-1.0, 2.0]), np.array([0.25, 0.75]))
        >>> φ.negative()
        0.25
        >>> φ.smooth(np.array([-1.0, 0.0, 2.0]), width=0.5).round(3)
        array([0.199, 0.027, 0.598])
    """

    nodes: Array
    weights: Array

    def smooth(self, at: Array, width: float) -> Array:
        """Returns φ at some points, each mass as a Gaussian of the standard deviation `width`."""
        d = (np.asarray(at)[:, None] - self.nodes) / width
        y: Array = np.exp(-d * d / 2) @ self.weights / (width * np.sqrt(2 * np.pi))
        return y

    def negative(self, tolerance: float = 0.0) -> float:
        """Returns the mass below −tolerance: the fraction of negative eigenvalues."""
        return float(self.weights[self.nodes < -tolerance].sum())


def density(
    product: Product, size: int, steps: int = 60, starts: int = 4, seed: int = 0
) -> Density:
    """Computes the spectral density by stochastic Lanczos quadrature.

    Args:
        product: v -> A v
        size: the number of rows of A
        steps: the largest number of products from each start
        starts: the number of random starts
        seed: of the starts

    Example:
        >>> A = np.diag(np.r_[np.full(30, -1.0), np.full(70, 2.0)])
        >>> φ = refnet.landscape.spectrum.density(lambda v: A @ v, 100, starts=20)
        >>> round(φ.negative(), 1)
        0.3
    """
    rng = np.random.default_rng(seed)
    nodes, weights = [], []
    for _ in range(starts):
        values, vectors = lanczos(product, rng.standard_normal(size), steps).eigh()
        nodes.append(values)
        weights.append(vectors[0] ** 2 / starts)
    return Density(np.concatenate(nodes), np.concatenate(weights))


def trace(product: Product, size: int, draws: int = 32, seed: int = 0) -> tuple[float, float]:
    """Returns Σ λᵢ by Hutchinson's estimator, and its standard error.

    Args:
        product: v -> A v
        size: the number of rows of A
        draws: the number of random vectors
        seed: of the vectors

    Raises:
        ValueError: draws is below 2

    Example:
        >>> A = np.array([[2.0, 1.0], [1.0, 3.0]])
        >>> mean, error = refnet.landscape.spectrum.trace(lambda v: A @ v, 2, draws=100)
        >>> abs(mean - 5) < 3 * error
        True
    """
    if draws < 2:
        raise ValueError(f"trace(): expected draws ≥ 2, for a standard error, got {draws}")
    rng = np.random.default_rng(seed)
    samples = [v @ product(v) for v in rng.choice([-1.0, 1.0], (draws, size))]
    return float(np.mean(samples)), float(np.std(samples, ddof=1) / np.sqrt(draws))
