"""Training: one loop, the same on refnet and on PyTorch, and in lockstep if both take part."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import refnet
from refnet.ops.rule import Array
from refnet.training.errors import TrainingError
from refnet.training.tasks import Task
from refnet.training.twin import Differences, require_equal_start

MOMENTUM = 0.9


@dataclass(frozen=True)
class Settings:
    """How long, in which portions, how fast, from which seed, and in which precision."""

    epochs: int
    batch_size: int
    lr: float
    seed: int
    dtype: str = "float32"


@dataclass(frozen=True)
class Epoch:
    """The mean loss over the training part, as the epoch met it; epoch 0 is the untrained model.

    twin_loss and differences (the largest ones up to here) are None without a twin.
    """

    number: int
    loss: float
    twin_loss: float | None = None
    differences: Differences | None = None


@dataclass
class History:
    """The epochs, the number of steps, and the scores on the test part."""

    epochs: list[Epoch] = field(default_factory=list)
    steps: int = 0
    score: dict[str, float] = field(default_factory=dict)
    twin_score: dict[str, float] | None = None


class Learner:
    """The model of a task, its cost and its optimizer, in one library.

    Not a line here asks which library it is: refnet or torch.
    """

    def __init__(self, library: Any, task: Task, settings: Settings) -> None:
        self.library = library
        library.manual_seed(settings.seed)
        self.model = task.build(library.nn).to(getattr(library, settings.dtype))
        self.cost = getattr(library.nn, task.cost)()
        self.optimizer = library.optim.SGD(
            self.model.parameters(), lr=settings.lr, momentum=MOMENTUM
        )

    def step(self, x: Array, y: Array) -> dict[str, list[Array]]:
        """Forward, backward, and one step downhill.

        Returns the output, the loss, the gradients and the changed parameters.
        """
        self.optimizer.zero_grad()
        output = self.model(self.library.from_numpy(x))
        loss = self.cost(output, self.library.from_numpy(y))
        loss.backward()
        self.optimizer.step()
        parameters = list(self.model.parameters())
        return {
            "output": [output.detach().numpy()],
            "loss": [loss.detach().numpy()],
            "gradient": [p.grad.numpy() for p in parameters],
            "parameter": [p.detach().numpy() for p in parameters],
        }

    def evaluate(self, x: Array, y: Array) -> tuple[Array, float]:
        """The outputs for x, and their loss, without recording."""
        with self.library.no_grad():
            output = self.model(self.library.from_numpy(x))
            loss = self.cost(output, self.library.from_numpy(y))
        return output.numpy(), float(loss.item())


def batches(rows: int, size: int, generator: np.random.Generator) -> Iterator[Array]:
    """The row numbers, shuffled, in portions of the given size (the last may be smaller)."""
    order = generator.permutation(rows)
    for start in range(0, rows, size):
        yield order[start : start + size]


def _require_finite(
    values: dict[str, list[Array]], task: Task, settings: Settings, epoch: int
) -> None:
    for kind in ("loss", "parameter"):
        if not all(np.isfinite(array).all() for array in values[kind]):
            raise TrainingError(
                f"{task.model}: a {kind} is no longer finite in epoch {epoch}; "
                f"try a smaller learning rate than {settings.lr:g}"
            )


def train(
    task: Task,
    settings: Settings,
    torch: Any = None,
    on_step: Callable[[], None] = lambda: None,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
) -> History:
    """Train the task's model; with torch given, train its PyTorch twin beside it.

    The twin initialises itself from the same seed and gets the same batches; after every step
    outputs, losses, gradients and parameters of the two are compared.

    Raises TrainingError if the twin does not start from the same parameters, or if a loss or
    a parameter is no longer finite.
    """
    ours = Learner(refnet, task, settings)
    theirs = Learner(torch, task, settings) if torch is not None else None
    if theirs is not None:
        require_equal_start(ours.model, theirs.model)
    differences = Differences()
    history = History()

    def close(number: int, loss: float, twin_loss: float) -> None:
        epoch = Epoch(number, loss)
        if theirs is not None:
            epoch = Epoch(number, loss, twin_loss, deepcopy(differences))
        history.epochs.append(epoch)
        on_epoch(epoch)

    x, y = task.parts.x_train, task.parts.y_train
    generator = np.random.default_rng(settings.seed)
    # An overflow ends the training with an error of its own; NumPy's warnings add nothing.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        before = ours.evaluate(x, y)[1]
        close(0, before, theirs.evaluate(x, y)[1] if theirs is not None else before)
        for number in range(1, settings.epochs + 1):
            total = twin_total = 0.0
            for rows in batches(len(x), settings.batch_size, generator):
                xb, yb = x[rows], y[rows]
                mine = ours.step(xb, yb)
                _require_finite(mine, task, settings, number)
                total += len(rows) * float(mine["loss"][0])
                if theirs is not None:
                    its = theirs.step(xb, yb)
                    twin_total += len(rows) * float(its["loss"][0])
                    differences.update(mine, its)
                history.steps += 1
                on_step()
            close(number, total / len(x), twin_total / len(x))
        x, y = task.parts.x_test, task.parts.y_test
        history.score = task.score(ours.evaluate(x, y)[0])
        if theirs is not None:
            history.twin_score = task.score(theirs.evaluate(x, y)[0])
    return history
