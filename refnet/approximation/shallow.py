r"""A network with one hidden layer, as in the notes' theorem.

F(x) = Σᵢ vᵢ σ(wᵢᵀ x + bᵢ),   i = 1 … N,   x ∈ ℝᵐ
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from refnet.ops.rule import Array, Rule

ENTRIES = 1 << 22  # the number of values of σ in memory at once
EPS = 2.0**-52


def value(sigma: Rule, z: Array) -> Array:
    """Returns σ(z), without the warning when e⁻ᶻ overflows and the result is 0.

    Example:
        >>> refnet.approximation.shallow.value(refnet.ops.sigmoid, np.array([-1000.0, 0.0]))
        array([0. , 0.5])
    """
    with np.errstate(over="ignore"):
        y: Array = sigma(z)[0]
    return y


class Shallow(NamedTuple):
    """F(x) = Σ vᵢ σ(wᵢᵀ x + bᵢ), with σ a rule of refnet.ops; W (N, m), b (N,), v (N,).

    Example:
        >>> W, b, v = np.array([[1.0], [-1.0]]), np.zeros(2), np.ones(2)
        >>> net = refnet.approximation.shallow.Shallow(refnet.ops.relu, W, b, v)  # F(x) = |x|
        >>> net(np.array([[-2.0], [3.0]]))
        array([2., 3.])
        >>> low, high = net.enclose(np.array([[1.0]]), np.array([[2.0]]))
        >>> low.round(6), high.round(6)
        (array([1.]), array([2.]))
    """

    sigma: Rule
    W: Array
    b: Array
    v: Array

    def __call__(self, x: Array) -> Array:
        """Returns F at each row of x (P, m), of shape (P,)."""
        parts = np.array_split(x, -(-x.shape[0] * len(self.v) // ENTRIES) or 1)
        y: Array = np.concatenate(
            [value(self.sigma, part @ self.W.T + self.b) @ self.v for part in parts]
        )
        return y

    def enclose(self, low: Array, high: Array) -> tuple[Array, Array]:
        """Returns bounds of F on boxes, for a nondecreasing σ.

        wᵢᵀx + bᵢ takes values in an interval with known ends. So does σ of it, since σ is monotone,
        and so does the sum. The bounds include what rounding can change in each of these if σ is
        exact to 4 ulp, so they hold for the real numbers, not only for the floating-point ones.

        Args:
            low: the lower corners of the boxes, (P, m)
            high: the upper corners, (P, m)

        Returns:
            the lower and the upper bounds, (P,) each
        """
        parts = -(-low.shape[0] * len(self.v) // ENTRIES) or 1
        pairs = zip(np.array_split(low, parts), np.array_split(high, parts), strict=True)
        bounds = [self._enclose(lo, hi) for lo, hi in pairs]
        return np.concatenate([lo for lo, _ in bounds]), np.concatenate([hi for _, hi in bounds])

    def _enclose(self, low: Array, high: Array) -> tuple[Array, Array]:
        N, m = self.W.shape
        size = np.maximum(abs(low), abs(high)) @ abs(self.W).T + abs(self.b)
        z = (low + high) / 2 @ self.W.T + self.b
        radius = (high - low) / 2 @ abs(self.W).T + (m + 4) * EPS * size
        below, above = value(self.sigma, z - radius), value(self.sigma, z + radius)
        plus, minus = np.maximum(self.v, 0), np.minimum(self.v, 0)
        slack = (N + 8) * EPS * (np.maximum(abs(below), abs(above)) @ abs(self.v))
        return below @ plus + above @ minus - slack, above @ plus + below @ minus + slack


def joined(networks: Sequence[Shallow]) -> Shallow:
    """Returns the sum of networks with the same σ, as one network.

    Example:
        >>> from refnet.approximation.shallow import Shallow, joined
        >>> right = Shallow(refnet.ops.relu, np.array([[1.0]]), np.zeros(1), np.ones(1))
        >>> left = right._replace(W=-right.W)
        >>> joined([left, right])(np.array([[-2.0], [3.0]]))
        array([2., 3.])
    """
    W, b, v = (np.concatenate([getattr(F, name) for F in networks]) for name in ("W", "b", "v"))
    return Shallow(networks[0].sigma, W, b, v)


def grid(m: int, points: int) -> Array:
    """Returns a regular grid on [0,1]ᵐ that includes the faces, of shape (pointsᵐ, m).

    Example:
        >>> refnet.approximation.shallow.grid(2, 2)
        array([[0., 0.],
               [0., 1.],
               [1., 0.],
               [1., 1.]])
    """
    axes = np.meshgrid(*[np.linspace(0, 1, points)] * m, indexing="ij")
    return np.stack([axis.ravel() for axis in axes], axis=1)
