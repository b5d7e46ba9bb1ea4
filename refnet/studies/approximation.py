r"""Universal approximation: the three theorems of the lecture notes, built, measured and limited.

The notes claim, for every bounded and continuous σ, that F(x) = Σ vᵢ σ(wᵢᵀx + bᵢ) comes within any
ε of any continuous f on [0,1]ᵐ (1) and on any compact K ⊂ ℝᵐ (2); and that for any integrable f on
ℝⁿ a ReLU network of width ≤ n + 4 has ∫|f − F| < ε (3). The study has four parts.

rates: max |F − f| against N for the notes' four σ, by random features and least squares
(refnet.approximation.fit), an upper bound for the least error.

proof: the network that the proof builds from f, ω and ε, its error on a fine grid, and the bound
that interval arithmetic proves for the whole cube (refnet.approximation.constructive).

exceptions: a constant σ, which the notes' condition admits, and a polynomial σ, which "bounded"
excludes but other statements of the theorem do not. The error stays above a bound for every N.

width: a network of width n + 4 built from f and ε (refnet.approximation.narrow); the bounds for all
networks of width n, and networks of width n that were trained.

Assumptions: f has a known modulus of continuity. Norms are maxima and means over grids unless the
table says "proved". Training is Adam on the mean of |f − F|, which finds a network but not a bound.

Source:
    the modules above; Hornik 1991, "Approximation capabilities of multilayer feedforward networks";
    Kim, Min & Park 2023, "Minimum width for universal approximation using ReLU networks on compact
    domain"
"""

from typing import Any

import numpy as np

from refnet import ops
from refnet.approximation import constructive
from refnet.approximation.constructive import Sigmoidal, lipschitz
from refnet.approximation.fit import fit, polynomial_distance, rate, sup_error
from refnet.approximation.shallow import grid
from refnet.kernels.threads import one_thread
from refnet.ops.rule import Array, Rule
from refnet.studies import approximation_width, checks
from refnet.studies.report import Report
from refnet.training.figures import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    RED,
    figure,
    headline,
    whole_decades,
)

SIGMOID = Sigmoidal(ops.sigmoid, 0.0, 1.0)
ROUNDING = 1e-10  # a smaller error is that of least squares, not that of F


def wave(x: Array) -> Array:
    """Returns a smooth function, whose derivative is at most 2π + 1."""
    y: Array = np.sin(2 * np.pi * x[:, 0]) * np.exp(-x[:, 0])
    return y


def kink(x: Array) -> Array:
    """Returns a function whose derivative, at most 2.8, jumps at 0.6."""
    y: Array = abs(x[:, 0] - 0.6) + 0.3 * np.sin(6 * x[:, 0])
    return y


def cone(x: Array) -> Array:
    """Returns a cone of height 0.4 on the square, with an edge and a tip."""
    y: Array = np.maximum(0, 0.4 - np.hypot(x[:, 0] - 0.5, x[:, 1] - 0.5))
    return y


def saddle(x: Array) -> Array:
    """Returns x₁ x₂, whose derivatives are at most 1 on the square."""
    y: Array = x[:, 0] * x[:, 1]
    return y


SIGMAS: dict[str, tuple[Rule, str, str]] = {
    "sigmoid": (ops.sigmoid, BLUE, "o-"),
    "tanh(x/2)": (ops.bipolar_sigmoid, PURPLE, "s--"),
    "ReLU": (ops.relu, ORANGE, "^-"),
    "leaky ReLU": (ops.leaky_relu, GREEN, "D--"),
}


def power(degree: int) -> Rule:
    """Returns the rule σ(z) = z^degree."""
    return lambda z: (z**degree, lambda dy: (dy,))


