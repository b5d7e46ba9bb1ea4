"""The notes: a loss has a "non smooth surface", or a "smooth surface" (Li et al.'s pictures, of a deep
network without and with residual connections).

Two networks of the same layers, with shortcuts and without, are trained on the digits, and the cost is
evaluated on a plane through each solution; see refnet.landscape.slices for the planes, for what is done with
biases and norm parameters (--vectors), and for the two kinds of statistics of batch norm.

The depth. The two are compared at growing depths, until the slice without shortcuts is chaotic: not convex
at more than half of its points (the mean over the statistics). The pictures show the depth at which the two
differ most in this share, both panels on one scale.

Which statistics. "running" ones belong to one θ: with them a slice shows the network of that θ when its
weights are moved, as Li et al. draw it. "data" ones belong to each point: they show what training sees. On
the planes random and hessian both are computed; on trajectory and solutions, which hold several networks,
"data".

How smooth a slice is, is measured on the grid: the share of the points where it is not convex (λmin < 0),
the mean of |λmin / λmax|, counted as 0 where λmin ≥ 0 and at most 1 (λ: the curvatures of the slice at the
scale of the grid's step), and the number of local minima. What this leaves out: p − 2 dimensions, everything
finer than the grid, and the other data. A slice that looks convex proves nothing about the rest; one that is
not convex does. And without shortcuts a deep network may hardly be trained: then its slice is that of the
place where the same training has left it, and the table has its cost.

Source: Li et al. 2018, "Visualizing the loss landscape of neural nets".
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
from refnet.studies import data, surface_figures
from refnet.studies.report import Report
from refnet.studies.surface_networks import NETWORKS, Problem, Solution, cost, solution
from refnet.training.errors import InputError, shown

PLANES = ("random", "hessian", "trajectory", "solutions")
BATCH_NORM = ("both", *slices.STATISTICS)
NAMES = ("with shortcuts", "without shortcuts")
BENT, ROUGH, MINIMA = "not convex, %", "|λmin/λmax|, mean", "local minima"
CHAOTIC = 50.0  # % of the points that are not convex
MARGIN = 0.3  # around what is marked, as a share of its extent


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
    """Both networks side by side, at growing depths.

    Args:
        depths: the numbers of residual blocks, in rising order up to the first chaotic one
        size: points along each axis
        span: random and Hessian plane: how far it reaches, in filter-normalised lengths or in those over
            which the steepest parabola rises by 1
        examples: of the training data, on which the cost is evaluated
        resume: take what was computed from the folder

    Returns what is measured, by name, network, statistics and depth ("cost with shortcuts, data, 5 blocks");
    the "depth" of the pictures; and "chaotic from", the depth of the first slice without shortcuts that is
    chaotic, 0 if none is.
    Raises InputError for arguments that cannot be used.
    """
    for name, given, known in (
        ("--network", network, NETWORKS),
        ("--plane", plane, PLANES),
        ("--vectors", vectors, slices.VECTORS),
        ("--batch-norm", batch_norm, BATCH_NORM),
    ):
        if given not in known:
            raise InputError(f"{name} must be one of {', '.join(known)}, got {shown(given)}")
    for name, number, least in (
        ("--size", size, 5), ("--depths", min(depths), 2), ("--epochs", epochs, 2),
        ("--examples", examples, 2), ("--processes", processes, 1),
    ):  # fmt: skip
        if number < least:
            raise InputError(f"{name} must be at least {least}, got {number}")
    if not 0 < span < np.inf:
        raise InputError(f"--span must be a positive number, got {span:g}")
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
    """The share of a network's slice that is not convex, in percent: the mean over the statistics."""
    return float(np.mean([numbers[f"{BENT} {name}, {s}, {depth} blocks"] for s in chosen]))


def _apart(numbers: dict[str, float], chosen: Sequence[str], depth: int) -> float:
    """By how much that share is larger without shortcuts."""
    smooth, rough = (_bent(numbers, name, chosen, depth) for name in NAMES)
    return rough - smooth


def _tell_depths(
    report: Report, name: str, numbers: dict[str, float], depths: list[int], chosen: Sequence[str]
) -> None:
    """How rough the slices are at each depth: a table, a figure, and what it says of chaos."""

    def of(key: str, network: str, statistics: str) -> list[float]:
        return [numbers[f"{key} {network}, {statistics}, {d} blocks"] for d in depths]

    columns = {"blocks": [str(d) for d in depths]}
    for statistics in chosen:
        for key, form in ((BENT, ".0f"), (ROUGH, ".2f"), (MINIMA, ".0f"), ("cost", ".2g")):
            pairs = zip(*(of(key, network, statistics) for network in NAMES), strict=True)
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
        {f"{n}, {s} statistics": (of(BENT, n, s), of(ROUGH, n, s)) for s in chosen for n in NAMES},
    )  # fmt: skip


def _side(
    report: Report, stem: str, name: str, problem: Problem, kept: Solution, plane: str, vectors: str,
    size: int, span: float, processes: int, minutes: float, resume: bool, seed: int,
) -> tuple[surface_figures.Side, dict[str, float]]:  # fmt: skip
    """One network's slice, and what is measured on it."""
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
    """The plane, the points to mark on it (α, β), and what is to be said about it."""
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
    """The most by which the cost between two solutions is above the straight line between their costs."""
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
            f"with {statistics} statistics the slice is not convex at {bent[0]:.0f} % of the points with "
            f"shortcuts and {bent[1]:.0f} % without, mean |λmin/λmax| {rough[0]:.2f} and {rough[1]:.2f}, "
            f"local minima {minima[0]:.0f} and {minima[1]:.0f}"
        )
    costs = [numbers[f"cost {name}, {chosen[0]}, {depth} blocks"] for name in NAMES]
    report.verdict(
        "surfaces may be non smooth (no shortcuts) or smooth (shortcuts)",
        "holds with a condition" if any(smoother) else "does not hold",
        f"on this {plane} plane of networks of {depth} blocks, {'; '.join(parts)}. The conditions: depth "
        f"({f'chaotic from {first} blocks on' if first else 'never chaotic at these depths'}); how large the "
        "difference is depends on the statistics that batch norm divides by (where there are any) and on the "
        "plane; the networks "
        f"stand where the same training has brought them, at a cost of {costs[0]:.2g} and {costs[1]:.2g}; "
        "the slices are two of many dimensions, at the scale of the grid. Strictly, with ReLU both costs "
        "have kinks everywhere, and with tanh both are smooth.",
    )
