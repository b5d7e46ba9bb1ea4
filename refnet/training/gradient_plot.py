"""The figure of the gradients: the norm of each layer's gradient, from the first to the last."""

import numpy as np
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from refnet.ops.rule import Array
from refnet.training.figures import GREY, figure, headline, whole_decades
from refnet.training.history import History
from refnet.training.tasks import Task

# Later epochs are darker; the yellow end of the colour map, hard to see on white, is left out.
COLOURS = ListedColormap(colormaps["viridis"](np.linspace(0.85, 0, 256)))
MOST_NAMES = 60
KINDS = {"weights and biases": ("o", "-"), "scale and shift of a norm": ("s", "--")}
"""The kinds of layers that have a curve each: the gradients of a convolution and of the batch norm
after it differ in size at every depth, so a curve through both would show nothing."""


def draw(task: Task, history: History) -> Figure:
    """Draws a curve for each epoch and kind of layer, the first layer on top.

    A layer whose gradient is exactly 0 leaves a gap. Without an epoch only the axes are drawn.
    """
    epochs = [e for e in history.epochs if e.gradients]
    layers = list(epochs[0].gradients or ()) if epochs else []
    made, panels = figure(7.5, 2.4 + 0.2 * min(len(layers), MOST_NAMES))
    axes = panels[0, 0]
    headline(made, f"{task.model}: {finding(history)}")
    several = len(epochs) > 1
    colours = ScalarMappable(Normalize(int(several), max(1, len(epochs))), COLOURS)
    norms = np.array([list((e.gradients or {}).values()) for e in epochs])
    norms = np.where(norms > 0, norms, np.nan)
    parts = {kind: _rows(kind, layers, history) for kind in KINDS}
    parts = {kind: places for kind, places in parts.items() if places.size}
    for kind, places in parts.items():
        marker, style = KINDS[kind]
        for e, shown in zip(epochs, norms, strict=True):
            color = colours.to_rgba(np.array(e.number))
            axes.plot(shown[places], places, color=color, marker=marker, ls=style, ms=3.5, lw=1.2)
        axes.plot([], [], color=GREY, marker=marker, ls=style, ms=3.5, lw=1.2, label=kind)
    if layers:
        axes.set_xscale("log")
        whole_decades(axes.xaxis)
        step = -(-len(layers) // MOST_NAMES)
        names = [_name(layer, history) for layer in layers]
        axes.set_yticks(range(0, len(layers), step), names[::step], fontsize=8, parse_math=False)
        axes.set_ylim(len(layers) - 0.5, -0.5)
    if several:
        made.colorbar(colours, ax=axes, label="epoch", pad=0.01, ticks=MaxNLocator(6, integer=True))
    if len(parts) > 1:
        made.legend(loc="outside lower center", ncols=len(parts), frameon=False, fontsize=9)
    axes.set_ylabel("layer, the first on top")
    axes.set_xlabel("norm of its gradient\n(√ of the mean square over an epoch's steps)")
    axes.grid(axis="x", alpha=0.25)
    return made


def _kind(layer: str, history: History) -> str:
    return list(KINDS)["Norm" in history.layers.get(layer, "")]


def _rows(kind: str, layers: list[str], history: History) -> Array:
    """Returns the positions of the layers of a kind."""
    return np.flatnonzero([_kind(layer, history) == kind for layer in layers])


def _name(layer: str, history: History) -> str:
    return f"{layer} {history.layers.get(layer, '')}".strip()


def finding(history: History) -> str:
    """Returns a sentence about the last epoch's gradients, of layers with weights if possible."""
    number, norms = history.epochs[-1].number, history.epochs[-1].gradients
    if not norms:
        return "no steps, no gradients"
    weights = [layer for layer in norms if _kind(layer, history) == next(iter(KINDS))] or list(
        norms
    )
    first, last = weights[0], weights[-1]
    for layer in (first, last):
        if not norms[layer]:
            return f"in epoch {number} the gradient of {_name(layer, history)} is exactly 0"
    if first == last:
        return f"in epoch {number} the norm of the gradient is {norms[first]:.2g}"
    ratio = norms[first] / norms[last]
    return (
        f"in epoch {number} the gradient's norm in the first layer, {_name(first, history)}, is "
        f"{ratio:.2g} times that in the last, {_name(last, history)}"
    )
