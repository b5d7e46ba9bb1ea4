"""ReduceLROnPlateau: smaller learning rates when a metric stops improving."""

import math
import warnings
from typing import Any, SupportsFloat

from refnet.optim.lr_scheduler.base import (
    EPOCH_DEPRECATION_WARNING,
    LRScheduler,
    assign,
    require_optimizer,
    values,
)
from refnet.optim.optimizer import Optimizer


class ReduceLROnPlateau(LRScheduler):
    """Reduces the learning rate after more than `patience` epochs in a row without improvement.

        η ← max(η c, η_min)

    With "min" a metric is better if it is below best (1 − θ) ("rel") or below best − θ ("abs"),
    with "max" if it is above best (1 + θ) or best + θ. Reductions by ε or less are skipped.

    Args:
        optimizer: the optimizer whose learning rates are set
        mode: "min" or "max"
        factor: c
        patience: the number of epochs without improvement before the rate is reduced
        threshold: θ
        threshold_mode: "rel" or "abs"
        cooldown: the number of epochs after a reduction that are not counted
        min_lr: η_min, a number, or a list with one for each group
        eps: ε

    Raises:
        ValueError: factor is 1 or more, a mode is unknown, or a list has the wrong length

    Source:
        torch.optim.lr_scheduler.ReduceLROnPlateau.

    Example:
        >>> optimizer = refnet.optim.SGD([refnet.zeros(1)], lr=1.0)
        >>> schedule = refnet.optim.lr_scheduler.ReduceLROnPlateau(
        ...     optimizer, factor=0.5, patience=1
        ... )
        >>> for loss in (5.0, 4.0, 4.5, 4.0, 3.0):
        ...     schedule.step(loss)
        ...     print(optimizer.param_groups[0]["lr"], end=" ")
        1.0 1.0 1.0 0.5 0.5
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: list[float] | float = 0,
        eps: float = 1e-8,
    ) -> None:
        if factor >= 1.0:
            raise ValueError(f"Factor should be < 1.0, got {factor}")
        self.factor = factor
        require_optimizer(optimizer)
        self.optimizer = optimizer
        groups = len(optimizer.param_groups)
        self.default_min_lr: float | None = None
        if isinstance(min_lr, (list, tuple)):
            if len(min_lr) != groups:
                raise ValueError(f"expected {groups} min_lrs, got {len(min_lr)}")
            self.min_lrs = list(min_lr)
        else:
            self.default_min_lr = min_lr
            self.min_lrs = [min_lr] * groups
        self.patience = patience
        self.cooldown = cooldown
        self.eps = eps
        self.last_epoch = 0
        self._last_lr = values(optimizer, "lr")
        self._init_is_better(mode, threshold, threshold_mode)
        self._reset()

    def _init_is_better(self, mode: str, threshold: float, threshold_mode: str) -> None:
        if mode not in ("min", "max"):
            raise ValueError(f"mode {mode} is unknown!")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(f"threshold mode {threshold_mode} is unknown!")
        self.mode_worse = math.inf if mode == "min" else -math.inf
        self.mode = mode
        self.threshold = threshold
        self.threshold_mode = threshold_mode

    def _reset(self) -> None:
        """Forgets the metrics so far."""
        self.best = self.mode_worse
        self.cooldown_counter = 0
        self.num_bad_epochs = 0

    def step(self, metrics: SupportsFloat, epoch: Any = None) -> None:  # type: ignore[override]
        """Records the metric of an epoch, and reduces the learning rates if it is time.

        Args:
            metrics: the metric, a number
            epoch: deprecated: the number of the epoch
        """
        current = float(metrics)
        if epoch is None:
            epoch = self.last_epoch + 1
        else:
            warnings.warn(EPOCH_DEPRECATION_WARNING, UserWarning, stacklevel=2)
        self.last_epoch = epoch
        if self._is_better(current, self.best):
            self.best = current
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce_lr(epoch)
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
        self._last_lr = values(self.optimizer, "lr")

    def _reduce_lr(self, epoch: int) -> None:
        groups = self.optimizer.param_groups
        if len(self.min_lrs) != len(groups):
            if self.default_min_lr is None:
                raise RuntimeError(
                    "The number of param groups in the `optimizer` differs from when "
                    f"`ReduceLROnPlateau` was initialized: {len(groups)}, expected "
                    f"{len(self.min_lrs)}; set `min_lrs` to a list with one for each"
                )
            self.min_lrs = [self.default_min_lr] * len(groups)
        for group, min_lr in zip(groups, self.min_lrs, strict=True):
            η = float(group["lr"])
            lower = max(η * self.factor, min_lr)
            if η - lower > self.eps:
                assign(group, "lr", lower)

    @property
    def in_cooldown(self) -> bool:
        """Whether epochs without improvement are not counted now."""
        return self.cooldown_counter > 0

    def _is_better(self, a: float, best: float) -> bool:
        θ, relative = self.threshold, self.threshold_mode == "rel"
        if self.mode == "min":
            return a < (best * (1 - θ) if relative else best - θ)
        return a > (best * (1 + θ) if relative else best + θ)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restores the attributes from a state_dict."""
        super().load_state_dict(state_dict)
        self._init_is_better(self.mode, self.threshold, self.threshold_mode)
