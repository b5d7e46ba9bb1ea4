"""Smooth and rough surfaces: slices of the cost with and without residual connections.

The lecture notes: a loss has a "non smooth surface" or a "smooth surface" (Li et al.'s figures of a
deep network without and with residual connections).

Two networks with the same layers, with and without shortcuts, are trained on the digits. The cost
is evaluated on a plane through each solution. refnet.landscape.slices has the planes, the treatment
of biases and norm parameters (--vectors), and the two kinds of statistics of batch norm.

Depth. The two networks are compared at growing depths, until the slice without shortcuts is
chaotic, which means not convex at more than half of its points (the mean over the statistics). The
figures show the depth at which the two differ most in this share, both on one scale.

Statistics. "running" statistics belong to one θ: a slice shows the network at that θ with its
weights moved, as in Li et al. "data" statistics belong to each point: a slice shows what training
sees. The planes random and hessian use both; trajectory and solutions, which contain several
networks, use "data".

Smoothness is measured on the grid: the share of the points where the slice is not convex (λmin <
0); the mean of |λmin / λmax|, at most 1, and 0 where λmin ≥ 0; and the number of local minima. λ
are the curvatures of the slice at the scale of the grid's step. This leaves out p − 2 dimensions,
everything finer than the grid, and the other data. A slice that looks convex proves nothing about
the rest; a slice that is not convex does. Without shortcuts a deep network can be hard to train.
Then its slice is at the end of the same training, and the table has its cost.

Source:
    Li et al. 2018, "Visualizing the loss landscape of neural nets"
"""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np

from refnet.kernels.threads import one_thread
from refnet.landscape import slices
from refnet.landscape.grid import grid, require_size
from refnet.landscape.slices import Plane
from refnet.ops.rule import Array
from refnet.serialization.archive import ArchiveError
from refnet.studies import checks, data, surface_figures
from refnet.studies.report import Report
from refnet.studies.surface_networks import NETWORKS, Problem, Solution, cost, solution
from refnet.training.errors import InputError

PLANES = ("random", "hessian", "trajectory", "solutions")
BATCH_NORM = ("both", *slices.STATISTICS)
NAMES = ("with shortcuts", "without shortcuts")
BENT, ROUGH, MINIMA = "not convex, %", "|λmin/λmax|, mean", "local minima"
CHAOTIC = 50.0  # % of the points that are not convex
MARGIN = 0.3  # around the marked points, as a share of their extent


def run(
    report: Report,
    *,
    network: str = "resnet",
    plane: str = "random",
    depths: Sequence[int] = (5, 10, 15, 20),
    size: int = 17,
    span: float = 1.0,
    epochs: int = 8,
    examples: int = 64,
    vectors: str = "zero",
    batch_norm: str = "both",
    processes: int = 2,
    minutes: float = 60.0,
    resume: bool = False,
    seed: int = 0,
) -> dict[str, float]:
    """Compares the networks with and without shortcuts at growing depths.

    Args:
        report: the terminal and the folder
        network: "resnet" or "tanh"
        plane: "random", "hessian", "trajectory" or "solutions"
        depths: the numbers of residual blocks; the study stops at the first chaotic slice
        size: the number of grid points on each axis
        span: the extent of the planes random, in filter-normalised lengths, and hessian, in lengths
            over which the steepest parabola rises by 1
        epochs: the number of passes over the training data
        examples: the number of training examples on which the cost is evaluated
        vectors: what a direction does to biases and norm parameters, "zero" or "whole"
        batch_norm: the statistics of batch norm, "running", "data" or "both"
        processes: the number of processes
        minutes: the longest time of a grid
        resume: whether to use the results in the folder
        seed: the seed of weights, batches and directions

    Returns:
        The measured numbers by name, network, statistics and depth ("cost with shortcuts, data, 5
        blocks"); the "depth" of the figures; and "chaotic from", the depth of the first chaotic
        slice without shortcuts, or 0

    Raises:
        InputError: for arguments that cannot be used
    """
    checks.one_of(NETWORKS, network=network)
    checks.one_of(PLANES, plane=plane)
    checks.one_of(slices.VECTORS, vectors=vectors)
    checks.one_of(BATCH_NORM, batch_norm=batch_norm)
    checks.at_least(5, size=size)
    checks.at_least(2, depths=min(depths), epochs=epochs, examples=examples)
    checks.at_least(1, processes=processes)
    checks.positive(span=span)
    try:
        require_size(size, size)
    except ValueError as error:
        raise InputError(str(error)) from error
    digits = data.classes("digits", seed)
    chosen = slices.STATISTICS if batch_norm == "both" else (batch_norm,)
    if network == "tanh" or plane in {"trajectory", "solutions"}:
        if batch_norm == "running":
            raise InputError(
                f"--batch-norm running is for the resnet on the planes random and hessian, not for "
                f"{network} on {plane}"
            )
        chosen = ("data",)
    x, y = digits.x[:examples].numpy(), digits.y[:examples].numpy()
    numbers: dict[str, float] = {}
    swept: dict[int, dict[str, list[surface_figures.Side]]] = {}
    for depth in sorted(set(depths)):
        kept = [
            solution(report, network, depth, shortcuts, epochs, digits,
                     second=plane == "solutions", resume=resume, seed=seed)
            for shortcuts in (True, False)
        ]  # fmt: skip
        swept[depth] = {}
        for statistics in chosen:
            stem = f"surface-{network}-{depth}-{plane}-{statistics}"
            sides, measured = [], []
            for name, shortcuts, one in zip(NAMES, (True, False), kept, strict=True):
                problem = Problem(network, depth, shortcuts, statistics, one.state, x, y)
                side, found = _side(
                    report, stem, name, problem, one, plane, vectors, size, span, processes,
                    minutes, resume, seed,
                )  # fmt: skip
                sides.append(side)
                measured.append(found)
                for key, v in found.items():
                    numbers[f"{key} {name}, {statistics}, {depth} blocks"] = float(v)
            report.table(
                f"{depth} blocks, {plane} plane, batch norm: {statistics} statistics",
                ["", *NAMES],
                [[key, *(found[key] for found in measured)] for key in measured[0]],
            )
            swept[depth][statistics] = sides
        if _bent(numbers, NAMES[1], chosen, depth) > CHAOTIC:
            numbers["chaotic from"] = depth
            break
    numbers.setdefault("chaotic from", 0)
    clearest = max(swept, key=lambda depth: _apart(numbers, chosen, depth))
    numbers["depth"] = clearest
    for statistics, sides in swept[clearest].items():
        surface_figures.draw(report, f"surface-{network}-{plane}-{statistics}", sides, plane)
    _tell_depths(report, f"surface-{network}-{plane}-depths", numbers, list(swept), chosen)
    _judge(report, numbers, plane, chosen)
    return numbers