@one_thread()  # the least squares are small: several threads would wait for each other
def run(
    report: Report,
    *,
    units: int = 256,
    eps: float = 0.05,
    trainings: int = 8,
    steps: int = 400,
    seed: int = 0,
) -> dict[str, Any]:
    """Runs the study.

    Args:
        report: the terminal and the folder
        units: the largest N of the fits
        eps: the smallest ε of the networks built on [0, 1], from 0.025 to 0.25; on the square it is
            4 ε
        trainings: the number of trained networks of width n, for each n
        steps: the number of steps of Adam for each of them
        seed: the seed of all random numbers

    Returns:
        the measured numbers by name

    Raises:
        InputError: for values out of range
    """
    checks.at_least(16, units=units)
    checks.between(0.025, 0.25, eps=eps)
    checks.at_least(1, trainings=trainings, steps=steps)
    found: dict[str, Any] = {}
    found |= _rates(report, units, seed)
    found |= _proof(report, eps)
    found |= _exceptions(report, units, seed)
    found |= approximation_width.measure(report, eps, trainings, steps, seed)
    report.verdict(
        "F is dense in C([0,1]ᵐ) for every bounded and continuous σ",
        "holds with a condition",
        "that σ is not constant (Hornik). As printed it is false: σ = 1 is bounded and "
        f"continuous, and its error stays at {found['constant']:.2f}. For the sigmoid the error "
        "of the proof's network is below each ε, on the grid and in interval arithmetic. The "
        "statement is also narrower than necessary: the notes' ReLUs are unbounded and "
        "approximate as well. Exactly the continuous σ that are not polynomials do (Leshno et "
        "al.).",
    )
    report.verdict(
        "the same on any compact K",
        "holds with a condition",
        "the same one. f is extended from K to a cube, to which the first theorem applies; the "
        "inequality holds for x in K, where the notes print I_m.",
    )
    report.verdict(
        "ReLU networks of width ≤ n + 4 approximate any integrable f on ℝⁿ in L¹",
        "holds",
        "they were built for n = 1 and 2, with an error below ε. The price is depth: (2n + 1) "
        "layers for each of the (1/h)ⁿ cells. In the maximum norm of the first two theorems the "
        f"error of these networks is {found['narrow_max_error']:.2f}, at the margins of their "
        f"cells, and networks of width n have an error of at least {found['bound_max']:.2f} here.",
    )
    return found


# --- error against N --------------------------------------------------------------------------


def _unit_counts(most: int) -> Array:
    """Returns the powers of two from 4 to `most`."""
    return 2 ** np.arange(2, most.bit_length())


def _rates(report: Report, units: int, seed: int) -> dict[str, Any]:
    N = _unit_counts(units)
    targets = {
        "smooth, m = 1": (wave, 1),
        "a kink, m = 1": (kink, 1),
        "a cone, m = 2": (cone, 2),
    }
    todo = [(t, s, n) for t in targets for s in SIGMAS for n in N]
    errors: dict[tuple[str, str], list[float]] = {}
    for target, name, n in report.track(todo, "fits"):
        f, m = targets[target]
        draws = [fit(f, int(n), m, SIGMAS[name][0], 4.0, seed + i) for i in range(3)]
        error = float(np.median([sup_error(F, f, 10_000) for F in draws]))
        errors.setdefault((target, name), []).append(error)
    made, axes = figure(12, 4, columns=3, sharex=True)
    rates: dict[tuple[str, str], float] = {}
    for panel, target in zip(axes[0], targets, strict=True):
        for name, (_, colour, style) in SIGMAS.items():
            e = np.array(errors[target, name])
            seen = e > ROUNDING
            rates[target, name] = rate(N[seen], e[seen])
            label = f"{name}: r = {rates[target, name]:.1f}"
            panel.loglog(N, e, style, ms=3.5, lw=1.3, color=colour, label=label)
        panel.set(xlabel="units N", ylabel="max |F − f| on a grid")
        panel.set_xticks(N[::2], N[::2])
        panel.set_title(f"f: {target}", fontsize=10)
        whole_decades(panel.yaxis)
        panel.minorticks_off()
        panel.legend(frameon=False, fontsize=9, loc="best")
    axes[0, 0].axhline(ROUNDING, color=GREY, lw=0.8, ls=":")
    headline(
        made,
        "The error falls as N⁻ʳ for every σ of the notes: slower for a kink, slower in two "
        "dimensions",
    )
    report.save(made, "approximation-rates")
    report.table(
        "The rate r in max |F − f| ∝ N^−r (median of three draws of the features)",
        ["f", *SIGMAS],
        [[t, *(round(rates[t, s], 2) for s in SIGMAS)] for t in targets],
    )
    report.say(
        "For the smooth f the errors of the sigmoids fall faster than any power, until rounding: "
        "their r is only a mean slope. ReLU's 2 is the rate of piecewise linear functions."
    )
    report.numbers(
        "approximation-rates",
        N=N,
        errors=np.array([[errors[t, s] for s in SIGMAS] for t in targets]),
    )
    return {"N": N, "errors": errors, "rates": rates}


