"""The figures of two slices: contours, heat maps, 3-D, a line, and an interactive page."""

from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

import numpy as np
from matplotlib.colors import LogNorm

from refnet.ops.rule import Array
from refnet.studies.report import Report
from refnet.training.figures import BLUE, GREY, ORANGE, RED, figure, headline

AXES = {
    "random": ("α (1: the filters' own norms)", "β (1: the filters' own norms)"),
    "hessian": ("α along q₁ (½ λ₁ α² = 1 at 1)", "β along q₂"),
    "trajectory": ("α, first principal axis (distance)", "β, second principal axis (distance)"),
    "solutions": ("α (0, 1: two solutions)", "β, towards their common start"),
}
PAGE = Path(__file__).with_name("surface.html")
LAYOUT = {  # of a surface on the page, whose colours it takes
    "paper_bgcolor": "rgba(0,0,0,0)",
    "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
    "scene": {
        "aspectmode": "manual",
        "aspectratio": {"x": 1, "y": 1, "z": 0.7},
        "camera": {"eye": {"x": 1.75, "y": 1.75, "z": 1.1}, "center": {"x": 0, "y": 0, "z": -0.1}},
    },
    "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": "#8a9098", "activecolor": "#8a9098"},
}
CLEARLY = 1.1
"""The ratio of the means of |λmin / λmax| above which one slice is called rougher."""


class Side(NamedTuple):
    """The slice of a network.

    Attributes:
        name: its name in the figures
        alpha: the grid points on the first axis
        beta: the grid points on the second axis
        values: (alpha, beta), the cost
        ratio: |λmin/λmax| at the inner points
        marks: (n, 2), the points to mark
        t: points α of a line
        along: the cost on the line β = 0 at α = t
        barrier: how far the cost rises between two solutions, or None
    """

    name: str
    alpha: Array
    beta: Array
    values: Array
    ratio: Array
    marks: Array
    t: Array
    along: Array
    barrier: float | None


def draw(report: Report, name: str, sides: list[Side], plane: str) -> None:
    """Writes name-contour.png, -heat.png, -3d.png and name.html, on one scale, and -line.png."""
    finite = [np.where(np.isfinite(side.values), side.values, np.nan) for side in sides]
    low = max(min(float(np.nanmin(C)) for C in finite), 1e-4)
    high = max(float(np.nanpercentile(C, 99)) for C in finite)
    shown, scale = [np.clip(C, low, high) for C in finite], LogNorm(low, high)
    rough = [float(np.mean(np.minimum(s.ratio, 1))) for s in sides]
    order = "rougher" if rough[1] > CLEARLY * rough[0] else "not clearly rougher"
    title = (
        f"Without shortcuts the slice is {order}: mean |λmin/λmax| {rough[1]:.2f} against "
        f"{rough[0]:.2f}"
    )
    labels = AXES[plane]
    share = {"sharex": plane == "random", "sharey": plane == "random"}

    made, axes = figure(11, 5, columns=2, **share)
    levels = np.geomspace(low, high, 24)
    for ax, side, C in zip(axes.flat, sides, shown, strict=True):
        lines = ax.contour(side.alpha, side.beta, C.T, levels, norm=scale, cmap="viridis")
        ax.clabel(lines, lines.levels[1::4], fmt="%.2g", fontsize=8)
        _panel(ax, side, labels)
    headline(made, f"{title} (contours of the cost in nats, at the same levels)")
    report.save(made, f"{name}-contour")

    made, axes = figure(11, 9, columns=2, rows=2, **share)
    for column, (side, C) in enumerate(zip(sides, shown, strict=True)):
        above, below = axes[:, column]
        drawn = above.pcolormesh(side.alpha, side.beta, C.T, norm=scale, cmap="viridis")
        made.colorbar(drawn, ax=above, label="cost (cross entropy, nats)")
        ratio = below.pcolormesh(
            side.alpha[1:-1], side.beta[1:-1], np.minimum(side.ratio, 1).T, vmin=0, vmax=1,
            cmap="magma_r",
        )  # fmt: skip
        made.colorbar(ratio, ax=below, label="|λmin/λmax| where λmin < 0 (1: 1 or more)")
        _panel(above, side, labels)
        _panel(below, side, labels)
    headline(made, f"{title}\nabove the cost, below where it curves down, and how much")
    report.save(made, f"{name}-heat")

    made, axes = figure(12, 6, columns=2, subplot_kw={"projection": "3d"})
    for ax, side, C in zip(axes.flat, sides, shown, strict=True):
        points = np.meshgrid(side.alpha, side.beta, indexing="ij")
        ax.plot_surface(
            *points, np.log10(C), cmap="viridis", vmin=np.log10(low), vmax=np.log10(high),
            rcount=80, ccount=80, linewidth=0.1, edgecolor="#33333355",
        )  # fmt: skip
        ax.set(xlabel=labels[0].split(" (")[0], ylabel=labels[1].split(" (")[0], title=side.name)
        ax.set_zlabel("log₁₀ of the cost")
        ax.set_zlim(np.log10(low), np.log10(high))
        ax.locator_params(axis="both", nbins=5)
        ax.set_box_aspect(None, zoom=0.9)
    headline(made, f"{title} (both on one scale)")
    report.save(made, f"{name}-3d")
    _line(report, name, sides, plane)
    _page(report, name, sides, shown, (float(np.log10(low)), float(np.log10(high))), title)


