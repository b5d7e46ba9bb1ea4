r"""Extrema or saddles: of which kind the critical points of small networks are, and how saddles are left.

The notes: "probability to get to the local extrema is very low: p = 2^{−L}", L being the number of layers;
then p = 2^{−160000000}, which is a number of parameters. The thought behind it: at a critical point each
eigenvalue of the Hessian has a sign, and each sign is a fair coin of its own.

What is computed. Tanh networks of some depths and widths classify the digits 0, 1, 2 (or breast cancer) by
their first principal components:

    C(θ) = (1/N) Σ ℓ(F_θ(x_n), y_n) + ½ λ ‖θ‖²       ℓ: cross entropy

Critical points are searched with Newton's steps and with ½‖∇C‖² (refnet.landscape.critical), from random
points and from points along gradient descents, as Dauphin et al. did; and descents by L-BFGS, ended by
saddle-free Newton, show what a training finds. Each critical point has a loss and an index, the fraction
of its eigenvalues that are negative. The share of minima is laid beside 2^{−L} and 2^{−n}, n parameters.

Flat directions. Without the last term of C there are many: the softmax does not see what is added to
all outputs, a unit whose outgoing weights are 0 may have any incoming ones, and on separable data the
minimum is at infinity. λ > 0 makes C grow in all directions, so that there are minima, and turns
such zeros into λ. It also makes θ = 0, with fitted output biases, a minimum from three layers on: there the
mean loss has no second order but in these biases. An eigenvalue within 10⁻⁶ of the largest one
still counts as zero; a point without negative ones but with zeros is degenerate, no minimum.

Assumed: points that searches find stand for critical points. Which are found depends on the search and the
starts; searches that end where ∇C ≠ 0 are counted and left out.

Sources: Dauphin et al. 2014; Bray and Dean 2007; Frye et al. 2021; Kawaguchi 2016.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

import refnet
from refnet.landscape import critical
from refnet.landscape.critical import Critical
from refnet.landscape.stacked import Stacked
from refnet.nn import functional as F
from refnet.ops.blas import one_thread
from refnet.ops.rule import Array
from refnet.studies import escape, steps
from refnet.studies.data import classes
from refnet.studies.report import BLUE, GREEN, GREY, ORANGE, RED, Report, figure
from refnet.tensor import Tensor
from refnet.training.errors import InputError

FEATURES, EXAMPLES, CLASSES = 4, 100, 3
SCALE = 0.7  # the standard deviation of random parameters
TIMES = (0, 30, 100, 400)  # steps of gradient descent after which a search starts
RATE = 0.3
TOLERANCE = 1e-7  # of ‖∇C‖
HESSIANS = 60  # of a search, at most
COLORS = (BLUE, ORANGE, GREEN, RED)


class Found(NamedTuple):
    """A network's layers, width and C, and where its searches (by the number in TIMES) and descents ended."""

    depth: int
    width: int
    C: Stacked
    searches: list[tuple[int, Critical]]
    descents: list[Critical]
    origin: Critical

    @property
    def critical(self) -> list[Critical]:
        """The searches that ended in a critical point."""
        return [c for _, c in self.searches if c.converged]


