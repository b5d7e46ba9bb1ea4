r"""Step and surface optimizers: what both kinds do, on surfaces that are known and on a network.

The notes name two kinds: "make step optimization (moving average)" and "make surface optimization
(landscape)". The first takes the surface as it is and makes better steps (refnet.optim); the second makes
plain steps on another surface (refnet.optim.surface), or averages points (refnet.optim.swa_utils).

    surfaces   Rosenbrock, Beale, a strict saddle, a quadratic with noise in its gradient, and two minima of
               the same value, one 100 times as sharp as the other (refnet.landscape.classic)
    counted    the steps until C − min C ≤ 10⁻³ (C(θ₀) − min C), ten steps in a row
    η          for each optimizer and surface the best of RATES: the fewest steps, or if none gets there
               the lowest C at the end; L-BFGS has a line search, and η = 1
    SWA        the mean of the later half of SGD's points
    a network  see refnet.studies.ends
    minima     in which of the two each optimizer ends, for all RATES; there also SAM and entropy-SGD with
               neighbourhoods that are wider than the sharp minimum
    smoothing  the variance of A⁻¹ applied to noise over that of the noise, beside the mean over k of
               1 / (1 + 2σ (1 − cos(2πk/N)))², for white noise and for the noise of a network's minibatch
               gradients; and the mean of the entries, which is to stay the same

A step of SAM takes two gradients, one of entropy-SGD INNER of them, one of L-BFGS what its line search needs:
the table has the mean. The other options are the same everywhere (refnet.studies.steps).

Sources: Osher et al. 2018; Foret et al. 2021; Chaudhari et al. 2017; Izmailov et al. 2018.
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
from refnet.studies import ends, steps
from refnet.studies.paths import animate, draw_minima, draw_smoothing
from refnet.studies.report import Report
from refnet.training.errors import InputError

STEP = ("SGD", "momentum", "RMSprop", "Adam", "L-BFGS")
SURFACE = ("Laplacian SGD", "SAM", "entropy-SGD", "SWA")
SURFACES = (
    classic.ROSENBROCK,
    classic.BEALE,
    classic.STRICT_SADDLE,
    classic.QUADRATIC._replace(name="noisy quadratic"),
    classic.SHARP_AND_FLAT,
)
NOISE = {
    "noisy quadratic": 1.0
}  # the standard deviation of what is added to each entry of a gradient
RATES = (1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1, 1.0)
TOLERANCE = 1e-3  # of C − min C, as a share of its value at the start
ROW = 10  # steps in a row that have to be within it
WIDE: Mapping[str, steps.Make] = {  # whose neighbourhood is wider than the sharp minimum
    "SAM, ρ = 0.4": lambda params, lr: SAM(params, SGD, rho=0.4, lr=lr),
    "entropy-SGD, ε = 1": lambda params, lr: EntropySGD(
        params, inner_lr=lr, inner_steps=steps.INNER, scope=0.1, scope_growth=0.0, noise=1.0
    ),
}
SIGMAS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


class Run(NamedTuple):
    """What an optimizer did on a surface: its rate, its points, the steps to the tolerance (or inf), what was
    left at the end, and how many gradients a step took."""

    rate: float
    points: Array
    steps: float
    excess: float  # C − min C at the end
    gradients: float

    @property
    def shown(self) -> str:
        """For the table: the steps, or what is left at the end."""
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
    """Compare the optimizers on the surfaces and on a network, and verify Laplacian smoothing.

    Args:
        most: steps on a surface, at most
        frames: of the animation
        epochs: of the network's trainings
        seeds: from how many it is trained
        seed: decides what is drawn

    Returns "steps" by surface and optimizer (inf where the tolerance is not reached); "minima" by optimizer,
    the minimum that each rate ends in (see which_minimum); "smoothing" by σ (see smoothing_factors);
    "mean", by how much smoothing changed a mean; and "network" (see refnet.studies.ends).
    Raises InputError for numbers that are not positive.
    """
    for name, given in {"most": most, "frames": frames, "epochs": epochs, "seeds": seeds}.items():
        if given < 1:
            raise InputError(f"{name} must be at least 1, got {given}")
    names = STEP + SURFACE
    jobs = [(surface, name) for surface in SURFACES for name in names]
    tried: dict[str, dict[str, list[Run]]] = {s.name: {} for s in SURFACES}
    for surface, name in report.track(jobs, "on known surfaces"):
        make = steps.ALL["SGD" if name == "SWA" else name]
        tried[surface.name][name] = attempts(surface, name, make, most, seed)
    chosen = {s: {name: best(runs) for name, runs in of.items()} for s, of in tried.items()}
    report.table(
        f"Steps until C − min C ≤ {TOLERANCE:g} of its value at the start; no (C − min C after {most})",
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
        f"\nSmoothing changed the mean of the entries by {mean:.0e} of their size at most. White noise lost"
        f"\nthe computed share of its variance (within {off:.1%}). A network's noise is not white and lost"
        "\nless; so did its gradient: with σ = 1 its square over the variance of the noise grew "
        f"{gradient / noise:.2f}-fold."
    )
    counted = {s: {name: r.steps for name, r in of.items()} for s, of in chosen.items()}
    _verdict(report, counted, wells, network)
    return {"steps": counted, "smoothing": smoothing, "mean": mean, "network": network,
            "minima": wells}  # fmt: skip


# --- on the surfaces -----------------------------------------------------------------------------


def attempts(surface: Classic, name: str, make: steps.Make, most: int, seed: int) -> list[Run]:
    """A run with each rate."""
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
    """The fewest steps; if none gets there, the lowest end."""
    return min(runs, key=lambda r: (r.steps, r.excess))


def settled(surface: Classic, points: Array) -> float:
    """The step from which C is within the tolerance ROW times in a row, or infinity."""
    C = surface.C.values(points) - surface.lowest
    most = TOLERANCE * (surface.C.value(surface.start) - surface.lowest)
    rows = np.convolve(most >= C, np.ones(ROW), "valid") == ROW
    return float(np.argmax(rows)) if rows.any() else np.inf


def averaged(points: Any) -> Array:
    """For each t the mean of the points from ⌈t/2⌉ to t."""
    total = np.concatenate([np.zeros((1, 2)), np.cumsum(points, 0)])
    t = np.arange(len(points))
    first = (t + 1) // 2
    mean: Array = (total[t + 1] - total[first]) / (t + 1 - first)[:, None]
    return mean


def which_minimum(point: Array) -> int:
    """0 within 0.2 of the sharp minimum, 1 within 1 of the flat one, else −1."""
    near = np.linalg.norm(classic.SHARP_AND_FLAT.minima - point, axis=1) <= (0.2, 1.0)
    return int(np.argmax(near)) if near.any() else -1


# --- smoothing ------------------------------------------------------------------------------------


def smoothing_factors(noise: Array, seed: int) -> tuple[dict[float, tuple[float, ...]], float]:
    """By σ: the computed factor, those measured on white noise, on a network's noise and on its gradient;
    and the largest change of a mean, as a share of the mean |entry|.

    Args:
        noise: (batches, N): the gradients of minibatches of one parameter
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
        cases = [of[n] for of in counted.values() for n in names]
        return f"{np.isfinite(cases).sum()} of {len(cases)}"

    def flat(names: Sequence[str]) -> str:
        found = [well for n in names if n in wells for well in wells[n]]
        return f"{found.count(1)} of {len(found)}"

    sharp = {name: float(np.mean(of["largest λ"])) for name, of in network.items()}
    right = {name: float(np.mean(of["test accuracy"])) for name, of in network.items()}
    spread = max(float(np.std(of["test accuracy"])) for of in network.values())
    largest = ", ".join(f"{name} {sharp[name]:.2g}" for name in ("SGD", *SURFACE))
    report.verdict(
        "optimization is of the step (a moving average) or of the surface (landscape)",
        "holds with a condition",
        f"step optimizers reached the tolerance in {reached(STEP)} cases, surface optimizers in "
        f"{reached(SURFACE)}. In the flat one of two minima ended {flat(STEP)} runs of the first kind and "
        f"{flat(SURFACE)} of the second: the learning rate decides. The largest λ at the network's ends was "
        f"{largest}. The test accuracies lie within {max(right.values()) - min(right.values()):.1f} points, "
        f"and differ by up to {spread:.1f} (standard deviation) between seeds.",
    )
