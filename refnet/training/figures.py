"""What all pictures have in common: the colours, a figure with its axes, and a title that fits."""

from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

# People who do not see red, green or blue tell them apart too (tests/test_figures.py). A curve that
# only its colour would name has a marker or a dash of its own as well.
BLUE, ORANGE, GREEN, RED, PURPLE, GREY = (
    "#1a6fd4", "#dd7a00", "#2ca06c", "#96151f", "#63206e", "#70757e"
)  # fmt: skip
PALE = "#e5e7eb"


def figure(
    width: float, height: float, columns: int = 1, rows: int = 1, **options: Any
) -> tuple[Figure, Any]:
    """A figure with its axes in an array (rows, columns); options go to Figure.subplots."""
    made = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(made)
    axes = made.subplots(rows, columns, squeeze=False, **options)
    for panel in axes.flat:
        if panel.name == "rectilinear":
            panel.spines[["top", "right"]].set_visible(False)
    return made, axes


def headline(made: Figure, text: str, fontsize: float = 11) -> None:
    """Write the title of a figure, in as many lines as its width needs.

    What looks like a formula is none: the text may hold the name of a file.
    """
    made.suptitle(text, fontsize=fontsize, parse_math=False, wrap=True)


def whole_decades(axis: Any) -> None:
    """Let a logarithmic axis begin and end at powers of ten, so that it has a number at each end."""
    low, high = np.log10(axis.get_data_interval())
    bounds = 10 ** np.floor(low), 10 ** max(np.ceil(high), np.floor(low) + 1)
    set_bounds = axis.axes.set_xlim if axis.axis_name == "x" else axis.axes.set_ylim
    set_bounds(*bounds)  # which also ends autoscaling, so they stay
    axis.set_minor_formatter(NullFormatter())
