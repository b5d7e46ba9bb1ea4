"""The picture of the gradients: how long each layer's is, from the first layer to the last."""

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from refnet.training.figures import GREY, figure
from refnet.training.history import History
from refnet.training.tasks import Task

COLOURS = "viridis_r"  # the later the darker
MOST_NAMES = 40


def draw(task: Task, history: History) -> Figure:
    """A curve for each epoch over the layers, on a logarithmic axis; the title says what was found.

    A layer whose gradient is exactly 0 leaves a gap. Without an epoch there is nothing to draw but the axes.
    """
    epochs = [e for e in history.epochs if e.gradients]
    layers = list(epochs[0].gradients or ()) if epochs else []
    made, panels = figure(max(5.8, 2.5 + 0.24 * min(len(layers), MOST_NAMES)), 4.6)
    axes = panels[0, 0]
    made.suptitle(f"{task.model}: {finding(history)}", fontsize=11, parse_math=False)
    last = max(2, len(epochs))
    colours = ScalarMappable(Normalize(1, last), COLOURS)
    for e in epochs:
        norms = np.array(list((e.gradients or {}).values()))
        shown = np.where(norms > 0, norms, np.nan)
        axes.plot(
            range(len(layers)),
            shown,
            color=colours.to_rgba(np.array(e.number)),
            lw=1.2,
            marker="o",
            ms=3,
        )
    if layers:
        axes.set_yscale("log")
        step = -(-len(layers) // MOST_NAMES)
        axes.set_xticks(
            range(0, len(layers), step), layers[::step], rotation=90, fontsize=8, parse_math=False
        )
        made.colorbar(colours, ax=axes, label="epoch", pad=0.01, ticks=MaxNLocator(6, integer=True))
    axes.set_xlabel("layer, in the order in which the model has them")
    axes.set_ylabel("length of its gradient")
    axes.set_title("√ of the mean square over the steps of an epoch", fontsize=9, color=GREY)
    axes.grid(axis="y", alpha=0.25)
    return made


def finding(history: History) -> str:
    """What the last epoch's gradients say, in a sentence."""
    number, norms = history.epochs[-1].number, history.epochs[-1].gradients
    if not norms:
        return "no steps, no gradients"
    first, last = next(iter(norms)), next(reversed(norms))
    if not norms[first] or not norms[last]:
        return (
            f"in epoch {number} the gradient of {first if not norms[first] else last} is exactly 0"
        )
    ratio = norms[first] / norms[last]
    return f"in epoch {number} the first layer's gradient is {ratio:.2g} times the last one's"
