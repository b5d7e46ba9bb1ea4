"""Checkpoints of a training: kept whole after every epoch, and in between; and Ctrl-C, SIGTERM, SIGHUP.

What is kept is everything that the next step depends on (Run.state), and how the training was
asked for. So a training that was stopped, or killed at any moment, goes on to the same weights, bit for
bit, as one that was never stopped.
"""

import os
import platform
import shlex
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import numpy as np

import refnet
from refnet.kernels import blas
from refnet.serialization.atomic_write import delete_abandoned, require_writable, shortened
from refnet.serialization.safetensors_file import one_line, safetensors
from refnet.training.errors import InputError, StoppedError, TrainingError, shown, typed
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


class Machine(NamedTuple):
    """What the bits of a training depend on besides its options: sums are split among threads, and each
    processor has its own kernels."""

    threads: int
    processor: str
    numpy: str

    @classmethod
    def here(cls) -> "Machine":
        """This one."""
        processor = f"{platform.machine()} {blas.core()}".strip()
        return cls(refnet.get_num_threads(), processor, np.__version__)

    def __str__(self) -> str:
        threads = "1 thread" if self.threads == 1 else f"{self.threads} threads"
        return f"{threads}, {self.processor}, NumPy {self.numpy}"


class Checkpoint:
    """The checkpoint of one training. A context manager: inside, Ctrl-C waits for the step's end, and so do
    SIGTERM and SIGHUP.

    Args:
        path: the file
        origin: goes into the file
        every: how often to write it besides the ends of epochs
        again: further options of the command that goes on
    """

    def __init__(self, path: Path, origin: Origin, every: Every, again: Sequence[str] = ()) -> None:
        self.path = path
        self.origin = origin
        self.every = every
        self.again = shlex.join(["refnet", "train", "--checkpoint", str(path), "--resume", *again])
        self._stopped_by: int | None = None  # a signal's number
        self._before: dict[int, Any] = {}

    def restore(self, run: Run, state: dict[str, Any]) -> None:
        """Put the run where the checkpoint was written. Raises InputError if it does not fit."""
        try:
            run.restore(deepcopy(state))
            run.rehearse()
            run.restore(state)
        except Exception as error:  # a changed field may lead to any error
            raise self.misfit(error) from error

    def misfit(self, error: Exception) -> InputError:
        """What to raise where going on from the checkpoint has led to an error."""
        return InputError(
            f"{self.path} does not fit the training that it was begun with: {one_line(error)}"
        )

    def begin(self, run: Run) -> None:
        """Note where the run stands."""
        self._kept_step, self._kept_at = run.history.steps, time.monotonic()

    def step(self, run: Run, closed: Epoch | None) -> None:
        """Write the checkpoint if it is time. Raises StoppedError after a signal, with it written."""
        steps = run.history.steps - self._kept_step
        due = (
            closed is not None
            or (self.every.steps is not None and steps >= self.every.steps)
            or (
                self.every.seconds is not None
                and time.monotonic() - self._kept_at >= self.every.seconds
            )
        )
        number = self._stopped_by
        if due or number is not None:
            self.write(run)
        if number is not None:
            raise StoppedError(
                f"{SIGNALS[number]} in epoch {run.epoch}, after step {run.history.steps}; "
                f"go on with: {self.again}",
                number,
            )

    def write(self, run: Run) -> None:
        """Write the checkpoint. Raises TrainingError if that is no longer possible."""
        state = {
            "form": FORM,
            "origin": self.origin._asdict(),
            "machine": Machine.here()._asdict(),
            "settings": asdict(run.settings),
            **run.state(),
        }
        try:
            refnet.save(state, self.path)
        except (OSError, RuntimeError) as error:
            reason = getattr(error, "strerror", None) or one_line(error)
            raise TrainingError(
                f"stopped after step {run.history.steps}: cannot write the checkpoint {self.path}: "
                f"{reason}"
            ) from error
        self.begin(run)

    def end(self, run: Run) -> None:
        """The last epoch's end has been written already."""

    # --- signals ---------------------------------------------------------------------------------

    def __enter__(self) -> "Checkpoint":
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                # nohup has SIGHUP ignored, so that a training goes on when the terminal is closed
                if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._stop)
        return self

    def __exit__(self, *exc: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        """The first signal waits until the step is over, a second Ctrl-C does not."""
        if self._stopped_by is not None and number == signal.SIGINT:
            raise KeyboardInterrupt
        if self._stopped_by is None:
            self._stopped_by = number


SIGNALS = {
    getattr(signal, name): done
    for name, done in (("SIGINT", "interrupted"), ("SIGTERM", "terminated"), ("SIGHUP", "hung up"))
    if hasattr(signal, name)  # Windows has no SIGHUP
}
"""The signals that end a training with a checkpoint, and what is said then."""


@contextmanager
def claimed(path: Path | None, resume: bool) -> Iterator[None]:
    """While a training uses the checkpoint, no other can. Does nothing for None.

    Raises InputError unless a checkpoint can be written there, nothing is lost by it, and no other
    process is using it.
    """
    if path is None:
        if resume:
            raise InputError("--resume needs --checkpoint FILE, the file to go on from")
        yield
        return
    try:
        safetensors()
    except ModuleNotFoundError as error:
        raise InputError(str(error)) from error
    from filelock import FileLock, Timeout  # here, since only a checkpoint needs it

    real = Path(os.path.realpath(path))
    lock = FileLock(real.with_name(f".{shortened(real.name)}.lock"))
    try:
        if real.is_dir():
            raise InputError(f"the checkpoint {path} is a folder")
        require_writable(path)
        if real.exists() and not resume:
            raise InputError(f"{path} exists: go on from it with --resume, or remove it")
        lock.acquire(timeout=0)
        delete_abandoned(path)
    except Timeout as error:
        raise InputError(f"another process is training with the checkpoint {path}") from error
    except OSError as error:
        raise InputError(
            f"cannot write the checkpoint {path}: {error.strerror or error}"
        ) from error
    try:
        yield
    finally:
        with suppress(OSError):  # Windows: release() does it
            Path(lock.lock_file).unlink()
        lock.release()


def require_apart(path: Path | None, outputs: Sequence[Path]) -> None:
    """Raise InputError if the checkpoint is one of the files that a training writes besides."""
    for output in outputs:
        if path is not None and os.path.realpath(path) == os.path.realpath(output):
            raise InputError(f"the checkpoint {path} has the name of an output: give it another")


def read(path: Path) -> tuple[Origin, Settings, dict[str, Any]]:
    """How the training of a checkpoint was asked for, and the rest of it.

    Raises InputError for a file that cannot be read or is no checkpoint of a training.
    """
    try:
        state = refnet.load(path)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    except RuntimeError as error:
        raise InputError(one_line(error)) from error
    try:
        form = state["form"]
        if type(form) is not int or form != FORM:
            raise InputError(
                f"the checkpoint {path} is of form {shown(form)}, this refnet reads {FORM}"
            )
        if "machine" in state:
            typed(Machine, state["machine"])
        return typed(Origin, state["origin"]), typed(Settings, state["settings"]), state
    except (AttributeError, KeyError, TypeError, IndexError) as error:
        raise InputError(f"{path} is not a checkpoint of refnet train") from error


def differences(state: dict[str, Any]) -> list[str]:
    """What is to be said before going on from a checkpoint: that other bits than those of a training which
    never stopped will come out, since the number of threads, the processor or NumPy is another one."""
    kept = state.get("machine")
    if kept is None or kept == Machine.here()._asdict():
        return []
    return [
        f"the checkpoint was written with {Machine(**kept)}, this is {Machine.here()}: "
        "sums may be rounded in another way, so the weights may differ in their last bits"
    ]
