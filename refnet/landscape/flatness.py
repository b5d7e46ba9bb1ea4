r"""How flat the cost is around θ, by several measures, each a number that is small on a plateau.

    top_eigenvalue      λmax of ∇²C(θ)                                       the sharpest direction
    trace               Σ λᵢ, estimated                                      all directions together
    sharpness           max C(θ + ε) − C(θ) over ‖ε‖ ≤ ρ                     SAM's (Foret et al. 2021)
    noise               E C(θ + σ z) − C(θ), z ~ N(0, I)                     the cost of imprecise weights
    adaptive_sharpness  max C(θ + ε) − C(θ) over ‖ε / |θ|‖ ≤ ρ               ASAM's (Kwon et al. 2021)

At a minimum of a quadratic with the Hessian H they are λmax(H), tr H, ½ ρ² λmax(H), ½ σ² tr H and
½ ρ² λmax(D H D) with D = diag |θ|.

A network with ReLU computes the same when a layer is multiplied by α and the next one by 1/α, so the same
function stands at many θ. The first four measures differ between these by factors up to α²; the last one
does not, since ε / |θ| stays the same. So the first four alone cannot say how a *function* generalises
(Dinh et al. 2017); they say how much its weights may be moved there.

Sources: Keskar et al. 2017, "On large-batch training for deep learning"; Foret et al. 2021,
"Sharpness-aware minimization"; Kwon et al. 2021, "ASAM"; Dinh et al. 2017, "Sharp minima can generalize for
deep nets".
"""

from collections.abc import Sequence

import numpy as np

from refnet.landscape import spectrum
from refnet.landscape.surface import Surface
from refnet.ops.rule import Array


def top_eigenvalue(surface: Surface, theta: Array, steps: int = 30, seed: int = 0) -> float:
    """λmax of ∇²C(θ), by Lanczos. Of a ReLU network: on the piece that θ is on, without kinks."""
    values, _ = spectrum.extremes(
        lambda v: surface.hvp(theta, v), surface.size, steps=steps, seed=seed
    )
    return float(values[-1])


def trace(surface: Surface, theta: Array, draws: int = 32, seed: int = 0) -> tuple[float, float]:
    """tr ∇²C(θ), by Hutchinson, and its standard error."""
    return spectrum.trace(lambda v: surface.hvp(theta, v), surface.size, draws, seed)


def sharpness(surface: Surface, theta: Array, rho: float, steps: int = 10, seed: int = 0) -> float:
    """max C(θ + ε) − C(θ) over ‖ε‖ ≤ ρ, from below: the best point found."""
    return _worst(surface, theta, np.ones_like(theta), rho, steps, seed)


def adaptive_sharpness(
    surface: Surface, theta: Array, rho: float, steps: int = 10, seed: int = 0
) -> float:
    """max C(θ + ε) − C(θ) over ‖ε / |θ|‖ ≤ ρ, from below: the best point found. A weight of 0 stays."""
    return _worst(surface, theta, np.abs(theta), rho, steps, seed)


def _worst(surface: Surface, theta: Array, s: Array, rho: float, steps: int, seed: int) -> float:
    """The highest C(θ + ε) − C(θ) among ε ← ρ s² g / ‖s g‖ with g = ∇C(θ + ε), `steps` times.

    The first ε, from g = ∇C(θ), is SAM's. At a minimum of a quadratic the steps are power
    iteration. Where ∇C(θ) = 0 the first g is drawn.
    """
    if rho <= 0 or steps < 1:
        raise ValueError(f"rho and steps must be positive, got {rho} and {steps}")
    start = surface.value(theta)
    g = surface.gradient(theta)
    if not np.any(s * g):
        g = np.random.default_rng(seed).standard_normal(len(theta))
    highest = 0.0
    for step in range(steps):
        ε = rho * s * s * g / np.linalg.norm(s * g)
        highest = max(highest, surface.value(theta + ε) - start)
        if step < steps - 1:
            g = surface.gradient(theta + ε)
            if not np.any(s * g):
                break
    return highest


def noise(
    surface: Surface, theta: Array, sigma: float, draws: int = 16, seed: int = 0
) -> tuple[float, float]:
    """E C(θ + σ z) − C(θ), and its standard error.

    Each draw is the mean of z and −z, in which the slope of C at θ cancels.
    """
    if sigma <= 0 or draws < 2:
        raise ValueError(f"sigma must be positive, draws at least 2, got {sigma} and {draws}")
    rng, start = np.random.default_rng(seed), surface.value(theta)
    samples = []
    for _ in range(draws):
        z = sigma * rng.standard_normal(len(theta))
        samples.append((surface.value(theta + z) + surface.value(theta - z)) / 2 - start)
    return float(np.mean(samples)), float(np.std(samples, ddof=1) / np.sqrt(draws))


def rescaled(surface: Surface, theta: Array, factors: Sequence[float]) -> Array:
    """θ with each parameter multiplied by its factor, one factor for each parameter of the model.

    For Linear, ReLU, Linear the factors (α, α, 1/α, 1) leave the function as it is for α > 0.

    Raises ValueError for another number of factors.
    """
    parts = surface.split(theta)
    if len(factors) != len(parts):
        raise ValueError(f"expected {len(parts)} factors, one a parameter, got {len(factors)}")
    return np.concatenate([(c * w).ravel() for c, w in zip(factors, parts, strict=True)])
