r"""Critical points, ∇C(θ) = 0, of whatever kind, and the kind that they are.

With the Hessian H = V Λ Vᵀ (all of it: p is small) and γ = Vᵀ∇C, a step is θ ← θ + V s:

    gradient_norm   s = −λ γ / (λ² + μ)     lowers ½‖∇C‖², whose gradient is H ∇C
    newton          s = −γ / λ, ‖s‖ ≤ Δ     lowers nothing for sure
    saddle_free     s = −γ / (|λ| + μ)      lowers C; ends in minima, if it does not start on a saddle

The first is Levenberg's and Marquardt's for the equations ∇C = 0, and the damping μ is theirs: a step that
lowers what is to be lowered is taken and makes μ smaller, another one makes μ larger and is tried again.
The first two are drawn to critical points of every kind. gradient_norm is often stuck where ∇C ≠ 0 is in
the null space of H, which for networks is most of the time (Frye et al.); newton, whose steps are
only kept short, wanders until it is near enough to some critical point, or is not in time. What has
converged = False is none.

The eigenvalues decide the kind of a critical point, as far as second derivatives do:

    minimum, maximum   all λ are positive; negative
    saddle             there are both signs, whether or not some λ are zero
    degenerate         some λ are zero, and the others of one sign: flat as far as H can tell

λ counts as zero if |λ| ≤ flat · max |λ|. The index is the fraction of the eigenvalues that are
negative.

Sources: Dauphin et al. 2014, "Identifying and attacking the saddle point problem in high-dimensional
non-convex optimization"; Frye et al. 2021, "Critical point-finding methods reveal gradient-flat regions of
deep network losses"; Marquardt 1963.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from refnet.ops.rule import Array

FLAT = 1e-6
"""|λ| up to this share of the largest |λ| counts as zero."""


class Function(Protocol):
    """What is searched: a twice differentiable C, such as a Surface."""

    def value(self, theta: Array) -> float:
        """C(θ)"""
        ...

    def gradient(self, theta: Array) -> Array:
        """∇C(θ)"""
        ...

    def hessian(self, theta: Array) -> Array:
        """∇²C(θ)"""
        ...


@dataclass(frozen=True)
class Critical:
    """The end of a search. It is a critical point if it has converged.

    Args:
        theta: θ
        value: C(θ)
        norm: ‖∇C(θ)‖
        eigenvalues: of ∇²C(θ), ascending
        steps: how many Hessians the search took
        converged: whether ‖∇C(θ)‖ was brought down to the tolerance
        flat: up to which share of the largest |λ| an eigenvalue counts as zero
    """

    theta: Array
    value: float
    norm: float
    eigenvalues: Array
    steps: int
    converged: bool
    flat: float = FLAT

    @property
    def signs(self) -> tuple[int, int, int]:
        """How many eigenvalues are negative, zero, positive."""
        zero = np.abs(self.eigenvalues) <= self.flat * np.abs(self.eigenvalues).max()
        below = int((~zero & (self.eigenvalues < 0)).sum())
        return below, int(zero.sum()), len(zero) - below - int(zero.sum())

    @property
    def index(self) -> float:
        """The fraction of the eigenvalues that are negative."""
        return self.signs[0] / len(self.eigenvalues)

    @property
    def kind(self) -> str:
        """minimum, maximum, saddle or degenerate"""
        negative, zero, positive = self.signs
        if negative and positive:
            return "saddle"
        if zero:
            return "degenerate"
        return "maximum" if negative else "minimum"


Step = Callable[[Array, Array, float], Array]  # (λ, γ, μ) -> s


def gradient_norm(
    function: Function,
    start: Array,
    *,
    tolerance: float = 1e-8,
    steps: int = 200,
    flat: float = FLAT,
) -> Critical:
    """A critical point, by least squares ½‖∇C‖².

    Args:
        function: C
        start: θ to start from
        tolerance: of ‖∇C‖
        steps: how many Hessians may be computed
        flat: see Critical

    Raises ValueError for a number that is not positive.
    """
    step = lambda λ, γ, μ: -λ * γ / (λ * λ + μ)  # noqa: E731
    return _search(function, start, step, lambda _, g: float(g @ g) / 2, tolerance, steps, flat)


def newton(
    function: Function,
    start: Array,
    *,
    longest: float = 1.0,
    tolerance: float = 1e-8,
    steps: int = 200,
    flat: float = FLAT,
) -> Critical:
    """A critical point, by Newton's steps, cut to the length Δ = longest.

    The other arguments and the errors are those of gradient_norm.
    """
    _check(longest=longest, tolerance=tolerance, steps=steps, flat=flat)
    theta, used = np.asarray(start, dtype=float), 0
    while True:
        g = function.gradient(theta)
        λ, V = np.linalg.eigh(function.hessian(theta))
        used += 1
        norm = float(np.linalg.norm(g))
        if norm <= tolerance or used == steps:
            value = function.value(theta)
            return Critical(theta, value, norm, λ, used, norm <= tolerance, flat)
        s = np.divide(V.T @ -g, λ, out=np.zeros_like(λ), where=λ != 0)
        theta = theta + V @ s / max(1.0, float(np.linalg.norm(s)) / longest)


def saddle_free(
    function: Function,
    start: Array,
    *,
    tolerance: float = 1e-8,
    steps: int = 200,
    flat: float = FLAT,
) -> Critical:
    """A minimum, by steps of Newton that go down where C curves down.

    Arguments and errors as of gradient_norm.
    """
    step = lambda λ, γ, μ: -γ / (np.abs(λ) + μ)  # noqa: E731
    return _search(function, start, step, lambda C, _: C, tolerance, steps, flat)


def _search(
    function: Function,
    theta: Array,
    step: Step,
    merit: Callable[[float, Array], float],
    tolerance: float,
    steps: int,
    flat: float,
) -> Critical:
    """Damped steps that lower merit(C, ∇C), until ‖∇C‖ is small, steps end, or no step lowers it."""
    _check(tolerance=tolerance, steps=steps, flat=flat)
    theta = np.asarray(theta, dtype=float)
    C, g = function.value(theta), function.gradient(theta)
    μ, used, stuck = 1e-2, 0, False
    while True:
        λ, V = np.linalg.eigh(function.hessian(theta))
        used += 1
        if np.linalg.norm(g) <= tolerance or used == steps or stuck:
            norm = float(np.linalg.norm(g))
            return Critical(theta, C, norm, λ, used, norm <= tolerance, flat)
        γ, before = V.T @ g, merit(C, g)
        while True:
            to = theta + V @ step(λ, γ, μ)
            C_to, g_to = function.value(to), function.gradient(to)
            better = merit(C_to, g_to) < before or np.linalg.norm(g_to) <= tolerance
            if better or μ > 1e12:
                break
            μ *= 4
        stuck = not better
        if better:
            theta, C, g = to, C_to, g_to
            μ = max(μ / 4, 1e-12)


def _check(**numbers: float) -> None:
    for name, given in numbers.items():
        if not given > 0:
            raise ValueError(f"{name} must be positive, got {given}")
