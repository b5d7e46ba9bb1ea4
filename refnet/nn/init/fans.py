"""Weights scaled by the fans of their layer: Xavier and Kaiming initialisation.

fan_in is the number of inputs that one output of a layer sums over, fan_out the number of
outputs that one input reaches: for a weight of shape (out, in, *kernel) they are in · |kernel| and
out · |kernel|.
"""

import math
from typing import Any, Literal

from refnet.engine.caller_warning import warn
from refnet.engine.tensor import Tensor
from refnet.nn.init.gain import Nonlinearity, calculate_gain
from refnet.nn.init.plain import normal_, uniform_
from refnet.random.generator import Generator

FanMode = Literal["fan_in", "fan_out"]


def xavier_uniform_(
    tensor: Tensor, gain: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Uniform on [−a, a) with a = gain · √(6 / (fan_in + fan_out)).

    The variance of signals forward and gradients backward stays about the same. Raises ValueError
    for a tensor of fewer than two dimensions.

    Source:
        Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward
        neural networks", equation 16
    """
    a = math.sqrt(3) * _xavier_std(tensor, gain)
    return uniform_(tensor, -a, a, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Normal with mean 0 and standard deviation gain · √(2 / (fan_in + fan_out)).

    Raises ValueError for a tensor of fewer than two dimensions. Source: see xavier_uniform_.
    """
    return normal_(tensor, 0.0, _xavier_std(tensor, gain), generator)


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: FanMode = "fan_in",
    nonlinearity: Nonlinearity = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Uniform on [−b, b) with b = gain · √(3 / fan), for layers followed by a rectifier.

    Args:
        a: the slope of leaky_relu below zero
        mode: "fan_in" keeps the variance of signals forward, "fan_out" that of
            gradients backward
        nonlinearity: what calculate_gain knows

    Raises ValueError for a tensor of fewer than two dimensions, and another mode or nonlinearity.
    A tensor without elements is left alone, with a warning.

    Source:
        He et al. 2015, "Delving deep into rectifiers", equations 10 and 14
    """
    std = _kaiming_std(tensor, a, mode, nonlinearity)
    bound = math.sqrt(3) * std
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: FanMode = "fan_in",
    nonlinearity: Nonlinearity = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Normal with mean 0 and standard deviation gain / √fan; see kaiming_uniform_."""
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator)


def _fans(tensor: Tensor) -> tuple[int, int]:
    if tensor.ndim < 2:
        raise ValueError(
            "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions"
        )
    out, inner, *kernel = tensor.shape
    size = math.prod(kernel)
    return inner * size, out * size


def _xavier_std(tensor: Tensor, gain: float) -> float:
    return gain * math.sqrt(2 / sum(_fans(tensor)))


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: Any) -> float:
    if 0 in tensor.shape:
        warn("Initializing zero-element tensors is a no-op")
        return 0.0
    if mode.lower() not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    fan_in, fan_out = _fans(tensor)
    fan = fan_in if mode.lower() == "fan_in" else fan_out
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)
