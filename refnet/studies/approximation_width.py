"""The third theorem of the study `approximation`: ReLU networks of bounded width.

f is a pyramid on [0,1]ⁿ. It is approximated by the network of width n + 4 that
refnet.approximation.narrow builds, and by trained networks of width n, for which bounds are known.

Source:
    refnet.approximation.narrow; Kim, Min & Park 2023, "Minimum width for universal approximation
    using ReLU networks on compact domain"
"""

from typing import Any

import numpy as np
from matplotlib.ticker import NullFormatter

import refnet
from refnet import nn
from refnet.approximation import narrow
from refnet.approximation.constructive import lipschitz
from refnet.approximation.narrow import middles, monotone_distance, output
from refnet.approximation.shallow import grid
from refnet.ops.rule import Array
from refnet.studies.report import Report
from refnet.training.figures import BLUE, GREY, ORANGE, RED, figure, headline, whole_decades


def pyramid(x: Array) -> Array:
    """Returns 1 in the middle of the cube and 0 at its edge and outside, with slope 2."""
    y: Array = np.maximum(0, 1 - 2 * abs(x - 0.5).max(1))
    return y


def measure(report: Report, eps: float, trainings: int, steps: int, seed: int) -> dict[str, Any]:
    """Builds and trains the networks, reports their errors, and returns the numbers by name."""
    found: dict[str, Any] = {"narrow": []}
    rows: list[list[object]] = []
    built: dict[int, Any] = {}
    cases = [(1, 8 * eps), (1, 4 * eps), (1, 2 * eps), (1, eps), (2, 8 * eps), (2, 4 * eps)]
    for n, e in report.track(cases, "width n + 4"):
        low, high = np.zeros(n), np.ones(n)
        F = built[n] = narrow.narrow(pyramid, e, lipschitz(2.0), low, high)
        x = middles(low, high, 4001 if n == 1 else 149)  # not aligned with the cells
        off = abs(output(F, x) - pyramid(x))
        layers = sum(isinstance(layer, nn.Linear) for layer in F)
        found["narrow"].append((n, e, narrow.width(F), layers, float(off.mean()), float(off.max())))
        rows.append([n, narrow.width(F), layers, e, float(off.mean()), float(off.max())])
    report.table(
        "ReLU networks of width n + 4, built: f is a pyramid on [0,1]ⁿ",
        ["n", "width", "layers", "ε", "∫|f − F|", "max |f − F|"],
        rows,
    )
    x1 = middles(np.zeros(1), np.ones(1), 2000)
    monotone = monotone_distance(pyramid(x1)) / len(x1)
    rows = []
    best: dict[int, Any] = {}
    for n, hidden in ((1, 3), (2, 2)):  # the depths at which Adam did best
        x = middles(np.zeros(n), np.ones(n), 400 if n == 1 else 24)
        fine = x1 if n == 1 else middles(np.zeros(n), np.ones(n), 80)
        networks = []
        for i in report.track(range(trainings), f"training width {n}"):
            networks.append(_trained(n, hidden, x, steps, seed + i))
        offs = [abs(output(F, fine) - pyramid(fine)) for F in networks]
        peak = grid(n, 2001 if n == 1 else 101)  # with the middle and the edge
        peaks = [abs(output(F, peak) - pyramid(peak)) for F in networks]
        best[n] = networks[int(np.argmin([off.mean() for off in offs]))]
        rows.append(
            [n, n, trainings, min(float(off.mean()) for off in offs), monotone if n == 1 else "–",
             min(float(off.max()) for off in peaks), 0.5]
        )  # fmt: skip
    report.table(
        "Width n, trained: the best network, and the bounds for all networks of this width",
        ["n", "width", "networks", "∫|f − F|", "bound", "max |f − F|", "bound"],
        rows,
    )
    radii = np.array([1.0, 2, 4, 8, 16, 32])
    far = {w: [_l1_within(F, r) for r in radii] for w, F in ((6, built[2]), (2, best[2]))}
    report.say(
        "On all of ℝ² the best network of width 2 has no finite error: ∫|f − F| over [−16, 16]² "
        f"is {far[2][-2]:.3g}, over [−32, 32]² {far[2][-1]:.3g}; that of width 6 is "
        f"{far[6][-1]:.3g} over both. A network of width n that is integrable on ℝⁿ is 0 (Lu et "
        "al.), with the error ∫|f| = "
        f"{float(pyramid(middles(np.zeros(2), np.ones(2), 200)).mean()):.2f}."
    )
    report.say(
        "On the cube alone, in L¹ and for n ≥ 2, width n is enough (Kim, Min & Park 2023): there "
        "the error of the trained network is not a bound."
    )
    _draw(report, found["narrow"], built, best, radii, far, monotone)
    return found | {
        "narrow_max_error": max(row[5] for row in found["narrow"]),
        "bound_max": 0.5,
        "bound_monotone": monotone,
        "trained": rows,
        "growing": far,
    }


