r"""How each optimizer leaves a strict saddle: a part of the study of saddles.

On the plane, C = ½x² − ½y² + ¼y⁴ has a strict saddle at 0 with the Hessian diag(1, −1), and minima
at (0, ±1). Gradient descent multiplies a small y by 1 + η in each step, so from y = δ it reaches
y_left after

    t = ln(y_left / δ) / ln(1 + η)

steps: each decade of δ costs the same number. On y = 0 the gradient has no component along y, so a
method that uses only gradients never leaves; noise in the gradient acts as a δ. SAM is attracted by
a saddle within its ρ: for |y| < ρ it takes the gradient at y − ρ sign(y), on the other side, which
points back (Compagnoni et al. 2023, "An SDE for modeling SAM").

Walks start at two points near the saddle, and the table has a column for each.

    BESIDE, (1, 10⁻³)  the paths of saddles-escape, towards the saddle along x and away along y
    (0, δ)             the times of saddles-times, at the distance δ from the saddle

In this C the two coordinates are independent, so most optimizers take the same number of steps from
(1, δ) as from (0, δ). Three do not: Laplacian SGD smooths the gradient, so a large entry for x
becomes one for y; SAM divides by the gradient's norm; L-BFGS chooses its step by the decrease of C.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from refnet.landscape.classic import STRICT_SADDLE
from refnet.landscape.critical import Critical
from refnet.landscape.stacked import Stacked
from refnet.ops.rule import Array
from refnet.studies import steps
from refnet.studies.report import Report
from refnet.training.figures import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, figure, headline

RATE = 0.1
BESIDE = STRICT_SADDLE.start
RATES = {"Adadelta": 1.0, "L-BFGS": 1.0}  # these have another scale
LEFT = 0.5  # |y| from which the saddle counts as left
DISTANCES = 10.0 ** np.arange(-12, 0)
NOISE = 1e-6
MOST = 600  # steps
FALL = 0.01  # how far C must be below its value at the network's saddle
SCALED = ("Adagrad", "Adadelta", "RMSprop", "Adam", "NAdam", "RAdam", "Adamax", "Rprop")
STARTS = (
    "(0, 0)", f"(0, 0), noise {NOISE:g}", "(1, 10⁻³)", "(0, 10⁻³)", "(0, 10⁻⁹)",
    "10⁻³ beside a network's",
)  # fmt: skip
KINDS = {
    "the gradient itself": (BLUE, "-", ("SGD", "ASGD")),
    "momentum": (GREEN, "--", ("momentum", "Nesterov")),
    "steps scaled for each parameter": (ORANGE, "-.", SCALED),
    "a model of the curvature": (GREY, (0, (1, 1)), ("L-BFGS",)),
    "another surface": (PURPLE, (0, (6, 2)), tuple(steps.SURFACE)),
}
COLOR = {name: color for color, _, names in KINDS.values() for name in names}


def steps_to_leave(name: str, start: Array, noise: float = 0.0, seed: int = 0) -> float:
    """Returns the steps until |y| ≥ LEFT on the plane; infinity if they are more than MOST."""
    left = lambda points: abs(points[-1][1]) >= LEFT  # noqa: E731
    path = steps.walk(
        STRICT_SADDLE.C,
        steps.ALL[name],
        rate(name),
        start,
        MOST,
        noise=noise,
        seed=seed,
        until=left,
    )
    return steps.first_step(np.abs(path.points[:, 1]) >= LEFT)


def predicted(δ: float, η: float = RATE) -> float:
    """Returns the steps of gradient descent from y = δ, without the fourth order of C."""
    return float(np.ceil(np.log(LEFT / δ) / np.log1p(η)))


def run(report: Report, C: Stacked, saddle: Critical, name: str, seed: int = 0) -> dict[str, Any]:
    """Runs every optimizer at the saddle on the plane, near it, and near a network's saddle.

    Args:
        report: the terminal and the folder
        C: the network's cost
        saddle: its saddle
        name: the network's name in the figure
        seed: the seed of the noise and of the start near the network's saddle

    Returns:
        "steps" by start (the columns of the table) and optimizer, infinity if it stays; "steps of
        SGD" by distance; and the names of the optimizers that "left the network's saddle"
    """
    near, by_distance, curves = {}, {}, {}
    taken: dict[str, dict[str, float]] = {start: {} for start in STARTS}
    u = np.random.default_rng(seed).standard_normal(C.size)
    u *= 1e-3 / np.linalg.norm(u)
    for o in report.track(list(steps.ALL), "leaving saddles"):
        near[o] = steps.walk(STRICT_SADDLE.C, steps.ALL[o], rate(o), BESIDE, MOST, seed=seed).points
        by_distance[o] = [steps_to_leave(o, np.array([0.0, δ])) for δ in DISTANCES]
        path = steps.walk(C, steps.ALL[o], rate(o), saddle.theta + u, MOST, seed=seed)
        curves[o] = C.values(path.points)
        found = (
            steps_to_leave(o, np.zeros(2)),
            steps_to_leave(o, np.zeros(2), NOISE, seed),
            steps.first_step(np.abs(near[o][:, 1]) >= LEFT),
            by_distance[o][-3],
            by_distance[o][3],
            steps.first_step(curves[o] < saddle.value - FALL),
        )
        for start, n in zip(STARTS, found, strict=True):
            taken[start][o] = n
    report.table(
        "Steps until a strict saddle is left, by the start of the walk",
        ["optimizer", "η", *STARTS],
        [[o, rate(o), *(_shown(column[o]) for column in taken.values())] for o in steps.ALL],
    )
    report.say(
        "The paths in saddles-escape start at (1, 10⁻³), the times in saddles-times at (0, δ); "
        "refnet.studies.escape has the reason for two starts."
    )
    _draw_paths(report, near, taken[STARTS[2]])
    _draw_times(report, near, by_distance)
    _draw_network(report, curves, saddle, name)
    left = [o for o, n in taken[STARTS[-1]].items() if np.isfinite(n)]
    return {
        "steps": taken,
        "steps of SGD": dict(zip(DISTANCES.tolist(), by_distance["SGD"], strict=True)),
        "left the network's saddle": left,
    }


def rate(name: str) -> float:
    """Returns the learning rate of an optimizer in this study."""
    return RATES.get(name, RATE)


def _shown(n: float) -> str:
    return f"{n:.0f}" if np.isfinite(n) else "never"


def _lines() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields each optimizer and the look of its line; the first one of a kind has its label."""
    for kind, (color, style, names) in KINDS.items():
        for i, name in enumerate(names):
            label = kind if i == 0 else None
            yield name, {"color": color, "ls": style, "lw": 1.2, "alpha": 0.8, "label": label}


