r"""Critical points, ∇C(θ) = 0: searches for them, and their classification.

With the full Hessian H = V Λ Vᵀ (p is small) and γ = Vᵀ∇C, a step is θ ← θ + V s:

    gradient_norm   s = −λ γ / (λ² + μ)
    newton          s = −γ / λ,  ‖s‖ ≤ Δ
    saddle_free     s = −γ / (|λ| + μ)

gradient_norm decreases ½‖∇C‖², whose gradient is H ∇C; it is the method of Levenberg and Marquardt
for the equations ∇C = 0. saddle_free decreases C and ends in a minimum unless it starts on a
saddle. Both use the damping μ of Levenberg and Marquardt: a step that decreases its function is
taken and μ is made smaller; otherwise μ is made larger and the step is tried again. newton does not
have to decrease anything.

gradient_norm and newton converge to critical points of every kind. gradient_norm often stops where
∇C ≠ 0 is in the null space of H, for networks most of the time (Frye et al.). newton, whose
steps are only limited in length, wanders until it comes close to a critical point or runs out of
steps. A result with converged = False is not a critical point.

The eigenvalues decide the kind of a critical point, as far as second derivatives can:

    minimum, maximum   all λ are positive; all are negative
    saddle             both signs occur, whether or not some λ are zero
    degenerate         some λ are zero, and the others have one sign

λ counts as zero if |λ| ≤ flat · max |λ|. The index is the fraction of negative eigenvalues.

Source:
    Dauphin et al. 2014, "Identifying and attacking the saddle point problem in high-dimensional
    non-convex optimization"; Frye et al. 2021, "Critical point-finding methods reveal gradient-flat
    regions of deep network losses"; Marquardt 1963
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from refnet.ops.rule import Array

FLAT = 1e-6
"""λ counts as zero if |λ| is at most this fraction of the largest |λ|."""


class Function(Protocol):
    """A twice differentiable C with critical points to find, such as a Surface.

    Example:
        >>> C: refnet.landscape.critical.Function = refnet.landscape.classic.QUADRATIC.C
        >>> C.value(np.ones(2)), C.gradient(np.ones(2))
        (13.0, array([ 1., 25.]))
    """

    def value(self, theta: Array) -> float:
        """Returns C(θ)."""
        ...

    def gradient(self, theta: Array) -> Array:
        """Returns ∇C(θ)."""
        ...

    def hessian(self, theta: Array) -> Array:
        """Returns ∇²C(θ)."""
        ...


@dataclass(frozen=True)
class Critical:
    """The result of a search, a critical point if it has converged.

    Attributes:
        theta: θ
        value: C(θ)
        norm: ‖∇C(θ)‖
        eigenvalues: those of ∇²C(θ), ascending
        steps: the number of Hessians that were computed
        converged: whether ‖∇C(θ)‖ is at most the tolerance
        flat: the fraction of the largest |λ| up to which an eigenvalue counts as zero

    Example:
        >>> Critical = refnet.landscape.critical.Critical
        >>> found = Critical(np.zeros(4), 0.0, 0.0, np.array([-2.0, -1.0, 0.0, 3.0]), 1, True)
        >>> found.signs, found.index, found.kind
        ((2, 1, 1), 0.5, 'saddle')
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
        """The numbers of negative, zero and positive eigenvalues."""
        zero = np.abs(self.eigenvalues) <= self.flat * np.abs(self.eigenvalues).max()
        below = int((~zero & (self.eigenvalues < 0)).sum())
        return below, int(zero.sum()), len(zero) - below - int(zero.sum())

    @property
    def index(self) -> float:
        """The fraction of the eigenvalues that are negative."""
        return self.signs[0] / len(self.eigenvalues)

    @property
    def kind(self) -> str:
        """The kind: minimum, maximum, saddle or degenerate."""
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
    """Searches for a critical point of any kind by least squares, ½‖∇C‖².

    Args:
        function: C
        start: the first θ
        tolerance: the largest ‖∇C‖ of a critical point
        steps: the largest number of Hessians
        flat: see Critical

    Raises:
        ValueError: a number is not positive

    Example:
        >>> C = refnet.landscape.classic.HIMMELBLAU.C
        >>> found = refnet.landscape.critical.gradient_norm(C, np.array([-0.3, -0.9]))
        >>> found.kind, found.theta.round(3), found.converged
        ('maximum', array([-0.271, -0.923]), True)
    """
    _check("gradient_norm", tolerance=tolerance, steps=steps, flat=flat)
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
    """Searches for a critical point of any kind by Newton's steps of a limited length.

    Args:
        function: C
        start: the first θ
        longest: Δ
        tolerance: the largest ‖∇C‖ of a critical point
        steps: the largest number of Hessians
        flat: see Critical

    Raises:
        ValueError: a number is not positive

    Example:
        >>> C = refnet.landscape.classic.STRICT_SADDLE.C
        >>> found = refnet.landscape.critical.newton(C, np.array([0.5, 0.1]))
        >>> found.kind, found.index, found.converged
        ('saddle', 0.5, True)
    """
    _check("newton", longest=longest, tolerance=tolerance, steps=steps, flat=flat)
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
    """Searches for a minimum by Newton's steps with |λ|, which descend where C curves downwards.

    Args:
        function: C
        start: the first θ
        tolerance: the largest ‖∇C‖ of a critical point
        steps: the largest number of Hessians
        flat: see Critical

    Raises:
        ValueError: a number is not positive

    Example:
        >>> C = refnet.landscape.classic.STRICT_SADDLE.C
        >>> found = refnet.landscape.critical.saddle_free(C, np.array([0.5, 0.1]))
        >>> found.kind, round(found.value, 6), found.converged
        ('minimum', -0.25, True)
    """
    _check("saddle_free", tolerance=tolerance, steps=steps, flat=flat)
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
    """Makes damped steps that decrease merit(C, ∇C).

    It ends when ‖∇C‖ is small, when the steps are used up, or when no step decreases the merit.
    """
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
            moved = theta + V @ step(λ, γ, μ)
            C_new, g_new = function.value(moved), function.gradient(moved)
            better = merit(C_new, g_new) < before or np.linalg.norm(g_new) <= tolerance
            if better or μ > 1e12:
                break
            μ *= 4
        stuck = not better
        if better:
            theta, C, g = moved, C_new, g_new
            μ = max(μ / 4, 1e-12)


def _check(function: str, **numbers: float) -> None:
    for name, given in numbers.items():
        if not given > 0:
            raise ValueError(f"{function}(): expected {name} > 0, got {given}")
