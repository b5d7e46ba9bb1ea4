r"""One- and two-dimensional slices of C(θ): directions, planes, and how rough a slice is.

    θ(α, β) = θ₀ + α a + β b

    random plane       a, b ~ N(0, I), each filter with the norm of the network's own (Li et al. 2018)
    Hessian plane      a, b: the eigenvectors of ∇²C(θ₀) with the two largest eigenvalues
    trajectory plane   a, b: the principal axes of the points of a training
    through            a plane through three points, such as two solutions and their common start

Filter normalisation. A ReLU network computes the same when a layer is multiplied by s and the next one by
1/s, and so does one with batch norm when a layer before a norm is multiplied by s alone; but a step of
length 1 means less in a larger layer. So each filter of the direction d gets the norm of that filter of θ:

    d_f ← d_f ‖θ_f‖ / ‖d_f‖

A filter is what makes one output: the entries of a weight with one index of its first dimension (of a
transposed convolution that is an input's). Vectors, that is biases and the γ and β of norms, are not filters,
and published tools differ in what they do with them. Here it is said each time:

    "zero"    their entries of d are 0: these parameters stay as they are (what Li et al. draw)
    "whole"   each vector is normalised as if it were one filter; one that is 0 stays 0

Batch norm. C(θ) depends on the statistics that it divides by, and tools differ here too:

    "running"  those of training, constants: the network that is deployed, with its weights moved to θ.
               Away from θ₀ they fit the network's activations less and less
    "data"     the mean and variance at θ over the data of the surface: the cost that a step of training sees,
               with all the data as one batch. Only so does the scale of the weights before a norm not matter

Source: Li et al. 2018, "Visualizing the loss landscape of neural nets". For trajectories, Antognini &
Sohl-Dickstein 2018, "PCA of high dimensional random walks with comparison to neural network training".
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from refnet.landscape import spectrum
from refnet.landscape.surface import Surface
from refnet.nn import Module
from refnet.ops.rule import Array

VECTORS = ("zero", "whole")
STATISTICS = ("running", "data")
RANDOM_WALK = tuple(6 / (np.pi * k) ** 2 for k in (1, 2))
"""The shares of the variance that the first two axes of a long random walk in many dimensions explain."""


class Plane(NamedTuple):
    """θ₀ + α a + β b. All three: (p,)"""

    origin: Array
    a: Array
    b: Array

    def at(self, alpha: float, beta: float) -> Array:
        """The point with these coordinates."""
        return self.origin + alpha * self.a + beta * self.b

    def coordinates(self, points: Array) -> Array:
        """(α, β) of the point of the plane that is nearest to each of these. (n, p) -> (n, 2)"""
        axes = np.stack([self.a, self.b], axis=1)
        found: Array = np.linalg.lstsq(axes, (points - self.origin).T)[0].T
        return found


def filter_normalised(surface: Surface, theta: Array, d: Array, vectors: str = "zero") -> Array:
    """The direction with the norms of the filters of θ; vectors is "zero" or "whole" (see above).

    Raises ValueError for another choice, and where d has a filter that is 0 but θ's is not.
    """
    if vectors not in VECTORS:
        raise ValueError(f"vectors must be one of {', '.join(VECTORS)}, got {vectors!r}")
    parts = []
    for w, u in zip(surface.split(theta), surface.split(d), strict=True):
        if w.ndim < 2 and vectors == "zero":
            parts.append(np.zeros(w.size))
            continue
        rows, filters = (v.reshape(len(v) if v.ndim > 1 else 1, -1) for v in (u, w))
        old, new = (np.linalg.norm(v, axis=1, keepdims=True) for v in (rows, filters))
        if np.any((old == 0) & (new > 0)):
            raise ValueError("d has a filter of zeros, which cannot be given a norm")
        parts.append((rows * (new / np.where(old > 0, old, 1))).ravel())
    return np.concatenate(parts)


def random_direction(surface: Surface, theta: Array, seed: int, vectors: str = "zero") -> Array:
    """A direction of N(0, I), filter-normalised."""
    d = np.random.default_rng(seed).standard_normal(surface.size)
    return filter_normalised(surface, theta, d, vectors)


def random_plane(surface: Surface, theta: Array, seed: int, vectors: str = "zero") -> Plane:
    """Two random directions, filter-normalised. In many dimensions they are nearly orthogonal."""
    rng = np.random.default_rng(seed)
    a, b = (
        filter_normalised(surface, theta, rng.standard_normal(surface.size), vectors)
        for _ in range(2)
    )
    return Plane(theta, a, b)


def hessian_plane(
    surface: Surface, theta: Array, steps: int = 30, seed: int = 0
) -> tuple[Plane, Array]:
    """The plane of greatest curvature, with unit vectors, and its two eigenvalues, the larger first.

    Of a ReLU network ∇²C is that of the piece that θ is on: the kinks between pieces do not count.
    """
    values, vectors = spectrum.extremes(
        lambda v: surface.hvp(theta, v), surface.size, 2, steps, seed
    )
    return Plane(theta, vectors[:, -1], vectors[:, -2]), values[[-1, -2]]


def trajectory_plane(points: Array) -> tuple[Plane, Array]:
    """The plane of most of the variance of these points, through the last one.

    points: (n, p). The axes have length 1; second comes the share of the variance that each explains. A large
    share says little: of a random walk the first two axes explain RANDOM_WALK, 61 and 15 %.

    Raises ValueError for fewer than three points, or for points that all lie on one line.
    """
    if len(points) < 3:
        raise ValueError(f"a plane needs at least 3 points of a trajectory, got {len(points)}")
    _, s, axes = np.linalg.svd(points - points.mean(0), full_matrices=False)
    if s[1] <= 1e-12 * s[0]:
        raise ValueError("the points of the trajectory lie on one line, which spans no plane")
    return Plane(points[-1], axes[0], axes[1]), s[:2] ** 2 / np.sum(s**2)


def through(theta0: Array, theta1: Array, theta2: Array) -> Plane:
    """The plane with θ₀ at (0, 0), θ₁ at (1, 0), and θ₂ somewhere; b ⊥ a, of the same length.

    Raises ValueError for points that lie on one line.
    """
    a, b = theta1 - theta0, theta2 - theta0
    length = float(np.linalg.norm(a))
    if length > 0:
        b = b - a * (a @ b) / (a @ a)
    rest = float(np.linalg.norm(b))
    if rest <= 1e-12 * np.linalg.norm(theta2 - theta0) or length == 0:
        raise ValueError("the three points lie on one line, which spans no plane")
    return Plane(theta0, a, b * (length / rest))


def line(value: Callable[[Array], float], theta: Array, d: Array, t: Array) -> Array:
    """C(θ + t d) for each t. From one solution to another, d is their difference, and t from 0 to 1."""
    with np.errstate(all="ignore"):  # far away a cost may be infinite
        return np.array([value(theta + s * d) for s in t])


@contextmanager
def batch_norm(model: Module, statistics: str) -> Iterator[None]:
    """In here the model is evaluated with these statistics, "running" or "data" (see above).

    All layers but batch norm are in evaluation: dropout is off. Afterwards each is in the mode it was in.
    Raises ValueError for other statistics.
    """
    if statistics not in STATISTICS:
        raise ValueError(f"statistics must be one of {', '.join(STATISTICS)}, got {statistics!r}")
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    for module, _ in modes:
        if hasattr(module, "running_mean"):  # instance norm and batch norm
            module.training = statistics == "data"
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


# --- how rough -------------------------------------------------------------------------------


def curvatures(values: Array, da: float, db: float) -> tuple[Array, Array]:
    """The lower and the higher principal curvature of a slice at each inner point of its grid.

    values: (n, m), at distances da along the first axis and db along the second; both results (n−2, m−2).
    They are the eigenvalues of the slice's own Hessian by central differences, so they tell of features as
    large as the grid's step. That Hessian is ∇²C restricted to the plane: where the slice is not convex C
    is not, but where the slice is, C may still not be.
    """
    C = values
    aa = (C[2:, 1:-1] - 2 * C[1:-1, 1:-1] + C[:-2, 1:-1]) / da**2
    bb = (C[1:-1, 2:] - 2 * C[1:-1, 1:-1] + C[1:-1, :-2]) / db**2
    ab = (C[2:, 2:] - C[2:, :-2] - C[:-2, 2:] + C[:-2, :-2]) / (4 * da * db)
    mean, spread = (aa + bb) / 2, np.sqrt(((aa - bb) / 2) ** 2 + ab**2)
    return mean - spread, mean + spread


def ratio(lowest: Array, highest: Array) -> Array:
    """|λmin / λmax| where λmin is negative, and 0 where it is not: Li et al.'s measure of what is not convex.

    It is 1 or more where the curvature downwards is at least as large as that upwards. Infinite where no
    direction curves upwards.
    """
    with np.errstate(all="ignore"):
        found: Array = np.where(
            lowest < 0, np.where(highest > 0, np.abs(lowest / highest), np.inf), 0.0
        )
    return found


def minima(values: Array) -> int:
    """How many inner points of a grid are lower than all of their eight neighbours."""
    n, m = values.shape
    around = [
        values[1 + i : n - 1 + i, 1 + j : m - 1 + j]
        for i in (-1, 0, 1)
        for j in (-1, 0, 1)
        if (i, j) != (0, 0)
    ]
    return int(np.sum(np.all(values[1:-1, 1:-1] < np.array(around), axis=0)))
