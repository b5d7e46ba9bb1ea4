"""The picture of a training: the losses, and the differences between refnet and its twin."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from refnet.training.errors import InputError
from refnet.training.loop import History
from refnet.training.tasks import Task

REFNET, PYTORCH = "#1f6f8b", "#e07a2f"


def draw(task: Task, history: History) -> Figure:
    """The loss curves; with a twin, also the differences on a logarithmic axis."""
    twin = history.twin_score is not None
    figure = Figure(figsize=(10, 4) if twin else (5.5, 4), layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(f"{task.model} on {task.data}")
    panels = figure.subplots(1, 2 if twin else 1, squeeze=False)[0]
    epochs = [e.number for e in history.epochs]
    losses, axes = [e.loss for e in history.epochs], panels[0]
    if twin:
        axes.plot(
            epochs, [e.twin_loss for e in history.epochs], color=PYTORCH, lw=5, alpha=0.5,
            label="PyTorch",
        )  # fmt: skip
    axes.plot(epochs, losses, color=REFNET, lw=1.5, label="refnet")
    axes.set_title("loss on the training part (epoch 0: untrained)", fontsize=10)
    axes.set_ylabel({"MSELoss": "mean squared error"}.get(task.cost, "cross entropy"))
    axes.legend()
    if twin:
        _differences(panels[1], history)
    for panel in panels:
        panel.set_xlabel("epoch")
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        panel.grid(alpha=0.25)
    return figure


def _differences(axes: Any, history: History) -> None:
    """What is exactly zero has no place on a logarithmic axis, and leaves a gap in the curve."""
    steps = [e for e in history.epochs if e.number]
    numbers = [e.number for e in steps]
    curves = {"loss, at this epoch": [abs(e.loss - (e.twin_loss or 0.0)) for e in steps]}
    for kind in ("output", "gradient", "parameter"):
        curves[f"{kind}s, largest so far"] = [
            e.differences.largest[kind] for e in steps if e.differences is not None
        ]
    for (label, values), marker in zip(curves.items(), "osv^", strict=True):
        shown = np.where(np.array(values, dtype=np.float64) > 0, values, np.nan)
        axes.plot(numbers, shown, marker=marker, ms=3, lw=1, label=label)
    axes.set_title("difference |refnet − PyTorch| (a gap: exactly equal)", fontsize=10)
    if any(value > 0 for values in curves.values() for value in values):
        axes.set_yscale("log")
        axes.set_ylim(top=axes.get_ylim()[1] * 30)  # room for the legend
        axes.legend(fontsize=8, ncols=2, loc="upper center")
    else:
        axes.set_yticks([])
        axes.text(0.5, 0.5, "none", transform=axes.transAxes, ha="center")


# --- files: whole or not at all -----------------------------------------------------------------


class Folder:
    """The output folder: known to be writable before the training starts.

    Raises InputError if it cannot be made or written to.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._made = [p for p in (path, *path.parents) if not p.exists()]
        try:
            path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=path):
                pass
        except OSError as error:
            self.discard_if_empty()
            raise InputError(
                f"cannot write to the output folder {path}: {error.strerror or error}"
            ) from error

    def save(self, figure: Figure, name: str) -> Path:
        """Write the figure under this name: into another file first, which is then renamed."""
        target = self.path / name
        partial = self.path / f".{name}.{os.getpid()}.partial"
        try:
            figure.savefig(partial, format="png", dpi=120)
            partial.replace(target)
        except OSError as error:
            raise InputError(f"cannot write {target}: {error.strerror or error}") from error
        finally:
            partial.unlink(missing_ok=True)
        return target

    def discard_if_empty(self) -> None:
        """Remove the folders that were made here, as far as nothing was written to them."""
        for path in self._made:
            with suppress(OSError):
                path.rmdir()