@one_thread()  # the products are small: several threads would wait for each other
def run(
    report: Report,
    *,
    data: str = "digits",
    depths: Sequence[int] = (1, 2, 3, 4),
    widths: Sequence[int] = (2, 3),
    starts: int = 6,
    decay: float = 1e-3,
    seed: int = 0,
) -> dict[str, Any]:
    """Find critical points, lay the share of minima beside 2^{−L}, leave saddles.

    Arguments
        data     digits or breast-cancer
        depths   numbers L of layers
        widths   of the hidden layers
        starts   gradient descents of each network; searches start from several points of each
        decay    λ
        seed     decides what is drawn

    Returns "rank correlation" (of loss and index within a network, the mean), "shares" (pairs of counts, the
    minima and all: "by layers", "by layers and width", "by start", "of descents"), "stuck" (share of the
    searches), and what refnet.studies.escape measures.
    Raises InputError for numbers that are not positive.
    """
    numbers = {"starts": starts, "decay": decay, "depths": min(depths), "widths": min(widths)}
    for name, given in numbers.items():
        if not given > 0:
            raise InputError(f"{name} must be positive, got {given}")
    x, y = components(data, seed)
    shapes = [(L, h) for L in sorted(set(depths)) for h in (widths if L > 1 else widths[:1])]
    rng = np.random.default_rng(seed)
    found = []
    for L, h in shapes:
        C = network([x.shape[1], *[h] * (L - 1), int(y.max()) + 1], x, y, decay)
        origin = critical.newton(C, np.zeros(C.size), tolerance=TOLERANCE)
        found.append(Found(L, h, C, [], [], origin))
    jobs = [f for f in found for _ in range(starts)]
    for f in report.track(jobs, "searching critical points"):
        for i, point in enumerate(trajectory(f.C, rng)):
            for search in (critical.newton, critical.gradient_norm):
                end = search(f.C, point, tolerance=TOLERANCE, steps=HESSIANS)
                f.searches.append((i, end))
        f.descents.append(descend(f.C, SCALE * rng.standard_normal(f.C.size)))
    measured = _tell(report, found)
    saddles = [(f, c) for f in found for c in f.critical if c.kind == "saddle"]
    if saddles:
        f, steepest = min(saddles, key=lambda pair: pair[1].eigenvalues[0])
        measured |= escape.run(report, f.C, steepest, f"{f.depth} layers of width {f.width}", seed)
    _verdict(report, measured)
    return measured


# --- networks and searches ------------------------------------------------------------------


def components(data: str, seed: int) -> tuple[Array, Array]:
    """The first principal components of some examples, standardised, and their classes."""
    examples = classes(data, seed, refnet.float64)
    y = examples.y.numpy()
    rows = np.flatnonzero(y < CLASSES)[:EXAMPLES]
    x = examples.x.numpy()[rows]
    x = x - x.mean(0)
    x = x @ np.linalg.svd(x, full_matrices=False)[2][:FEATURES].T
    return x / x.std(0), y[rows]


def network(sizes: Sequence[int], x: Array, y: Array, decay: float) -> Stacked:
    """C of the tanh network of these sizes, its parameters layer by layer: the matrix (in, out), the bias."""
    inputs = refnet.from_numpy(x)
    onehot = refnet.from_numpy(np.eye(sizes[-1])[y] / len(y))

    def cost(θ: Tensor) -> Tensor:
        a, at = inputs, 0
        for layer, (m, n) in enumerate(pairwise(sizes)):
            W, b = θ[:, at : at + m * n], θ[:, at + m * n : at + m * n + n]
            a = (a.tanh() if layer else a) @ W.view(-1, m, n) + b.view(-1, 1, n)
            at += m * n + n
        loss = -(F.log_softmax(a, 2) * onehot).sum((1, 2))
        return loss + decay / 2 * (θ * θ).sum(1)

    return Stacked(cost, sum(m * n + n for m, n in pairwise(sizes)))


def trajectory(C: Stacked, rng: np.random.Generator) -> list[Array]:
    """A random point, and where gradient descent is from there after some TIMES."""
    θ, kept = SCALE * rng.standard_normal(C.size), []
    for t in range(TIMES[-1] + 1):
        if t in TIMES:
            kept.append(θ)
        θ = θ - RATE * C.gradient(θ)
    return kept


def descend(C: Stacked, start: Array) -> Critical:
    """Where L-BFGS goes, to the last digits by saddle-free Newton."""
    path = steps.walk(C, steps.STEP["L-BFGS"], 1.0, start, 100)
    return critical.saddle_free(C, path.points[-1], tolerance=TOLERANCE, steps=HESSIANS)


# --- what was found -----------------------------------------------------------------------


