r"""Step and surface optimizers on known surfaces and on a network.

The lecture notes name two kinds: "make step optimization (moving average)" and "make surface
optimization (landscape)". The first makes better steps on the surface (refnet.optim). The second
makes plain steps on another surface (refnet.optim.surface) or averages points
(refnet.optim.swa_utils).

Surfaces: Rosenbrock, Beale, a strict saddle, a quadratic with noise in its gradient, and two minima
of the same value, one 100 times as sharp as the other (refnet.landscape.classic); and a network
(refnet.studies.ends).

Steps: they are counted until C − min C ≤ 10⁻³ (C(θ₀) − min C) ten times in a row. η is the best of
RATES for each optimizer and surface, by the fewest steps, or by the lowest C at the end if no rate
reaches the tolerance. L-BFGS has a line search and η = 1. SWA is the mean of the second half of
SGD's points.

Minima: which of the two minima each optimizer ends in, for all RATES; also for SAM and entropy-SGD
with neighbourhoods wider than the sharp minimum.

Smoothing: the variance of A⁻¹ applied to noise, divided by that of the noise. For white noise it is
the mean over k of

    1 / (1 + 2σ (1 − cos(2πk/N)))²

It is also measured for the noise of a network's mini-batch gradients. The mean of the entries must
not change.

A step of SAM takes two gradients, a step of entropy-SGD takes INNER, and one of L-BFGS as many as
its line search needs: the table has the mean. The other options are the same everywhere
(refnet.studies.steps).

Source:
    Osher et al. 2018; Foret et al. 2021; Chaudhari et al. 2017; Izmailov et al. 2018
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from refnet.kernels.threads import one_thread
from refnet.landscape import classic
from refnet.landscape.classic import Classic
from refnet.ops.rule import Array
from refnet.optim import SGD
from refnet.optim.surface import SAM, EntropySGD
from refnet.optim.surface.laplacian_sgd import noise_factor, smooth
from refnet.studies import checks, ends, steps
from refnet.studies.paths import animate, draw_minima, draw_smoothing
from refnet.studies.report import Report

STEP = ("SGD", "momentum", "RMSprop", "Adam", "L-BFGS")
SURFACE = ("Laplacian SGD", "SAM", "entropy-SGD", "SWA")
SURFACES = (
    classic.ROSENBROCK,
    classic.BEALE,
    classic.STRICT_SADDLE,
    classic.QUADRATIC._replace(name="noisy quadratic"),
    classic.SHARP_AND_FLAT,
)
# The standard deviation of the noise in each entry of a gradient.
NOISE = {"noisy quadratic": 1.0}
RATES = (1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0)
TOLERANCE = 1e-3  # of C − min C, as a share of its value at the start
ROW = 10  # the number of steps in a row within it
WIDE: Mapping[str, steps.Make] = {  # with neighbourhoods wider than the sharp minimum
    "SAM, ρ = 0.4": lambda params, lr: SAM(params, SGD, rho=0.4, lr=lr),
    "entropy-SGD, ε = 1": lambda params, lr: EntropySGD(
        params, inner_lr=lr, inner_steps=steps.INNER, scope=0.1, scope_growth=0.0, noise=1.0
    ),
}
SIGMAS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


class Run(NamedTuple):
    """The run of an optimizer on a surface.

    Attributes:
        rate: the learning rate
        points: the points
        steps: the steps to the tolerance, or infinity
        excess: C − min C at the end
        gradients: the gradients per step
    """

    rate: float
    points: Array
    steps: float
    excess: float
    gradients: float

    @property
    def shown(self) -> str:
        """The entry in the table: the steps, or C − min C at the end."""
        return f"{self.steps:.0f}" if np.isfinite(self.steps) else f"no ({self.excess:.0e})"


@one_thread()  # the products are small: several threads would wait for each other
def run(
    report: Report,
    *,
    most: int = 500,
    frames: int = 60,
    epochs: int = 15,
    seeds: int = 3,
    seed: int = 0,
) -> dict[str, Any]:
    """Compares the optimizers on the surfaces and on a network, and verifies Laplacian smoothing.

    Args:
        report: the terminal and the folder
        most: the largest number of steps on a surface
        frames: the number of frames of the animation
        epochs: the number of epochs of the network's trainings
        seeds: the number of seeds of these trainings
        seed: the first seed

    Returns:
        "steps" by surface and optimizer, infinity if the tolerance is not reached; "minima" by
        optimizer, the minimum for each rate (see which_minimum); "smoothing" by σ (see
        smoothing_factors); "mean", the largest change of a mean by smoothing; and "network" (see
        refnet.studies.ends)

    Raises:
        InputError: for numbers below 1
    """
    checks.at_least(1, most=most, frames=frames, epochs=epochs, seeds=seeds)
    names = STEP + SURFACE
    jobs = [(surface, name) for surface in SURFACES for name in names]
    tried: dict[str, dict[str, list[Run]]] = {s.name: {} for s in SURFACES}
    for surface, name in report.track(jobs, "on known surfaces"):
        make = steps.ALL["SGD" if name == "SWA" else name]
        tried[surface.name][name] = attempts(surface, name, make, most, seed)
    chosen = {s: {name: best(runs) for name, runs in of.items()} for s, of in tried.items()}
    report.table(
        f"Steps until C − min C ≤ {TOLERANCE:g} of its value at the start; no (C − min C after "
        f"{most})",
        ["optimizer", *chosen, "gradients a step"],
        [
            [
                name,
                *(of[name].shown for of in chosen.values()),
                float(np.mean([of[name].gradients for of in chosen.values()])),
            ]
            for name in names
        ],
    )
    report.table(
        "Learning rates chosen", ["optimizer", *chosen],
        [[name, *(of[name].rate for of in chosen.values())] for name in names],
    )  # fmt: skip
    animate(report, SURFACES, {s: {n: r.points for n, r in of.items()} for s, of in chosen.items()},
            frames, most)  # fmt: skip
    pair = classic.SHARP_AND_FLAT
    ended = {name: runs for name, runs in tried[pair.name].items() if name != "L-BFGS"}
    ended |= {name: attempts(pair, name, make, most, seed) for name, make in WIDE.items()}
    wells = {name: [which_minimum(r.points[-1]) for r in runs] for name, runs in ended.items()}
    draw_minima(report, wells, RATES)
    network = ends.run(report, epochs=epochs, seeds=seeds, seed=seed)
    smoothing, mean = smoothing_factors(network.pop("noise"), seed)
    draw_smoothing(report, smoothing)
    report.table(
        "Laplacian smoothing: the variance after over before",
        ["σ", "computed", "white noise", "a network's noise", "its gradient, squared"],
        [[σ, *values] for σ, values in smoothing.items()],
    )
    off = max(abs(white / computed - 1) for computed, white, *_ in smoothing.values())
    _, _, noise, gradient = smoothing[1.0]
    report.say(
        f"\nSmoothing changed the mean of the entries by {mean:.0e} of their size at most. White "
        f"noise lost\nthe computed share of its variance (within {off:.1%}). A network's noise is "
        "not white and lost\nless; so did its gradient: with σ = 1 its square over the variance "
        f"of the noise grew {gradient / noise:.2f}-fold."
    )
    counted = {s: {name: r.steps for name, r in runs.items()} for s, runs in chosen.items()}
    _verdict(report, counted, wells, network)
    return {"steps": counted, "smoothing": smoothing, "mean": mean, "network": network,
            "minima": wells}  # fmt: skip


# --- on the surfaces -----------------------------------------------------------------------------


def attempts(surface: Classic, name: str, make: steps.Make, most: int, seed: int) -> list[Run]:
    """Returns a run with each rate."""
    noise = NOISE.get(surface.name, 0.0)

    def look(points: Any) -> Array:
        return averaged(points) if name == "SWA" else np.array(points)

    def enough(points: list[Array]) -> bool:
        return len(points) % 25 == 0 and np.isfinite(settled(surface, look(points)))

    runs = []
    for rate in (1.0,) if name == "L-BFGS" else RATES:
        path = steps.walk(
            surface.C, make, rate, surface.start, most, noise=noise, seed=seed, until=enough
        )
        points = look(path.points)
        excess = surface.C.value(points[-1]) - surface.lowest
        gradients = path.gradients / max(1, len(points) - 1)
        runs.append(Run(rate, points, settled(surface, points), excess, gradients))
    return runs


def best(runs: list[Run]) -> Run:
    """Returns the run with the fewest steps, or if none reaches the tolerance, the lowest end."""
    return min(runs, key=lambda r: (r.steps, r.excess))


def settled(surface: Classic, points: Array) -> float:
    """Returns the step from which C is within the tolerance ROW times in a row, or infinity."""
    C = surface.C.values(points) - surface.lowest
    most = TOLERANCE * (surface.C.value(surface.start) - surface.lowest)
    rows = np.convolve(most >= C, np.ones(ROW), "valid") == ROW
    return steps.first_step(rows)


def averaged(points: Any) -> Array:
    """Returns for each t the mean of the points from ⌈t/2⌉ to t."""
    total = np.concatenate([np.zeros((1, 2)), np.cumsum(points, 0)])
    t = np.arange(len(points))
    first = (t + 1) // 2
    mean: Array = (total[t + 1] - total[first]) / (t + 1 - first)[:, None]
    return mean


def which_minimum(point: Array) -> int:
    """Returns 0 within 0.2 of the sharp minimum, 1 within 1 of the flat one, and else −1."""
    near = np.linalg.norm(classic.SHARP_AND_FLAT.minima - point, axis=1) <= (0.2, 1.0)
    return int(np.argmax(near)) if near.any() else -1


# --- smoothing ------------------------------------------------------------------------------------


def smoothing_factors(noise: Array, seed: int) -> tuple[dict[float, tuple[float, ...]], float]:
    """Measures Laplacian smoothing.

    Args:
        noise: (batches, N), the gradients of mini-batches for one parameter
        seed: the seed of the white noise

    Returns:
        By σ the computed factor and those measured on white noise, on a network's noise and on its
        gradient; and the largest change of a mean as a share of the mean |entry|
    """
    white = np.random.default_rng(seed).standard_normal((400, noise.shape[1]))
    gradient = noise.mean(0)
    apart = noise - gradient
    factors, change = {}, 0.0
    for σ in SIGMAS:
        rows = [np.array([smooth(x, σ) for x in xs]) for xs in (white, apart, gradient[None])]
        ratios = [
            float((after**2).mean() / (before**2).mean())
            for after, before in zip(rows, (white, apart, gradient), strict=True)
        ]
        factors[σ] = (noise_factor(noise.shape[1], σ), *ratios)
        off = np.abs(rows[0].mean(1) - white.mean(1)).max() / np.abs(white).mean()
        change = max(change, float(off))
    return factors, change


def _verdict(
    report: Report,
    counted: Mapping[str, Mapping[str, float]],
    wells: Mapping[str, list[int]],
    network: dict[str, Any],
) -> None:
    def reached(names: Sequence[str]) -> str:
        cases = [steps_by[n] for steps_by in counted.values() for n in names]
        return f"{np.isfinite(cases).sum()} of {len(cases)}"

    def flat(names: Sequence[str]) -> str:
        found = [well for n in names if n in wells for well in wells[n]]
        return f"{found.count(1)} of {len(found)}"

    sharp = {name: float(np.mean(end["largest λ"])) for name, end in network.items()}
    right = {name: float(np.mean(end["test accuracy"])) for name, end in network.items()}
    spread = max(float(np.std(end["test accuracy"])) for end in network.values())
    largest = ", ".join(f"{name} {sharp[name]:.2g}" for name in ("SGD", *SURFACE))
    report.verdict(
        "optimization is of the step (a moving average) or of the surface (landscape)",
        "holds with a condition",
        f"step optimizers reached the tolerance in {reached(STEP)} cases, surface optimizers in "
        f"{reached(SURFACE)}. Of the runs on two minima {flat(STEP)} of the first kind and "
        f"{flat(SURFACE)} of the second ended in the flat one: the learning rate decides. The "
        f"largest λ at the network's ends was {largest}. The test accuracies lie within "
        f"{max(right.values()) - min(right.values()):.1f} points, and differ by up to "
        f"{spread:.1f} (standard deviation) between seeds.",
    )
