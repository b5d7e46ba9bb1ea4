r"""The flatness of the cost around θ, by several measures, all of which are small on a plateau.

    top_eigenvalue      λmax of ∇²C(θ)
    trace               Σ λᵢ, estimated
    sharpness           max C(θ + ε) − C(θ) over ‖ε‖ ≤ ρ
    noise               E C(θ + σ z) − C(θ), z ~ N(0, I)
    adaptive_sharpness  max C(θ + ε) − C(θ) over ‖ε / |θ|‖ ≤ ρ

At a minimum of a quadratic with the Hessian H they are λmax(H), tr H, ½ ρ² λmax(H), ½ σ² tr H and
½ ρ² λmax(D H D) with D = diag |θ|. sharpness is the measure of SAM (Foret et al. 2021),
adaptive_sharpness that of ASAM (Kwon et al. 2021); noise is the cost of imprecise weights.

A network with ReLU computes the same function when a layer is multiplied by α and the next one by
1/α, so one function belongs to many θ. The first four measures differ between these θ by factors up
to α². adaptive_sharpness does not, since ε / |θ| stays the same. So the first four alone cannot say
how a *function* generalises (Dinh et al. 2017); they say how far its weights can be moved.

Source:
    Keskar et al. 2017, "On large-batch training for deep learning"; Foret et al. 2021,
    "Sharpness-aware minimization"; Kwon et al. 2021, "ASAM"; Dinh et al. 2017, "Sharp minima can
    generalize for deep nets"
"""

from collections.abc import Sequence

import numpy as np

from refnet.landscape import spectrum
from refnet.landscape.surface import Surface
from refnet.ops.rule import Array


def top_eigenvalue(surface: Surface, theta: Array, steps: int = 30, seed: int = 0) -> float:
    """Returns λmax of ∇²C(θ), by Lanczos.

    For a ReLU network it is that of the linear piece around θ, without the kinks.

    Args:
        surface: C
        theta: θ
        steps: the number of Lanczos steps
        seed: of the first vector

    Example:
        >>> model = nn.Linear(2, 1, bias=False)
        >>> x, y = refnet.tensor([[1.0, 0.0], [0.0, 2.0]]), refnet.zeros(2, 1)
        >>> C = refnet.landscape.Surface(model, F.mse_loss, x, y)  # C(w) = ½ w₁² + 2 w₂²
        >>> round(refnet.landscape.flatness.top_eigenvalue(C, np.zeros(2)), 6)
        4.0
    """
    values, _ = spectrum.extremes(
        lambda v: surface.hvp(theta, v), surface.size, steps=steps, seed=seed
    )
    return float(values[-1])


def trace(surface: Surface, theta: Array, draws: int = 32, seed: int = 0) -> tuple[float, float]:
    """Returns tr ∇²C(θ), by Hutchinson, and its standard error.

    Args:
        surface: C
        theta: θ
        draws: the number of random vectors
        seed: of the vectors

    Example:
        >>> model = nn.Linear(2, 1, bias=False)
        >>> x, y = refnet.tensor([[1.0, 0.0], [0.0, 2.0]]), refnet.zeros(2, 1)
        >>> C = refnet.landscape.Surface(model, F.mse_loss, x, y)  # C(w) = ½ w₁² + 2 w₂²
        >>> refnet.landscape.flatness.trace(C, np.zeros(2))  # exact, since the Hessian is diagonal
        (5.0, 0.0)
    """
    return spectrum.trace(lambda v: surface.hvp(theta, v), surface.size, draws, seed)


def sharpness(surface: Surface, theta: Array, rho: float, steps: int = 10, seed: int = 0) -> float:
    """Returns the largest C(θ + ε) − C(θ) found with ‖ε‖ ≤ ρ, a lower bound of the maximum.

    Args:
        surface: C
        theta: θ
        rho: ρ
        steps: the number of ascent steps
        seed: of the first direction, where ∇C(θ) = 0

    Raises:
        ValueError: rho or steps is not positive

    Example:
        >>> model = nn.Linear(2, 1, bias=False)
        >>> x, y = refnet.tensor([[1.0, 0.0], [0.0, 2.0]]), refnet.zeros(2, 1)
        >>> C = refnet.landscape.Surface(model, F.mse_loss, x, y)  # C(w) = ½ w₁² + 2 w₂²
        >>> round(refnet.landscape.flatness.sharpness(C, np.zeros(2), rho=0.1), 6)  # ½ ρ² 4
        0.02
    """
    return _worst(surface, theta, np.ones_like(theta), rho, steps, seed)


