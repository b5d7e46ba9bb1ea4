"""The momentum that CyclicLR and OneCycleLR change beside the learning rate."""

from typing import Any

from refnet.optim.optimizer import Optimizer


def has_beta1(optimizer: Optimizer) -> bool:
    """Whether the momentum is the first of "betas"; raises ValueError if there is none at all."""
    if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
        raise ValueError(
            "optimizer must support momentum or beta1 with `cycle_momentum` option enabled, got "
            f"{type(optimizer).__name__}"
        )
    return "betas" in optimizer.defaults


def set_momentum(group: dict[str, Any], value: Any, use_beta1: bool) -> None:
    """Give a group another momentum."""
    if use_beta1:
        group["betas"] = (value, *group["betas"][1:])
    else:
        group["momentum"] = value
