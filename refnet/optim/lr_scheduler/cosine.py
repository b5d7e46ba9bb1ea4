"""Schedules along half a cosine: CosineAnnealingLR, CosineAnnealingWarmRestarts."""

import math
from typing import Any

from refnet.optim.lr_scheduler.base import ClosedForm, LRScheduler, values
from refnet.optim.optimizer import Optimizer


class CosineAnnealingLR(ClosedForm):
    """A schedule that decreases along half a cosine in T steps.

        ηₜ = η_min + (η₀ − η_min) (1 + cos(π t/T)) / 2

    As a recursion,

        ηₜ = η_min + (ηₜ₋₁ − η_min) (1 + cos(π t/T)) / (1 + cos(π (t − 1)/T))

    After t = T it rises again, up to η₀ at t = 2T.

    Args:
        optimizer: the optimizer whose learning rates are set
        T_max: T
        eta_min: η_min
        last_epoch: see LRScheduler

    Source:
        torch.optim.lr_scheduler.CosineAnnealingLR; Loshchilov, Hutter 2017, "SGDR: stochastic
        gradient descent with warm restarts", equation 5, without the restarts.

    Example:
        >>> optimizer = refnet.optim.SGD([refnet.zeros(1)], lr=1.0)
        >>> schedule = refnet.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=2)
        >>> for t in range(5):
        ...     print(abs(round(schedule.get_last_lr()[0], 4)), end=" ")
        ...     optimizer.step()
        ...     schedule.step()
        1.0 0.5 0.0 0.5 1.0
    """

    def __init__(
        self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        """Computes the learning rate of each group at last_epoch, from the rates before."""
        self._warn_outside_step()
        rates = values(self.optimizer, "lr")
        t, T, η_min = self.last_epoch, self.T_max, self.eta_min
        if self._is_initial:
            return rates
        if (t - 1 - T) % (2 * T) == 0:  # the denominator below is 0
            rise = (1 - math.cos(math.pi / T)) / 2
            return [η + (η0 - η_min) * rise for η0, η in zip(self.base_lrs, rates, strict=True)]
        ratio = (1 + math.cos(math.pi * t / T)) / (1 + math.cos(math.pi * (t - 1) / T))
        return [ratio * (η - η_min) + η_min for η in rates]

    def _closed_form(self, η0: Any, t: int) -> Any:
        height = 1 + math.cos(math.pi * t / self.T_max)
        return self.eta_min + (η0 - self.eta_min) * height / 2


class CosineAnnealingWarmRestarts(LRScheduler):
    """A schedule along half a cosine that restarts at its end.

        ηₜ = η_min + (η₀ − η_min) (1 + cos(π s/T)) / 2

    s counts the steps since the last restart and returns to 0 at s = T. T is T₀ at first, and m
    times as long after each restart. step(epoch) goes to any epoch, also to a fraction of one, and
    is not deprecated.

    Args:
        optimizer: the optimizer whose learning rates are set
        T_0: T₀
        T_mult: m
        eta_min: η_min
        last_epoch: see LRScheduler

    Raises:
        ValueError: T_0 or T_mult is not a positive int, or eta_min is not a number; in step(),
            epoch is negative

    Source:
        torch.optim.lr_scheduler.CosineAnnealingWarmRestarts; Loshchilov, Hutter 2017, "SGDR:
        stochastic gradient descent with warm restarts", equation 5.

    Example:
        >>> optimizer = refnet.optim.SGD([refnet.zeros(1)], lr=1.0)
        >>> schedule = refnet.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=2)
        >>> for t in range(5):
        ...     print(schedule.get_last_lr()[0], end=" ")
        ...     optimizer.step()
        ...     schedule.step()
        1.0 0.5 1.0 0.5 1.0
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: int,
        T_mult: int = 1,
        eta_min: float = 0.0,
        last_epoch: int = -1,
    ) -> None:
        if T_0 <= 0 or not isinstance(T_0, int):
            raise ValueError(f"Expected positive integer T_0, but got {T_0}")
        if T_mult < 1 or not isinstance(T_mult, int):
            raise ValueError(f"Expected integer T_mult >= 1, but got {T_mult}")
        if not isinstance(eta_min, (float, int)):
            raise ValueError(
                f"Expected float or int eta_min, but got {eta_min} of type {type(eta_min)}"
            )
        self.T_0 = T_0
        self.T_i = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur: float = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        """Computes the learning rate of each group."""
        self._warn_outside_step()
        height = 1 + math.cos(math.pi * self.T_cur / self.T_i)
        return [self.eta_min + (η0 - self.eta_min) * height / 2 for η0 in self.base_lrs]

    def step(self, epoch: float | None = None) -> None:
        """Advances to the next epoch, or to a given one, and sets the learning rates.

        Args:
            epoch: the epoch to go to, the next one if None
        """
        if epoch is None and self.last_epoch < 0:
            epoch = 0
        if epoch is None:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur %= self.T_i
                self.T_i *= self.T_mult
        elif epoch < 0:
            raise ValueError(f"Expected non-negative epoch, but got {epoch}")
        elif epoch < self.T_0:
            self.T_i, self.T_cur = self.T_0, epoch
        elif self.T_mult == 1:
            self.T_cur = epoch % self.T_0
        else:  # after n restarts, the last at T₀ (1 + m + … + mⁿ⁻¹) = T₀ (mⁿ − 1) / (m − 1)
            m = self.T_mult
            n = int(math.log(epoch / self.T_0 * (m - 1) + 1, m))
            self.T_cur = epoch - self.T_0 * (m**n - 1) / (m - 1)
            self.T_i = self.T_0 * m**n
        self.last_epoch = math.floor(epoch)
        self._set(self.get_lr)
