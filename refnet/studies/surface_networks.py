"""The networks of the study of surfaces, with and without shortcuts: built, trained and saved."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import refnet
from refnet import nn
from refnet.kernels.threads import one_thread
from refnet.landscape import Surface, slices
from refnet.models import resnet
from refnet.ops.rule import Array
from refnet.optim.swa_utils import update_bn
from refnet.serialization.archive import Archive, ArchiveError
from refnet.studies import data
from refnet.studies.report import Report
from refnet.training.errors import InputError, reason

NETWORKS = ("resnet", "tanh")
BATCH = 64


class Problem(NamedTuple):
    """A network and its data, in a form that can be sent to other processes."""

    network: str
    depth: int
    shortcuts: bool
    statistics: str
    state: dict[str, Array]
    x: Array
    y: Array

    def surface(self) -> Surface:
        """Returns the cost as a function of the parameters."""
        model = build(self.network, self.depth, self.shortcuts)
        model.load_state_dict({k: refnet.from_numpy(a) for k, a in self.state.items()})
        x, y = refnet.from_numpy(self.x), refnet.from_numpy(self.y)
        return Surface(model, nn.CrossEntropyLoss(), x, y)


def cost(problem: Problem) -> Callable[[Array], float]:
    """Returns C(θ) with the problem's statistics of batch norm."""
    C = problem.surface()

    def value(theta: Array) -> float:
        with slices.batch_norm(C.model, problem.statistics):
            return C.value(theta)

    return value


class Residual(nn.Module):
    """y = tanh(W x + b), plus x with a shortcut."""

    def __init__(self, width: int, shortcut: bool) -> None:
        super().__init__()
        self.linear, self.shortcut = nn.Linear(width, width), shortcut

    def forward(self, x: refnet.Tensor) -> refnet.Tensor:
        y = refnet.tanh(self.linear(x))
        return x + y if self.shortcut else y


def build(network: str, depth: int, shortcuts: bool, width: int = 8) -> Any:
    """Returns a network for the digits, (N, 64) -> (N, 10), with `depth` residual blocks."""
    if network == "tanh":
        blocks = [Residual(4 * width, shortcuts) for _ in range(depth)]
        return nn.Sequential(nn.Linear(64, 4 * width), *blocks, nn.Linear(4 * width, 10))
    stages = (depth - depth // 2, depth // 2)
    return nn.Sequential(
        nn.Unflatten(1, (1, 8, 8)),
        resnet.build(refnet, 1, 10, stages, width, shortcuts=shortcuts),
    )


class Solution(NamedTuple):
    """The result of a training.

    Attributes:
        points: θ at the start and after each epoch, and at the end the second solution, if any
        state: the state of the model with its buffers
        accuracy: the accuracy on the test data in percent
    """

    points: Array
    state: dict[str, Array]
    accuracy: float


def solution(
    report: Report, network: str, depth: int, shortcuts: bool, epochs: int, digits: data.Examples,
    *, second: bool, resume: bool, seed: int,
) -> Solution:  # fmt: skip
    """Trains a network and, with `second`, again from the same start with another order of batches.

    The result is saved in the folder, and read from it with `resume`, since on another machine a
    training can end with other last digits.
    """
    recipe = f"{network} {depth} {shortcuts} {epochs} {seed} {second}"
    name = "with" if shortcuts else "without"
    stem = f"surface-{network}-{depth}-{name}-solution" + ("s" if second else "")
    file = report.folder.path / f"{stem}.npz"
    if resume and file.exists():
        model = build(network, depth, shortcuts)
        kept = _read(file, recipe, model, epochs + 1 + second)
        if kept is not None:
            return kept
    ends: list[Array] = []
    for order in reversed(range(2 if second else 1)):
        refnet.manual_seed(seed)
        model = build(network, depth, shortcuts)
        C = Surface(model, nn.CrossEntropyLoss(), digits.x[:1], digits.y[:1])
        points = [C.theta]
        refnet.manual_seed(seed + 1 + order)
        with one_thread():  # several threads add in another order and would end elsewhere
            data.train(
                model, C.cost, digits.x, digits.y, epochs=epochs, batch=BATCH, lr=0.05,
                each_epoch=partial(_note, points, C),
                track=partial(report.track, what=f"training {name} shortcuts, {depth} blocks"),
            )  # fmt: skip
        ends.append(points[-1])
    # The statistics of the solution, not their average over the training.
    update_bn([(digits.x,)], model)
    found = Solution(
        np.array(points + ends[:-1]),
        {key: t.detach().numpy().copy() for key, t in model.state_dict().items()},
        data.accuracy(model, digits.x_test, digits.y_test),
    )
    state = {f"state.{key}": a for key, a in found.state.items()}
    accuracy, made = np.array(found.accuracy), np.array(recipe)
    report.numbers(stem, points=found.points, accuracy=accuracy, recipe=made, **state)
    return found


def _note(points: list[Array], C: Surface, epoch: int) -> None:
    points.append(C.theta)


def _read(file: Path, recipe: str, model: Any, points: int) -> Solution | None:
    """Returns the saved solution, or None if it has other settings.

    Raises InputError for a file that is damaged or not from `solution`.
    """
    state = {key: t.numpy() for key, t in model.state_dict().items()}
    size = sum(p.numel() for p in model.parameters())
    try:
        with Archive(file) as kept:
            made = kept.header("recipe")
            if made.dtype != np.array(recipe).dtype or str(kept.read("recipe")) != recipe:
                return None
            found = Solution(
                kept.read_as("points", (points, size), float),
                {k: kept.read_as(f"state.{k}", a.shape, a.dtype) for k, a in state.items()},
                float(kept.read_as("accuracy", (), float)),
            )
            for name, array in (("points", found.points), *found.state.items()):
                if not np.isfinite(array).all():
                    raise ArchiveError(f"{name} holds values that are not finite")
            return found
    except (OSError, ArchiveError) as error:
        raise InputError(
            f"{file} cannot be resumed from, remove it to train again: {reason(error)}"
        ) from error
