r"""One- and two-dimensional slices of C(θ): directions, planes, and the roughness of a slice.

    θ(α, β) = θ₀ + α a + β b

    random plane       a, b ~ N(0, I), each filter with the norm of the network's own (Li et al.)
    Hessian plane      a, b: the eigenvectors of ∇²C(θ₀) with the two largest eigenvalues
    trajectory plane   a, b: the principal axes of the points of a training
    through            a plane through three points, such as two solutions and their common start

Filter normalisation. A ReLU network computes the same function when a layer is multiplied by s and
the next one by 1/s, and so does one with batch norm when a layer before a norm is multiplied by s
alone. But a step of length 1 has less effect on a larger layer. So each filter of the direction d
gets the norm of the same filter of θ:

    d_f ← d_f ‖θ_f‖ / ‖d_f‖

A filter is the part of a weight with one index of its first dimension, which computes one output
(in a transposed convolution, that index belongs to an input). Vectors, which are biases and the γ
and β of norms, are not filters, and published tools treat them differently. Here it is a choice:

    "zero"    their entries of d are 0: these parameters do not change (what Li et al. draw)
    "whole"   each vector is normalised as if it were one filter; a zero vector stays zero

Batch norm. C(θ) depends on the statistics that it divides by, which tools also choose differently:

    "running"  those of the training, as constants: the deployed network with its weights moved to
               θ. The farther θ is from θ₀, the less they fit the network's activations
    "data"     mean and variance at θ over the data of the surface: the cost that a training step
               sees with all data in one batch. Only then does the scale of the weights before a
               norm not matter

Source:
    Li et al. 2018, "Visualizing the loss landscape of neural nets"; trajectories: Antognini,
    Sohl-Dickstein 2018, "PCA of high dimensional random walks with comparison to neural network
    training"
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
"""The fractions of the variance on the first two axes of a long random walk in many dimensions."""


class Plane(NamedTuple):
    """The points θ₀ + α a + β b, where θ₀, a and b have the shape (p,).

    Example:
        >>> plane = refnet.landscape.slices.Plane(np.zeros(3), np.eye(3)[0], np.eye(3)[1])
        >>> plane.at(2, 5)
        array([2., 5., 0.])
        >>> plane.coordinates(np.array([[2.0, 5.0, 7.0]]))
        array([[2., 5.]])
    """

    origin: Array
    a: Array
    b: Array

    def at(self, alpha: float, beta: float) -> Array:
        """Returns the point with these coordinates."""
        return self.origin + alpha * self.a + beta * self.b

    def coordinates(self, points: Array) -> Array:
        """Returns (α, β), (n, 2), of the nearest points of the plane to the points (n, p)."""
        axes = np.stack([self.a, self.b], axis=1)
        found: Array = np.linalg.lstsq(axes, (points - self.origin).T)[0].T
        return found


def filter_normalised(surface: Surface, theta: Array, d: Array, vectors: str = "zero") -> Array:
    """Returns the direction d with the norms of the filters of θ.

    Args:
        surface: C
        theta: θ
        d: the direction
        vectors: "zero" or "whole", the treatment of vectors (see above)

    Raises:
        ValueError: vectors is unknown, or d has a filter of zeros where θ has not

    Example:
        >>> model = nn.Linear(2, 1, bias=False)
        >>> x, y = refnet.tensor([[1.0, 0.0], [0.0, 2.0]]), refnet.zeros(2, 1)
        >>> C = refnet.landscape.Surface(model, F.mse_loss, x, y)  # C(w) = ½ w₁² + 2 w₂²
        >>> d = refnet.landscape.slices.filter_normalised(
        ...     C, np.array([3.0, 4.0]), np.array([0.0, 1.0])
        ... )
        >>> d  # the weight has one filter, of norm 5
        array([0., 5.])
    """
    if vectors not in VECTORS:
        raise ValueError(
            f"filter_normalised(): expected vectors {' or '.join(VECTORS)}, got {vectors!r}"
        )
    parts = []
    for w, u in zip(surface.split(theta), surface.split(d), strict=True):
        if w.ndim < 2 and vectors == "zero":
            parts.append(np.zeros(w.size))
            continue
        rows, filters = (v.reshape(len(v) if v.ndim > 1 else 1, -1) for v in (u, w))
        old, new = (np.linalg.norm(v, axis=1, keepdims=True) for v in (rows, filters))
        if np.any((old == 0) & (new > 0)):
            raise ValueError("filter_normalised(): expected d without filters of zeros, got one")
        parts.append((rows * (new / np.where(old > 0, old, 1))).ravel())
    return np.concatenate(parts)


def random_direction(surface: Surface, theta: Array, seed: int, vectors: str = "zero") -> Array:
    """Returns a direction drawn from N(0, I), filter-normalised.

    Example:
        >>> model = nn.Sequential(nn.Linear(1, 2), nn.ReLU(), nn.Linear(2, 1))
        >>> C = refnet.landscape.Surface(model, F.mse_loss, refnet.randn(8, 1), refnet.randn(8, 1))
        >>> d = refnet.landscape.slices.random_direction(C, C.theta, seed=0)
        >>> [(tuple(part.shape), bool(part.any())) for part in C.split(d)]  # zero for the biases
        [((2, 1), True), ((2,), False), ((1, 2), True), ((1,), False)]
    """
    d = np.random.default_rng(seed).standard_normal(surface.size)
    return filter_normalised(surface, theta, d, vectors)


def random_plane(surface: Surface, theta: Array, seed: int, vectors: str = "zero") -> Plane:
    """Returns a plane with two random directions, filter-normalised.

    In many dimensions they are nearly orthogonal.

    Example:
        >>> model = nn.Sequential(nn.Linear(1, 2), nn.ReLU(), nn.Linear(2, 1))
        >>> C = refnet.landscape.Surface(model, F.mse_loss, refnet.randn(8, 1), refnet.randn(8, 1))
        >>> plane = refnet.landscape.slices.random_plane(C, C.theta, seed=0)
        >>> plane.a.shape, plane.b.shape, np.array_equal(plane.origin, C.theta)
        ((7,), (7,), True)
    """
    rng = np.random.default_rng(seed)
    a, b = (
        filter_normalised(surface, theta, rng.standard_normal(surface.size), vectors)
        for _ in range(2)
    )
    return Plane(theta, a, b)


def hessian_plane(
    surface: Surface, theta: Array, steps: int = 30, seed: int = 0
) -> tuple[Plane, Array]:
    """Returns the plane of greatest curvature, with unit vectors, and its two eigenvalues.

    The larger eigenvalue comes first. For a ReLU network ∇²C is that of the linear piece around θ:
    the kinks between pieces do not count.

    Args:
        surface: C
        theta: θ
        steps: the number of Lanczos steps
        seed: of the first vector

    Example:
        >>> model = nn.Linear(2, 1, bias=False)
        >>> x, y = refnet.tensor([[1.0, 0.0], [0.0, 2.0]]), refnet.zeros(2, 1)
        >>> C = refnet.landscape.Surface(model, F.mse_loss, x, y)  # C(w) = ½ w₁² + 2 w₂²
        >>> plane, eigenvalues = refnet.landscape.slices.hessian_plane(C, np.zeros(2))
        >>> abs(plane.a).round(6), eigenvalues.round(6)
        (array([0., 1.]), array([4., 1.]))
    """
    values, vectors = spectrum.extremes(
        lambda v: surface.hvp(theta, v), surface.size, 2, steps, seed
    )
    return Plane(theta, vectors[:, -1], vectors[:, -2]), values[[-1, -2]]


def trajectory_plane(points: Array) -> tuple[Plane, Array]:
    """Returns the plane with most of the variance of some points, through the last one.

    The axes have length 1. The second result is the fraction of the variance on each axis. A large
    fraction says little: on those of a random walk they are RANDOM_WALK, 61 and 15 %.

    Args:
        points: (n, p)

    Raises:
        ValueError: there are fewer than three points, or all points are on one line

    Example:
        >>> points = np.array([[0.0, 0.0, 1.0], [4.0, 0.0, 1.0], [4.0, 2.0, 1.0]])
        >>> plane, fractions = refnet.landscape.slices.trajectory_plane(points)
        >>> plane.origin, fractions.round(6)
        (array([4., 2., 1.]), array([0.860555, 0.139445]))
    """
    if len(points) < 3:
        raise ValueError(f"trajectory_plane(): expected at least 3 points, got {len(points)}")
    _, s, axes = np.linalg.svd(points - points.mean(0), full_matrices=False)
    if s[1] <= 1e-12 * s[0]:
        raise ValueError(
            "trajectory_plane(): expected points that span a plane, got points on one line"
        )
    return Plane(points[-1], axes[0], axes[1]), s[:2] ** 2 / np.sum(s**2)


def through(theta0: Array, theta1: Array, theta2: Array) -> Plane:
    """Returns the plane with θ₀ at (0, 0) and θ₁ at (1, 0) that contains θ₂.

    b is orthogonal to a and has its length.

    Raises:
        ValueError: the points are on one line

    Example:
        >>> theta0, theta1, theta2 = np.zeros(2), np.array([2.0, 0.0]), np.array([1.0, 1.0])
        >>> plane = refnet.landscape.slices.through(theta0, theta1, theta2)
        >>> plane.b
        array([0., 2.])
        >>> plane.coordinates(np.array([theta0, theta1, theta2])).round(6) + 0.0
        array([[0. , 0. ],
               [1. , 0. ],
               [0.5, 0.5]])
    """
    a, b = theta1 - theta0, theta2 - theta0
    length = float(np.linalg.norm(a))
    if length > 0:
        b = b - a * (a @ b) / (a @ a)
    rest = float(np.linalg.norm(b))
    if rest <= 1e-12 * np.linalg.norm(theta2 - theta0) or length == 0:
        raise ValueError("through(): expected points that span a plane, got points on one line")
    return Plane(theta0, a, b * (length / rest))


def line(value: Callable[[Array], float], theta: Array, d: Array, t: Array) -> Array:
    """Returns C(θ + t d) for each t.

    For the line from one solution to another, d is their difference, and t goes from 0 to 1.

    Example:
        >>> C = refnet.landscape.classic.SHARP_AND_FLAT.C
        >>> start, end = np.array([-1.0, 0.0]), np.array([1.0, 0.0])  # its two minima
        >>> refnet.landscape.slices.line(C.value, start, end - start, np.array([0, 0.5, 1])).round(
        ...     4
        ... )
        array([0.   , 0.495, 0.   ])
    """
    with np.errstate(all="ignore"):  # far from θ a cost can be infinite
        return np.array([value(theta + s * d) for s in t])


@contextmanager
def batch_norm(model: Module, statistics: str) -> Iterator[None]:
    """Evaluates the model with other statistics of batch norm inside a `with` block.

    All other layers are in evaluation mode, so dropout is off. After the block each layer is in its
    earlier mode.

    Args:
        model: the model
        statistics: "running" or "data" (see above)

    Raises:
        ValueError: statistics is unknown

    Example:
        >>> model = nn.Sequential(nn.BatchNorm1d(1), nn.Dropout())
        >>> with refnet.landscape.slices.batch_norm(model, "data"):
        ...     print([layer.training for layer in model])
        [True, False]
        >>> [layer.training for layer in model]
        [True, True]
    """
    if statistics not in STATISTICS:
        raise ValueError(
            f"batch_norm(): expected statistics {' or '.join(STATISTICS)}, got {statistics!r}"
        )
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


# --- roughness -------------------------------------------------------------------------------


def curvatures(values: Array, da: float, db: float) -> tuple[Array, Array]:
    """Returns the principal curvatures of a slice, lower and higher, at inner points of its grid.

    They are the eigenvalues of the Hessian of the slice by central differences, so they show
    features as large as the step of the grid. That Hessian is ∇²C restricted to the plane: where
    the slice is not convex, C is not; where the slice is convex, C need not be.

    Shape:
        values: (n, m)
        results: (n−2, m−2)

    Args:
        values: C on the grid
        da: the distance of two points along the first axis
        db: the distance of two points along the second axis

    Example:
        >>> x, y = np.meshgrid([-0.1, 0.0, 0.1], [-0.1, 0.0, 0.1], indexing="ij")
        >>> lower, higher = refnet.landscape.slices.curvatures(x**2 - 2 * y**2, 0.1, 0.1)
        >>> lower.round(6), higher.round(6)
        (array([[-4.]]), array([[2.]]))
    """
    C = values
    aa = (C[2:, 1:-1] - 2 * C[1:-1, 1:-1] + C[:-2, 1:-1]) / da**2
    bb = (C[1:-1, 2:] - 2 * C[1:-1, 1:-1] + C[1:-1, :-2]) / db**2
    ab = (C[2:, 2:] - C[2:, :-2] - C[:-2, 2:] + C[:-2, :-2]) / (4 * da * db)
    mean, spread = (aa + bb) / 2, np.sqrt(((aa - bb) / 2) ** 2 + ab**2)
    return mean - spread, mean + spread


def ratio(lowest: Array, highest: Array) -> Array:
    """Returns |λmin / λmax| where λmin is negative, and 0 elsewhere: a measure of non-convexity.

    It is 1 or more where the surface curves downwards at least as much as upwards, and infinite
    where it does not curve upwards in any direction.

    Source:
        Li et al. 2018, "Visualizing the loss landscape of neural nets"

    Example:
        >>> refnet.landscape.slices.ratio(np.array([-4.0, 1.0, -2.0]), np.array([2.0, 3.0, -1.0]))
        array([ 2.,  0., inf])
    """
    with np.errstate(all="ignore"):
        found: Array = np.where(
            lowest < 0, np.where(highest > 0, np.abs(lowest / highest), np.inf), 0.0
        )
    return found


def minima(values: Array) -> int:
    """Returns the number of inner points of a grid that are lower than all eight neighbours.

    Example:
        >>> x, y = np.meshgrid(np.linspace(-2, 2, 41), np.linspace(-1, 1, 21), indexing="ij")
        >>> refnet.landscape.slices.minima((x**2 - 1) ** 2 + y**2)
        2
    """
    n, m = values.shape
    around = [
        values[1 + i : n - 1 + i, 1 + j : m - 1 + j]
        for i in (-1, 0, 1)
        for j in (-1, 0, 1)
        if (i, j) != (0, 0)
    ]
    return int(np.sum(np.all(values[1:-1, 1:-1] < np.array(around), axis=0)))