def _tell(report: Report, found: list[Found]) -> dict[str, Any]:
    rows = []
    for f in found:
        kinds = Counter(c.kind for c in f.critical)
        rows.append(
            [f.depth, f.width, f.C.size, len(f.searches), len(f.searches) - len(f.critical)]
            + [kinds[k] for k in ("minimum", "saddle", "maximum", "degenerate")]
            + [sum(c.signs[1] > 0 for c in f.critical)]
            + [f"{sum(c.kind == 'minimum' for c in f.descents)}/{len(f.descents)}", f.origin.kind]
        )
    report.table(
        "Critical points, by network (zeros: with a zero eigenvalue; descents: to minima)",
        ["L", "width", "n", "tried", "stuck", "min", "saddle", "max", "flat", "zeros", "descents", "at 0"],
        rows,
    )  # fmt: skip
    deep = [f for f in found if f.depth > 1]
    within = [
        (rank_correlation([c.value for c in f.critical], [c.index for c in f.critical]), f)
        for f in deep
    ]
    weights = [0 if np.isnan(r) else len(f.critical) for r, f in within]
    correlation = (
        float(np.average(np.nan_to_num([r for r, _ in within]), weights=weights))
        if any(weights)
        else float("nan")
    )
    shares: dict[str, dict[Any, tuple[int, int]]] = {
        "by layers": {
            L: share(f for f in found if f.depth == L) for L in sorted({f.depth for f in found})
        },
        "by layers and width": {(f.depth, f.width): share([f]) for f in found},
        "by start": {t: share(deep, i) for i, t in enumerate(TIMES)},
        "of descents": {"": ends(deep)},
    }
    measured = {
        "rank correlation": correlation,
        "shares": shares,
        "stuck": 1 - sum(len(f.critical) for f in found) / sum(len(f.searches) for f in found),
    }
    if any(f.critical for f in deep):
        _draw_index(report, [f for f in deep if f.critical], correlation)
    _tell_shares(report, found, shares)
    every = [(f, c) for f in found for c in f.critical]
    report.numbers(
        "critical-points",
        depth=np.array([f.depth for f, _ in every]),
        width=np.array([f.width for f, _ in every]),
        loss=np.array([c.value for _, c in every]),
        index=np.array([c.index for _, c in every]),
        zeros=np.array([c.signs[1] for _, c in every]),
    )
    return measured


def share(found: Iterable[Found], start: int | None = None) -> tuple[int, int]:
    """The minima among the critical points that were found (from this number of TIMES), and all these."""
    kinds = [c.kind for f in found for i, c in f.searches if c.converged and start in (None, i)]
    return kinds.count("minimum"), len(kinds)


def ends(found: Iterable[Found]) -> tuple[int, int]:
    """The descents that ended in a minimum, and all."""
    descents = [c for f in found for c in f.descents]
    return sum(c.converged and c.kind == "minimum" for c in descents), len(descents)