# --- the proof, run ---------------------------------------------------------------------------


def _proof(report: Report, eps: float) -> dict[str, Any]:
    L = lipschitz(2 * np.pi + 1)
    rows: list[list[object]] = []
    proved = []
    networks = {}
    for e in report.track([8 * eps, 4 * eps, 2 * eps, eps], "proof, m = 1"):
        F = networks[e] = constructive.steps(wave, e, L, SIGMOID)
        bound = constructive.certify(F, wave, L, e)
        proved.append((len(F.v), e, sup_error(F, wave), bound.bound, 1))
        rows.append(["wave on [0, 1]", e, len(F.v), *proved[-1][2:4], bound.cells])
    for e in report.track([8 * eps, 4 * eps], "proof, m = 2"):
        F = constructive.ridges(saddle, 2, e, lipschitz(1.0), SIGMOID)
        bound = constructive.certify(F, saddle, lipschitz(1.0), e)
        proved.append((len(F.v), e, sup_error(F, saddle, 10_000), bound.bound, 2))
        rows.append(["x₁ x₂ on [0, 1]²", e, len(F.v), *proved[-1][2:4], bound.cells])
    gap = _two_intervals()
    rows.append(["sign x on [−2, −1] ∪ [1, 2]", *gap])
    report.table(
        "Networks that the proof builds: the error asked for, the number of units, the error",
        ["f", "ε", "N", "max |F − f| on a grid", "proved for all x", "cells"],
        rows,
    )
    e = 8 * eps
    F, x = networks[e], grid(1, 2001)
    made, axes = figure(13, 4.2, columns=3)
    left, middle, right = axes[0]
    y = wave(x)
    left.fill_between(
        x[:, 0], y - e, y + e, color=BLUE, alpha=0.15, lw=0, label=f"f ± ε, ε = {e:g}"
    )
    left.plot(x, y, color=BLUE, lw=1, label="f")
    left.plot(x, F(x), color=ORANGE, lw=1.3, ls="--", label=f"F, N = {len(F.v)}")
    left.set(xlabel="x", ylabel="f(x), F(x)")
    left.set_title(f"A sum of {len(F.v)} sigmoids within ε of f", fontsize=10)
    left.legend(frameon=False)
    i, h = len(F.v) // 3, 1 / (len(F.v) - 1)
    near = np.linspace((i - 3) * h, (i + 3) * h, 500)[:, None]
    ones = [F._replace(W=F.W[j : j + 1], b=F.b[j : j + 1], v=np.ones(1))(near) for j in (i, i + 1)]
    middle.plot(near, ones[0], color=BLUE, lw=1, ls="--", label="σ(w x + bᵢ)")
    middle.plot(near, ones[1], color=PURPLE, lw=1, ls="-.", label="σ(w x + bᵢ₊₁)")
    middle.plot(near, ones[0] - ones[1], color=ORANGE, lw=1.6, label="their difference")
    middle.set(xlabel="x", ylabel="value")
    middle.set_title("Two of its sigmoids that are neighbours make a bump", fontsize=10)
    middle.legend(frameon=False)
    N, asked, off, sure = np.array([r[:4] for r in proved if r[4] == 1]).T
    right.loglog(N, asked, "o-", color=GREY, label="ε, asked for")
    right.loglog(N, sure, "s--", color=GREEN, label="proved, interval bounds")
    right.loglog(N, off, "o-", color=ORANGE, label="on a fine grid")
    right.set(xlabel="units N", ylabel="max |F − f|", xticks=N, xticklabels=N.astype(np.int64))
    right.minorticks_off()
    right.set_title("N ∝ 1/ε, and the error is well below", fontsize=10)
    right.legend(frameon=False)
    headline(made, "The proof of universal approximation, run: from f and ε to the network")
    report.save(made, "approximation-proof")
    return {"proof": proved, "gap": gap}


