"""The figures of two slices side by side: contours, heat maps, in space, and a page to turn them on."""

from typing import Any, NamedTuple

import numpy as np
from matplotlib.colors import LogNorm

from refnet.ops.rule import Array
from refnet.studies.report import RED, Report, figure

AXES = {
    "random": ("α (1: the filters' own norms)", "β (1: the filters' own norms)"),
    "hessian": ("α along q₁ (½ λ₁ α² = 1 at 1)", "β along q₂"),
    "trajectory": ("α, first principal axis (distance)", "β, second principal axis (distance)"),
    "solutions": ("α (0, 1: two solutions)", "β, towards their common start"),
}


class Side(NamedTuple):
    """A network's slice. values: (alpha, beta); ratio: |λmin/λmax| at its inner points; marks: (n, 2)."""

    name: str
    alpha: Array
    beta: Array
    values: Array
    ratio: Array
    marks: Array


def draw(report: Report, name: str, sides: list[Side], plane: str) -> None:
    """All four, as name-contour.png, name-heat.png, name-3d.png and name.html."""
    shown = [np.where(np.isfinite(s.values), s.values, np.nan) for s in sides]
    low = max(min(float(np.nanmin(v)) for v in shown), 1e-4)
    high = max(float(np.nanpercentile(v, 99)) for v in shown)
    scale = LogNorm(low, high)
    shown = [np.clip(v, low, high) for v in shown]
    rough = [float(np.mean(np.minimum(s.ratio, 1))) for s in sides]
    bent = [100 * float(np.mean(s.ratio > 0)) for s in sides]
    order = "rougher" if rough[1] > rough[0] else "no rougher"
    title = f"Without shortcuts the slice is {order}: not convex at {bent[1]:.0f} % against {bent[0]:.0f} %"
    labels = AXES[plane]

    made, axes = figure(11, 5, columns=2, sharex=plane == "random", sharey=plane == "random")
    levels = np.geomspace(low, high, 25)
    for ax, side, C in zip(axes.flat, sides, shown, strict=True):
        lines = ax.contour(side.alpha, side.beta, C.T, levels, norm=scale, cmap="viridis")
        ax.clabel(lines, lines.levels[::4], fmt="%.2g", fontsize=8)
        _panel(ax, side, labels)
    made.suptitle(f"{title} (contours of the cost)")
    report.save(made, f"{name}-contour")

    made, axes = figure(
        11, 9, columns=2, rows=2, sharex=plane == "random", sharey=plane == "random"
    )
    for column, (side, C) in enumerate(zip(sides, shown, strict=True)):
        drawn = axes[0, column].pcolormesh(side.alpha, side.beta, C.T, norm=scale, cmap="viridis")
        ratio = axes[1, column].pcolormesh(
            side.alpha[1:-1], side.beta[1:-1], np.minimum(side.ratio, 1).T, vmin=0, vmax=1,
            cmap="magma_r",
        )  # fmt: skip
        for ax in axes[:, column]:
            _panel(ax, side, labels)
    made.colorbar(drawn, ax=axes[0], label="cost (cross entropy, nats)")
    made.colorbar(ratio, ax=axes[1], label="|λmin/λmax| where λmin < 0 (1: 1 or more)")
    made.suptitle(f"{title}\nabove the cost, below where it curves down, and how much")
    report.save(made, f"{name}-heat")

    made, axes = figure(12, 6, columns=2, subplot_kw={"projection": "3d"})
    for ax, side, C in zip(axes.flat, sides, shown, strict=True):
        grid = np.meshgrid(side.alpha, side.beta, indexing="ij")
        ax.plot_surface(*grid, np.log10(C), cmap="viridis", rcount=80, ccount=80, linewidth=0.1,
                        edgecolor="#33333355", vmin=np.log10(low), vmax=np.log10(high))  # fmt: skip
        ax.set(xlabel="α", ylabel="β", zlim=(np.log10(low), np.log10(high)), title=side.name)
        ax.set_zlabel("log₁₀ of the cost")
        ax.set_box_aspect(None, zoom=0.9)
    made.suptitle(title)
    report.save(made, f"{name}-3d")
    _page(report, name, sides, shown, title)


def _panel(ax: Any, side: Side, labels: tuple[str, str]) -> None:
    ax.plot(*side.marks.T, "o-", color=RED, markersize=4, linewidth=1)
    ax.set(xlabel=labels[0], ylabel=labels[1], title=side.name)


def _page(report: Report, name: str, sides: list[Side], shown: list[Array], title: str) -> None:
    """Both surfaces in one HTML file that needs no network, to be turned with the mouse."""
    from plotly import graph_objects
    from plotly.subplots import make_subplots

    page = make_subplots(
        1, 2, specs=[[{"type": "surface"}] * 2], subplot_titles=[s.name for s in sides]
    )
    logs = [np.log10(C) for C in shown]
    ends = {
        "cmin": min(float(np.nanmin(v)) for v in logs),
        "cmax": max(float(np.nanmax(v)) for v in logs),
    }
    for column, (side, z) in enumerate(zip(sides, logs, strict=True), 1):
        page.add_trace(
            graph_objects.Surface(
                x=side.alpha, y=side.beta, z=z.T, customdata=side.values.T, colorscale="Viridis",
                showscale=column == 2, colorbar={"title": "log₁₀ cost"}, **ends,
                hovertemplate="α %{x:.3g}, β %{y:.3g}<br>cost %{customdata:.4g}<extra></extra>",
            ),
            row=1, col=column,
        )  # fmt: skip
    axes = {"xaxis_title": "α", "yaxis_title": "β", "zaxis_title": "log₁₀ cost"}
    page.update_scenes(**axes, zaxis_range=[ends["cmin"], ends["cmax"]])
    page.update_layout(title=title, margin={"l": 0, "r": 0, "b": 0})
    report.write(f"{name}.html", lambda path: page.write_html(path, include_plotlyjs=True))
