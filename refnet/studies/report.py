"""The output of a study: lines and tables on the terminal, figures and numbers in a folder."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from matplotlib.figure import Figure
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from refnet.ops.rule import Array
from refnet.training.errors import printable
from refnet.training.plots import Folder
from refnet.training.progress import console as new_console, track

T = TypeVar("T")


class Report:
    """The terminal and the folder of one study.

    Args:
        folder: the folder for figures and numbers
        console: the terminal; by default a new console

    Raises:
        InputError: if the folder cannot be made or written to
    """

    def __init__(self, folder: Path = Path("runs"), console: Console | None = None) -> None:
        self.console = console or new_console()
        self.folder = Folder(folder)

    def say(self, line: str = "") -> None:
        """Prints a line."""
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Prints a table, with text aligned to the left and numbers to the right."""
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
        """Prints the verdict on a claim: holds, holds with a condition, does not hold."""
        self.say(f"\nThe notes: {claim}\n{verdict}: {because}")

    def track(self, items: Iterable[T], what: str, total: int | None = None) -> Iterable[T]:
        """Returns the items under a progress bar with the time left."""
        return track(items, what, total, self.console)

    def save(self, figure: Figure, name: str) -> Path:
        """Writes a figure as name.png, and prints its path."""
        return self.wrote(self.folder.save(figure, f"{name}.png"))

    def numbers(self, name: str, **arrays: Array) -> Path:
        """Writes the numbers of a figure as name.npz, and prints the path."""
        return self.write(f"{name}.npz", lambda path: _savez(path, arrays))

    def write(self, name: str, to: Callable[[Path], object]) -> Path:
        """Writes a file with to(path), and prints its path."""
        return self.wrote(self.folder.write(name, to))

    def wrote(self, path: Path) -> Path:
        """Prints the path of a file that was written."""
        self.say(f"wrote {printable(str(path))}")
        return path


def _savez(path: Path, arrays: dict[str, Array]) -> None:
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
