"""Schedules that begin low: ConstantLR, LinearLR."""

from typing import Any

from refnet.optim.lr_scheduler.base import LRScheduler, values
from refnet.optim.optimizer import Optimizer


class ConstantLR(LRScheduler):
    """ηₜ = η₀ c for t < T,  η₀ from then on

    as a recursion: multiplied by c at t = 0 and by 1/c at t = T.

    Args:
        optimizer: whose learning rates are set
        factor: c
        total_iters: T
        last_epoch: see LRScheduler

    Raises ValueError for c outside of [0, 1].

    Source:
        torch.optim.lr_scheduler.ConstantLR.
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

    def get_lr(self) -> list[Any]:
        """The learning rate of each group."""
        self._warn_outside_of_step()
        rates = values(self.optimizer, "lr")
        if self.last_epoch == 0:
            return [η * self.factor for η in rates]
        if self.last_epoch == self.total_iters:
            return [η * (1.0 / self.factor) for η in rates]
        return rates

    def _get_closed_form_lr(self) -> list[Any]:
        c, over = self.factor, self.last_epoch >= self.total_iters
        return [η0 * (c + over * (1 - c)) for η0 in self.base_lrs]


class LinearLR(LRScheduler):
    """ηₜ = η₀ (a + (b − a) min(t, T) / T)

    as a recursion: ηₜ = ηₜ₋₁ (1 + (b − a) / (T a + (t − 1) (b − a))).

    Args:
        optimizer: whose learning rates are set
        start_factor: a
        end_factor: b
        total_iters: T
        last_epoch: see LRScheduler

    Raises ValueError for a outside of (0, 1] and b outside of [0, 1].

    Source:
        torch.optim.lr_scheduler.LinearLR.
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

    def get_lr(self) -> list[Any]:
        """The learning rate of each group."""
        self._warn_outside_of_step()
        rates = values(self.optimizer, "lr")
        t, T, a, b = self.last_epoch, self.total_iters, self.start_factor, self.end_factor
        if t == 0:
            return [η * a for η in rates]
        if self._is_initial or t > T:
            return rates
        return [η * (1.0 + (b - a) / (T * a + (t - 1) * (b - a))) for η in rates]

    def _get_closed_form_lr(self) -> list[Any]:
        t, T, a, b = self.last_epoch, self.total_iters, self.start_factor, self.end_factor
        return [η0 * (a + (b - a) * min(T, t) / T) for η0 in self.base_lrs]
