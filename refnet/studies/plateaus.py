"""Wide plateaus: flatness after small and large batches, and the effect of rescaling.

The lecture notes: "get to the good enough (wide) plateau"; a wide plateau makes the model "robust
and stable for changes", "stable for mini-batches"; and for mini-batches "we have different but
similar functions".

Wide plateaus. From each of several starts a ReLU network is trained on the digits twice, once with
small and once with large batches, until the cost on the training data is below `target`. Both end
at the same cost, since a lower cross entropy is flatter. At both ends the study measures the
flatness of refnet.landscape.flatness, the accuracy on other data, and the cost of a mini-batch's
step, which says how stable the solution is for mini-batches:

    E C(θ − η g_B) − C(θ − η g)

Dinh's argument. The first layer is multiplied by α and the second by 1/α. The function stays the
same, but its sharpness changes.

Similar functions. C_B(θ + t d) of many mini-batches B along a line with filter-normalised d is
compared with their mean C: the correlation with C along the line, the spread as a function of the
batch size, and at θ the cosine of the angle between their gradients and C's.

Assumptions: one data set, one network architecture, no weight decay. ∇²C of a ReLU network does not
see its kinks; sharpness, noise and the lines do.

Source:
    Keskar et al. 2017, "On large-batch training for deep learning"; Dinh et al. 2017, "Sharp minima
    can generalize for deep nets"; Foret et al. 2021; Kwon et al. 2021 (see
    refnet.landscape.flatness)
"""

from typing import Any, NamedTuple

import numpy as np

import refnet
from refnet import nn
from refnet.kernels.threads import one_thread
from refnet.landscape import Surface, flatness, slices
from refnet.ops.rule import Array
from refnet.optim import SGD
from refnet.studies import checks, data, plateaus_figures
from refnet.studies.report import Report
from refnet.training.errors import InputError, TrainingError

RHO, SIGMA, ADAPTIVE_RHO = 0.05, 0.05, 0.5
SIZES = (8, 16, 32, 64)  # the sizes of the mini-batches whose spread is compared
BATCH = 32  # the size of those that are drawn
MOST_STEPS = 20_000
MEASURES = (
    "top eigenvalue", "trace", f"sharpness, ρ = {RHO}", f"noise, σ = {SIGMA}", "mini-batch step",
    f"adaptive sharpness, ρ = {ADAPTIVE_RHO}",
)  # fmt: skip


class Solution(NamedTuple):
    """θ on its surface, ‖∇C(θ)‖, the steps to it, and the accuracy on other data in percent."""

    surface: Surface
    theta: Array
    slope: float
    steps: int
    accuracy: float


@one_thread()  # the matrices are small: two threads would wait for each other
def run(
    report: Report,
    *,
    starts: int = 8,
    examples: int = 600,
    small: int = 16,
    large: int = 600,
    lr: float = 0.3,
    target: float = 0.01,
    width: int = 48,
    curves: int = 40,
    scale: float = 10.0,
    seed: int = 0,
) -> dict[str, float]:
    """Runs the study.

    Args:
        report: the terminal and the folder
        starts: the number of initial networks
        examples: the number of training examples; all others are for the test
        small: the small batch size
        large: the large batch size
        lr: the learning rate of SGD
        target: the cost at which a training ends
        width: the width of the hidden layers
        curves: the number of mini-batches whose curves are drawn
        scale: Dinh's α
        seed: the first seed

    Returns:
        the medians over the starts by name

    Raises:
        InputError: for arguments out of range
        TrainingError: if the target is not reached
    """
    checks.at_least(1, starts=starts, small=small, width=width)
    checks.at_least(SIZES[-1], examples=examples)
    checks.at_least(small + 1, large=large)
    checks.at_least(2, curves=curves)
    checks.positive(lr=lr, target=target, scale=scale)
    digits = data.classes("digits", seed)
    if examples >= len(digits.x) or large > examples:
        raise InputError(
            f"--examples must be below {len(digits.x)} and --large at most --examples, "
            f"got {examples} and {large}"
        )
    pairs: list[tuple[Solution, Solution]] = []
    measured: list[tuple[dict[str, float], dict[str, float]]] = []
    for start in report.track(range(starts), "starts"):
        a, b = (
            _train(digits, examples, batch, lr, target, width, seed + start)
            for batch in (small, large)
        )
        pairs.append((a, b))
        measured.append((_measures(a, lr, small, seed), _measures(b, lr, small, seed)))
    factors = {name: np.array([b[name] / a[name] for a, b in measured]) for name in MEASURES}
    accuracies = np.array([[s.accuracy for s in pair] for pair in pairs])
    report.table(
        f"Batches of {small} and of {large}, both to a cost of {target:g}: medians over {starts} "
        "starts",
        ["", f"batch {small}", f"batch {large}", "ratio", "large batch sharper in"],
        [
            [name, *(float(np.median([m[i][name] for m in measured])) for i in (0, 1)),
             float(np.median(factors[name])), f"{np.sum(factors[name] > 1)} of {starts}"]
            for name in MEASURES
        ]
        + [["test accuracy, %", *(float(v) for v in np.median(accuracies, axis=0)), "",
            f"better in {np.sum(accuracies[:, 1] > accuracies[:, 0])} of {starts}"],
           *([what, *(float(np.median([getattr(pair[i], key) for pair in pairs])) for i in (0, 1)),
              "", ""]
             for what, key in (("gradient's norm", "slope"), ("steps", "steps")))],
    )  # fmt: skip

    first = pairs[0][0]
    other, apart, dinh = _rescale(first, measured[0][0], scale, lr, small, seed)
    report.table(
        f"The same function twice: first layer × {scale:g}, second / {scale:g}",
        ["", "as trained", "rescaled", "ratio"],
        [[name, measured[0][0][name], other[name], dinh[name]] for name in MEASURES]
        + [["largest difference of an output", "", "", apart]],
    )
    similar = _similar(report, pairs[0], (small, large), curves, seed)
    plateaus_figures.measures(report, factors, dinh, scale)
    values = {name: np.array([[m[name] for m in pair] for pair in measured]) for name in MEASURES}
    report.numbers("plateaus", accuracies=accuracies, **values)
    numbers = {
        **{f"large / small: {name}": float(np.median(f)) for name, f in factors.items()},
        **{f"starts with large > small: {name}": int(np.sum(f > 1)) for name, f in factors.items()},
        **{f"rescaled / trained: {name}": f for name, f in dinh.items()},
        "accuracy small": float(np.median(accuracies[:, 0])),
        "accuracy large": float(np.median(accuracies[:, 1])),
        "outputs apart": apart,
        **similar,
    }
    _judge(report, numbers, starts, scale)
    return numbers


