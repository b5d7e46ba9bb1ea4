"""Schedules that fall: StepLR, MultiStepLR, ExponentialLR, PolynomialLR."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from typing import Any

from refnet.optim.lr_scheduler.base import LRScheduler, values
from refnet.optim.optimizer import Optimizer


class StepLR(LRScheduler):
    """ηₜ = η₀ γ^⌊t/s⌋

    as a recursion: ηₜ = γ ηₜ₋₁ where s divides t.

    Args:
        optimizer: whose learning rates are set
        step_size: s
        gamma: γ
        last_epoch: see LRScheduler

    Source:
        torch.optim.lr_scheduler.StepLR.
    """

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        """The learning rate of each group."""
        self._warn_outside_of_step()
        rates = values(self.optimizer, "lr")
        if self.last_epoch == 0 or self.last_epoch % self.step_size != 0:
            return rates
        return [η * self.gamma for η in rates]

    def _get_closed_form_lr(self) -> list[Any]:
        t, s = self.last_epoch, self.step_size
        return [η0 * self.gamma ** (t // s) for η0 in self.base_lrs]


class MultiStepLR(LRScheduler):
    """ηₜ = η₀ γ^(how many milestones are ≤ t)

    as a recursion: ηₜ = γ ηₜ₋₁ where t is a milestone, γⁿ if it is named n times.

    Args:
        optimizer: whose learning rates are set
        milestones: the milestones
        gamma: γ
        last_epoch: see LRScheduler

    Source:
        torch.optim.lr_scheduler.MultiStepLR.
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

    def get_lr(self) -> list[Any]:
        """The learning rate of each group."""
        self._warn_outside_of_step()
        rates = values(self.optimizer, "lr")
        if self.last_epoch not in self.milestones:
            return rates
        return [η * self.gamma ** self.milestones[self.last_epoch] for η in rates]

    def _get_closed_form_lr(self) -> list[Any]:
        passed = bisect_right(sorted(self.milestones.elements()), self.last_epoch)
        return [η0 * self.gamma**passed for η0 in self.base_lrs]


class ExponentialLR(LRScheduler):
    """ηₜ = η₀ γᵗ

    as a recursion: ηₜ = γ ηₜ₋₁.

    Args:
        optimizer: whose learning rates are set
        gamma: γ
        last_epoch: see LRScheduler

    Source:
        torch.optim.lr_scheduler.ExponentialLR.
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        """The learning rate of each group."""
        self._warn_outside_of_step()
        rates = values(self.optimizer, "lr")
        return rates if self._is_initial else [η * self.gamma for η in rates]

    def _get_closed_form_lr(self) -> list[Any]:
        return [η0 * self.gamma**self.last_epoch for η0 in self.base_lrs]


class PolynomialLR(LRScheduler):
    """ηₜ = η₀ (1 − t/T)ᵖ,  0 from t = T on

    as a recursion: ηₜ = ηₜ₋₁ ((1 − t/T) / (1 − (t − 1)/T))ᵖ.

    Args:
        optimizer: whose learning rates are set
        total_iters: T
        power: p
        last_epoch: see LRScheduler

    Source:
        torch.optim.lr_scheduler.PolynomialLR.
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

    def get_lr(self) -> list[Any]:
        """The learning rate of each group."""
        self._warn_outside_of_step()
        rates = values(self.optimizer, "lr")
        t, T = self.last_epoch, self.total_iters
        if self._is_initial or t > T:
            return rates
        factor = ((1.0 - t / T) / (1.0 - (t - 1) / T)) ** self.power
        return [η * factor for η in rates]

    def _get_closed_form_lr(self) -> list[Any]:
        T = self.total_iters
        return [η0 * (1.0 - min(T, self.last_epoch) / T) ** self.power for η0 in self.base_lrs]
