"""Schedules of schedules: SequentialLR, ChainedScheduler."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from refnet.optim.lr_scheduler.base import LRScheduler, assign, values
from refnet.optim.lr_scheduler.plateau import ReduceLROnPlateau
from refnet.optim.optimizer import Optimizer


class _Combined(LRScheduler):
    """Several schedulers of one optimizer."""

    _schedulers: Sequence[LRScheduler]

    def _check(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None) -> None:
        name = type(self).__name__
        for i, scheduler in enumerate(schedulers):
            kind = type(scheduler).__name__
            if not hasattr(scheduler, "optimizer"):
                raise TypeError(
                    f"{name} at index {i} should have `optimizer` as its attribute, got {kind}"
                )
            if isinstance(scheduler, ReduceLROnPlateau):
                raise ValueError(
                    f"{name} does not support `ReduceLROnPlateau`, whose step() needs a metric: "
                    f"got one at index {i}"
                )
            if scheduler.optimizer is not optimizer:
                raise ValueError(
                    f"{name} expects all schedulers to belong to the same optimizer, but {kind} at "
                    f"index {i} belongs to another one"
                )

    def state_dict(self) -> dict[str, Any]:
        """Returns all attributes except the optimizer, with the state_dicts of the schedulers."""
        state = super().state_dict()
        del state["_schedulers"]
        return state | {"_schedulers": [s.state_dict() for s in self._schedulers]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restores the attributes from a state_dict, also those of the schedulers."""
        super().load_state_dict({k: v for k, v in state_dict.items() if k != "_schedulers"})
        for scheduler, state in zip(self._schedulers, state_dict["_schedulers"], strict=False):
            scheduler.load_state_dict(state)


class SequentialLR(_Combined):
    """One scheduler after the other: the i-th from milestone i − 1 to milestone i.

    Each one starts at its own t = 0. Its first learning rates come from its closed form, or from
    `get_lr` if it has none.

    Args:
        optimizer: the optimizer whose learning rates are set
        schedulers: the schedulers, made for this optimizer
        milestones: increasing, one fewer than the schedulers
        last_epoch: see LRScheduler

    Raises:
        ValueError: schedulers are empty, belong to another optimizer or contain a
            ReduceLROnPlateau, or the number of milestones is wrong
        TypeError: a scheduler has no optimizer

    Source:
        torch.optim.lr_scheduler.SequentialLR.

    Example:
        >>> optimizer = refnet.optim.SGD([refnet.zeros(1)], lr=1.0)
        >>> warmup = refnet.optim.lr_scheduler.ConstantLR(optimizer, 0.5, total_iters=9)
        >>> decay = refnet.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
        >>> schedule = refnet.optim.lr_scheduler.SequentialLR(optimizer, [warmup, decay], [2])
        >>> for t in range(5):
        ...     print(schedule.get_last_lr()[0], end=" ")
        ...     optimizer.step()
        ...     schedule.step()
        0.5 0.5 1.0 0.5 0.25
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedulers: list[LRScheduler],
        milestones: list[int],
        last_epoch: int = -1,
    ) -> None:
        if len(schedulers) < 1:
            raise ValueError("SequentialLR expects at least one scheduler, but got no scheduler.")
        self._check(schedulers, optimizer)
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                "Sequential Schedulers expects number of schedulers provided to be one more than "
                f"the number of milestone points, but got {len(schedulers)} and {len(milestones)}"
            )
        self._schedulers = schedulers
        self._milestones = milestones
        self.last_epoch = last_epoch + 1
        self.optimizer = optimizer
        for group in optimizer.param_groups:  # as before the first step of any scheduler
            assign(group, "lr", group["initial_lr"])
        self.recursive_undo()
        first = schedulers[bisect_right(milestones, 0)]
        first._initial_step()
        self._last_lr = first.get_last_lr()

    def recursive_undo(self, sched: LRScheduler | None = None) -> None:
        """Undoes the first step of the schedulers, also of those inside other schedulers."""
        sched = self if sched is None else sched
        if hasattr(sched, "_schedulers"):
            for inner in sched._schedulers:
                self.recursive_undo(inner)
        elif hasattr(sched, "last_epoch"):
            sched.last_epoch -= 1

    def step(self) -> None:  # type: ignore[override]
        """Advances to the next epoch and sets the learning rates."""
        self.last_epoch += 1
        i = bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[i]
        if i > 0 and self._milestones[i - 1] == self.last_epoch:
            scheduler._update_lr(0)
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()


class ChainedScheduler(_Combined):
    """Several schedulers at once: each one changes the learning rates set by the previous one.

    Args:
        schedulers: the schedulers; those that compute ηₜ from ηₜ₋₁ can be chained
        optimizer: their optimizer; None means the optimizer of the first scheduler

    Raises:
        ValueError: schedulers are empty, belong to another optimizer, or contain a
            ReduceLROnPlateau
        TypeError: a scheduler has no optimizer

    Source:
        torch.optim.lr_scheduler.ChainedScheduler.

    Example:
        >>> optimizer = refnet.optim.SGD([refnet.zeros(1)], lr=1.0)
        >>> warmup = refnet.optim.lr_scheduler.ConstantLR(optimizer, 0.5, total_iters=2)
        >>> decay = refnet.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
        >>> schedule = refnet.optim.lr_scheduler.ChainedScheduler([warmup, decay])
        >>> for t in range(4):
        ...     print(schedule.get_last_lr()[0], end=" ")
        ...     optimizer.step()
        ...     schedule.step()
        0.5 0.25 0.25 0.125
    """

    def __init__(
        self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None
    ) -> None:
        if len(schedulers) < 1:
            raise ValueError(
                "ChainedScheduler expects at least one scheduler to be chained, but got no "
                "scheduler."
            )
        optimizer = optimizer or schedulers[0].optimizer
        self._check(schedulers, optimizer)
        self._schedulers = schedulers
        self.optimizer = optimizer
        self._last_lr = values(optimizer, "lr")

    def step(self) -> None:  # type: ignore[override]
        """Makes a step of every scheduler."""
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = values(self._schedulers[-1].optimizer, "lr")
