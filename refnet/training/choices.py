"""The choices by name on the command line: the optimizer, and the schedule of its rate."""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import refnet
from refnet.training.errors import unknown

MOMENTUM = 0.9
"""The momentum of SGD."""

# The optimizers of torch.optim that take any parameter and any gradient.
OPTIMIZERS = {
    name.lower(): name
    for name in (
        "SGD", "Adam", "AdamW", "NAdam", "RAdam", "Adamax", "Adagrad", "Adadelta", "Adafactor",
        "ASGD", "RMSprop", "Rprop", "LBFGS",
    )
}  # fmt: skip

OPTIONS: dict[str, dict[str, Any]] = {
    "sgd": {"momentum": MOMENTUM},
    "lbfgs": {"line_search_fn": "strong_wolfe"},  # without one it diverges on batches
}


def optimizer(library: Any, name: str, parameters: Any, lr: float) -> Any:
    """Returns the optimizer of the library, with its defaults except for OPTIONS."""
    return getattr(library.optim, OPTIMIZERS[name])(parameters, lr=lr, **OPTIONS.get(name, {}))


def usual_lr(name: str) -> float:
    """Returns the default learning rate of an optimizer."""
    lr = inspect.signature(getattr(refnet.optim, OPTIMIZERS[name])).parameters["lr"].default
    return float(lr)


class Schedule(NamedTuple):
    """A kind of schedule.

    Attributes:
        make: (lr_scheduler, optimizer, lr, epochs, steps per epoch) -> the schedule
        each: when it advances, "epoch" or "step"
        losses: whether it needs the loss (on the validation part, if the data have one)
    """

    make: Callable[[Any, Any, float, int, int], Any]
    each: str = "epoch"
    losses: bool = False


SCHEDULES = {
    "step": Schedule(lambda lrs, o, lr, epochs, steps: lrs.StepLR(o, max(1, -(-epochs // 3)))),
    "exponential": Schedule(lambda lrs, o, lr, epochs, steps: lrs.ExponentialLR(o, 0.95)),
    "cosine": Schedule(
        lambda lrs, o, lr, epochs, steps: lrs.CosineAnnealingLR(o, max(1, epochs * steps)), "step"
    ),
    "one-cycle": Schedule(
        lambda lrs, o, lr, epochs, steps: lrs.OneCycleLR(o, lr, max(1, epochs * steps)), "step"
    ),
    "plateau": Schedule(
        lambda lrs, o, lr, epochs, steps: lrs.ReduceLROnPlateau(o, patience=3), losses=True
    ),
}
FIXED_LENGTH = ("step", "cosine", "one-cycle")
"""The schedules that depend on the number of epochs."""


class Rates:
    """The schedule of an optimizer's learning rate, which can be constant."""

    def __init__(
        self, library: Any, name: str, optimizer: Any, lr: float, epochs: int, steps: int
    ) -> None:
        self._kind = SCHEDULES.get(name)
        self._schedule: Any = self._kind and self._kind.make(
            library.optim.lr_scheduler, optimizer, lr, epochs, steps
        )

    def end_step(self) -> None:
        """Advances a schedule that changes with each step."""
        if self._kind is not None and self._kind.each == "step":
            self._schedule.step()

    def end_epoch(self, loss: float) -> None:
        """Advances a schedule that changes with each epoch, which may need the loss."""
        if self._kind is not None and self._kind.each == "epoch":
            self._schedule.step(*([loss] if self._kind.losses else []))

    def state_dict(self) -> Any:
        """Returns the state of the schedule."""
        return self._schedule and self._schedule.state_dict()

    def load_state_dict(self, state: Any) -> None:
        """Restores a state that state_dict() returned."""
        if self._schedule is not None:
            self._schedule.load_state_dict(state)


def check(optimizer: str, schedule: str) -> None:
    """Raises InputError for a name that is not in the tables."""
    for option, name, table in (
        ("optimizer", optimizer, OPTIMIZERS),
        ("schedule", schedule, ("constant", *SCHEDULES)),
    ):
        if name not in table:
            raise unknown(option, name, table)
