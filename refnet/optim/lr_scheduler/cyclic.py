"""CyclicLR: up and down between two learning rates."""

import functools
import math
from collections.abc import Callable
from typing import Any

from refnet.optim.lr_scheduler.base import (
    LRScheduler,
    assign,
    one_per_group,
    require_optimizer,
    saved_function,
)
from refnet.optim.lr_scheduler.momentum import Momentum, set_momentum
from refnet.optim.optimizer import Optimizer


class CyclicLR(LRScheduler):
    """A schedule that goes up and down between two learning rates.

        ηₜ = low + (high − low) x f

    x rises from 0 to 1 in the first u steps of each cycle and falls back to 0 in the other d steps.
    f scales the c-th cycle:

        f = 1 for "triangular",   f = 2^(1−c) for "triangular2",   f = γᵗ for "exp_range"

    The momentum (β₁ in optimizers like Adam) moves in the opposite direction, from its high value
    to its low one and back.

    Args:
        optimizer: the optimizer whose learning rates are set, after every batch
        base_lr: low, a number, or a list with one for each group
        max_lr: high, a number, or a list with one for each group
        step_size_up: u
        step_size_down: d; u if None
        mode: "triangular", "triangular2" or "exp_range"
        gamma: γ
        scale_fn: f; None means the f of mode
        scale_mode: whether scale_fn is a function of the cycle c ("cycle") or of t ("iterations")
        cycle_momentum: whether the momentum is set too
        base_momentum: its low value, a number, or a list with one for each group
        max_momentum: its high value, a number, or a list with one for each group
        last_epoch: see LRScheduler

    Raises:
        ValueError: mode is unknown, a list has the wrong length, or the optimizer has no momentum

    Source:
        torch.optim.lr_scheduler.CyclicLR; Smith 2017, "Cyclical learning rates for training
        neural networks".

    Example:
        >>> optimizer = refnet.optim.SGD([refnet.zeros(1)], lr=1.0, momentum=0.9)
        >>> schedule = refnet.optim.lr_scheduler.CyclicLR(optimizer, 1.0, 3.0, step_size_up=2)
        >>> for t in range(5):
        ...     print(schedule.get_last_lr()[0], end=" ")
        ...     optimizer.step()
        ...     schedule.step()
        1.0 2.0 3.0 2.0 1.0
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | list[float],
        max_lr: float | list[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.8,
        max_momentum: float | list[float] = 0.9,
        last_epoch: int = -1,
    ) -> None:
        require_optimizer(optimizer)
        self.optimizer = optimizer
        base_lrs = one_per_group("base_lr", optimizer, base_lr)
        max_lrs = one_per_group("max_lr", optimizer, max_lr)
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            raise ValueError(f"mode is invalid and scale_fn is None: got mode={mode!r}")
        if cycle_momentum:
            momentum = Momentum(optimizer, base_momentum, max_momentum)
        if last_epoch == -1:
            for group, rate in zip(optimizer.param_groups, base_lrs, strict=True):
                assign(group, "lr", rate)

        self.max_lrs = max_lrs
        up = float(step_size_up)
        down = up if step_size_down is None else float(step_size_down)
        self.total_size = up + down
        self.step_ratio = up / self.total_size
        self.mode = mode
        self.gamma = gamma
        self._scale_fn_custom = scale_fn
        self.scale_mode = scale_mode
        self._init_scale_fn()
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.use_beta1 = momentum.use_beta1
            self.base_momentums = momentum.lows
            self.max_momentums = momentum.highs
            if last_epoch == -1:
                momentum.begin(optimizer)
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def _init_scale_fn(self) -> None:
        if self._scale_fn_custom is not None:
            return
        self._scale_fn_ref: Callable[[float], float]
        if self.mode == "triangular":
            self._scale_fn_ref, self.scale_mode = _triangular, "cycle"
        elif self.mode == "triangular2":
            self._scale_fn_ref, self.scale_mode = _triangular2, "cycle"
        elif self.mode == "exp_range":
            self._scale_fn_ref = functools.partial(_exp_range, self.gamma)
            self.scale_mode = "iterations"

    def scale_fn(self, x: float) -> float:
        """Returns f of the cycle or of t, as scale_mode says."""
        custom = self._scale_fn_custom
        return self._scale_fn_ref(x) if custom is None else custom(x)

    def get_lr(self) -> list[Any]:
        """Computes the learning rate of each group, and sets the momentum."""
        self._warn_outside_step()
        t, up = self.last_epoch, self.step_ratio
        cycle = math.floor(1 + t / self.total_size)
        place = 1.0 + t / self.total_size - cycle
        x = place / up if place <= up else (place - 1) / (up - 1)
        f = self.scale_fn(cycle if self.scale_mode == "cycle" else t)
        if self.cycle_momentum:
            for group, low, high in zip(
                self.optimizer.param_groups, self.base_momentums, self.max_momentums, strict=True
            ):
                set_momentum(group, high - (high - low) * x * f, self.use_beta1)
        return [
            low + (high - low) * x * f
            for low, high in zip(self.base_lrs, self.max_lrs, strict=True)
        ]

    def state_dict(self) -> dict[str, Any]:
        """Returns all attributes except the optimizer and a scale_fn.

        A callable object is saved as its attributes, a function as None.
        """
        state = super().state_dict()
        state.pop("_scale_fn_ref", None)
        return state | {"_scale_fn_custom": saved_function(state.pop("_scale_fn_custom"))}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restores the attributes from a state_dict, also those of a callable object."""
        super().load_state_dict({k: v for k, v in state_dict.items() if k != "_scale_fn_custom"})
        if state_dict["_scale_fn_custom"] is not None and self._scale_fn_custom is not None:
            self._scale_fn_custom.__dict__.update(state_dict["_scale_fn_custom"])
        self._init_scale_fn()


def _triangular(cycle: float) -> float:
    return 1.0


def _triangular2(cycle: float) -> float:
    return 1 / math.pow(2.0, cycle - 1)


def _exp_range(gamma: float, t: float) -> float:
    return math.pow(gamma, t)
