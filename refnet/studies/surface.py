"""The notes: a loss has a "non smooth surface", or a "smooth surface" (Li et al.'s pictures, of a deep
network without and with residual connections).

Two networks of the same layers, with shortcuts and without, are trained on the digits, and the cost is
evaluated on a plane through each solution; see refnet.landscape.slices for the planes, for what is done with
biases and norm parameters (--vectors) and with the statistics of batch norm (--batch-norm).

How smooth a slice is, is measured on the grid: the share of the points where it is not convex (λmin < 0),
the mean of |λmin / λmax|, counted as 0 where λmin ≥ 0 and at most 1 (λ: the curvatures of the slice at the
scale of the grid's step), and the number of local minima. What this leaves out: p − 2 dimensions, everything
finer than the grid, and the other data. A slice that looks convex proves nothing about the rest; one that is
not convex does.

Source: Li et al. 2018, "Visualizing the loss landscape of neural nets".
"""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import refnet
from refnet import nn
from refnet.landscape import Surface, slices
from refnet.landscape.grid import grid, one_thread
from refnet.landscape.slices import Plane
from refnet.models import resnet
from refnet.ops.rule import Array
from refnet.optim.swa_utils import update_bn
from refnet.studies import data, surface_figures
from refnet.studies.report import Report
from refnet.training.errors import InputError, shown

NETWORKS = ("resnet", "tanh")
PLANES = ("random", "hessian", "trajectory", "solutions")
NAMES = ("with shortcuts", "without shortcuts")
BATCH, MARGIN = 64, 0.3


class Problem(NamedTuple):
    """A network and its data, in a form that goes from process to process."""

    network: str
    depth: int
    shortcuts: bool
    statistics: str
    state: dict[str, Array]
    x: Array
    y: Array

    def surface(self) -> Surface:
        """Its cost as a function of its parameters."""
        model = build(self.network, self.depth, self.shortcuts)
        model.load_state_dict({k: refnet.from_numpy(a) for k, a in self.state.items()})
        x, y = refnet.from_numpy(self.x), refnet.from_numpy(self.y)
        return Surface(model, nn.CrossEntropyLoss(), x, y)


def cost(problem: Problem) -> Callable[[Array], float]:
    """C(θ) with the problem's statistics of batch norm."""
    C = problem.surface()

    def value(theta: Array) -> float:
        with slices.batch_norm(C.model, problem.statistics):
            return C.value(theta)

    return value


class Residual(nn.Module):
    """y = tanh(W x + b), plus x with a shortcut."""

    def __init__(self, width: int, shortcut: bool) -> None:
        super().__init__()
        self.linear, self.shortcut = nn.Linear(width, width), shortcut

    def forward(self, x: refnet.Tensor) -> refnet.Tensor:
        y = refnet.tanh(self.linear(x))
        return x + y if self.shortcut else y


