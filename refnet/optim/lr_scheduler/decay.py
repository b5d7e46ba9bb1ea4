"""Schedules that decrease: StepLR, MultiStepLR, ExponentialLR, PolynomialLR."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from typing import Any

from refnet.optim.lr_scheduler.base import ClosedForm
from refnet.optim.optimizer import Optimizer


class StepLR(ClosedForm):
    """A schedule that multiplies the learning rate by γ after every s steps.

        ηₜ = η₀ γ^⌊t/s⌋

    As a recursion, ηₜ = γ ηₜ₋₁ where s divides t.

    Args:
        optimizer: the optimizer whose learning rates are set
        step_size: s
        gamma: γ
        last_epoch: see LRScheduler

    Source:
        torch.optim.lr_scheduler.StepLR.

    Example:
        >>> optimizer = refnet.optim.SGD([refnet.zeros(1)], lr=1.0)
        >>> schedule = refnet.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
        >>> for t in range(5):
        ...     print(schedule.get_last_lr()[0], end=" ")
        ...     optimizer.step()
        ...     schedule.step()
        1.0 1.0 0.5 0.5 0.25
    """

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _next(self, η: Any, t: int) -> Any:
        return η if t == 0 or t % self.step_size != 0 else η * self.gamma

    def _closed_form(self, η0: Any, t: int) -> Any:
        return η0 * self.gamma ** (t // self.step_size)


class MultiStepLR(ClosedForm):
    """A schedule that multiplies the learning rate by γ at each milestone.

        ηₜ = η₀ γⁿ

    where n is the number of milestones ≤ t. As a recursion, ηₜ = γ ηₜ₋₁ where t is a milestone, and
    γᵏ ηₜ₋₁ if it is given k times.

    Args:
        optimizer: the optimizer whose learning rates are set
        milestones: the milestones, in any order
        gamma: γ
        last_epoch: see LRScheduler

    Source:
        torch.optim.lr_scheduler.MultiStepLR.

    Example:
        >>> optimizer = refnet.optim.SGD([refnet.zeros(1)], lr=1.0)
        >>> schedule = refnet.optim.lr_scheduler.MultiStepLR(optimizer, [1, 4], gamma=0.5)
        >>> for t in range(5):
        ...     print(schedule.get_last_lr()[0], end=" ")
        ...     optimizer.step()
        ...     schedule.step()
        1.0 0.5 0.5 0.5 0.25
    """

    def __init__(
        self,
        optimizer: Optimizer,
        milestones: Iterable[int],
        gamma: float = 0.1,
        last_epoch: int = -1,
    ) -> None:
        self.milestones = Counter(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _next(self, η: Any, t: int) -> Any:
        return η * self.gamma ** self.milestones[t] if t in self.milestones else η

    def _closed_form(self, η0: Any, t: int) -> Any:
        return η0 * self.gamma ** bisect_right(sorted(self.milestones.elements()), t)


class ExponentialLR(ClosedForm):
    """A schedule that multiplies the learning rate by γ in every step.

        ηₜ = η₀ γᵗ

    As a recursion, ηₜ = γ ηₜ₋₁.

    Args:
        optimizer: the optimizer whose learning rates are set
        gamma: γ
        last_epoch: see LRScheduler

    Source:
        torch.optim.lr_scheduler.ExponentialLR.

    Example:
        >>> optimizer = refnet.optim.SGD([refnet.zeros(1)], lr=1.0)
        >>> schedule = refnet.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.5)
        >>> for t in range(4):
        ...     print(schedule.get_last_lr()[0], end=" ")
        ...     optimizer.step()
        ...     schedule.step()
        1.0 0.5 0.25 0.125
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def _next(self, η: Any, t: int) -> Any:
        return η if self._is_initial else η * self.gamma

    def _closed_form(self, η0: Any, t: int) -> Any:
        return η0 * self.gamma**t


class PolynomialLR(ClosedForm):
    """A schedule that decreases to 0 in T steps, like a power of the steps left.

        ηₜ = η₀ (1 − min(t, T)/T)ᵖ

    As a recursion, ηₜ = ηₜ₋₁ ((1 − t/T) / (1 − (t − 1)/T))ᵖ.

    Args:
        optimizer: the optimizer whose learning rates are set
        total_iters: T
        power: p
        last_epoch: see LRScheduler

    Source:
        torch.optim.lr_scheduler.PolynomialLR.

    Example:
        >>> optimizer = refnet.optim.SGD([refnet.zeros(1)], lr=1.0)
        >>> schedule = refnet.optim.lr_scheduler.PolynomialLR(optimizer, total_iters=4, power=2.0)
        >>> for t in range(5):
        ...     print(schedule.get_last_lr()[0], end=" ")
        ...     optimizer.step()
        ...     schedule.step()
        1.0 0.5625 0.25 0.0625 0.0
    """

    def __init__(
        self,
        optimizer: Optimizer,
        total_iters: int = 5,
        power: float = 1.0,
        last_epoch: int = -1,
    ) -> None:
        self.total_iters = total_iters
        self.power = power
        super().__init__(optimizer, last_epoch)

    def _next(self, η: Any, t: int) -> Any:
        T = self.total_iters
        if self._is_initial or t > T:
            return η
        return η * ((1.0 - t / T) / (1.0 - (t - 1) / T)) ** self.power

    def _closed_form(self, η0: Any, t: int) -> Any:
        T = self.total_iters
        return η0 * (1.0 - min(T, t) / T) ** self.power
