"""Schedules that begin low: ConstantLR, LinearLR."""

from typing import Any

from refnet.optim.lr_scheduler.base import ClosedForm
from refnet.optim.optimizer import Optimizer


class ConstantLR(ClosedForm):
    """A schedule that multiplies the learning rate by c in the first T steps.

        ηₜ = c η₀ for t < T,   ηₜ = η₀ for t ≥ T

    As a recursion, the learning rate is multiplied by c at t = 0 and by 1/c at t = T.

    Args:
        optimizer: the optimizer whose learning rates are set
        factor: c
        total_iters: T
        last_epoch: see LRScheduler

    Raises:
        ValueError: factor is outside of [0, 1]

    Source:
        torch.optim.lr_scheduler.ConstantLR.

    Example:
        >>> optimizer = refnet.optim.SGD([refnet.zeros(1)], lr=1.0)
        >>> schedule = refnet.optim.lr_scheduler.ConstantLR(optimizer, factor=0.5, total_iters=2)
        >>> for t in range(4):
        ...     print(schedule.get_last_lr()[0], end=" ")
        ...     optimizer.step()
        ...     schedule.step()
        0.5 0.5 1.0 1.0
    """

    def __init__(
        self,
        optimizer: Optimizer,
        factor: float = 1.0 / 3,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if factor > 1.0 or factor < 0:
            raise ValueError(
                f"Constant multiplicative factor expected to be between 0 and 1, got {factor}"
            )
        self.factor = factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def _next(self, η: Any, t: int) -> Any:
        if t == 0:
            return η * self.factor
        return η * (1.0 / self.factor) if t == self.total_iters else η

    def _closed_form(self, η0: Any, t: int) -> Any:
        return η0 * (self.factor + (t >= self.total_iters) * (1 - self.factor))


class LinearLR(ClosedForm):
    """A schedule from a η₀ to b η₀ in T steps, along a line.

        ηₜ = η₀ (a + (b − a) min(t, T) / T)

    As a recursion, ηₜ = ηₜ₋₁ (1 + (b − a) / (T a + (t − 1) (b − a))).

    Args:
        optimizer: the optimizer whose learning rates are set
        start_factor: a
        end_factor: b
        total_iters: T
        last_epoch: see LRScheduler

    Raises:
        ValueError: start_factor is outside of (0, 1], or end_factor outside of [0, 1]

    Source:
        torch.optim.lr_scheduler.LinearLR.

    Example:
        >>> optimizer = refnet.optim.SGD([refnet.zeros(1)], lr=1.0)
        >>> schedule = refnet.optim.lr_scheduler.LinearLR(
        ...     optimizer, start_factor=0.5, total_iters=2
        ... )
        >>> for t in range(4):
        ...     print(schedule.get_last_lr()[0], end=" ")
        ...     optimizer.step()
        ...     schedule.step()
        0.5 0.75 1.0 1.0
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if start_factor > 1.0 or start_factor <= 0:
            raise ValueError(
                "Starting multiplicative factor expected to be greater than 0 and less or equal "
                f"to 1, got {start_factor}"
            )
        if end_factor > 1.0 or end_factor < 0:
            raise ValueError(
                f"Ending multiplicative factor expected to be between 0 and 1, got {end_factor}"
            )
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def _next(self, η: Any, t: int) -> Any:
        T, a, b = self.total_iters, self.start_factor, self.end_factor
        if t == 0:
            return η * a
        if self._is_initial or t > T:
            return η
        return η * (1.0 + (b - a) / (T * a + (t - 1) * (b - a)))

    def _closed_form(self, η0: Any, t: int) -> Any:
        T, a, b = self.total_iters, self.start_factor, self.end_factor
        return η0 * (a + (b - a) * min(T, t) / T)