def _plane(panel: Any) -> None:
    x0, x1, y0, y1 = STRICT_SADDLE.domain
    X, Y = np.meshgrid(np.linspace(x0, x1, 80), np.linspace(y0, y1, 80))
    Z = STRICT_SADDLE.C.values(np.stack([X, Y], -1))
    panel.contour(X, Y, Z, levels=np.linspace(-0.25, 1.2, 16), colors=GREY, linewidths=0.4)
    panel.plot(0, 0, "x", color=RED, ms=6)
    panel.plot([0, 0], [1, -1], "*", color=GREEN, ms=7)


def _draw_paths(report: Report, near: dict[str, Array], taken: dict[str, float]) -> None:
    drawing, axes = figure(10, 10.4, 4, 4, sharex=True, sharey=True)
    for panel, (name, points) in zip(axes.flat, near.items(), strict=True):
        _plane(panel)
        panel.plot(*points.T, color=COLOR[name], marker=".", ms=3, lw=1.2)
        n = taken[name]
        end = f"left in {n:.0f} steps" if np.isfinite(n) else f"not left in {MOST}"
        panel.set_title(f"{name}: {end}", fontsize=9)
    for panel in axes[-1]:
        panel.set_xlabel("x")
    for panel in axes[:, 0]:
        panel.set_ylabel("y")
    stays = [o for o, n in taken.items() if np.isinf(n)]
    but = f"all but {', '.join(stays)} leave it" if stays else "all leave it"
    headline(
        drawing,
        f"From (1, 10⁻³), near the path into a strict saddle, {but}\n"
        "(the cross: the saddle; stars: the minima; a dot for each step)",
    )
    report.save(drawing, "saddles-escape")


def _draw_times(report: Report, near: dict[str, Array], by_distance: dict[str, Any]) -> None:
    drawing, axes = figure(11.5, 4.4, 2)
    falls, times = axes[0]
    for o, look in _lines():
        falls.plot(STRICT_SADDLE.C.values(near[o]), **look)
        times.plot(DISTANCES, by_distance[o], **look | {"label": None, "marker": "."})
    times.plot(DISTANCES, [predicted(δ) for δ in DISTANCES], ":", color=RED, lw=2,
               label="ln(½/δ) / ln(1 + η), as for SGD")  # fmt: skip
    slow = max(by_distance, key=lambda o: by_distance[o][3] if by_distance[o][3] < MOST else 0)
    times.annotate(slow, (DISTANCES[3], by_distance[slow][3]), (6, 4), textcoords="offset points",
                   color=COLOR[slow], fontsize=9)  # fmt: skip
    falls.set_xlim(0, 150)
    falls.set_xlabel("step")
    falls.set_ylabel("C")
    falls.set_title("From (1, 10⁻³), as in saddles-escape: down to the saddle, and on", fontsize=10)
    falls.legend(frameon=False, fontsize=8)
    times.set_xscale("log")
    times.set_xlabel("distance δ from the saddle, of the start (0, δ)")
    times.set_ylabel(f"steps until |y| ≥ {LEFT}")
    never = [o for o, n in by_distance.items() if np.isinf(n[-2])]
    but = f"; not left: {', '.join(never)}" if never else ""
    times.set_title("From (0, δ)", fontsize=10)
    headline(drawing, f"Each decade of δ costs gradient descent the same number of steps{but}")
    times.legend(frameon=False, fontsize=8)
    report.save(drawing, "saddles-times")


def _draw_network(report: Report, curves: dict[str, Array], saddle: Critical, name: str) -> None:
    drawing, axes = figure(7.4, 4.4)
    panel = axes[0, 0]
    for o, look in _lines():
        panel.plot(curves[o], **look)
    panel.axhline(saddle.value, color=RED, lw=1, ls=":", label="at the saddle")
    panel.set_xlabel("step")
    panel.set_ylabel("C (nats)")
    panel.set_ylim(0, 1.3 * saddle.value)
    n = sum((c < saddle.value - FALL).any() for c in curves.values())
    headline(
        drawing,
        f"{n} of {len(curves)} optimizers leave a network's saddle within {MOST} steps\n"
        f"({name}, from 10⁻³ beside it; {saddle.signs[0]} of {len(saddle.theta)} eigenvalues below "
        f"0, the least {saddle.eigenvalues[0]:.2f})",
    )
    drawing.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    report.save(drawing, "saddles-network")
