"""The results of the searches in the study of saddles: counts, tables, figures."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from refnet.landscape.critical import Critical
from refnet.landscape.stacked import Stacked
from refnet.ops.rule import Array
from refnet.studies.report import Report
from refnet.training.figures import BLUE, GREY, ORANGE, PURPLE, RED, figure, headline

STYLES = ((BLUE, "o"), (ORANGE, "s"), (PURPLE, "^"), (RED, "D"))  # by width


class Found(NamedTuple):
    """The searches for critical points of a network.

    Attributes:
        depth: the number of layers
        width: the width
        C: the cost
        searches: the number of the start and the end of each search
        descents: the ends of the descents
        origin: the critical point that a search from θ = 0 finds
    """

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


def tell(report: Report, found: list[Found], times: Sequence[int]) -> dict[str, Any]:
    """Reports tables and figures; returns the numbers of saddles.run except for the escapes.

    Args:
        report: the terminal and the folder
        found: the networks
        times: the steps of gradient descent before the start of each number
    """
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
        "Critical points (zeros: with a zero eigenvalue; descents: to minima; at 0: from θ = 0)",
        ["L", "width", "n", "tried", "stuck", "min", "saddle", "max", "flat", "zeros", "descents",
         "at 0"],
        rows,
    )  # fmt: skip
    deep = [f for f in found if f.depth > 1]
    correlation = mean_correlation(deep)
    shares: dict[str, dict[Any, tuple[int, int]]] = {
        "by layers": {
            L: share(f for f in found if f.depth == L) for L in sorted({f.depth for f in found})
        },
        "by layers and width": {(f.depth, f.width): share([f]) for f in found},
        "by start": {t: share(deep, i) for i, t in enumerate(times)},
        "of descents": {"": ends(deep)},
    }
    measured = {
        "rank correlation": correlation,
        "shares": shares,
        "minima at zero": sum(
            c.kind == f.origin.kind == "minimum" and abs(c.value - f.origin.value) < 1e-6
            for f in deep
            for c in f.critical
        ),
        "stuck": 1 - sum(len(f.critical) for f in found) / sum(len(f.searches) for f in found),
    }
    if any(f.critical for f in deep):
        _draw_index(report, [f for f in deep if f.critical], measured)
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
    """Counts the minima among the critical points, and all of them, for all starts or one."""
    kinds = [c.kind for f in found for i, c in f.searches if c.converged and start in (None, i)]
    return kinds.count("minimum"), len(kinds)


def ends(found: Iterable[Found]) -> tuple[int, int]:
    """Counts the descents that ended in a minimum, and all descents."""
    descents = [c for f in found for c in f.descents]
    return sum(c.converged and c.kind == "minimum" for c in descents), len(descents)


def mean_correlation(found: Iterable[Found]) -> float:
    """Returns the mean rank correlation of loss and index, weighted by the critical points."""
    points = [f.critical for f in found]
    all_r = [(rank_correlation([c.value for c in p], [c.index for c in p]), len(p)) for p in points]
    known = [(r, n) for r, n in all_r if not np.isnan(r)]
    return sum(r * n for r, n in known) / sum(n for _, n in known) if known else float("nan")


def rank_correlation(x: Sequence[float], y: Sequence[float]) -> float:
    """Returns Spearman's correlation; equal values share their mean rank. NaN below two values."""

    def ranks(values: Sequence[float]) -> Array:
        _, group, counts = np.unique(np.round(values, 6), return_inverse=True, return_counts=True)
        shared: Array = (np.cumsum(counts) - (counts - 1) / 2)[group]
        return shared

    a, b = ranks(x), ranks(y)
    if len(a) < 2 or not a.std() or not b.std():
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def interval(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """Returns Wilson's interval of a share; [0, 1] without trials."""
    if not trials:
        return 0.0, 1.0
    p, w = successes / trials, z * z / trials
    middle, half = (p + w / 2) / (1 + w), (p * (1 - p) * w + w * w / 4) ** 0.5 / (1 + w)
    return max(0.0, middle - half), min(1.0, middle + half)


def _draw_index(report: Report, found: list[Found], measured: dict[str, Any]) -> None:
    depths = sorted({f.depth for f in found})
    drawing, axes = figure(
        max(6.0, 3.6 * len(depths) + 0.6), 3.8, columns=len(depths), sharex=True, sharey=True
    )
    styles = dict(zip(sorted({f.width for f in found}), STYLES, strict=False))
    for panel, L in zip(axes[0], depths, strict=True):
        for f in (f for f in found if f.depth == L):
            many = Counter((round(c.value, 3), c.index) for c in f.critical)
            color, marker = styles.get(f.width, (GREY, "v"))
            panel.scatter(
                [v for v, _ in many], [i for _, i in many], [25 * n**0.7 for n in many.values()],
                color=color, marker=marker, alpha=0.6, lw=0,
                label=f"width {f.width}, n = {f.C.size}",
            )  # fmt: skip
        panel.set_title(f"{L} layers", fontsize=10)
        panel.set_xlabel("C at the critical point (nats)")
        panel.axhline(0, color=GREY, lw=0.8, zorder=0)
        panel.legend(frameon=False, fontsize=8, loc="upper left", markerscale=0.7)
        panel.set_ylim(-0.02, 1.25 * max(c.index for f in found for c in f.critical) + 0.02)
    axes[0, 0].set_ylabel("index (share of eigenvalues below 0)")
    correlation = measured["rank correlation"]
    up = "High critical points are saddles with many ways down, low ones have few"
    zero = (
        "; index 0 at the top: θ ≈ 0, made a minimum by ½λ‖θ‖²"
        if measured["minima at zero"]
        else ""
    )
    headline(
        drawing,
        f"{up if correlation > 0.3 else 'Loss and index'}: rank correlation {correlation:.2f}"
        f"\n(a larger mark: found more often{zero})",
    )
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
        _shares(by_layers, place, counts, *STYLES[i % len(STYLES)], f"width {h}")
    by_layers.set_xticks(depths)
    by_layers.set_xlabel("layers L")
    by_layers.set_ylabel("share of minima among critical points")
    by_layers.set_ylim(-0.02, 1.05)
    by_layers.legend(frameon=False, fontsize=9)
    by_layers.set_title("By network, all searches (95 % intervals)", fontsize=10)
    counts = [*shares["by start"].values(), *shares["of descents"].values()]
    _shares(by_start, np.arange(len(counts)), counts, BLUE, "o", "")
    by_start.set_xticks(range(len(counts)), [*map(str, shares["by start"]), "L-BFGS\ndown"])
    by_start.set_xlabel("steps of gradient descent before the search")
    by_start.set_title("By where the search starts, two layers and more", fontsize=10)
    (k, n), (minima, descents) = counts[0], counts[-1]
    headline(
        drawing,
        f"The share of minima depends on the search: {k} of {n} from random points, "
        f"{minima} of {descents} by descents",
    )
    report.save(drawing, "saddles-share")


def _shares(
    panel: Any, x: Array, counts: list[tuple[int, int]], color: str, marker: str, label: str
) -> None:
    for at, (k, n) in zip(x, counts, strict=True):
        panel.plot([at, at], interval(k, n), color=color, lw=1.5)
    values = [k / n if n else np.nan for k, n in counts]
    panel.plot(x, values, marker, color=color, label=label or None)