def _train(
    digits: data.Examples, n: int, batch: int, lr: float, target: float, width: int, seed: int
) -> Solution:
    refnet.manual_seed(seed)
    model = nn.Sequential(
        nn.Linear(64, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 10)
    )
    cost = nn.CrossEntropyLoss()
    x, y = digits.x[:n], digits.y[:n]
    optimizer = SGD(model.parameters(), lr=lr)
    steps = 0
    while True:
        for rows in data.batches(n, batch):
            optimizer.zero_grad()
            cost(model(x[rows]), y[rows]).backward()
            optimizer.step()
            steps += 1
            with refnet.no_grad():
                now = float(cost(model(x), y).item())
            if now < target:
                C = Surface(model, cost, x, y)
                x_rest = refnet.cat([digits.x[n:], digits.x_test])
                y_rest = refnet.cat([digits.y[n:], digits.y_test])
                slope = float(np.linalg.norm(C.gradient(C.theta)))
                return Solution(C, C.theta, slope, steps, data.accuracy(model, x_rest, y_rest))
        if steps > MOST_STEPS or not np.isfinite(now):
            raise TrainingError(
                f"after {steps} steps of batches of {batch} the cost is {now:.3g}, not below "
                f"{target:g}; another --lr or --target may do"
            )


def _measures(
    solution: Solution, lr: float, batch: int, seed: int, theta: Array | None = None
) -> dict[str, float]:
    C = solution.surface
    θ = solution.theta if theta is None else theta
    values = (
        flatness.top_eigenvalue(C, θ, steps=20, seed=seed),
        flatness.trace(C, θ, draws=24, seed=seed)[0],
        flatness.sharpness(C, θ, RHO, seed=seed),
        flatness.noise(C, θ, SIGMA, seed=seed)[0],
        _step(C, θ, lr, batch, seed),
        flatness.adaptive_sharpness(C, θ, ADAPTIVE_RHO, seed=seed),
    )
    return dict(zip(MEASURES, values, strict=True))


def _step(C: Surface, theta: Array, lr: float, batch: int, seed: int) -> float:
    """Returns E C(θ − η g_B) − C(θ − η g), the cost of a mini-batch's step."""
    rng, n = np.random.default_rng(seed), len(C.x)
    whole = C.value(theta - lr * C.gradient(theta))
    rises = [
        C.value(theta - lr * C.gradient(theta, rng.choice(n, batch, replace=False))) - whole
        for _ in range(64)
    ]
    return float(np.mean(rises))


def _rescale(
    solution: Solution, before: dict[str, float], α: float, lr: float, batch: int, seed: int
) -> tuple[dict[str, float], float, dict[str, float]]:
    """Returns the measures at the rescaled θ, the difference of outputs, and the ratios."""
    C = solution.surface
    θ = flatness.rescaled(C, solution.theta, (α, α, 1 / α, 1, 1, 1))
    apart = float(np.abs(C.outputs(θ) - C.outputs(solution.theta)).max())
    with np.errstate(over="ignore"):
        after = _measures(solution, lr, batch, seed, θ)
    return after, apart, {name: after[name] / before[name] for name in MEASURES}


