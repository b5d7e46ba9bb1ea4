"""The metrics of a training as JSON lines: its settings, each epoch, and the scores at the end."""

import json
import platform
from dataclasses import asdict

import numpy as np

import refnet
from refnet.training.errors import InputError, reason
from refnet.training.history import Epoch
from refnet.training.loop import Run
from refnet.training.plots import Folder


class Metrics:
    """A file of JSON lines, to which each epoch adds one.

    The first line has the model, the data, the settings and the versions of the libraries. The line
    of an epoch has the fields of history.Epoch. The last line has the scores on the test part
    ("test", "twin_test") and "stopped_early".

    A training that continues first writes its earlier epochs, all at once, so that no line is
    missing or doubled, whenever it was stopped.
    """

    def __init__(self, folder: Folder, name: str) -> None:
        self.folder, self.name = folder, name

    def begin(self, run: Run) -> None:
        """Writes the first line, and the lines of the epochs so far."""
        versions = {
            "refnet": refnet.__version__,
            "NumPy": np.__version__,
            "Python": platform.python_version(),
        }
        if run.theirs is not None:
            versions["PyTorch"] = str(run.theirs.library.__version__)
        first = {
            "model": run.task.model,
            "data": run.task.data,
            "settings": asdict(run.settings),
            "versions": versions,
        }
        epochs = [epoch.line() for epoch in run.history.epochs]
        lines = [json.dumps(first, ensure_ascii=False), *epochs]
        text = "".join(f"{line}\n" for line in lines)
        self.folder.write(self.name, lambda path: path.write_text(text, encoding="utf-8"))

    def step(self, run: Run, closed: Epoch | None) -> None:
        """Adds the line of an epoch that ended."""
        if closed is not None:
            self._add(closed.line())

    def end(self, run: Run) -> None:
        """Adds the line with the scores on the test part."""
        history = run.history
        last: dict[str, object] = {"test": history.score}
        if history.twin_score is not None:
            last["twin_test"] = history.twin_score
        if history.stopped_early is not None:
            last["stopped_early"] = history.stopped_early
        self._add(json.dumps(last, ensure_ascii=False))

    def _add(self, line: str) -> None:
        path = self.folder.path / self.name
        try:
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")
        except OSError as error:
            raise InputError(f"cannot write {path}: {reason(error)}") from error