def adaptive_sharpness(
    surface: Surface, theta: Array, rho: float, steps: int = 10, seed: int = 0
) -> float:
    """Returns the largest C(θ + ε) − C(θ) found with ‖ε / |θ|‖ ≤ ρ, a lower bound of the maximum.

    A weight of 0 is not moved.

    Args:
        surface: C
        theta: θ
        rho: ρ
        steps: the number of ascent steps
        seed: of the first direction, where ∇C(θ) = 0

    Raises:
        ValueError: rho or steps is not positive

    Example:
        >>> model = nn.Linear(2, 1, bias=False)
        >>> x, y = refnet.tensor([[1.0, 0.0], [0.0, 2.0]]), refnet.zeros(2, 1)
        >>> C = refnet.landscape.Surface(model, F.mse_loss, x, y)  # C(w) = ½ w₁² + 2 w₂²
        >>> theta = np.array([3.0, 0.0])  # the second weight is not moved
        >>> round(
        ...     refnet.landscape.flatness.adaptive_sharpness(C, theta, rho=0.1), 6
        ... )  # ½ 3.3² − ½ 3²
        0.945
    """
    return _worst(surface, theta, np.abs(theta), rho, steps, seed)


def _worst(surface: Surface, theta: Array, s: Array, rho: float, steps: int, seed: int) -> float:
    """Returns the highest C(θ + ε) − C(θ) of `steps` steps of ascent.

        g = ∇C(θ + ε)
        ε ← ρ s² g / ‖s g‖

    The first ε, from g = ∇C(θ), is that of SAM. At a minimum of a quadratic the steps are power
    iteration. Where ∇C(θ) = 0, the first g is drawn.
    """
    if rho <= 0 or steps < 1:
        raise ValueError(f"sharpness: expected rho > 0 and steps ≥ 1, got {rho} and {steps}")
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
    """Returns E C(θ + σ z) − C(θ), and its standard error.

    Each draw is the mean of z and −z, where the slope of C at θ cancels.

    Args:
        surface: C
        theta: θ
        sigma: σ
        draws: the number of z
        seed: of the z

    Raises:
        ValueError: sigma is not positive, or draws is below 2

    Example:
        >>> model = nn.Linear(2, 1, bias=False)
        >>> x, y = refnet.tensor([[1.0, 0.0], [0.0, 2.0]]), refnet.zeros(2, 1)
        >>> C = refnet.landscape.Surface(model, F.mse_loss, x, y)  # C(w) = ½ w₁² + 2 w₂²
        >>> mean, error = refnet.landscape.flatness.noise(C, np.zeros(2), sigma=0.1, draws=1000)
        >>> abs(mean - 0.025) < 3 * error  # ½ σ² tr H = ½ 0.01 5
        True
    """
    if sigma <= 0 or draws < 2:
        raise ValueError(f"noise(): expected sigma > 0 and draws ≥ 2, got {sigma} and {draws}")
    rng, start = np.random.default_rng(seed), surface.value(theta)
    samples = []
    for _ in range(draws):
        z = sigma * rng.standard_normal(len(theta))
        samples.append((surface.value(theta + z) + surface.value(theta - z)) / 2 - start)
    return float(np.mean(samples)), float(np.std(samples, ddof=1) / np.sqrt(draws))


def rescaled(surface: Surface, theta: Array, factors: Sequence[float]) -> Array:
    """Returns θ with each parameter of the model multiplied by its factor.

    For Linear, ReLU, Linear and α > 0, the factors (α, α, 1/α, 1) do not change the function.

    Args:
        surface: C
        theta: θ
        factors: one for each parameter

    Raises:
        ValueError: the number of factors is wrong

    Example:
        >>> model = nn.Sequential(nn.Linear(1, 2), nn.ReLU(), nn.Linear(2, 1))
        >>> C = refnet.landscape.Surface(model, F.mse_loss, refnet.randn(8, 1), refnet.randn(8, 1))
        >>> moved = refnet.landscape.flatness.rescaled(C, C.theta, (4, 4, 1 / 4, 1))
        >>> np.allclose(C.outputs(moved), C.outputs(C.theta))
        True
    """
    parts = surface.split(theta)
    if len(factors) != len(parts):
        raise ValueError(
            f"rescaled(): expected {len(parts)} factors, one for each parameter, got {len(factors)}"
        )
    return np.concatenate([(c * w).ravel() for c, w in zip(factors, parts, strict=True)])
