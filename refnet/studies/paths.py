"""The figures of the study of optimizers: animated paths, minima by learning rate, smoothing."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.animation import PillowWriter
from matplotlib.colors import ListedColormap

from refnet.landscape.classic import Classic
from refnet.ops.rule import Array
from refnet.studies.report import Report
from refnet.training.figures import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    PURPLE,
    RED,
    figure,
    headline,
)

STYLE = {
    "SGD": ("#111111", "o"), "momentum": (BLUE, "s"), "RMSprop": ("#17becf", "^"),
    "Adam": (PURPLE, "D"), "L-BFGS": (GREY, "v"), "Laplacian SGD": (ORANGE, "P"),
    "SAM": (RED, "X"), "entropy-SGD": ("#e05fb0", "<"), "SWA": (GREEN, ">"),
}  # fmt: skip
TAIL = 20  # the number of steps that are drawn in full colour
HOLD = 12  # the number of frames of the end
DPI = 80


class OnePalette(PillowWriter):
    """A writer of frames with the colours of the last one, without which they would flicker."""

    _frames: list[Any]

    def finish(self) -> None:
        """Writes the file."""
        frames = [frame.convert("RGB") for frame in self._frames]
        palette = frames[-1].quantize(method=1)  # of the widest range
        first, *rest = (frame.quantize(palette=palette, dither=0) for frame in frames)
        duration = int(1000 / self.fps)
        first.save(
            self.outfile, "GIF", save_all=True, append_images=rest, duration=duration, loop=0
        )


def animate(
    report: Report,
    surfaces: Sequence[Classic],
    paths: Mapping[str, Mapping[str, Array]],
    frames: int,
    most: int,
) -> Path:
    """Writes the paths on all surfaces as optimizers.gif, in which the steps accelerate."""
    drawing, axes = figure(10.5, 6.4, 3, 2)
    lines = []
    for panel, surface in zip(axes.flat, surfaces, strict=False):
        _contours(panel, surface)
        for name, points in paths[surface.name].items():
            color, mark = STYLE[name]
            (trail,) = panel.plot([], [], color=color, lw=0.8, alpha=0.5)
            (tail,) = panel.plot([], [], color=color, lw=1.8)
            (head,) = panel.plot([], [], mark, color=color, ms=7, mec="white", mew=0.7)
            lines.append((trail, tail, head, points))
    legend = axes.flat[-1]
    legend.axis("off")
    for name in next(iter(paths.values())):
        color, mark = STYLE[name]
        legend.plot([], [], f"{mark}-", color=color, label=name)
    legend.legend(frameon=False, loc="center", title="optimizer (each with its best η)")
    times = np.unique(np.round(most * np.linspace(0, 1, frames) ** 2.5).astype(np.int64))
    title = drawing.suptitle(f"From one start to a minimum (stars), or not: step {most}")
    drawing.set_dpi(DPI)
    drawing.canvas.draw()
    drawing.set_layout_engine("none")  # the same layout in every frame
    writer = OnePalette(fps=12)

    def to(path: Path) -> None:
        with writer.saving(drawing, str(path), DPI):
            for t in report.track([*times, *[times[-1]] * HOLD], "drawing the animation"):
                for trail, tail, head, points in lines:
                    last = min(t, len(points) - 1)
                    trail.set_data(*points[: last + 1].T)
                    tail.set_data(*points[max(0, t - TAIL) : last + 1].T)
                    head.set_data(*points[last, None].T)
                title.set_text(f"From one start to a minimum (stars), or not: step {t}")
                writer.grab_frame()

    return report.write("optimizers.gif", to)


def _contours(panel: Any, surface: Classic) -> None:
    x0, x1, y0, y1 = surface.domain
    X, Y = np.meshgrid(np.linspace(x0, x1, 160), np.linspace(y0, y1, 160))
    Z = surface.C.values(np.stack([X, Y], -1)) - surface.lowest
    levels = np.quantile(Z, np.linspace(0.02, 0.98, 12) ** 1.5)
    panel.contour(X, Y, Z, levels=levels, colors=GREY, linewidths=0.4, alpha=0.7)
    panel.plot(*surface.minima.T, "*", color="gold", mec="black", ms=13, zorder=3)
    panel.set(xlim=(x0, x1), ylim=(y0, y1), xlabel="x", ylabel="y")
    panel.set_title(surface.name, fontsize=10)


def draw_minima(report: Report, wells: Mapping[str, list[int]], rates: Sequence[float]) -> None:
    """Draws which of the two minima each optimizer ended in, by learning rate."""
    drawing, axes = figure(7, 4.4)
    panel = axes[0, 0]
    # −1, 0, 1: neither, sharp, flat
    colors = ListedColormap([PALE, ORANGE, BLUE])
    panel.imshow(list(wells.values()), cmap=colors, vmin=-1, vmax=1, aspect="auto")
    for i, ends in enumerate(wells.values()):
        for j, end in enumerate(ends):
            word, color = (("sharp", "black"), ("flat", "white"), ("neither", GREY))[end]
            panel.text(j, i, word, color=color, fontsize=9, ha="center", va="center")
    panel.set_xticks(range(len(rates)), [f"{r:g}" for r in rates])
    panel.set_yticks(range(len(wells)), list(wells))
    panel.set_xlabel("learning rate η")
    slow = [name for name, ends in wells.items() if ends[0] == 1]
    but = f"\n(small ones suffice for {', '.join(slow)})" if slow else ""
    headline(
        drawing,
        "Which minimum is reached: the flat one by large steps, with optimizers of either kind"
        + but,
    )
    report.save(drawing, "optimizers-minima")


def draw_smoothing(report: Report, factors: Mapping[float, Sequence[float]]) -> None:
    """Draws the measured factors of smoothing and the computed one."""
    drawing, axes = figure(6.4, 4.2)
    panel = axes[0, 0]
    computed, white, noise, gradient = np.array(list(factors.values())).T
    σ = list(factors)
    panel.plot(σ, computed, color=GREY, lw=4, alpha=0.4, label="computed from the filter")
    panel.plot(σ, white, "o", color=BLUE, label="white noise")
    panel.plot(σ, noise, "s-", color=ORANGE, label="noise of a network's minibatch gradients")
    panel.plot(σ, gradient, "^-", color=GREEN, label="the full gradient, squared")
    panel.set_xscale("log", base=2)
    panel.set_xticks(σ, [f"{each:g}" for each in σ])
    panel.set_ylim(0, 1)
    panel.set_xlabel("σ, the strength of the smoothing")
    panel.set_ylabel("variance after over before")
    panel.legend(frameon=False, fontsize=8)
    off = float(np.max(np.abs(white / computed - 1)))
    headline(
        drawing,
        f"Smoothing takes from white noise what the filter says (within {off:.0%});\n"
        "it takes from the gradient too",
    )
    report.save(drawing, "optimizers-smoothing")


def draw_network(report: Report, network: Mapping[str, Mapping[str, list[float]]]) -> None:
    """Draws the ends of the network's trainings, one dot for each seed."""
    columns = ("training loss", "test accuracy", "largest λ", "trace")
    units = ("nats", "%", "of the Hessian", "of the Hessian")
    drawing, axes = figure(11.5, 3.8, len(columns), sharey=True)
    names = list(network)
    for panel, column, unit in zip(axes[0], columns, units, strict=True):
        for i, name in enumerate(names):
            values = network[name][column]
            color, mark = STYLE[name]
            panel.plot(values, [i] * len(values), mark, color=color, alpha=0.5, mew=0)
            panel.plot(np.mean(values), i, "|", color=color, ms=18, mew=2)
        panel.set_xlabel(f"{column} ({unit})")
    axes[0, 0].set_yticks(range(len(names)), names)
    axes[0, 0].invert_yaxis()
    means = {name: np.mean(network[name]["largest λ"]) for name in names}
    flattest = min(means, key=lambda n: means[n])
    headline(
        drawing,
        f"Digits: {flattest} ended flattest; the test accuracies hardly differ "
        "(a mark: one seed; a bar: the mean)",
    )
    report.save(drawing, "optimizers-network")
