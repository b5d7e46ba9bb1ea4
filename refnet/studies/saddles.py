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

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

import refnet
from refnet.engine.tensor import Tensor
from refnet.kernels.threads import one_thread
from refnet.landscape import critical
from refnet.landscape.critical import Critical
from refnet.landscape.stacked import Stacked
from refnet.nn import functional as F
from refnet.ops.rule import Array
from refnet.studies import escape, steps
from refnet.studies.critical_points import Found, interval, tell
from refnet.studies.data import classes
from refnet.studies.report import Report
from refnet.training.errors import InputError, shown

FEATURES, EXAMPLES, CLASSES = 4, 100, 3
SCALE = 0.7  # the standard deviation of random parameters
TIMES = (0, 30, 100, 400)  # steps of gradient descent after which a search starts
RATE = 0.3
TOLERANCE = 1e-7  # of ‖∇C‖
HESSIANS = 60  # of a search, at most


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

    Args:
        data: digits or breast-cancer
        depths: numbers L of layers
        widths: of the hidden layers
        starts: gradient descents of each network; searches start from several points of each
        decay: λ
        seed: decides what is drawn

    Returns "rank correlation" (of loss and index within a network, the mean), "shares" (pairs of counts, the
    minima and all: "by layers", "by layers and width", "by start", "of descents"), "minima at zero" (that
    have the cost of θ = 0, a minimum), "stuck" (share of the searches), and what refnet.studies.escape
    measures.
    Raises InputError for other data and numbers that are not positive.
    """
    if data not in ("digits", "breast-cancer"):
        raise InputError(f"data must be digits or breast-cancer, got {shown(data)}")
    numbers = {"starts": starts, "decay": decay, "depths": min(depths), "widths": min(widths)}
    for name, given in numbers.items():
        if not given > 0:
            raise InputError(f"{name} must be positive, got {given}")
    if max(depths) < 2:
        raise InputError(
            f"depths must go to 2 at least, got {max(depths)}: one layer has no saddles"
        )
    x, y = components(data, seed)
    shapes = [
        (L, h) for L in sorted(set(depths)) for h in sorted(set(widths))[: None if L > 1 else 1]
    ]
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
    measured = tell(report, found, TIMES)
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


def _verdict(report: Report, measured: dict[str, Any]) -> None:
    shares = measured["shares"]
    deep = [counts for L, counts in shares["by layers"].items() if L > 1]
    k, n = sum(k for k, _ in deep), sum(n for _, n in deep)
    early, late = (shares["by start"][t] for t in (TIMES[0], TIMES[-1]))
    down, descents = shares["of descents"][""]
    held = [
        str(L)
        for L, counts in shares["by layers"].items()
        if L > 1 and interval(*counts)[0] <= 2.0**-L <= interval(*counts)[1]
    ]
    report.say(
        "\nThe heuristic takes the signs of the eigenvalues as independent fair coins, one for each layer."
        "\nThere is one for each parameter, and they are no coins: they go with the loss (rank correlation)."
        "\nOne layer refutes it: C is convex, its one critical point is a minimum, where 2⁻ᴸ says 1/2."
        f"\nFrom two layers on the interval of the share contains 2⁻ᴸ for L = {', '.join(held) or 'none'};"
        "\nthese intervals are wide, and the share changes with the width and with the start of the searches."
        f"\n{measured['minima at zero']} of the {k} minima have the cost of θ = 0: ½λ‖θ‖² makes them."
        f"\n{measured['stuck']:.0%} of the searches ended where the gradient is not zero, and are left out."
        "\nThe shares do not show how many critical points of each kind there are: searches favour some."
    )
    report.verdict(
        "a critical point is an extremum with p = 2^{−L}, and a saddle almost surely",
        "does not hold",
        "the number has no ground, though high up saddles do prevail: of "
        f"{n} critical points of networks of two layers and more {k} were minima. Within one network it "
        "depends on the loss (rank correlation of loss and index "
        f"{measured['rank correlation']:.2f}), and so on the search: {early[0]} of {early[1]} found from "
        f"random points were minima, {late[0]} of {late[1]} found from the ends of descents by gradient, "
        f"{down} of {descents} ends of L-BFGS.",
    )
