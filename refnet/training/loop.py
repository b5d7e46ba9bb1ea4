"""The training loop, the same for refnet and PyTorch, which train in lockstep."""

import time
from collections.abc import Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import asdict
from typing import Any, NamedTuple, Protocol

import numpy as np

import refnet
from refnet.training.errors import TrainingError, typed
from refnet.training.history import Epoch, History
from refnet.training.learner import Learner
from refnet.training.settings import Settings
from refnet.training.tasks import Task
from refnet.training.twin import Differences, converted, require_equal_start


class Progress(NamedTuple):
    """The progress of a training in its checkpoint, besides its epochs."""

    steps: int
    stopped_early: int | None
    done: int
    seconds: float


class Run:
    """A training between two steps: its history, and everything that the next step depends on.

    The twin initialises itself from the same seed and draws its own batches. After every step the
    outputs, losses, gradients and parameters of the two are compared.

    Args:
        task: the model and its data
        settings: how it is trained
        torch: the module torch, for a twin

    Raises:
        TrainingError: if the twin does not start from the same parameters
    """

    def __init__(self, task: Task, settings: Settings, torch: Any = None) -> None:
        self.task = task
        self.settings = settings
        self.ours = Learner(refnet, task, settings)
        self.theirs = Learner(torch, task, settings) if torch is not None else None
        if self.theirs is not None:
            require_equal_start(self.ours.model, self.theirs.model)
        self.learners = [self.ours] if self.theirs is None else [self.ours, self.theirs]
        self.differences = Differences()
        self.history = History(layers=self.ours.layers())
        self.done = 0  # steps of the current epoch
        self.seconds = 0.0
        self._best: list[dict[str, Any]] | None = None  # the weights with the lowest val_loss

    @property
    def epoch(self) -> int:
        """The number of the current epoch."""
        return len(self.history.epochs)

    def finished(self) -> bool:
        """Returns whether the training is over."""
        return self.epoch > self.settings.epochs or self.history.stopped_early is not None

    def begin(self) -> Epoch:
        """Evaluates the untrained model: epoch 0."""
        parts = self.task.parts
        losses = [each.loss(parts.x_train, parts.y_train) for each in self.learners]
        return self._close(losses)

    def step(self) -> Epoch | None:
        """Makes one step in each library; returns the epoch if this was its last step."""
        started = time.monotonic()
        try:
            seen = [each.step() for each in self.learners]
        except TrainingError as error:
            raise TrainingError(
                f"{self.task.model}: step {self.history.steps + 1} (epoch {self.epoch}): {error}; "
                f"try a smaller learning rate than {self.settings.lr:g}"
            ) from None
        if self.theirs is not None:
            self.differences.update(*seen)
        self.history.steps += 1
        self.done += 1
        closed = None
        if self.done == self.ours.steps_per_epoch:
            closed = self._close(
                [each.total / len(self.task.parts.x_train) for each in self.learners]
            )
        self.seconds += time.monotonic() - started
        return closed

    def _close(self, losses: list[float]) -> Epoch:
        """Records the epoch and prepares the next one."""
        val_losses = self._validate()
        if self.epoch:
            for each, loss in zip(self.learners, val_losses or losses, strict=True):
                each.rates.end_epoch(loss)
        twin = self.theirs is not None
        closed = Epoch(
            self.epoch,
            losses[0],
            val_loss=val_losses[0] if val_losses else None,
            twin_loss=losses[1] if twin else None,
            differences=deepcopy(self.differences) if twin else None,
            steps=self.history.steps,
            lr=self.ours.lr,
            seconds=round(self.seconds, 3),
            gradients=self.ours.gradient_norms(self.done) if self.ours.squares else None,
        )
        self.history.epochs.append(closed)
        self.done = 0
        if val_losses:
            self._stop_early()
        for each in self.learners:
            each.begin_epoch()
        return closed

    def _validate(self) -> list[float]:
        """Returns each library's loss on the validation part, if the data have one."""
        parts = self.task.parts
        if not len(parts.x_val):
            return []
        return [each.loss(parts.x_val, parts.y_val) for each in self.learners]

    def _stop_early(self) -> None:
        """Keeps the best weights, and stops the training if they are too old."""
        losses = [e.val_loss for e in self.history.epochs if e.val_loss is not None]
        best = int(np.argmin(losses))
        if best == len(losses) - 1:
            self._best = [each.weights() for each in self.learners]
        elif len(losses) - 1 - best >= self.settings.patience:
            self.history.stopped_early = best

    def end(self) -> None:
        """Scores the model on the test part, with the weights that were best in validation."""
        if self._best is not None:
            for each, weights in zip(self.learners, self._best, strict=True):
                each.model.load_state_dict(weights)
        parts = self.task.parts
        scores = [self.task.score(*each.outputs(parts.x_test)) for each in self.learners]
        self.history.score = scores[0]
        self.history.twin_score = scores[1] if self.theirs is not None else None

    # --- checkpoints -----------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Returns everything that continuing needs, for refnet.save."""
        states = [each.state() | {"best": None} for each in self.learners]
        for state, best in zip(states, self._best or [], strict=False):
            state["best"] = best
        ours, *theirs = (converted(state, refnet) for state in states)
        return {
            **ours,
            "twin": theirs[0] if theirs else None,
            "differences": asdict(self.differences),
            "epochs": [asdict(epoch) for epoch in self.history.epochs],
            "steps": self.history.steps,
            "stopped_early": self.history.stopped_early,
            "done": self.done,
            "seconds": self.seconds,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Restores a state that state() returned.

        Raises an error of Python or of the library if the state does not belong to such a run.
        """
        differences = typed(Differences, state["differences"])
        progress = typed(Progress, {name: state[name] for name in Progress._fields})
        epochs = [Epoch.from_state(epoch) for epoch in state["epochs"]]
        steps = max(0, len(epochs) - 1) * self.ours.steps_per_epoch + progress.done
        if progress.steps != steps or not 0 <= progress.done < self.ours.steps_per_epoch:
            raise ValueError(f"{progress.steps} steps are not those of {len(epochs)} epochs")
        if progress.stopped_early not in (None, *range(len(epochs))):
            raise ValueError(f"no epoch has the number {progress.stopped_early}")
        best = []
        for each, given in zip(self.learners, (state, state["twin"]), strict=False):
            its = converted(given, each.library)
            each.restore(its, progress.done)
            best.append(its["best"])
        self._best = None if best[0] is None else best
        self.differences = differences
        self.history.epochs = epochs
        self.history.steps, self.history.stopped_early, self.done, self.seconds = progress

    def rehearse(self) -> None:
        """Makes the next step without counting it; raises if a restored state does not fit."""
        if not self.finished():
            with suppress(TrainingError):  # the real step raises it again
                for each in self.learners:
                    each.step()
                    each.rates.end_epoch(0.0)


class Observer(Protocol):
    """Observes a run, as display.Progressing, metrics.Metrics and checkpoint.Checkpoint do."""

    def begin(self, run: Run) -> None:
        """Called when the run begins or continues."""

    def step(self, run: Run, closed: Epoch | None) -> None:
        """Called after a step and for the untrained model, with the epoch that ended, if any."""

    def end(self, run: Run) -> None:
        """Called when the run is over."""


def finish(run: Run, observers: Sequence[Observer] = ()) -> History:
    """Trains until the run is finished, and returns its history.

    Raises TrainingError for the first tensor that is not finite.
    """
    for observer in observers:
        observer.begin(run)
    # An overflow ends the training with an error of its own; NumPy's warnings add nothing.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        while not run.finished():
            closed = run.step() if run.history.epochs else run.begin()
            for observer in observers:
                observer.step(run, closed)
        run.end()
    for observer in observers:
        observer.end(run)
    return run.history


def train(task: Task, settings: Settings, torch: Any = None) -> History:
    """Trains the model of the task, and its PyTorch twin if torch is given.

    Raises TrainingError as Run and finish do.
    """
    return finish(Run(task, settings, torch))