def build(network: str, depth: int, shortcuts: bool, width: int = 8) -> Any:
    """A network for the digits, (N, 64) -> (N, 10), with so many residual blocks."""
    if network == "tanh":
        blocks = [Residual(4 * width, shortcuts) for _ in range(depth)]
        return nn.Sequential(nn.Linear(64, 4 * width), *blocks, nn.Linear(4 * width, 10))
    stages = (depth - depth // 2, depth // 2)
    return nn.Sequential(
        nn.Unflatten(1, (1, 8, 8)),
        resnet.build(refnet, 1, 10, stages, width, shortcuts=shortcuts),
    )


def run(
    report: Report,
    *,
    network: str = "resnet",
    plane: str = "random",
    depth: int = 10,
    size: int = 31,
    span: float = 1.0,
    epochs: int = 10,
    examples: int = 128,
    vectors: str = "zero",
    batch_norm: str = "data",
    processes: int = 2,
    minutes: float = 60.0,
    resume: bool = False,
    seed: int = 0,
) -> dict[str, float]:
    """Both networks side by side. Returns what is measured, by name and network.

    Arguments
        size      points along each axis
        span      random and Hessian plane: how far it reaches, in filter-normalised lengths or in those over
                  which the steepest parabola rises by 1
        examples  of the training data, on which the cost is evaluated
        resume    take what was computed from the folder

    Raises InputError for arguments that cannot be used.
    """
    for name, given, known in (
        ("--network", network, NETWORKS),
        ("--plane", plane, PLANES),
        ("--vectors", vectors, slices.VECTORS),
        ("--batch-norm", batch_norm, slices.STATISTICS),
    ):
        if given not in known:
            raise InputError(f"{name} must be one of {', '.join(known)}, got {shown(given)}")
    for name, number, least in (
        ("--size", size, 5), ("--depth", depth, 2), ("--epochs", epochs, 2),
        ("--examples", examples, 2), ("--processes", processes, 1),
    ):  # fmt: skip
        if number < least:
            raise InputError(f"{name} must be at least {least}, got {number}")
    if not 0 < span < np.inf:
        raise InputError(f"--span must be a positive number, got {span:g}")
    digits = data.classes("digits", seed)
    found: list[surface_figures.Side] = []
    numbers: dict[str, float] = {}
    for name, shortcuts in zip(NAMES, (True, False), strict=True):
        stem = f"surface-{network}-{plane}-{name.split()[0]}"
        recipe = f"{network} {depth} {shortcuts} {epochs} {seed} {plane == 'solutions'}"
        points, state, test = _solution(
            report, stem, recipe, digits, network, depth, shortcuts, epochs, seed,
            second=plane == "solutions", resume=resume,
        )  # fmt: skip
        x, y = digits.x[:examples].numpy(), digits.y[:examples].numpy()
        problem = Problem(network, depth, shortcuts, batch_norm, state, x, y)
        where, marks, remark = _plane(problem, plane, points, vectors, seed)
        reach = np.array([[-span, span]] * 2)
        if plane in {"trajectory", "solutions"}:
            edge = MARGIN * np.ptp(marks, axis=0).max()
            reach = np.stack([marks.min(0) - edge, marks.max(0) + edge], axis=1)
        alpha, beta = (np.linspace(low, high, size) for low, high in reach)
        file = report.folder.path / f"{stem}.npz"
        try:
            values = grid(
                partial(cost, problem), where, alpha, beta, processes=processes, file=file,
                resume=resume, minutes=minutes,
                track=partial(_track, report, name),
            )  # fmt: skip
        except ValueError as error:
            raise InputError(str(error)) from error
        report.written.append(file)
        lengths = np.linalg.norm(where.a), np.linalg.norm(where.b)
        low, high = slices.curvatures(
            values, *((c[1] - c[0]) * n for c, n in zip((alpha, beta), lengths, strict=True))
        )
        ratio = slices.ratio(low, high)
        measured = {
            "cost": cost(problem)(where.origin),
            "test accuracy, %": test,
            "highest cost": float(values.max()),
            "not convex, %": 100 * float(np.mean(low < 0)),
            "|λmin/λmax|, mean": float(np.mean(np.minimum(ratio, 1))),
            "local minima": slices.minima(values),
            **remark,
        }
        if plane == "solutions":
            measured["barrier"] = _barrier(problem, where)
        numbers |= {f"{key} {name}": float(v) for key, v in measured.items()}
        found.append(surface_figures.Side(name, alpha, beta, values, ratio, marks))
    keys = list(measured)
    report.table(
        f"The {plane} plane, {size} x {size} points, batch norm by {batch_norm} statistics",
        ["", *NAMES],
        [[key, *(numbers[f"{key} {name}"] for name in NAMES)] for key in keys],
    )
    surface_figures.draw(report, f"surface-{network}-{plane}", found, plane)
    _judge(report, numbers, plane)
    return numbers


def _solution(
    report: Report, stem: str, recipe: str, digits: data.Examples, network: str, depth: int,
    shortcuts: bool, epochs: int, seed: int, *, second: bool, resume: bool,
) -> tuple[Array, dict[str, Array], float]:  # fmt: skip
    """θ at the start and after each epoch (and a second solution at the end), the state, the test accuracy.

    It is kept in the folder, since a training may end elsewhere in the last digits on another day.
    """
    file = report.folder.path / f"{stem}-solution.npz"
    if resume and file.exists():
        kept = _read(file, recipe)
        if kept is not None:
            return kept
    trainings = []
    for order in range(2 if second else 1):
        refnet.manual_seed(seed)
        model = build(network, depth, shortcuts)
        C = Surface(model, nn.CrossEntropyLoss(), digits.x[:1], digits.y[:1])
        points = [C.theta]
        refnet.manual_seed(seed + 1 + order)  # the same start, another order of the batches
        data.train(
            model, C.cost, digits.x, digits.y, epochs=epochs, batch=BATCH, lr=0.05,
            after_epoch=partial(_note, points, C),
            report=report, what=f"training, {'with' if shortcuts else 'without'} shortcuts",
        )  # fmt: skip
        # The statistics of the solution, not the average of those on the way to it.
        update_bn([(digits.x,)], model)
        trainings.append((points, model))
    points, model = trainings[0]
    path = np.array([*points, *(p[-1] for p, _ in trainings[1:])])
    state = {k: t.detach().numpy().copy() for k, t in model.state_dict().items()}
    test = data.accuracy(model, digits.x_test, digits.y_test)
    arrays = {f"state.{k}": a for k, a in state.items()}
    arrays |= {"points": path, "test": np.array(test), "recipe": np.array(recipe)}
    report.numbers(file.stem, **arrays)
    return path, state, test


def _track(report: Report, name: str, rows: Iterable[Any], total: int) -> Iterable[Any]:
    return report.track(rows, f"{name}: rows", total)


def _note(points: list[Array], C: Surface, epoch: int) -> None:
    points.append(C.theta)


def _read(file: Path, recipe: str) -> tuple[Array, dict[str, Array], float] | None:
    """What _solution has written, if it was with these settings."""
    with file.open("rb") as opened, np.load(opened, allow_pickle=False) as kept:
        if str(kept["recipe"]) != recipe:
            return None
        state = {k.removeprefix("state."): kept[k] for k in kept.files if k.startswith("state.")}
        return kept["points"], state, float(kept["test"])


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
        shares = {f"axis {i}, % of variance": 100 * float(s) for i, s in enumerate(explained, 1)}
        return found, found.coordinates(points), shares
    start, first, second = points[0], points[-2], points[-1]
    found = slices.through(first, second, start)
    return found, found.coordinates(np.array([start, first, second])), {}


def _barrier(problem: Problem, plane: Plane) -> float:
    """The most by which the cost between two solutions is above the straight line between their costs."""
    t = np.linspace(0, 1, 21)
    C = slices.line(cost(problem), plane.origin, plane.a, t)
    return float(np.max(C - (C[0] + t * (C[-1] - C[0]))))


def _judge(report: Report, numbers: dict[str, float], plane: str) -> None:
    rough = [numbers[f"|λmin/λmax|, mean {name}"] for name in NAMES]
    bent = [numbers[f"not convex, % {name}"] for name in NAMES]
    minima = [numbers[f"local minima {name}"] for name in NAMES]
    costs = [numbers[f"cost {name}"] for name in NAMES]
    smoother = rough[0] < rough[1]
    report.verdict(
        "surfaces may be non smooth or smooth",
        "holds with a condition" if smoother else "does not hold",
        f"on this {plane} plane the slice is not convex at {bent[0]:.0f} % of the points with shortcuts "
        f"and {bent[1]:.0f} % without, mean |λmin/λmax| {rough[0]:.2f} and {rough[1]:.2f}, local minima "
        f"{minima[0]:.0f} and {minima[1]:.0f}; task, layers and training are the same. The conditions: the "
        f"networks stand where training has brought them, at a cost of {costs[0]:.2g} and {costs[1]:.2g}, and the "
        "slices are two of many dimensions at the scale of the grid. Strictly, with ReLU both costs have kinks "
        "everywhere, with tanh both are smooth.",
    )
