"""The metrics of a training as JSON lines: one for each epoch, and one at the end."""

import json
from pathlib import Path

from refnet.training.errors import InputError
from refnet.training.history import Epoch
from refnet.training.loop import Run


class Metrics:
    """A file with a line of JSON for every epoch, written as the epochs end.

    A training that goes on begins with the epochs that it already had, so that no line is
    missing and none is twice, whenever it was stopped.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self, run: Run) -> None:
        """Write the lines of the epochs so far."""
        self._write("w", [epoch.line() for epoch in run.history.epochs])

    def step(self, run: Run, closed: Epoch | None) -> None:
        """Add the line of an epoch that is over."""
        if closed is not None:
            self._write("a", [closed.line()])

    def end(self, run: Run) -> None:
        """Add the line with the scores on the test part."""
        history = run.history
        last: dict[str, object] = {"test": history.score}
        if history.twin_score is not None:
            last["twin_test"] = history.twin_score
        if history.stopped_early is not None:
            last["stopped_early"] = history.stopped_early
        self._write("a", [json.dumps(last, ensure_ascii=False)])

    def _write(self, mode: str, lines: list[str]) -> None:
        try:
            with self.path.open(mode, encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in lines)
        except OSError as error:
            raise InputError(f"cannot write {self.path}: {error.strerror or error}") from error