def _bent(numbers: dict[str, float], name: str, chosen: Sequence[str], depth: int) -> float:
    """Returns the percentage of a slice that is not convex, the mean over the statistics."""
    return float(np.mean([numbers[f"{BENT} {name}, {s}, {depth} blocks"] for s in chosen]))


def _apart(numbers: dict[str, float], chosen: Sequence[str], depth: int) -> float:
    """Returns how much larger that percentage is without shortcuts."""
    smooth, rough = (_bent(numbers, name, chosen, depth) for name in NAMES)
    return rough - smooth


def _tell_depths(
    report: Report, name: str, numbers: dict[str, float], depths: list[int], chosen: Sequence[str]
) -> None:
    """Reports the roughness at each depth as a table and a figure, and the first chaotic depth."""

    def series(key: str, network: str, statistics: str) -> list[float]:
        return [numbers[f"{key} {network}, {statistics}, {d} blocks"] for d in depths]

    columns = {"blocks": [str(d) for d in depths]}
    for statistics in chosen:
        for key, form in ((BENT, ".0f"), (ROUGH, ".2f"), (MINIMA, ".0f"), ("cost", ".2g")):
            pairs = zip(*(series(key, network, statistics) for network in NAMES), strict=True)
            shown = [" / ".join(format(v, form) for v in pair) for pair in pairs]
            columns[f"{key}, {statistics}"] = shown
    rows = zip(*columns.values(), strict=True)
    report.table("Roughness by depth (with shortcuts / without)", list(columns), rows)
    first = int(numbers["chaotic from"])
    found = (
        f"from {first} blocks on" if first else f"at none of these depths, to {depths[-1]} blocks"
    )
    report.say(f"Chaotic (not convex at more than {CHAOTIC:.0f} %) without shortcuts: {found}.")
    surface_figures.depths(
        report, name, depths, CHAOTIC,
        {
            f"{n}, {s} statistics": (series(BENT, n, s), series(ROUGH, n, s))
            for s in chosen
            for n in NAMES
        },
    )  # fmt: skip


