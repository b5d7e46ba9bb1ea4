"""Checkpoints of a training, written after every epoch and in between; and Ctrl-C, SIGTERM, SIGHUP.

A checkpoint has everything that the next step depends on (Run.state), and the options of the
training. So a training that was stopped or killed at any moment continues to the same weights, bit
for bit, as one that was never stopped.
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
from refnet.serialization.safetensors_file import safetensors
from refnet.training.errors import InputError, StoppedError, TrainingError, reason, shown, typed
from refnet.training.history import Epoch
from refnet.training.loop import Run
from refnet.training.settings import Settings

FORM = 1
"""The version of the format of checkpoints."""


class Every(NamedTuple):
    """The number of steps or seconds between checkpoints within an epoch, or neither."""

    steps: int | None = None
    seconds: float | None = None

    @classmethod
    def parse(cls, text: str) -> "Every":
        """Reads "200" (steps) or "30s" (seconds). Raises ValueError for any other text."""
        every = cls(seconds=float(text[:-1])) if text.endswith("s") else cls(steps=int(text))
        if not max(every.steps or 0, every.seconds or 0) > 0:
            raise ValueError(text)
        return every


class Origin(NamedTuple):
    """The model of a training, the source and fingerprint of its data, and if it has a twin."""

    model: str
    source: str
    fingerprint: int
    twin: bool


class Machine(NamedTuple):
    """What the last bits of a training depend on besides its options.

    Sums are split among the threads, and each processor has kernels of its own.
    """

    threads: int
    processor: str
    numpy: str

    @classmethod
    def here(cls) -> "Machine":
        """Returns the machine that this runs on."""
        processor = f"{platform.machine()} {blas.core()}".strip()
        return cls(refnet.get_num_threads(), processor, np.__version__)

    def __str__(self) -> str:
        threads = "1 thread" if self.threads == 1 else f"{self.threads} threads"
        return f"{threads}, {self.processor}, NumPy {self.numpy}"


class Checkpoint:
    """The checkpoint of one training.

    It is a context manager in which Ctrl-C, SIGTERM and SIGHUP wait for the end of the step.

    Args:
        path: the file
        origin: the origin of the training, which is written to the file
        every: how often it is written within an epoch
        again: further options of the command that continues the training
    """

    def __init__(self, path: Path, origin: Origin, every: Every, again: Sequence[str] = ()) -> None:
        self.path = path
        self.origin = origin
        self.every = every
        self.again = shlex.join(["refnet", "train", "--checkpoint", str(path), "--resume", *again])
        self._stopped_by: int | None = None  # a signal's number
        self._before: dict[int, Any] = {}

    def restore(self, run: Run, state: dict[str, Any]) -> None:
        """Restores the state of the run. Raises InputError if it does not fit the run."""
        try:
            run.restore(deepcopy(state))
            run.rehearse()
            run.restore(state)
        except Exception as error:  # a changed field can cause any error
            raise self.misfit(error) from error

    def misfit(self, error: Exception) -> InputError:
        """Returns the error to raise if the training cannot continue from the checkpoint."""
        return InputError(
            f"{self.path} does not fit the training that it was written for: {reason(error)}"
        )

    def begin(self, run: Run) -> None:
        """Records the step and the time of the last checkpoint."""
        self._kept_step, self._kept_at = run.history.steps, time.monotonic()

    def step(self, run: Run, closed: Epoch | None) -> None:
        """Writes the checkpoint if it is due or after a signal, which raises StoppedError."""
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
                f"continue with: {self.again}",
                number,
            )

    def write(self, run: Run) -> None:
        """Writes the checkpoint. Raises TrainingError if that is no longer possible."""
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
            raise TrainingError(
                f"stopped after step {run.history.steps}: cannot write the checkpoint {self.path}: "
                f"{reason(error)}"
            ) from error
        self.begin(run)

    def end(self, run: Run) -> None:
        """Does nothing: the end of the last epoch is written already."""

    # --- signals ---------------------------------------------------------------------------------

    def __enter__(self) -> "Checkpoint":
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                # nohup ignores SIGHUP, so that a training continues when the terminal is closed
                if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._stop)
        return self

    def __exit__(self, *exc: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        """Waits for the end of the step after the first signal, but not after a second Ctrl-C."""
        if self._stopped_by is not None and number == signal.SIGINT:
            raise KeyboardInterrupt
        if self._stopped_by is None:
            self._stopped_by = number


SIGNALS = {
    getattr(signal, name): done
    for name, done in (("SIGINT", "interrupted"), ("SIGTERM", "terminated"), ("SIGHUP", "hung up"))
    if hasattr(signal, name)  # Windows has no SIGHUP
}
"""The signals that end a training with a checkpoint, and the words for them."""


@contextmanager
def claimed(path: Path | None, resume: bool) -> Iterator[None]:
    """Keeps other processes from using the checkpoint; does nothing for None.

    Raises InputError if no checkpoint can be written at the path, if it would overwrite one, or if
    another process uses it.
    """
    if path is None:
        if resume:
            raise InputError("--resume needs --checkpoint FILE, the file to continue from")
        yield
        return
    try:
        safetensors()
    except ModuleNotFoundError as error:
        raise InputError(str(error)) from error
    from filelock import FileLock, Timeout  # here, since only checkpoints need it

    real = Path(os.path.realpath(path))
    lock = FileLock(real.with_name(f".{shortened(real.name)}.lock"))
    try:
        if real.is_dir():
            raise InputError(f"the checkpoint {path} is a folder")
        require_writable(path)
        if real.exists() and not resume:
            raise InputError(f"{path} exists: continue from it with --resume, or remove it")
        lock.acquire(timeout=0)
        delete_abandoned(path)
    except Timeout as error:
        raise InputError(f"another process is training with the checkpoint {path}") from error
    except OSError as error:
        raise InputError(f"cannot write the checkpoint {path}: {reason(error)}") from error
    try:
        yield
    finally:
        with suppress(OSError):  # Windows: release() does it
            Path(lock.lock_file).unlink()
        lock.release()


def require_apart(path: Path | None, outputs: Sequence[Path]) -> None:
    """Raises InputError if the checkpoint is also one of the outputs of the training."""
    for output in outputs:
        if path is not None and os.path.realpath(path) == os.path.realpath(output):
            raise InputError(f"the checkpoint {path} has the name of an output: give it another")


def read(path: Path) -> tuple[Origin, Settings, dict[str, Any]]:
    """Returns the origin, the settings and the whole content of a checkpoint.

    Raises InputError for a file that cannot be read or is not a checkpoint of a training.
    """
    try:
        state = refnet.load(path)
    except OSError as error:
        raise InputError(f"cannot read {path}: {reason(error)}") from error
    except RuntimeError as error:
        raise InputError(reason(error)) from error
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
    """Returns the warnings before a training continues from a checkpoint.

    With other threads, another processor or another NumPy, the last bits of the weights differ from
    those of a training that never stopped.
    """
    kept = state.get("machine")
    if kept is None or kept == Machine.here()._asdict():
        return []
    return [
        f"the checkpoint was written with {Machine(**kept)}, this is {Machine.here()}: "
        "sums may be rounded in another way, so the weights may differ in their last bits"
    ]
