r"""The spectrum of a symmetric matrix A of which only the products A v are known.

A Hessian of p parameters has p² entries; its products with vectors cost two gradients each.

    lanczos      A ≈ Q T Qᵀ with a tridiagonal T of k rows, whose extreme eigenvalues (Ritz values) soon are
                 A's own: A q_j = β_j q_{j−1} + α_j q_j + β_{j+1} q_{j+1}
    density      φ(t) = (1/p) Σ δ(t − λᵢ) ≈ mean over random starts of Σ_k τ_k² δ(t − θ_k): the nodes θ of
                 Gauss quadrature are T's eigenvalues, and τ the first entries of its eigenvectors
    trace        E[vᵀ A v] with vᵢ = ±1 (Hutchinson): the mean over draws, with its standard error
    negative     the fraction of the eigenvalues that are negative (the index), from the density

Sources: Golub & Meurant 2010, "Matrices, moments and quadrature"; Hutchinson 1990; Ghorbani et al. 2019, "An
investigation into neural net optimization via Hessian eigenvalue density".
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from refnet.ops.rule import Array

Product = Callable[[Array], Array]  # v -> A v


class Tridiagonal(NamedTuple):
    """What Lanczos gives: the diagonals of T, and Q (n, k) where it was asked for."""

    alpha: Array
    beta: Array
    Q: Array

    def eigh(self) -> tuple[Array, Array]:
        """T's eigenvalues, ascending, and its eigenvectors as columns."""
        T = np.diag(self.alpha) + np.diag(self.beta, 1) + np.diag(self.beta, -1)
        values, vectors = np.linalg.eigh(T)
        return values, vectors


def lanczos(product: Product, start: Array, steps: int) -> Tridiagonal:
    """Lanczos from one start, with every q orthogonalised against all before.

    Without that, rounding brings back directions that were found already, as copies of
    their eigenvalues. Ends early where the directions that A makes of the start are used up.
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
    """The `count` lowest and the `count` highest eigenvalues with their vectors.

    Returns (values, ascending, and vectors as columns). Raises ValueError for a count below 1.
    """
    if count < 1:
        raise ValueError(f"count must be at least 1, got {count}")
    start = np.random.default_rng(seed).standard_normal(size)
    found = lanczos(product, start, steps)
    values, vectors = found.eigh()
    chosen = np.unique(np.r_[: min(count, len(values)), max(len(values) - count, 0) : len(values)])
    return values[chosen], found.Q @ vectors[:, chosen]


class Density(NamedTuple):
    """A spectral density as point masses, which sum to 1."""

    nodes: Array
    weights: Array

    def smooth(self, at: Array, width: float) -> Array:
        """φ at these points, each mass spread as a Gaussian of this width (standard deviation)."""
        d = (np.asarray(at)[:, None] - self.nodes) / width
        y: Array = np.exp(-d * d / 2) @ self.weights / (width * np.sqrt(2 * np.pi))
        return y

    def negative(self, tolerance: float = 0.0) -> float:
        """The mass below −tolerance: the fraction of negative eigenvalues."""
        return float(self.weights[self.nodes < -tolerance].sum())


def density(
    product: Product, size: int, steps: int = 60, starts: int = 4, seed: int = 0
) -> Density:
    """The spectral density by stochastic Lanczos quadrature."""
    rng = np.random.default_rng(seed)
    nodes, weights = [], []
    for _ in range(starts):
        values, vectors = lanczos(product, rng.standard_normal(size), steps).eigh()
        nodes.append(values)
        weights.append(vectors[0] ** 2 / starts)
    return Density(np.concatenate(nodes), np.concatenate(weights))


def trace(product: Product, size: int, draws: int = 32, seed: int = 0) -> tuple[float, float]:
    """Σ λᵢ by Hutchinson's estimator, and the standard error of the mean over the draws."""
    if draws < 2:
        raise ValueError(f"draws must be at least 2, for a standard error, got {draws}")
    rng = np.random.default_rng(seed)
    samples = [v @ product(v) for v in rng.choice([-1.0, 1.0], (draws, size))]
    return float(np.mean(samples)), float(np.std(samples, ddof=1) / np.sqrt(draws))
