"""LRScheduler: the base of all schedules, and functions that they share."""

import functools
import types
import warnings
import weakref
from typing import Any

from refnet.engine.tensor import Tensor
from refnet.optim.optimizer import Optimizer

Rate = float | Tensor

EPOCH_DEPRECATION_WARNING = (
    "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where "
    "possible: call step() without it. If it is given, a schedule that has a closed form uses it."
)
_ORDER = (
    "Call optimizer.step() before lr_scheduler.step(), else the first value of the schedule is "
    "skipped."
)


class LRScheduler:
    """The base class of all schedulers.

    A subclass keeps its options as attributes, then calls `super().__init__`, which makes the step
    to t = 0. It defines `get_lr`, which computes the learning rates at self.last_epoch. A learning
    rate that is a tensor stays that tensor and gets new values.

    Args:
        optimizer: the optimizer whose groups' "lr" is changed
        last_epoch: −1 to begin, or the t to continue from, with groups that have an "initial_lr"

    Attributes:
        base_lrs: η₀ of each group
        last_epoch: t

    Raises:
        TypeError: optimizer is not an Optimizer
        KeyError: last_epoch is not −1, and a group has no "initial_lr"

    Source:
        torch.optim.lr_scheduler.LRScheduler.

    Example:
        >>> class Harmonic(refnet.optim.lr_scheduler.LRScheduler):
        ...     def get_lr(self):
        ...         return [base / (self.last_epoch + 1) for base in self.base_lrs]
        >>> optimizer = refnet.optim.SGD([refnet.zeros(1)], lr=1.0)
        >>> schedule = Harmonic(optimizer)
        >>> optimizer.step()
        >>> schedule.step()
        >>> schedule.get_last_lr()
        [0.5]
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
                group.setdefault("initial_lr", copied(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{i}]: with last_epoch="
                    f"{last_epoch} the optimizer's state has to be loaded first"
                )
        self.base_lrs: list[Any] = values(optimizer, "initial_lr")
        self.last_epoch = last_epoch
        _note_steps(optimizer)
        self._initial_step()

    def _initial_step(self) -> None:
        """Makes the step to t = 0, or to the last epoch."""
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    def state_dict(self) -> dict[str, Any]:
        """Returns all attributes except the optimizer."""
        return {name: value for name, value in self.__dict__.items() if name != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restores the attributes from a state_dict.

        The learning rates are in the state_dict of the optimizer, which has to be loaded too.

        Args:
            state_dict: what state_dict() returned
        """
        self.__dict__.update(state_dict)

    def get_last_lr(self) -> list[Any]:
        """Returns the learning rate of each group after the last step."""
        return self._last_lr

    def get_lr(self) -> list[Any]:
        """Computes the learning rate of each group at last_epoch; step() sets them."""
        raise NotImplementedError(f"{type(self).__name__} does not define get_lr()")

    def step(self, epoch: int | None = None) -> None:
        """Advances to the next epoch and sets the learning rates.

        Args:
            epoch: deprecated: the epoch to go to, by the closed form if the schedule has one
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
        """Sets the learning rates of the groups to those that compute() returns."""
        self._get_lr_called_within_step = True
        try:
            rates = compute()
        finally:
            self._get_lr_called_within_step = False
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            assign(group, "lr", rate)
        self._last_lr = values(self.optimizer, "lr")

    def _warn_outside_step(self) -> None:
        """Warns of a call of get_lr outside of step(): it would multiply the rates once more."""
        if not self._get_lr_called_within_step:
            warnings.warn(
                "To get the last learning rate computed by the scheduler, please use "
                "`get_last_lr()`.",
                UserWarning,
                stacklevel=3,
            )


class _LRScheduler(LRScheduler):
    """The name of the base class in older versions of PyTorch."""


class ClosedForm(LRScheduler):
    """A schedule with two forms: a recursion, from ηₜ₋₁ to ηₜ, and a closed form, from η₀ to ηₜ.

    step() uses the recursion, so that several schedules can act on one optimizer; step(epoch) uses
    the closed form. A subclass defines both for one learning rate.
    """

    def get_lr(self) -> list[Any]:
        """Computes the learning rate of each group at last_epoch, from the rates before."""
        self._warn_outside_step()
        return [self._next(η, self.last_epoch) for η in values(self.optimizer, "lr")]

    def _get_closed_form_lr(self) -> list[Any]:
        return [self._closed_form(η0, self.last_epoch) for η0 in self.base_lrs]

    def _next(self, η: Any, t: int) -> Any:
        """Returns ηₜ, given η = ηₜ₋₁."""
        raise NotImplementedError

    def _closed_form(self, η0: Any, t: int) -> Any:
        """Returns ηₜ, given η₀."""
        raise NotImplementedError


def require_optimizer(optimizer: Any) -> None:
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")


def _note_steps(optimizer: Optimizer) -> None:
    """Makes the optimizer note calls of its step(), which should come before a scheduler's."""
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


# --- options of the groups, numbers or tensors ----------------------------------------------------


def copied(rate: Rate) -> Rate:
    """Returns a copy of a tensor, or the number itself."""
    return rate.clone() if isinstance(rate, Tensor) else rate


def values(optimizer: Optimizer, option: str) -> list[Any]:
    """Returns the option of each group."""
    return [copied(group[option]) for group in optimizer.param_groups]


def assign(group: dict[str, Any], option: str, value: Rate) -> None:
    """Sets an option of a group; a tensor keeps its memory."""
    if isinstance(group[option], Tensor):
        group[option].fill_(value.squeeze() if isinstance(value, Tensor) else value)
    else:
        group[option] = value


def saved_function(f: Any) -> dict[str, Any] | None:
    """Returns the attributes of a callable object; None for a function, which is not saved."""
    plain = f is None or isinstance(f, types.FunctionType)
    return None if plain else f.__dict__.copy()


def one_per_group(name: str, optimizer: Optimizer, given: Any) -> list[Any]:
    """Returns one value for each group, from a list of such values or one value for all.

    Raises:
        ValueError: the list has another length
    """
    groups = len(optimizer.param_groups)
    if not isinstance(given, (list, tuple)):
        given = [given] * groups
    if len(given) != groups:
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups: {len(given)}, "
            f"expected {groups}"
        )
    return [copied(value) for value in given]
