"""Parts of all figures: the colours, the axes, and a title that fits."""

from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

# Colours that people who do not see red, green or blue can tell apart (tests/test_figures.py). A
# curve that has no name beside it also has a marker or a dash of its own.
BLUE, ORANGE, GREEN, RED, PURPLE, GREY = (
    "#1a6fd4", "#dd7a00", "#2ca06c", "#96151f", "#63206e", "#70757e"
)  # fmt: skip
PALE = "#e5e7eb"


def figure(
    width: float, height: float, columns: int = 1, rows: int = 1, **options: Any
) -> tuple[Figure, Any]:
    """Returns a figure and its axes in an array (rows, columns); options go to Figure.subplots."""
    made = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(made)
    axes = made.subplots(rows, columns, squeeze=False, **options)
    for panel in axes.flat:
        if panel.name == "rectilinear":
            panel.spines[["top", "right"]].set_visible(False)
    return made, axes


def headline(made: Figure, text: str, fontsize: float = 11) -> None:
    """Sets the title of a figure, in as many lines as its width needs.

    Dollar signs do not start a formula, since the text can contain the name of a file.
    """
    made.suptitle(text, fontsize=fontsize, parse_math=False, wrap=True)


def whole_decades(axis: Any) -> None:
    """Extends a logarithmic axis to powers of ten, so that it has a number at each end."""
    low, high = np.log10(axis.get_data_interval())
    bounds = 10 ** np.floor(low), 10 ** max(np.ceil(high), np.floor(low) + 1)
    set_bounds = axis.axes.set_xlim if axis.axis_name == "x" else axis.axes.set_ylim
    set_bounds(*bounds)  # which also ends autoscaling, so they stay
    axis.set_minor_formatter(NullFormatter())
