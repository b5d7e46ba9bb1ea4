"""LRScheduler: the base of all schedules, and what they share."""

import functools
import warnings
import weakref
from typing import Any

from refnet.engine.tensor import Tensor
from refnet.optim.optimizer import Optimizer

Rate = float | Tensor

EPOCH_DEPRECATION_WARNING = (
    "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where "
    "possible: call step() without it. If it is given, the closed form of the schedule is used "
    "where there is one."
)
_ORDER = (
    "Call optimizer.step() before lr_scheduler.step(), else the first value of the schedule is "
    "skipped."
)


class LRScheduler:
    """The base of all schedulers.

    A subclass keeps its options as attributes, then calls super().__init__(), which makes the step to
    t = 0; and it defines get_lr, the learning rates at self.last_epoch.

    Args:
        optimizer: whose groups' "lr" is changed
        last_epoch: −1 to begin; else t to go on from, with groups that have "initial_lr" already

    base_lrs    η₀ of each group
    last_epoch  t

    A learning rate that is a tensor stays that tensor, and gets new values.

    Raises TypeError for what is no Optimizer, KeyError for a group without "initial_lr".

    Source:
        torch.optim.lr_scheduler.LRScheduler.
    """

    _get_lr_called_within_step: bool = False
    _is_initial: bool = False
    _step_count: int
    _last_lr: list[Any]

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        require_optimizer(optimizer)
        self.optimizer = optimizer
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", copy_of(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{i}]: with last_epoch="
                    f"{last_epoch} the optimizer's state has to be loaded first"
                )
        self.base_lrs: list[Any] = values(optimizer, "initial_lr")
        self.last_epoch = last_epoch
        _note_steps_of(optimizer)
        self._initial_step()

    def _initial_step(self) -> None:
        """The step to t = 0, or to the last epoch."""
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    def state_dict(self) -> dict[str, Any]:
        """All attributes but the optimizer."""
        return {name: value for name, value in self.__dict__.items() if name != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take the attributes that state_dict gave. The optimizer's state_dict holds its learning
        rates; load it too."""
        self.__dict__.update(state_dict)

    def get_last_lr(self) -> list[Any]:
        """The learning rate of each group, as the last step left it."""
        return self._last_lr

    def get_lr(self) -> list[Any]:
        """The learning rate of each group at last_epoch, from the ones before: what step() sets."""
        raise NotImplementedError(f"{type(self).__name__} defines no get_lr()")

    def step(self, epoch: int | None = None) -> None:
        """Go on to the next epoch, and set the learning rates.

        Args:
            epoch: deprecated: go to this one, by the closed form if there is one
        """
        if self._step_count == 1:
            if not hasattr(self.optimizer.step, "_wrapped_by_lr_sched"):
                warnings.warn(
                    "Seems like `optimizer.step()` has been overridden after learning rate "
                    f"scheduler initialization. {_ORDER}",
                    UserWarning,
                    stacklevel=2,
                )
            elif not getattr(self.optimizer, "_opt_called", False):
                warnings.warn(
                    f"Detected call of `lr_scheduler.step()` before `optimizer.step()`. {_ORDER}",
                    UserWarning,
                    stacklevel=2,
                )
        self._step_count += 1
        if epoch is not None:
            warnings.warn(EPOCH_DEPRECATION_WARNING, UserWarning, stacklevel=2)
        self._update_lr(epoch)

    def _update_lr(self, epoch: int | None = None) -> None:
        if epoch is None:
            self.last_epoch += 1
            compute = self.get_lr
        else:
            self.last_epoch = epoch
            compute = getattr(self, "_get_closed_form_lr", self.get_lr)
        self._set(compute)

    def _set(self, compute: Any) -> None:
        """Give the groups the learning rates that compute() returns."""
        self._get_lr_called_within_step = True
        try:
            rates = compute()
        finally:
            self._get_lr_called_within_step = False
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            assign(group, "lr", rate)
        self._last_lr = values(self.optimizer, "lr")

    def _warn_outside_of_step(self) -> None:
        """get_lr computes from the rates before, so only step() has a use for it."""
        if not self._get_lr_called_within_step:
            warnings.warn(
                "To get the last learning rate computed by the scheduler, please use "
                "`get_last_lr()`.",
                UserWarning,
                stacklevel=3,
            )


class _LRScheduler(LRScheduler):
    """The base's name in older versions."""


def require_optimizer(optimizer: Any) -> None:
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")


def _note_steps_of(optimizer: Optimizer) -> None:
    """Let the optimizer note that its step() was called, which schedulers should come after."""
    if hasattr(optimizer.step, "_wrapped_by_lr_sched"):
        return
    owner, function = weakref.ref(optimizer), optimizer.step.__func__  # type: ignore[attr-defined]

    @functools.wraps(function)
    def step(*args: Any, **kwargs: Any) -> Any:
        optimizer: Any = owner()
        optimizer._opt_called = True
        return function(optimizer, *args, **kwargs)

    step._wrapped_by_lr_sched = True  # type: ignore[attr-defined]
    optimizer.step = step  # type: ignore[method-assign]


# --- options of the groups, which may be tensors -------------------------------------------------


def copy_of(rate: Rate) -> Rate:
    """The number itself; of a tensor a copy."""
    return rate.clone() if isinstance(rate, Tensor) else rate


def values(optimizer: Optimizer, option: str) -> list[Any]:
    """The option of each group."""
    return [copy_of(group[option]) for group in optimizer.param_groups]


def assign(group: dict[str, Any], option: str, value: Rate) -> None:
    """Give a group another value, a tensor in its own memory."""
    if isinstance(group[option], Tensor):
        group[option].fill_(value.squeeze() if isinstance(value, Tensor) else value)
    else:
        group[option] = value


def each(name: str, optimizer: Optimizer, given: Any) -> list[Any]:
    """An argument for each group, of which a list has one each.

    Raises ValueError for a list of another length.
    """
    groups = len(optimizer.param_groups)
    if not isinstance(given, (list, tuple)):
        given = [given] * groups
    if len(given) != groups:
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups: {len(given)}, "
            f"expected {groups}"
        )
    return [copy_of(value) for value in given]
