"""Initial values that do not depend on the layer: constants, identities, plain draws."""

from typing import Any

import numpy as np

from refnet.engine.grad_mode import no_grad
from refnet.engine.memory import written_to
from refnet.engine.tensor import Tensor
from refnet.functions import filling, random_filling
from refnet.ops.rule import Array
from refnet.random.generator import Generator

__all__ = ["constant_", "dirac_", "eye_", "normal_", "ones_", "uniform_", "zeros_"]


def uniform_(
    tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Fills the tensor with uniform values from [a, b).

    Args:
        tensor: the tensor, which is changed in place
        a: the lower bound
        b: the upper bound
        generator: the source of random numbers; None for the default generator

    Returns:
        the tensor itself

    Example:
        >>> nn.init.uniform_(refnet.empty(3))
        tensor([0.4963, 0.7682, 0.0885])
    """
    with no_grad():
        return random_filling.uniform_(tensor, a, b, generator=generator)


def normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Fills the tensor with normal values.

    Args:
        tensor: the tensor, which is changed in place
        mean: the mean of the distribution
        std: its standard deviation
        generator: the source of random numbers; None for the default generator

    Returns:
        the tensor itself

    Example:
        >>> nn.init.normal_(refnet.empty(3))
        tensor([ 1.5410, -0.2934, -2.1788])
    """
    with no_grad():
        return random_filling.normal_(tensor, mean, std, generator=generator)


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fills the tensor with one value.

    Args:
        tensor: the tensor, which is changed in place
        val: the value

    Returns:
        the tensor itself

    Example:
        >>> nn.init.constant_(refnet.empty(3), 0.5)
        tensor([0.5000, 0.5000, 0.5000])
    """
    with no_grad():
        return filling.fill_(tensor, val)


def ones_(tensor: Tensor) -> Tensor:
    """Fills the tensor with ones.

    Args:
        tensor: the tensor, which is changed in place

    Returns:
        the tensor itself

    Example:
        >>> nn.init.ones_(refnet.empty(3))
        tensor([1., 1., 1.])
    """
    return constant_(tensor, 1)


def zeros_(tensor: Tensor) -> Tensor:
    """Fills the tensor with zeros.

    Args:
        tensor: the tensor, which is changed in place

    Returns:
        the tensor itself

    Example:
        >>> nn.init.zeros_(refnet.empty(3))
        tensor([0., 0., 0.])
    """
    return constant_(tensor, 0)


def eye_(tensor: Tensor) -> Tensor:
    """Fills a matrix with the identity: ones on the diagonal, zeros elsewhere.

    Args:
        tensor: the matrix, which is changed in place

    Returns:
        the tensor itself

    Raises:
        ValueError: unless the tensor has two dimensions

    Example:
        >>> nn.init.eye_(refnet.empty(2, 3))
        tensor([[1., 0., 0.],
                [0., 1., 0.]])
    """
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    return set_values(tensor, np.eye(*tensor.shape))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Fills a convolution kernel with the identity: output channel d is input channel d.

    The middle of the kernel is 1 where the input and the output channel have the same number within
    a group; all other values are 0.

    Args:
        tensor: the weight of a convolution, which is changed in place
        groups: the number of groups of the convolution

    Returns:
        the tensor itself

    Raises:
        ValueError: unless the tensor has 3, 4 or 5 dimensions, the first divisible by groups

    Example:
        >>> nn.init.dirac_(refnet.empty(1, 2, 3))
        tensor([[[0., 1., 0.],
                 [0., 0., 0.]]])
    """
    if tensor.ndim not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    out, inner, *kernel = tensor.shape
    if out % groups != 0:
        raise ValueError("dim 0 must be divisible by groups")
    values = np.zeros(tensor.shape)
    middle = tuple(n // 2 for n in kernel)
    for d in range(min(out // groups, inner)):
        each_group: tuple[Any, ...] = (slice(d, None, out // groups), d, *middle)
        values[each_group] = 1
    return set_values(tensor, values)


def set_values(tensor: Tensor, values: Array) -> Tensor:
    """Writes values into the tensor's own memory."""
    np.copyto(tensor._array, values, casting="unsafe")
    written_to(tensor)
    return tensor
