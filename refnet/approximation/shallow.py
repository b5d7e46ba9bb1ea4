r"""A network with one hidden layer, as the notes' theorem has it.

F(x) = Σᵢ vᵢ σ(wᵢᵀ x + bᵢ),    i = 1 … N,    x ∈ ℝᵐ
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from refnet.ops.rule import Array, Rule

ENTRIES = 1 << 22  # so many values of σ are held at once
EPS = 2.0**-52


def value(sigma: Rule, z: Array) -> Array:
    """σ(z); e⁻ᶻ may overflow on the way to the right 0."""
    with np.errstate(over="ignore"):
        y: Array = sigma(z)[0]
    return y


class Shallow(NamedTuple):
    """F(x) = Σ vᵢ σ(wᵢᵀ x + bᵢ), with σ a rule of refnet.ops; W (N, m), b (N,), v (N,)."""

    sigma: Rule
    W: Array
    b: Array
    v: Array

    def __call__(self, x: Array) -> Array:
        """F at each row. x (P, m) -> (P,)"""
        parts = np.array_split(x, -(-x.shape[0] * len(self.v) // ENTRIES) or 1)
        y: Array = np.concatenate(
            [value(self.sigma, part @ self.W.T + self.b) @ self.v for part in parts]
        )
        return y

    def enclose(self, low: Array, high: Array) -> tuple[Array, Array]:
        """Numbers between which F stays on each box, for a σ that nowhere decreases.

        low, high (P, m): the boxes' corners -> the bounds from below and above, (P,) each.

        wᵢᵀx + bᵢ runs through an interval of which the ends are known; so does σ of it, since σ is
        monotone; and so does the sum. Widened by what rounding can do to each of these, if σ is
        exact to 4 ulp, the bounds are true of the real numbers, not of the floating-point ones only.
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
    """The sum of networks with the same σ, as one network."""
    W, b, v = (np.concatenate([getattr(F, name) for F in networks]) for name in ("W", "b", "v"))
    return Shallow(networks[0].sigma, W, b, v)


def grid(m: int, points: int) -> Array:
    """The points of a regular grid on [0,1]ᵐ, the faces among them. -> (pointsᵐ, m)"""
    axes = np.meshgrid(*[np.linspace(0, 1, points)] * m, indexing="ij")
    return np.stack([axis.ravel() for axis in axes], axis=1)
