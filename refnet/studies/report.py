"""What a study puts out: lines and tables on the terminal, figures and numbers in a folder."""

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from refnet.ops.rule import Array
from refnet.training.errors import InputError
from refnet.training.plots import Folder

T = TypeVar("T")

BLUE, ORANGE, GREEN, RED, PURPLE, GREY = (
    "#1f6f8b", "#d97b29", "#2f7d4f", "#b3382c", "#7b5aa6", "#6b7280"
)  # fmt: skip


class Report:
    """The terminal and the folder of one study.

    Raises InputError if the folder cannot be made or written to.
    """

    def __init__(self, folder: Path = Path("runs"), console: Console | None = None) -> None:
        self.console = console or Console()
        self.folder = Folder(folder)
        self.written: list[Path] = []

    def say(self, line: str = "") -> None:
        """Print a line."""
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print a table: text to the left, numbers to the right."""
        table = Table(box=None, pad_edge=False)
        rows = [list(row) for row in rows]
        for i, name in enumerate(columns):
            numeric = any(isinstance(row[i], int | float) for row in rows)
            table.add_column(name, justify="right" if numeric else "left")
        for row in rows:
            table.add_row(*(f"{v:.3g}" if isinstance(v, float) else str(v) for v in row))
        self.console.print(f"\n[bold]{escape(title)}[/]", highlight=False, soft_wrap=True)
        self.console.print(table, highlight=False)

    def verdict(self, claim: str, verdict: str, because: str) -> None:
        """Say what has become of a claim: holds, holds with a condition, does not hold."""
        self.say(f"\nThe notes: {claim}\n{verdict}: {because}")

    def track(self, items: Iterable[T], what: str, total: int | None = None) -> Iterable[T]:
        """The items, with a progress bar and the time left."""
        return track(items, description=what, total=total, console=self.console, transient=True)

    def save(self, figure: Figure, name: str) -> Path:
        """Write a figure as name.png."""
        return self._written(self.folder.save(figure, f"{name}.png"))

    def numbers(self, name: str, **arrays: Array) -> Path:
        """Write the numbers behind a figure as name.npz."""
        return self.write(f"{name}.npz", lambda path: _savez(path, arrays))

    def write(self, name: str, to: Callable[[Path], object]) -> Path:
        """Write a file: to(path) writes another one first, which is then renamed."""
        target = self.folder.path / name
        partial = self.folder.path / f".{os.getpid()}.{name}"
        try:
            to(partial)
            partial.replace(target)
        except OSError as error:
            raise InputError(f"cannot write {target}: {error.strerror or error}") from error
        finally:
            partial.unlink(missing_ok=True)
        return self._written(target)

    def _written(self, path: Path) -> Path:
        self.written.append(path)
        return path


def _savez(path: Path, arrays: dict[str, Array]) -> None:
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]


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
