"""What can be chosen by name on the command line: the optimizer, and how its rate changes."""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import refnet
from refnet.training.errors import unknown

MOMENTUM = 0.9
"""Of SGD."""

# Every optimizer of torch.optim that takes any parameter and any gradient.
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
    """The optimizer of refnet or torch, with its defaults but for OPTIONS."""
    return getattr(library.optim, OPTIMIZERS[name])(parameters, lr=lr, **OPTIONS.get(name, {}))


def usual_lr(name: str) -> float:
    """The learning rate that an optimizer has if none is given."""
    lr = inspect.signature(getattr(refnet.optim, OPTIMIZERS[name])).parameters["lr"].default
    return float(lr)


class Schedule(NamedTuple):
    """How a schedule is made, and when it goes on.

    Args:
        make: (lr_scheduler, optimizer, lr, epochs, steps of an epoch) -> the schedule
        each: "epoch" or "step"
        losses: whether it looks at the loss (on the validation part, if there is one)
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
OF_A_LENGTH = ("step", "cosine", "one-cycle")
"""Schedules that are laid out for the number of epochs."""


class Rates:
    """The schedule of an optimizer's learning rate, which may be constant."""

    def __init__(
        self, library: Any, name: str, optimizer: Any, lr: float, epochs: int, steps: int
    ) -> None:
        self._kind = SCHEDULES.get(name)
        self._schedule: Any = self._kind and self._kind.make(
            library.optim.lr_scheduler, optimizer, lr, epochs, steps
        )

    def after_step(self) -> None:
        """The optimizer has made a step."""
        if self._kind is not None and self._kind.each == "step":
            self._schedule.step()

    def after_epoch(self, loss: float) -> None:
        """An epoch is over; loss is what the schedule may look at."""
        if self._kind is not None and self._kind.each == "epoch":
            self._schedule.step(*([loss] if self._kind.losses else []))

    def state_dict(self) -> Any:
        """Where the schedule stands."""
        return self._schedule and self._schedule.state_dict()

    def load_state_dict(self, state: Any) -> None:
        """Go to where state_dict() was called."""
        if self._schedule is not None:
            self._schedule.load_state_dict(state)


def check(optimizer: str, schedule: str) -> None:
    """Raise InputError for a name that is not in the tables."""
    for option, name, table in (
        ("optimizer", optimizer, OPTIMIZERS),
        ("schedule", schedule, ("constant", *SCHEDULES)),
    ):
        if name not in table:
            raise unknown(option, name, table)