def _side(
    report: Report, stem: str, name: str, problem: Problem, kept: Solution, plane: str,
    vectors: str, size: int, span: float, processes: int, minutes: float, resume: bool, seed: int,
) -> tuple[surface_figures.Side, dict[str, float]]:  # fmt: skip
    """Returns the slice of one network and its measures."""
    where, marks, remark = _plane(problem, plane, kept.points, vectors, seed)
    reach = np.array([[-span, span]] * 2)
    if plane in {"trajectory", "solutions"}:
        edge = MARGIN * np.ptp(marks, axis=0).max()
        reach = np.stack([marks.min(0) - edge, marks.max(0) + edge], axis=1)
    alpha, beta = (np.linspace(low, high, size) for low, high in reach)
    file = report.folder.path / f"{stem}-{name.partition(' ')[0]}.npz"
    try:
        values = grid(
            partial(cost, problem), where, alpha, beta, processes=processes, file=file,
            resume=resume, minutes=minutes, track=partial(_track, report, name),
        )  # fmt: skip
    except (ValueError, ArchiveError) as error:
        raise InputError(str(error)) from error
    report.wrote(file)
    da, db = ((at[1] - at[0]) * np.linalg.norm(d) for at, d in ((alpha, where.a), (beta, where.b)))
    value = cost(problem)
    t = np.linspace(alpha[0], alpha[-1], 2 * size - 1)
    along = slices.line(value, where.origin, where.a, t)
    low, high = slices.curvatures(values, da, db)
    ratio = slices.ratio(low, high)
    measured = {
        "cost": value(where.origin),
        "test accuracy, %": kept.accuracy,
        "highest cost": float(values.max()),
        BENT: 100 * float(np.mean(low < 0)),
        ROUGH: float(np.mean(np.minimum(ratio, 1))),
        MINIMA: slices.minima(values),
        **remark,
    }
    titled = f"{name}, {problem.depth} blocks"
    side = surface_figures.Side(
        titled, alpha, beta, values, ratio, marks, t, along, remark.get("barrier")
    )
    return side, measured


def _track(report: Report, name: str, rows: Iterable[Any], total: int) -> Iterable[Any]:
    return report.track(rows, f"{name}: rows", total)


def _plane(
    problem: Problem, plane: str, points: Array, vectors: str, seed: int
) -> tuple[Plane, Array, dict[str, float]]:
    """Returns the plane, the points (α, β) to mark on it, and its own measures."""
    C = problem.surface()
    θ = C.theta
    here = np.zeros((1, 2))
    if plane == "random":
        return slices.random_plane(C, θ, seed, vectors), here, {}
    if plane == "hessian":
        with slices.batch_norm(C.model, problem.statistics), one_thread():
            found, λ = slices.hessian_plane(C, θ, steps=20, seed=seed)
        length = np.sqrt(2 / λ[0])
        found = Plane(θ, length * found.a, length * found.b)
        return found, here, {"λ₁": float(λ[0]), "λ₂": float(λ[1])}
    if plane == "trajectory":
        found, explained = slices.trajectory_plane(points)
        shares = {
            f"axis {i}, % of variance (of a random walk {100 * walk:.0f})": 100 * float(s)
            for i, (s, walk) in enumerate(zip(explained, slices.RANDOM_WALK, strict=True), 1)
        }
        return found, found.coordinates(points), shares
    start, first, second = points[0], points[-2], points[-1]
    found = slices.through(first, second, start)
    marks = found.coordinates(np.array([start, first, second]))
    return found, marks, {"barrier": _barrier(problem, found)}


def _barrier(problem: Problem, plane: Plane) -> float:
    """Returns how far the cost between two solutions rises above the line between their costs."""
    t = np.linspace(0, 1, 21)
    C = slices.line(cost(problem), plane.origin, plane.a, t)
    return float(np.max(C - (C[0] + t * (C[-1] - C[0]))))


def _judge(report: Report, numbers: dict[str, float], plane: str, chosen: Sequence[str]) -> None:
    parts, smoother = [], []
    depth, first = int(numbers["depth"]), int(numbers["chaotic from"])
    for statistics in chosen:
        (bent, rough, minima) = (
            [numbers[f"{key} {name}, {statistics}, {depth} blocks"] for name in NAMES]
            for key in (BENT, ROUGH, MINIMA)
        )
        smoother.append(surface_figures.CLEARLY * rough[0] < rough[1])
        parts.append(
            f"with {statistics} statistics the slice is not convex at {bent[0]:.0f} % of the "
            f"points with shortcuts and {bent[1]:.0f} % without, mean |λmin/λmax| {rough[0]:.2f} "
            f"and {rough[1]:.2f}, local minima {minima[0]:.0f} and {minima[1]:.0f}"
        )
    costs = [numbers[f"cost {name}, {chosen[0]}, {depth} blocks"] for name in NAMES]
    report.verdict(
        "surfaces are non smooth (no shortcuts) or smooth (shortcuts)",
        "holds with a condition" if any(smoother) else "does not hold",
        f"on this {plane} plane of networks of {depth} blocks, {'; '.join(parts)}. The "
        "conditions: the depth "
        f"({f'chaotic from {first} blocks on' if first else 'never chaotic at these depths'}), "
        "the statistics of batch norm (if the network has it) and the plane decide how large the "
        f"difference is; the same training brought the networks to a cost of {costs[0]:.2g} and "
        f"{costs[1]:.2g}; and the slices have two of many dimensions, at the scale of the grid. "
        "Strictly, with ReLU both costs have kinks everywhere, and with tanh both are smooth.",
    )
