"""Initial values that do not depend on the layer: constants, identities, plain draws."""

from typing import Any

import numpy as np

from refnet.engine.grad_mode import no_grad
from refnet.engine.memory import written_to
from refnet.engine.tensor import Tensor
from refnet.functions import filling, random_filling
from refnet.ops.rule import Array
from refnet.random.generator import Generator


def uniform_(
    tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Uniform values of [a, b)."""
    with no_grad():
        return random_filling.uniform_(tensor, a, b, generator=generator)


def normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Normal values with this mean and standard deviation."""
    with no_grad():
        return random_filling.normal_(tensor, mean, std, generator=generator)


def constant_(tensor: Tensor, val: float) -> Tensor:
    """The value val everywhere."""
    with no_grad():
        return filling.fill_(tensor, val)


def ones_(tensor: Tensor) -> Tensor:
    """Ones."""
    return constant_(tensor, 1)


def zeros_(tensor: Tensor) -> Tensor:
    """Zeros."""
    return constant_(tensor, 0)


def eye_(tensor: Tensor) -> Tensor:
    """The identity matrix, as far as it goes if the tensor is not square.

    Raises ValueError unless the tensor has two dimensions.
    """
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    return set_values(tensor, np.eye(*tensor.shape))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """A convolution kernel that leaves its input as it is: channel d goes to channel d.

    1 in the middle of the kernel for each channel that has a counterpart, once in each of the
    groups, 0 elsewhere. Raises ValueError unless the tensor is the weight of a convolution (3, 4
    or 5 dimensions) whose first one is divisible by groups.
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
    """Write the values into the tensor's own memory."""
    np.copyto(tensor._array, values, casting="unsafe")
    written_to(tensor)
    return tensor