def depths(
    report: Report,
    name: str,
    blocks: Sequence[int],
    chaotic: float,
    by_network: Mapping[str, tuple[Sequence[float], Sequence[float]]],
) -> None:
    """Draws name.png: the roughness of the slices against depth, with and without shortcuts."""
    made, axes = figure(10, 4.2, columns=2)
    bent, rough = axes[0]
    for i, (network, values) in enumerate(by_network.items()):
        look = {"color": (BLUE, ORANGE)[i % 2], "ls": ("-", "--")[i // 2], "marker": "o"}
        for panel, shares in zip((bent, rough), values, strict=True):
            panel.plot(blocks, shares, label=network, **look)
    bent.axhline(chaotic, color=GREY, lw=1, ls=":", label="above: called chaotic")
    bent.set(ylabel="share of the points that are not convex, %", ylim=(0, 100))
    rough.set(ylabel="mean |λmin/λmax| (1: as steep down as up)", ylim=(0, 1))
    for panel in (bent, rough):
        panel.set(xlabel="residual blocks", xticks=blocks)
    handles, labels = bent.get_legend_handles_labels()
    made.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    headline(made, "How rough a slice through the solution is, by depth")
    report.save(made, name)


def _line(report: Report, name: str, sides: list[Side], plane: str) -> None:
    """Draws the cost along α, both networks in one panel."""
    made, axes = figure(7, 4.2)
    ax = axes[0, 0]
    for side, colour, style in zip(sides, (BLUE, ORANGE), ("-", (0, (6, 2))), strict=True):
        ax.semilogy(side.t, side.along, color=colour, ls=style, label=side.name)
        if side.barrier is not None:
            between = np.linspace(0, 1, 50)
            ends = np.interp([0, 1], side.t, side.along)
            ax.plot(between, ends[0] + between * (ends[1] - ends[0]), ":", color=colour, lw=0.8)
            ax.plot([0, 1], ends, "o", color=colour, ms=5)
    ax.set(xlabel=AXES[plane][0], ylabel="cost (cross entropy, nats)")
    ax.legend(frameon=False)
    if plane == "solutions":
        found, what = (
            [f"{side.barrier:.2g}" for side in sides],
            "Between two solutions the cost rises by",
        )
    else:
        found, what = (
            [_bends(side.along) for side in sides],
            "Changes of the curvature's sign along α:",
        )
    headline(made, f"{what} {found[0]} with shortcuts, {found[1]} without")
    report.save(made, f"{name}-line")


def _bends(C: Array) -> str:
    """Returns how often the curvature of a curve changes its sign."""
    return str(np.count_nonzero(np.diff(np.sign(np.diff(C, 2)))))


def _panel(ax: Any, side: Side, labels: tuple[str, str]) -> None:
    ax.plot(*side.marks.T, "o-", color=RED, mec="white", ms=6, lw=1)
    ax.set(xlabel=labels[0], ylabel=labels[1], title=side.name)


def _page(
    report: Report, name: str, sides: list[Side], shown: list[Array], scale: tuple[float, float],
    title: str,
) -> None:  # fmt: skip
    """Writes both surfaces as an interactive HTML page that needs no network.

    Its layout is in surface.html: side by side, or one below the other on a phone; light or dark.
    """
    from plotly import graph_objects, offline

    drawn = {}
    for i, (side, C) in enumerate(zip(sides, shown, strict=True)):
        surface = graph_objects.Surface(
            x=side.alpha, y=side.beta, z=np.log10(C).T, customdata=side.values.T,
            colorscale="Viridis", showscale=False, cmin=scale[0], cmax=scale[1],
            hovertemplate="α %{x:.3g}, β %{y:.3g}<br>cost %{customdata:.4g}<extra></extra>",
        )  # fmt: skip
        made = graph_objects.Figure(surface, {"template": "none", **LAYOUT})
        made.update_scenes(
            xaxis_title="α", yaxis_title="β", zaxis_title="log₁₀ C", zaxis_range=scale
        )
        drawn[f"surface-{i}"] = made.to_json()
    text = Template(PAGE.read_text(encoding="utf-8")).substitute(
        name=escape(f"{title}: {name}"),
        heading=escape(title),
        text="The cost C (cross entropy, nats) on the plane of α and β, on the same logarithmic "
        "scale. Drag to rotate, scroll or pinch to zoom, hover to read the numbers.",
        figures="".join(
            f'<figure><h2>{escape(side.name)}</h2><div id="{key}"></div></figure>'
            for key, side in zip(drawn, sides, strict=True)
        ),
        library=offline.get_plotlyjs(),
        drawn="{" + ", ".join(f'"{key}": {made}' for key, made in drawn.items()) + "}",
    )
    report.write(f"{name}.html", partial(Path.write_text, data=text, encoding="utf-8"))
