r"""Extrema or saddles: the critical points of small networks, and how descent leaves saddles.

The lecture notes: "probability to get to the local extrema is very low: p = 2^{−L}", where L is the
number of layers; later p = 2^{−160000000}, where the exponent is a number of parameters. The idea:
at a critical point each eigenvalue of the Hessian has a sign, and each sign is an independent fair
coin.

Tanh networks of several depths and widths classify the digits 0, 1, 2 (or breast cancer) by their
first principal components:

    C(θ) = (1/N) Σ ℓ(F_θ(x_n), y_n) + ½ λ ‖θ‖²

ℓ is the cross entropy. Critical points are searched by Newton's method and by minimising ½‖∇C‖²
(refnet.landscape.critical), from random points and from points on gradient descents, as Dauphin et
al. did. Descents by L-BFGS, finished by saddle-free Newton, show what a training finds. Each
critical point has a loss and an index, the fraction of its negative eigenvalues. The share of
minima is compared with 2^{−L} and with 2^{−n} for n parameters.

Flat directions. Without the last term C has many: softmax ignores a constant that is added to all
outputs; the incoming weights of a unit with outgoing weights 0 are arbitrary; and on separable data
the minimum is at infinity. With λ > 0, C grows in all directions, so minima exist, and such zero
eigenvalues become λ. It also makes θ = 0, with fitted output biases, a minimum for three and more
layers: there the mean loss has second derivatives only with respect to these biases. An eigenvalue
within 10⁻⁶ of the largest one counts as zero. A point with zero but without negative eigenvalues is
degenerate, which is not a minimum.

Assumption: the points that the searches find represent all critical points. Which points they find
depends on the method and the starts. Searches that end where ∇C ≠ 0 are counted and left out.

Source:
    Dauphin et al. 2014; Bray and Dean 2007; Frye et al. 2021; Kawaguchi 2016
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
from refnet.studies import checks, escape, steps
from refnet.studies.critical_points import Found, interval, tell
from refnet.studies.data import classes
from refnet.studies.report import Report
from refnet.training.errors import InputError

FEATURES, EXAMPLES, CLASSES = 4, 100, 3
SCALE = 0.7  # the standard deviation of random parameters
TIMES = (0, 30, 100, 400)  # steps of gradient descent after which a search starts
RATE = 0.3
TOLERANCE = 1e-7  # of ‖∇C‖
HESSIANS = 60  # the largest number in a search


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
    """Finds critical points, compares the share of minima with 2^{−L}, and leaves saddles.

    Args:
        report: the terminal and the folder
        data: digits or breast-cancer
        depths: the numbers L of layers
        widths: the widths of the hidden layers
        starts: the number of gradient descents of each network, with several searches from each
        decay: λ
        seed: the seed of all random numbers

    Returns:
        "rank correlation" (the mean over networks of that of loss and index), "shares" (pairs of
        counts, the minima and all: "by layers", "by layers and width", "by start", "of descents"),
        "minima at zero" (with the cost of θ = 0, a minimum), "stuck" (the share of the searches),
        and the numbers of refnet.studies.escape

    Raises:
        InputError: for other data, and for numbers that are not positive
    """
    checks.one_of(("digits", "breast-cancer"), data=data)
    checks.positive(starts=starts, decay=decay, depths=min(depths), widths=min(widths))
    if max(depths) < 2:
        raise InputError(
            f"--depths must include 2 or more, got {max(depths)}: one layer has no saddles"
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
    """Returns the first principal components of some examples, standardised, and their classes."""
    examples = classes(data, seed, refnet.float64)
    y = examples.y.numpy()
    rows = np.flatnonzero(y < CLASSES)[:EXAMPLES]
    x = examples.x.numpy()[rows]
    x = x - x.mean(0)
    x = x @ np.linalg.svd(x, full_matrices=False)[2][:FEATURES].T
    return x / x.std(0), y[rows]


def network(sizes: Sequence[int], x: Array, y: Array, decay: float) -> Stacked:
    """Returns C of a tanh network; θ has the matrix (in, out) and the bias of each layer."""
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
    """Returns a random point and the points of gradient descent from it at TIMES."""
    θ, kept = SCALE * rng.standard_normal(C.size), []
    for t in range(TIMES[-1] + 1):
        if t in TIMES:
            kept.append(θ)
        θ = θ - RATE * C.gradient(θ)
    return kept


def descend(C: Stacked, start: Array) -> Critical:
    """Returns the end of L-BFGS, made precise by saddle-free Newton."""
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
        "\nThe heuristic treats the signs of the eigenvalues as independent fair coins, one per "
        "layer.\nThere is one sign per parameter, and it depends on the loss (rank "
        "correlation).\nOne layer refutes it: C is convex, its only critical point is a minimum, "
        "and 2⁻ᴸ = 1/2.\nFor two and more layers the interval of the share contains 2⁻ᴸ for L = "
        f"{', '.join(held) or 'none'};\nthese intervals are wide, and the share depends on the "
        f"width and the start of the searches.\n{measured['minima at zero']} of the {k} minima "
        f"have the cost of θ = 0, because of ½λ‖θ‖².\n{measured['stuck']:.0%} of the searches "
        "ended where the gradient is not zero; they are left out.\nThe shares do not count all "
        "critical points of each kind: the searches favour some kinds."
    )
    report.verdict(
        "a critical point is an extremum with p = 2^{−L}, and a saddle almost surely",
        "does not hold",
        f"the number is unfounded, though saddles prevail at a high loss: {k} of {n} critical "
        "points of networks with two and more layers were minima. Within one network the share "
        "depends on the loss (rank correlation of loss and index "
        f"{measured['rank correlation']:.2f}) and so on the search: {early[0]} of {early[1]} "
        f"points found from random points were minima, {late[0]} of {late[1]} found from the ends "
        f"of gradient descents, and {down} of {descents} ends of L-BFGS.",
    )
