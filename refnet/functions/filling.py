"""Methods that overwrite all elements of a tensor: copy_, fill_, zero_."""

from typing import Any

import numpy as np

from refnet import ops
from refnet.engine.error_state import quietly
from refnet.engine.grad_mode import state
from refnet.engine.in_place import overwrite, refuse_expanded, refuse_leaf
from refnet.engine.memory import written_to
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.operands import (
    is_tensor,
    misfit,
    number_for,
    operand,
)
from refnet.ops.rule import Array

__all__ = ["fill_", "zero_"]


def copy_(input: Tensor, other: Any, non_blocking: bool = False) -> Tensor:
    """Overwrites a tensor with the values of another, which are broadcast and cast.

    The change is recorded, so `other` gets a gradient.

    Args:
        input: the tensor that is changed
        other: a tensor or a number
        non_blocking: has no effect: refnet has one device

    Raises:
        RuntimeError: for a leaf that requires a gradient, and if `other` does not broadcast to the
            shape of `input`

    Example:
        >>> refnet.zeros(2, 3).copy_(refnet.tensor([1, 2, 3]))
        tensor([[1., 2., 3.],
                [1., 2., 3.]])
    """
    src = operand(other, "other", "copy_")
    if not is_tensor(src):
        src = wrap(np.asarray(src))
    refuse_leaf(input)
    refuse_expanded(input)
    try:
        np.broadcast_to(src._array, input._array.shape)
    except ValueError as error:
        raise misfit(input, src) from error
    if (state.grad and (input._requires_grad or src._requires_grad)) or src.is_complex():
        source = src if src.is_complex() else src._as(input._array.dtype)
        return overwrite(input, apply(ops.index_put, input, source, where=(...,)))
    _copy(input._array, src._array)
    written_to(input)
    return input


@quietly
def _copy(target: Array, source: Array) -> None:
    np.copyto(target, source, casting="unsafe")


def fill_(input: Tensor, value: Any) -> Tensor:
    """Writes one value into every element.

    Args:
        input: the tensor that is changed
        value: a number or a 0-d tensor

    Raises:
        RuntimeError: for a leaf that requires a gradient, a value that is not 0-d, and a number
            that the dtype cannot hold

    Example:
        >>> refnet.zeros(3).fill_(7)
        tensor([7., 7., 7.])
    """
    np_dtype = input._array.dtype
    source = (
        value if is_tensor(value) else wrap(np.asarray(number_for(input, value, "fill_"), np_dtype))
    )
    if source.ndim:
        raise RuntimeError(
            "fill_ only supports 0-dimension value tensor but got tensor with "
            f"{source.ndim} dimensions."
        )
    return copy_(input, source)


def zero_(input: Tensor) -> Tensor:
    """Writes 0 into every element.

    Args:
        input: the tensor that is changed

    Raises:
        RuntimeError: for a leaf that requires a gradient

    Example:
        >>> refnet.ones(3).zero_()
        tensor([0., 0., 0.])
    """
    return fill_(input, 0)
