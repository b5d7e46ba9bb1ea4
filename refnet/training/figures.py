"""What all pictures have in common: the colours, and a figure with its axes."""

from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, RED, PURPLE, GREY = (
    "#1f6f8b", "#d97b29", "#2f7d4f", "#b3382c", "#7b5aa6", "#6b7280"
)  # fmt: skip


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
