"""The figure of a training: the losses, and the differences between refnet and its twin."""

import math
import tempfile
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullLocator

from refnet.serialization.atomic_write import delete_abandoned, written_whole
from refnet.training.errors import InputError, reason
from refnet.training.figures import BLUE, GREEN, GREY, PURPLE, RED, figure, headline, whole_decades
from refnet.training.history import History
from refnet.training.measures import measures
from refnet.training.tasks import Task

REFNET, PYTORCH, SOFT = BLUE, "#f0a35e", GREY
KINDS = {
    "parameters": ("parameter", RED, "s"),
    "outputs": ("output", PURPLE, "^"),
    "gradients": ("gradient", GREEN, "D"),
    "losses": ("loss", BLUE, "o"),
}
MARKS = 20
"""The largest number of epochs of a curve that get a mark."""


def draw(task: Task, history: History, dtype: str) -> Figure:
    """Draws the loss curves and, with a twin, the differences on a logarithmic axis."""
    twin = history.twin_score is not None
    made, axes = figure(10, 4.2, columns=2) if twin else figure(5.8, 4.2)
    headline(made, f"{task.model} on {_short(task.data)}\n{_tested(history)}")
    panels = axes[0]
    _losses(panels[0], task, history)
    if twin:
        _differences(panels[1], history, dtype)
    last = history.epochs[-1].number
    for panel in panels:
        panel.set_xlabel("epoch")
        panel.set_xlim(-0.02 * last, 1.02 * last) if last else panel.set_xlim(-1, 1)
        panel.xaxis.set_major_locator(MaxNLocator(nbins=8, steps=[1, 2, 5, 10], integer=True))
        panel.grid(axis="y", alpha=0.25)
    return made


def _short(name: str) -> str:
    return name if len(name) <= 50 else f"{name[:49]}…"


def _tested(history: History) -> str:
    """Returns the scores of the model and its twin on the test part."""
    if history.twin_score is None:
        return f"on the test part: {measures(history.score)}"
    ours, theirs = measures(history.score), measures(history.twin_score)
    if ours == theirs:
        return f"on the test part: {ours}; PyTorch the same"
    return f"on the test part: refnet {ours}; PyTorch {theirs}"


def _losses(axes: Any, task: Task, history: History) -> None:
    epochs = [e.number for e in history.epochs]
    marker = "o" if len(epochs) == 1 else ""
    twin = history.twin_score is not None
    if twin:
        axes.plot(
            epochs, [e.twin_loss for e in history.epochs], color=PYTORCH, lw=6, alpha=0.6,
            marker=marker, ms=12, solid_capstyle="round", label="PyTorch, training part",
        )  # fmt: skip
    ours = "refnet, " if twin else ""
    axes.plot(
        epochs, [e.loss for e in history.epochs], color=REFNET, lw=1.5, marker=marker,
        label=f"{ours}training part",
    )  # fmt: skip
    if history.epochs[-1].val_loss is not None:
        axes.plot(
            epochs, [e.val_loss for e in history.epochs], color=REFNET, lw=1.2, ls=(0, (4, 2)),
            marker=marker, label=f"{ours}validation part",
        )  # fmt: skip
    if history.stopped_early is not None:
        axes.axvline(
            history.stopped_early, color=SOFT, lw=1, ls=(0, (1, 2)), label="weights taken from here"
        )
    axes.set_ylabel(f"{task.cost.name}\n(mean over an epoch)")
    values = [value for e in history.epochs for value in (e.loss, e.val_loss or 0.0)]
    top = max(filter(math.isfinite, values), default=0.0) or 1.0
    axes.set_ylim(-0.03 * top, 1.05 * top)
    axes.legend(frameon=False)