def _trained(n: int, hidden: int, x: Array, steps: int, seed: int) -> nn.Module:
    """Returns a network of width n, fitted to the pyramid in L¹ by Adam."""
    refnet.manual_seed(seed)
    layers: list[nn.Module] = []
    for _ in range(hidden):
        layers += [nn.Linear(n, n, dtype=refnet.float64), nn.ReLU()]
    model = nn.Sequential(*layers, nn.Linear(n, 1, dtype=refnet.float64))
    optimizer = refnet.optim.Adam(model.parameters(), lr=0.01)
    inputs, y = refnet.from_numpy(x), refnet.from_numpy(pyramid(x)[:, None])
    for _ in range(steps):
        optimizer.zero_grad()
        nn.functional.l1_loss(model(inputs), y).backward()
        optimizer.step()
    return model


def _l1_within(F: nn.Module, r: float) -> float:
    """Returns ∫|f − F| over [−r, r]²."""
    # A fine grid on the support of f, a coarse one outside.
    inside = middles(np.zeros(2), np.ones(2), 97)
    outside = middles(np.full(2, -r), np.full(2, r), 60)
    outside = outside[((outside < 0) | (outside > 1)).any(1)]
    near = float(abs(output(F, inside) - pyramid(inside)).mean())
    return near + float(abs(output(F, outside)).mean()) * ((2 * r) ** 2 - 1)


def _draw(
    report: Report,
    rows: list[Any],
    built: dict[int, Any],
    best: dict[int, Any],
    radii: Array,
    far: dict[int, list[float]],
    monotone: float,
) -> None:
    made, axes = figure(12.5, 7.2, columns=3, rows=2)
    line, depth, growth = axes[0]
    x = np.linspace(-0.2, 1.2, 2801)[:, None]
    line.plot(x, pyramid(x), color=GREY, lw=4, alpha=0.5, label="f")
    line.plot(x, output(built[1], x), color=BLUE, lw=0.8, label="width 5, built")
    line.plot(x, output(best[1], x), color=RED, lw=1.5, ls="--", label="width 1, trained: monotone")
    line.set(xlabel="x", ylabel="f(x), F(x)", ylim=(-0.05, 1.5))
    line.set_title("n = 1: width 1 cannot come back down", fontsize=10)
    line.legend(frameon=False, fontsize=9, loc="upper left")
    for n, colour, style in ((1, BLUE, "o-"), (2, ORANGE, "s-")):
        mine = [row for row in rows if row[0] == n]
        layers, errors = [row[3] for row in mine], [row[4] for row in mine]
        depth.loglog(layers, errors, style, color=colour, label=f"n = {n}, width {n + 4}")
    depth.axhline(monotone, color=RED, lw=1, ls=":", label="least for n = 1, width 1")
    depth.set(xlabel="layers", ylabel="∫|f − F| over the cube", ylim=(0.008, 1))
    depth.yaxis.set_minor_formatter(NullFormatter())
    whole_decades(depth.xaxis)
    depth.set_title("Width n + 4: the error falls with depth", fontsize=10)
    depth.legend(frameon=False, fontsize=9)
    growth.loglog(radii, far[6], "o-", color=BLUE, label="width 6, built")
    growth.loglog(radii, far[2], "s-", color=RED, label="width 2, trained")
    growth.set(xlabel="r", ylabel="∫|f − F| over [−r, r]²")
    growth.set_title("n = 2: on all of ℝ² only width 6 has a finite error", fontsize=10)
    growth.legend(frameon=False, fontsize=9)
    points = 150
    square = middles(np.full(2, -0.25), np.full(2, 1.25), points)
    names = ("f", "F, width 6, built", "F, width 2, trained")
    values = (pyramid(square), output(built[2], square), output(best[2], square))
    for panel, name, v in zip(axes[1], names, values, strict=True):
        image = panel.imshow(
            v.reshape(points, points).T, origin="lower", extent=(-0.25, 1.25, -0.25, 1.25),
            cmap="viridis", vmin=0, vmax=1,
        )  # fmt: skip
        panel.set_title(f"n = 2: {name}", fontsize=10)
        panel.set(xlabel="x₁", ylabel="x₂")
    made.colorbar(image, ax=list(axes[1]), shrink=0.8, label="value")
    headline(
        made, "Width n + 4 approximates in the mean; width n does not on ℝⁿ, nor in the maximum"
    )
    report.save(made, "approximation-width")
