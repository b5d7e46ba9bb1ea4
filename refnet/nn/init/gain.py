"""Gains: the factor by which initial weights compensate the nonlinearity after them."""

import math
from typing import Literal, get_args

__all__ = ["calculate_gain"]

Nonlinearity = Literal[
    "linear",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "selu",
]


def calculate_gain(nonlinearity: Nonlinearity, param: int | float | None = None) -> float:
    """Returns the factor by which weights compensate the shrinking of signals by a nonlinearity.

        nonlinearity            gain
        linear, conv, sigmoid   1
        tanh                    5/3
        relu                    √2
        leaky_relu              √(2 / (1 + a²))
        selu                    3/4

    Args:
        nonlinearity: the name of a function of refnet.nn.functional
        param: the slope a of leaky_relu; None for 0.01

    Raises:
        ValueError: for another nonlinearity, and for a slope that is not a number

    Example:
        >>> nn.init.calculate_gain("leaky_relu", 1.0)
        1.0
        >>> nn.init.calculate_gain("relu")
        1.4142135623730951
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"negative_slope {param} not a valid number")
        return math.sqrt(2 / (1 + slope**2))
    if nonlinearity in _GAINS:
        return _GAINS[nonlinearity]
    raise ValueError(f"Unsupported nonlinearity {nonlinearity}")


_GAINS: dict[str, float] = dict.fromkeys(get_args(Nonlinearity), 1) | {
    "tanh": 5 / 3,
    "relu": math.sqrt(2),
    "selu": 3 / 4,  # found by experiment (PyTorch's pull request 50664)
}