def _two_intervals() -> tuple[float, int, float, float, int]:
    """Tests the second theorem for sign x on [−2, −1] ∪ [1, 2], a compact set with a gap; L = 1.

    Returns ε, the units, the error on a grid, the proved error, and the cells of the proof.
    """
    e = 0.1
    K = np.concatenate([np.linspace(-2, -1, 500), np.linspace(1, 2, 500)])[:, None]
    extended = constructive.extension(K, np.sign(K[:, 0]), 1.0)
    F = constructive.steps(extended, e, lipschitz(1.0), SIGMOID, -2.0, 2.0)
    proof = constructive.certify(F, extended, lipschitz(1.0), e, -2.0, 2.0)
    error = float(abs(F(K) - np.sign(K[:, 0])).max())
    return e, len(F.v), error, proof.bound, proof.cells


# --- exceptions -------------------------------------------------------------------------------


def _exceptions(report: Report, units: int, seed: int) -> dict[str, Any]:
    N = _unit_counts(units)
    sigmas: dict[str, tuple[Rule, int, str, str]] = {
        "σ = 1": (power(0), 0, GREY, "v-"),
        "σ = z": (power(1), 1, PURPLE, "s-"),
        "σ = z²": (power(2), 2, RED, "^-"),
        "σ = z³": (power(3), 3, ORANGE, "D-"),
        "σ = z⁵": (power(5), 5, GREEN, "P-"),
    }
    made, axes = figure(7.5, 4.6)
    panel = axes[0, 0]
    rows = []
    for name, (sigma, degree, colour, style) in sigmas.items():
        errors = [sup_error(fit(kink, int(n), 1, sigma, 1.0, seed), kink, 4001) for n in N]
        low, _ = polynomial_distance(kink, degree)
        rows.append([name, degree, errors[0], errors[-1], low])
        panel.loglog(N, errors, style, ms=5, color=colour, label=name)
        panel.axhline(low, color=colour, lw=1, ls=":")
    errors = [sup_error(fit(kink, int(n), 1, ops.sigmoid, 4.0, seed), kink, 4001) for n in N]
    panel.loglog(N, errors, "o-", ms=3.5, lw=2, color=BLUE, label="sigmoid")
    panel.set(xlabel="units N", ylabel="max |F − f| on a grid", xticks=N, xticklabels=N)
    panel.minorticks_off()
    panel.set_ylim(bottom=panel.get_ylim()[0] / 3)  # room for the legend
    panel.legend(frameon=False, ncols=3, fontsize=9, loc="lower left")
    headline(
        made,
        "With a polynomial σ more units do not help.\n"
        "Dotted: the least error of all polynomials of σ's degree",
    )
    report.save(made, "approximation-exceptions")
    report.table(
        "Polynomial σ, which do not approximate: f with a kink",
        ["σ", "degree", f"error, N = {N[0]}", f"N = {N[-1]}", "bound for every N"],
        rows,
    )
    report.say(
        "F is a polynomial of σ's degree for every N. σ = 1 is bounded and continuous, so the "
        "notes' statement admits it. The others are not bounded on ℝ: the notes exclude them, "
        "and ReLU too."
    )
    return {"exceptions": rows, "constant": rows[0][4], "sigmoid_error": errors[-1]}