def rank_correlation(x: Sequence[float], y: Sequence[float]) -> float:
    """Spearman's: the correlation of the ranks, equal values sharing their mean rank. NaN below two."""

    def ranks(values: Sequence[float]) -> Array:
        _, group, counts = np.unique(np.round(values, 6), return_inverse=True, return_counts=True)
        shared: Array = (np.cumsum(counts) - (counts - 1) / 2)[group]
        return shared

    a, b = ranks(x), ranks(y)
    if len(a) < 2 or not a.std() or not b.std():
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def interval(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval of a share; all of [0, 1] without trials."""
    if not trials:
        return 0.0, 1.0
    p, w = successes / trials, z * z / trials
    middle, half = (p + w / 2) / (1 + w), (p * (1 - p) * w + w * w / 4) ** 0.5 / (1 + w)
    return max(0.0, middle - half), min(1.0, middle + half)


def _draw_index(report: Report, found: list[Found], correlation: float) -> None:
    depths = sorted({f.depth for f in found})
    drawing, axes = figure(
        3.6 * len(depths) + 0.6, 3.8, columns=len(depths), sharex=True, sharey=True
    )
    colors = dict(zip(sorted({f.width for f in found}), COLORS, strict=False))
    for panel, L in zip(axes[0], depths, strict=True):
        for f in (f for f in found if f.depth == L):
            many = Counter((round(c.value, 3), c.index) for c in f.critical)
            panel.scatter(
                [v for v, _ in many], [i for _, i in many], [25 * n**0.7 for n in many.values()],
                color=colors.get(f.width, GREY), alpha=0.6, lw=0, label=f"width {f.width}, n = {f.C.size}",
            )  # fmt: skip
        panel.set_title(f"{L} layers", fontsize=10)
        panel.set_xlabel("C at the critical point (nats)")
        panel.axhline(0, color=GREY, lw=0.8, zorder=0)
        panel.legend(frameon=False, fontsize=8, loc="upper left", markerscale=0.7)
        panel.set_ylim(-0.02, 1.25 * max(c.index for f in found for c in f.critical) + 0.02)
    axes[0, 0].set_ylabel("index (share of eigenvalues below 0)")
    up = "High critical points are saddles with many ways down, low ones have few"
    drawing.suptitle(
        f"{up if correlation > 0.3 else 'Loss and index'}: rank correlation {correlation:.2f}"
        "\n(a larger dot: found more often)", fontsize=11,
    )  # fmt: skip
    report.save(drawing, "saddles-index")


def _tell_shares(
    report: Report, found: list[Found], shares: dict[str, dict[Any, tuple[int, int]]]
) -> None:
    rows = []
    for L, (k, n) in shares["by layers"].items():
        sizes = [f.C.size for f in found if f.depth == L]
        low, high = interval(k, n)
        down = "/".join(map(str, ends(f for f in found if f.depth == L)))
        rows.append([L, f"{k}/{n}", f"{low:.2f} … {high:.2f}", down, 2.0**-L,
                     f"{2.0 ** -max(sizes):.0e} … {2.0 ** -min(sizes):.0e}"])  # fmt: skip
    report.table(
        "Share of minima", ["layers L", "of all found", "95 %", "of descents", "2⁻ᴸ", "2⁻ⁿ"], rows
    )
    drawing, axes = figure(10, 4.2, 2, sharey=True)
    by_layers, by_start = axes[0]
    widths = sorted({f.width for f in found})
    depths = sorted(shares["by layers"])
    by_layers.plot(depths, [2.0**-L for L in depths], color=GREY, lw=4, alpha=0.4, label="2⁻ᴸ")
    for i, h in enumerate(widths):
        at = [L for L in depths if (L, h) in shares["by layers and width"]]
        counts = [shares["by layers and width"][L, h] for L in at]
        place = np.array(at) + 0.1 * (i - (len(widths) - 1) / 2)
        _shares(by_layers, place, counts, COLORS[i % len(COLORS)], f"width {h}")
    by_layers.set_xticks(depths)
    by_layers.set_xlabel("layers L")
    by_layers.set_ylabel("share of minima among critical points")
    by_layers.set_ylim(-0.02, 1.05)
    by_layers.legend(frameon=False, fontsize=9)
    by_layers.set_title("By network, all searches (95 % intervals)", fontsize=10)
    counts = [*shares["by start"].values(), *shares["of descents"].values()]
    _shares(by_start, np.arange(len(counts)), counts, BLUE, "")
    by_start.set_xticks(range(len(counts)), [*map(str, TIMES), "L-BFGS\ndown"])
    by_start.set_xlabel("steps of gradient descent before the search")
    by_start.set_title("By where the search starts, two layers and more", fontsize=10)
    drawing.suptitle("The share of minima depends on the width and on the search, not on L alone")
    report.save(drawing, "saddles-share")


def _shares(panel: Any, x: Array, counts: list[tuple[int, int]], color: str, label: str) -> None:
    for at, (k, n) in zip(x, counts, strict=True):
        panel.plot([at, at], interval(k, n), color=color, lw=1.5)
    values = [k / n if n else np.nan for k, n in counts]
    panel.plot(x, values, "o", color=color, label=label or None)


def _verdict(report: Report, measured: dict[str, Any]) -> None:
    shares = measured["shares"]
    deep = [counts for L, counts in shares["by layers"].items() if L > 1]
    k, n = sum(k for k, _ in deep), sum(n for _, n in deep)
    early, late = (shares["by start"][t] for t in (TIMES[0], TIMES[-1]))
    down, descents = shares["of descents"][""]
    report.say(
        "\nThe heuristic takes the signs of the eigenvalues as independent fair coins, one for each layer."
        "\nThere is one for each parameter, and they are no coins: they go with the loss (rank correlation)."
        "\nOne layer refutes it: C is convex, its one critical point is a minimum, where 2⁻ᴸ says 1/2."
        f"\n{measured['stuck']:.0%} of the searches ended where the gradient is not zero, and are left out."
        "\nThe shares do not show how many critical points of each kind there are: searches favour some."
    )
    report.verdict(
        "a critical point is an extremum with p = 2^{−L}, and a saddle almost surely",
        "does not hold as a number; that saddles prevail holds with a condition",
        f"of {n} critical points of networks of two layers and more {k} were minima. Within a network "
        "it depends on the loss (rank correlation of loss and index "
        f"{measured['rank correlation']:.2f}), and so on the search: {early[0]} of {early[1]} found from random "
        f"points were minima, {late[0]} of {late[1]} found from the ends of descents by gradient, "
        f"{down} of {descents} ends of L-BFGS.",
    )
