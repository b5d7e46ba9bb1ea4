"""Checkpoints of a training: kept whole after every epoch, and in between; and Ctrl-C.

What is kept is everything that the next step depends on (Run.state), and how the training was
asked for. So a training that was stopped, or killed at any moment, goes on to the same weights, bit for
bit, as one that was never stopped.
"""

import glob
import os
import shlex
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import refnet
from refnet.serialization import safetensors
from refnet.training.errors import InputError, StoppedError
from refnet.training.history import Epoch
from refnet.training.loop import Run
from refnet.training.settings import Settings

FORM = 1
"""The number of the form in which checkpoints are written."""


class Every(NamedTuple):
    """How often to keep a run between the ends of epochs: so many steps or seconds; or never."""

    steps: int | None = None
    seconds: float | None = None

    @classmethod
    def of(cls, text: str) -> "Every":
        """From 200 (steps) or 30s (seconds). Raises ValueError for anything else."""
        every = cls(seconds=float(text[:-1])) if text.endswith("s") else cls(steps=int(text))
        if not max(every.steps or 0, every.seconds or 0) > 0:
            raise ValueError(text)
        return every


class Origin(NamedTuple):
    """How a training was asked for: the model, where its data come from, and what they were."""

    model: str
    source: str
    fingerprint: int
    twin: bool


class Checkpoint:
    """The checkpoint of one training. A context manager: inside, Ctrl-C waits for the step's end.

    Arguments
        path    the file
        origin  goes into the file
        every   how often to write it besides the ends of epochs
        again   further options of the command that goes on
    """

    def __init__(self, path: Path, origin: Origin, every: Every, again: Sequence[str] = ()) -> None:
        self.path = path
        self.origin = origin
        self.every = every
        self.again = shlex.join(["refnet", "train", "--checkpoint", str(path), "--resume", *again])
        self._interrupted = False
        self._before: Any = None

    def restore(self, run: Run, state: dict[str, Any]) -> None:
        """Put the run where the checkpoint was written. Raises InputError if it does not fit."""
        try:
            run.restore(state)
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise InputError(
                f"{self.path} does not fit the training that it was begun with: {_one_line(error)}"
            ) from error

    def begin(self, run: Run) -> None:
        """Note where the run stands."""
        self._kept_step, self._kept_at = run.history.steps, time.monotonic()

    def step(self, run: Run, closed: Epoch | None) -> None:
        """Write the checkpoint if it is time. Raises StoppedError after Ctrl-C, with it written."""
        steps = run.history.steps - self._kept_step
        due = (
            closed is not None
            or (self.every.steps is not None and steps >= self.every.steps)
            or (
                self.every.seconds is not None
                and time.monotonic() - self._kept_at >= self.every.seconds
            )
        )
        if due or self._interrupted:
            self.write(run)
        if self._interrupted:
            raise StoppedError(
                f"interrupted in epoch {run.epoch}, after step {run.history.steps}; "
                f"go on with: {self.again}"
            )

    def write(self, run: Run) -> None:
        """Write the checkpoint."""
        refnet.save(
            {
                "form": FORM,
                "origin": self.origin._asdict(),
                "settings": asdict(run.settings),
                **run.state(),
            },
            self.path,
        )
        self.begin(run)

    def end(self, run: Run) -> None:
        """The last epoch's end has been written already."""

    # --- Ctrl-C ----------------------------------------------------------------------------------

    def __enter__(self) -> "Checkpoint":
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(self, *exc: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        """The first Ctrl-C waits until the step is over, the second one does not."""
        if self._interrupted:
            raise KeyboardInterrupt
        self._interrupted = True


def require_usable(path: Path, resume: bool) -> None:
    """Raise InputError unless a checkpoint can be written there, and nothing is lost by it."""
    try:
        safetensors()
    except ModuleNotFoundError as error:
        raise InputError(str(error)) from error
    if path.is_dir():
        raise InputError(f"the checkpoint {path} is a folder")
    if path.exists() and not resume:
        raise InputError(f"{path} exists: go on from it with --resume, or remove it")
    if not os.access(path.parent, os.W_OK):
        raise InputError(f"cannot write the checkpoint {path}: no such folder, or not writable")
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.partial") if resume else ():
        left.unlink(missing_ok=True)  # of a process that was killed while it wrote


def read(path: Path) -> tuple[Origin, Settings, dict[str, Any]]:
    """How the training of a checkpoint was asked for, and the rest of it.

    Raises InputError for a file that cannot be read or is no checkpoint of a training.
    """
    try:
        state = refnet.load(path)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    except RuntimeError as error:
        raise InputError(_one_line(error)) from error
    try:
        if state["form"] != FORM:
            raise InputError(
                f"the checkpoint {path} is of form {state['form']}, this refnet reads {FORM}"
            )
        return Origin(**state["origin"]), Settings(**state["settings"]), state
    except (KeyError, TypeError, IndexError) as error:
        raise InputError(f"{path} is no checkpoint of refnet train") from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
