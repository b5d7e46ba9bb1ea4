"""Schedules by a function of the user's: LambdaLR, MultiplicativeLR."""

import types
from collections.abc import Callable
from typing import Any

from refnet.optim.lr_scheduler.base import LRScheduler, values
from refnet.optim.optimizer import Optimizer

Factor = Callable[[int], float]


class _ByFunction(LRScheduler):
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
        """All attributes but the optimizer; of each function its attributes if it is a callable
        object, else None: functions themselves are not saved."""
        state = super().state_dict()
        del state["lr_lambdas"]
        state["lr_lambdas"] = [
            None if isinstance(f, types.FunctionType) else f.__dict__.copy()
            for f in self.lr_lambdas
        ]
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take what state_dict gave; callable objects get their attributes back."""
        super().load_state_dict({k: v for k, v in state_dict.items() if k != "lr_lambdas"})
        for f, attributes in zip(self.lr_lambdas, state_dict["lr_lambdas"], strict=False):
            if attributes is not None:
                f.__dict__.update(attributes)


class LambdaLR(_ByFunction):
    """ηₜ = η₀ f(t)

    Args:
        optimizer: whose learning rates are set
        lr_lambda: f, or a list with one for each group
        last_epoch: see LRScheduler

    Raises ValueError for a list of another length.

    Source:
        torch.optim.lr_scheduler.LambdaLR.
    """

    def get_lr(self) -> list[Any]:
        """The learning rate of each group."""
        self._warn_outside_of_step()
        t = self.last_epoch
        return [η0 * f(t) for f, η0 in zip(self.lr_lambdas, self.base_lrs, strict=True)]


class MultiplicativeLR(_ByFunction):
    """ηₜ = ηₜ₋₁ f(t)

    Args:
        optimizer: whose learning rates are set
        lr_lambda: f, or a list with one for each group
        last_epoch: see LRScheduler

    Raises ValueError for a list of another length, TypeError for what is no function.

    Source:
        torch.optim.lr_scheduler.MultiplicativeLR.
    """

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Factor | list[Factor], last_epoch: int = -1
    ) -> None:
        for f in lr_lambda if isinstance(lr_lambda, (list, tuple)) else [lr_lambda]:
            if not callable(f):
                raise TypeError(f"lr_lambda should be a function, but got {type(f).__name__}")
        super().__init__(optimizer, lr_lambda, last_epoch)

    def get_lr(self) -> list[Any]:
        """The learning rate of each group."""
        self._warn_outside_of_step()
        rates = values(self.optimizer, "lr")
        if self._is_initial:
            return rates
        t = self.last_epoch
        return [η * f(t) for f, η in zip(self.lr_lambdas, rates, strict=True)]