def _similar(
    report: Report, pair: tuple[Solution, Solution], sizes: tuple[int, int], curves: int, seed: int
) -> dict[str, float]:
    """Reports the mini-batches' costs along a line, and returns measures of their similarity."""
    t = np.linspace(-1, 1, 61)
    found: list[dict[str, float]] = []
    sides: list[plateaus_figures.Family] = []
    for solution, size in zip(pair, sizes, strict=True):
        C, θ = solution.surface, solution.theta
        d = slices.random_direction(C, θ, seed, "whole")
        each = np.array([_each(C, θ + s * d) for s in t])  # (t, examples)
        rng, draws = np.random.default_rng(seed), max(curves, 200)
        families = {
            B: np.stack([each[:, rng.choice(len(C.x), B)].mean(1) for _ in range(draws)])
            for B in SIZES
        }
        mean, family = each.mean(1), families[BATCH]
        spreads = {B: float(families[B].std(0).mean()) for B in SIZES}
        g = C.gradient(θ)
        slopes = [C.gradient(θ, rng.choice(len(C.x), BATCH)) for _ in range(curves)]
        alike = [np.corrcoef(c, mean)[0, 1] for c in family]
        cosines = [g @ s / np.linalg.norm(g) / np.linalg.norm(s) for s in slopes]
        power = np.polyfit(np.log(SIZES), np.log(list(spreads.values())), 1)[0]
        found.append(
            {
                "correlation with the mean": float(np.mean(alike)),
                "spread / rise": spreads[BATCH] / float(np.ptp(mean)),
                "spread's power of B": float(power),
                "lowest points' spread": float(t[family.argmin(1)].std()),
                "cosine of the gradients": float(np.mean(cosines)),
            }
        )
        sides.append(plateaus_figures.Family(size, mean, family[:curves], float(np.mean(alike))))
    plateaus_figures.families(report, t, sides, BATCH)
    report.table(
        f"The cost of mini-batches of {BATCH} along a line",
        ["", *(f"batch {size}" for size in sizes)],
        [[name, *(side[name] for side in found)] for name in found[0]],
    )
    return {
        f"{name}, {which}": value
        for which, side in zip(("small", "large"), found, strict=True)
        for name, value in side.items()
    }


@refnet.no_grad()
def _each(C: Surface, theta: Array) -> Array:
    """Returns the cost of each example."""
    out: Any = refnet.from_numpy(C.outputs(theta))
    found: Array = nn.functional.cross_entropy(out, C.y, reduction="none").numpy()
    return found


def _judge(report: Report, numbers: dict[str, float], starts: int, scale: float) -> None:
    top, _, sharp, noise, step, adaptive = MEASURES
    batch = {name: numbers[f"large / small: {name}"] for name in MEASURES}
    dinh = {name: numbers[f"rescaled / trained: {name}"] for name in MEASURES}
    report.verdict(
        "a wide plateau is robust and stable, for mini-batches too",
        "holds with a condition",
        f"over {starts} starts the large batch's solutions have {batch[top]:.2f} times the top "
        f"eigenvalue, lose {batch[noise]:.2f} times as much to noise, and {batch[step]:.2f} times "
        "as much to a step by a mini-batch's gradient; test accuracy "
        f"{numbers['accuracy small']:.1f} (small) and {numbers['accuracy large']:.1f} % (large). "
        f"SAM's sharpness, {batch[sharp]:.2f} times, includes the slope, which is larger after "
        "small batches. The condition: width depends on the scale of the weights. With the "
        f"layers × {scale:g} and / {scale:g} the same function (outputs apart by "
        f"{numbers['outputs apart']:.0e}) has {dinh[top]:.0f} times the top eigenvalue and loses "
        f"{dinh[step]:.0f} times as much to a mini-batch's step; adaptive sharpness stays, × "
        f"{dinh[adaptive]:.3f}. So width says how far these weights can be moved, but alone not "
        "how well the function generalises.",
    )
    alike = min(numbers[f"correlation with the mean, {which}"] for which in ("small", "large"))
    cosines = [numbers[f"cosine of the gradients, {which}"] for which in ("small", "large")]
    power = np.mean([numbers[f"spread's power of B, {which}"] for which in ("small", "large")])
    report.verdict(
        "for mini-batches we have different but similar functions",
        "holds" if alike > 0.9 else "holds with a condition",
        f"along a line the costs of mini-batches of {BATCH} correlate with that of all the data "
        f"by {alike:.3f} or more, on average, and their spread falls as B to the power of "
        f"{power:.2f} (independent examples: −0.5). What the line does not show: at the "
        "solutions, where C is flat, the batches' gradients have a mean cosine of "
        f"{cosines[0]:.2f} and {cosines[1]:.2f} with C's.",
    )
