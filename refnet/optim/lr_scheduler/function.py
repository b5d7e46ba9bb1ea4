"""Schedules by a function of the user: LambdaLR, MultiplicativeLR."""

from collections.abc import Callable
from typing import Any

from refnet.optim.lr_scheduler.base import LRScheduler, saved_function, values
from refnet.optim.optimizer import Optimizer

Factor = Callable[[int], float]


class _FunctionLR(LRScheduler):
    """A schedule by one function for all groups, or a list with one for each."""

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Factor | list[Factor], last_epoch: int = -1
    ) -> None:
        self.optimizer = optimizer
        groups = len(optimizer.param_groups)
        if isinstance(lr_lambda, (list, tuple)):
            if len(lr_lambda) != groups:
                raise ValueError(f"Expected {groups} lr_lambdas, but got {len(lr_lambda)}")
            self.lr_lambdas = list(lr_lambda)
        else:
            self.lr_lambdas = [lr_lambda] * groups
        super().__init__(optimizer, last_epoch)

    def state_dict(self) -> dict[str, Any]:
        """Returns all attributes except the optimizer and the functions.

        A callable object is saved as its attributes, a function as None.
        """
        state = super().state_dict()
        del state["lr_lambdas"]
        return state | {"lr_lambdas": [saved_function(f) for f in self.lr_lambdas]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restores the attributes from a state_dict, also those of callable objects."""
        super().load_state_dict({k: v for k, v in state_dict.items() if k != "lr_lambdas"})
        for f, attributes in zip(self.lr_lambdas, state_dict["lr_lambdas"], strict=False):
            if attributes is not None:
                f.__dict__.update(attributes)


class LambdaLR(_FunctionLR):
    """A schedule that multiplies the first learning rate by a function of t.

        ηₜ = η₀ f(t)

    Args:
        optimizer: the optimizer whose learning rates are set
        lr_lambda: f, or a list with one function for each group
        last_epoch: see LRScheduler

    Raises:
        ValueError: the list has the wrong length

    Source:
        torch.optim.lr_scheduler.LambdaLR.

    Example:
        >>> optimizer = refnet.optim.SGD([refnet.zeros(1)], lr=1.0)
        >>> schedule = refnet.optim.lr_scheduler.LambdaLR(optimizer, lambda t: 1 / (t + 1))
        >>> for t in range(4):
        ...     print(schedule.get_last_lr()[0], end=" ")
        ...     optimizer.step()
        ...     schedule.step()
        1.0 0.5 0.3333333333333333 0.25
    """

    def get_lr(self) -> list[Any]:
        """Computes the learning rate of each group."""
        self._warn_outside_step()
        t = self.last_epoch
        return [η0 * f(t) for f, η0 in zip(self.lr_lambdas, self.base_lrs, strict=True)]


class MultiplicativeLR(_FunctionLR):
    """A schedule that multiplies the present learning rate by a function of t.

        ηₜ = ηₜ₋₁ f(t)

    Args:
        optimizer: the optimizer whose learning rates are set
        lr_lambda: f, or a list with one function for each group
        last_epoch: see LRScheduler

    Raises:
        ValueError: the list has the wrong length
        TypeError: lr_lambda is not callable

    Source:
        torch.optim.lr_scheduler.MultiplicativeLR.

    Example:
        >>> optimizer = refnet.optim.SGD([refnet.zeros(1)], lr=1.0)
        >>> schedule = refnet.optim.lr_scheduler.MultiplicativeLR(optimizer, lambda t: t)
        >>> for t in range(4):
        ...     print(schedule.get_last_lr()[0], end=" ")
        ...     optimizer.step()
        ...     schedule.step()
        1.0 1.0 2.0 6.0
    """

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Factor | list[Factor], last_epoch: int = -1
    ) -> None:
        for f in lr_lambda if isinstance(lr_lambda, (list, tuple)) else [lr_lambda]:
            if not callable(f):
                raise TypeError(f"lr_lambda should be a function, but got {type(f).__name__}")
        super().__init__(optimizer, lr_lambda, last_epoch)

    def get_lr(self) -> list[Any]:
        """Computes the learning rate of each group."""
        self._warn_outside_step()
        rates = values(self.optimizer, "lr")
        if self._is_initial:
            return rates
        t = self.last_epoch
        return [η * f(t) for f, η in zip(self.lr_lambdas, rates, strict=True)]
