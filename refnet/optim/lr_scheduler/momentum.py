"""The momentum that CyclicLR and OneCycleLR change together with the learning rate."""

from typing import Any

from refnet.optim.lr_scheduler.base import one_per_group
from refnet.optim.optimizer import Optimizer


class Momentum:
    """The lowest and the highest momentum of each group, or β₁ for an optimizer with "betas".

    Raises:
        ValueError: the optimizer has no momentum, or a list has the wrong length
    """

    def __init__(self, optimizer: Optimizer, low: Any, high: Any) -> None:
        if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
            raise ValueError(
                "optimizer must support momentum or beta1 with `cycle_momentum` option enabled, "
                f"got {type(optimizer).__name__}"
            )
        self.use_beta1 = "betas" in optimizer.defaults
        self.lows = one_per_group("base_momentum", optimizer, low)
        self.highs = one_per_group("max_momentum", optimizer, high)

    def begin(self, optimizer: Optimizer) -> None:
        """Gives the groups their bounds, and the highest momentum."""
        for group, low, high in zip(optimizer.param_groups, self.lows, self.highs, strict=True):
            set_momentum(group, high, self.use_beta1)
            group["max_momentum"] = high
            group["base_momentum"] = low


def set_momentum(group: dict[str, Any], value: Any, use_beta1: bool) -> None:
    """Sets the momentum of a group, or the first of its betas."""
    if use_beta1:
        group["betas"] = (value, *group["betas"][1:])
    else:
        group["momentum"] = value