def _differences(axes: Any, history: History, dtype: str) -> None:
    """Draws the differences; a difference of exactly 0 leaves a gap in its curve."""
    steps = [e for e in history.epochs if e.number and e.differences is not None]
    zeros, ends = False, {}
    for name, (kind, color, marker) in KINDS.items():
        values = np.array([e.differences.largest[kind] for e in steps if e.differences is not None])
        zeros |= bool((values == 0).any())
        shown = np.where(values > 0, values, np.nan)
        every = -(-len(steps) // MARKS) or 1
        axes.plot(
            [e.number for e in steps], shown, color=color, marker=marker, ms=4, lw=1.2,
            markevery=every,
        )  # fmt: skip
        if np.isfinite(shown).any():
            ends[name] = (shown[np.isfinite(shown)][-1], color, marker)
    title = "largest in any step so far" + (" (a gap: equal)" if zeros and ends else "")
    axes.set_title(title, fontsize=10, color=SOFT)
    axes.set_ylabel("|refnet − PyTorch|")
    if not ends:
        axes.set_yticks([])
        none = "none: equal bit for bit" if steps else "no steps, no differences"
        axes.text(0.5, 0.5, none, transform=axes.transAxes, ha="center", color=SOFT)
        return
    axes.set_yscale("log")
    axes.yaxis.set_minor_locator(NullLocator())
    eps = float(np.finfo(dtype).eps)
    axes.axhline(eps, color=SOFT, lw=1, ls=(0, (1, 2)))
    whole_decades(axes.yaxis)
    _name_ends(axes, {**ends, f"ε of {dtype}": (eps, SOFT, "")})


def _name_ends(axes: Any, ends: dict[str, tuple[float, str, str]]) -> None:
    """Writes the mark and name of each curve beside its end, moved so that names do not overlap."""
    low, high = np.log10(axes.get_ylim())
    names = sorted(ends, key=lambda name: ends[name][0])
    wanted = [(np.log10(ends[name][0]) - low) / (high - low) for name in names]
    for name, place in zip(names, _apart(wanted, 0.065), strict=True):
        _, color, marker = ends[name]
        frame = axes.transAxes
        axes.plot(1.03, place, color=color, marker=marker, ms=4, transform=frame, clip_on=False)
        axes.text(1.05, place, name, transform=frame, va="center", fontsize=9, color=color)


def _apart(wanted: Sequence[float], gap: float) -> list[float]:
    """Returns increasing numbers with gaps of about `gap`: close neighbours move equally."""
    places = list(wanted)
    for _ in range(100):
        for i in range(1, len(places)):
            missing = max(0.0, gap - (places[i] - places[i - 1]))
            places[i - 1] -= missing / 2
            places[i] += missing / 2
    return places


# --- files, written whole or not at all ----------------------------------------------------------


class Folder:
    """The output folder, which is checked before the training starts.

    Args:
        path: the folder; it is made if it does not exist
        names: the files that will be written

    Raises:
        InputError: if the folder cannot be made or written to, or if a name is that of a folder
    """

    def __init__(self, path: Path, names: Sequence[str] = ()) -> None:
        self.path = path
        self._made = [p for p in (path, *path.parents) if not p.exists()]
        try:
            path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=path):
                pass
        except OSError as error:
            self.discard_if_empty()
            raise InputError(
                f"cannot write to the output folder {path}: {reason(error)}"
            ) from error
        for target in (path / name for name in names):
            if target.is_dir():
                raise InputError(f"cannot write {target}: it is a folder")

    def save(self, figure: Figure, name: str) -> Path:
        """Writes the figure under this name, as PNG."""

        def png(path: Path) -> None:
            with warnings.catch_warnings():
                # The name of a file can contain a letter that the font lacks.
                warnings.filterwarnings("ignore", "Glyph .* missing from font")
                figure.savefig(path, format="png", dpi=120)

        return self.write(name, png)

    def write(self, name: str, to: Callable[[Path], object]) -> Path:
        """Writes a file of this name: to(path) writes another file, which then gets the name.

        Deletes unfinished files of killed processes. Raises InputError if writing fails.
        """
        target = self.path / name
        try:
            delete_abandoned(target)
            with written_whole(target) as partial:
                to(partial)
        except OSError as error:
            raise InputError(f"cannot write {target}: {reason(error)}") from error
        return target

    def discard_if_empty(self) -> None:
        """Removes the folders that were made here and are empty."""
        for path in self._made:
            with suppress(OSError):
                path.rmdir()
