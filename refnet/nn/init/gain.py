"""By how much initial weights make up for the nonlinearity that follows."""

import math
from typing import Literal

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
    """By how much weights must grow to make up for what a nonlinearity shrinks.

    1 for linear maps, convolutions and sigmoid; 5/3 for tanh; √2 for relu;
    √(2 / (1 + a²)) for leaky_relu, where param is the slope a (0.01 if None); 3/4 for selu.

    Raises ValueError for another nonlinearity, or a slope that is not a number.
    """
    if nonlinearity in _GAINS:
        return _GAINS[nonlinearity]
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"negative_slope {param} not a valid number")
        return math.sqrt(2 / (1 + slope**2))
    raise ValueError(f"Unsupported nonlinearity {nonlinearity}")


_GAINS: dict[str, float] = {
    "linear": 1,
    "conv1d": 1,
    "conv2d": 1,
    "conv3d": 1,
    "conv_transpose1d": 1,
    "conv_transpose2d": 1,
    "conv_transpose3d": 1,
    "sigmoid": 1,
    "tanh": 5 / 3,
    "relu": math.sqrt(2),
    "selu": 3 / 4,  # found by experiment (PyTorch's pull request 50664)
}
