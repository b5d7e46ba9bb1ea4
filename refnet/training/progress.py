"""Progress bars and messages on a terminal, in a notebook and in a file.

A notebook gets plain text, and HTML for the bar: rich shows its own bar there only with the package
ipywidgets, and otherwise a warning for each step.
"""

import os
import time
from collections.abc import Iterable, Iterator, Sized
from html import escape
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

T = TypeVar("T")
EVERY = 0.1
"""The seconds between updates of the bar in a notebook."""


def notebook() -> bool:
    """Returns whether this runs in the kernel of a notebook."""
    return Console().is_jupyter


def console(**options: Any) -> Console:
    """Returns the console to print to.

    A notebook gets plain text, also from a command that a cell starts: there FORCE_COLOR makes rich
    take the cell for a terminal, whose cursor it could move.
    """
    if notebook() or "JPY_PARENT_PID" in os.environ:
        options |= {"force_jupyter": False, "force_terminal": False}
    return Console(**options)


class Bar:
    """A progress bar with the time left, as a context manager; a file gets no bar."""

    def __init__(self, console: Console, what: str, total: int, unit: str = "") -> None:
        self.what, self.total, self.unit = what, total, unit
        self.done = 0
        self._html = notebook()
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            *([TextColumn(unit)] if unit else []),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task(what, total=total)

    def __enter__(self) -> "Bar":
        self._started = time.monotonic()
        if self._html:
            from IPython.display import display

            self._at = self._started
            self._handle = display(self, display_id=True)
        self._progress.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._progress.stop()
        if self._html:
            self._handle.update(self)

    def update(self, done: int) -> None:
        """Sets the number of finished items."""
        self.done = done
        self._progress.update(self._task, completed=done)
        if self._html and time.monotonic() - self._at >= EVERY:
            self._at = time.monotonic()
            self._handle.update(self)

    def __repr__(self) -> str:
        return f"{self.what}: {self._counted()}"

    def _counted(self) -> str:
        seconds = time.monotonic() - self._started
        over = self.done >= self.total or not self.done
        left = "" if over else f", {seconds / self.done * (self.total - self.done):.0f} s left"
        return f"{self.done:,}/{self.total:,} {self.unit}".rstrip() + f", {seconds:.0f} s{left}"

    def _repr_html_(self) -> str:
        """Returns the bar in HTML, in the colours of the notebook."""
        return (
            '<label style="display:flex;flex-wrap:wrap;gap:.2em .6em;align-items:center;'
            'color:inherit">'
            f'{escape(self.what)}<progress value="{self.done}" max="{self.total}" '
            f'style="flex:0 1 16em"></progress>{escape(self._counted())}</label>'
        )


def track(items: Iterable[T], what: str, total: int | None, console: Console) -> Iterator[T]:
    """Yields the items under a progress bar. Raises TypeError if their number is unknown."""
    if total is None:
        if not isinstance(items, Sized):
            raise TypeError("track(): expected total for items without a length")
        total = len(items)
    with Bar(console, what, total) as bar:
        for i, item in enumerate(items, 1):
            yield item
            bar.update(i)
