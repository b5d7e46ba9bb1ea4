"""Weights scaled by the fans of their layer: Xavier and Kaiming initialisation.

fan_in is the number of inputs that each output of a layer sums, fan_out the number of outputs that
each input affects. A weight of shape (out, in, *kernel) has

    fan_in = in |kernel|,   fan_out = out |kernel|
"""

import math
from typing import Any, Literal

from refnet.engine.caller_warning import warn
from refnet.engine.tensor import Tensor
from refnet.nn.init.gain import Nonlinearity, calculate_gain
from refnet.nn.init.plain import normal_, uniform_
from refnet.random.generator import Generator

__all__ = ["kaiming_normal_", "kaiming_uniform_", "xavier_normal_", "xavier_uniform_"]

FanMode = Literal["fan_in", "fan_out"]


def xavier_uniform_(
    tensor: Tensor, gain: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Fills the weight with uniform values scaled by both fans.

        w ~ U[−a, a),   a = gain √(6 / (fan_in + fan_out))

    The variances of activations and gradients stay about the same from layer to layer.

    Args:
        tensor: the weight, which is changed in place
        gain: the factor of calculate_gain
        generator: the source of random numbers; None for the default generator

    Returns:
        the tensor itself

    Raises:
        ValueError: for a tensor of fewer than two dimensions

    Source:
        Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward
        neural networks", equation 16

    Example:
        >>> w = nn.init.xavier_uniform_(refnet.empty(2, 4))  # a = √(6 / 6)
        >>> bool((w.abs() <= 1).all())
        True
    """
    a = math.sqrt(3) * _xavier_std(tensor, gain)
    return uniform_(tensor, -a, a, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Fills the weight with normal values scaled by both fans.

        w ~ N(0, σ²),   σ = gain √(2 / (fan_in + fan_out))

    The variances of activations and gradients stay about the same from layer to layer.

    Args:
        tensor: the weight, which is changed in place
        gain: the factor of calculate_gain
        generator: the source of random numbers; None for the default generator

    Returns:
        the tensor itself

    Raises:
        ValueError: for a tensor of fewer than two dimensions

    Source:
        Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward
        neural networks"

    Example:
        >>> w = nn.init.xavier_normal_(refnet.empty(100, 100))  # σ = √(2 / 200)
        >>> round(w.std().item(), 2)
        0.1
    """
    return normal_(tensor, 0.0, _xavier_std(tensor, gain), generator)


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: FanMode = "fan_in",
    nonlinearity: Nonlinearity = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Fills the weight with uniform values scaled by one fan, for layers followed by a rectifier.

        w ~ U[−b, b),   b = gain √(3 / fan)

    A tensor without elements stays as it is, with a warning.

    Args:
        tensor: the weight, which is changed in place
        a: the slope of leaky_relu below zero
        mode: "fan_in" preserves the variance of activations, "fan_out" that of gradients
        nonlinearity: the nonlinearity after the layer, by its name in calculate_gain
        generator: the source of random numbers; None for the default generator

    Returns:
        the tensor itself

    Raises:
        ValueError: for a tensor of fewer than two dimensions, an unknown mode or nonlinearity

    Source:
        He et al. 2015, "Delving deep into rectifiers", equations 10 and 14

    Example:
        >>> w = nn.init.kaiming_uniform_(refnet.empty(2, 6), nonlinearity="relu")  # b = √2 √(3 / 6)
        >>> bool((w.abs() <= 1).all())
        True
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
    """Fills the weight with normal values scaled by one fan, for layers followed by a rectifier.

        w ~ N(0, σ²),   σ = gain / √fan

    A tensor without elements stays as it is, with a warning.

    Args:
        tensor: the weight, which is changed in place
        a: the slope of leaky_relu below zero
        mode: "fan_in" preserves the variance of activations, "fan_out" that of gradients
        nonlinearity: the nonlinearity after the layer, by its name in calculate_gain
        generator: the source of random numbers; None for the default generator

    Returns:
        the tensor itself

    Raises:
        ValueError: for a tensor of fewer than two dimensions, an unknown mode or nonlinearity

    Source:
        He et al. 2015, "Delving deep into rectifiers", equations 10 and 14

    Example:
        >>> w = nn.init.kaiming_normal_(
        ...     refnet.empty(100, 200), nonlinearity="relu"
        ... )  # σ = √(2 / 200)
        >>> round(w.std().item(), 2)
        0.1
    """
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
