"""Functions that take something off x, under PyTorch's names; see refnet.ops.shrinkage."""

import math

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.pointwise import pointwise
from refnet.functions.operands import floating

__all__ = ["hardshrink", "softshrink", "tanhshrink"]


def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x where |x| > λ, else 0

    The gradient is derived in `refnet.ops.hardshrink`.
    """
    return pointwise("hardshrink", ops.hardshrink, input, lambd=lambd)


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x less λ towards 0, where it stops

    Raises RuntimeError for a λ that is negative or not finite.

    The gradient is derived in `refnet.ops.softshrink`.
    """
    if not 0 <= lambd < math.inf:
        raise RuntimeError(f"softshrink: lambd must be finite and not negative, but found {lambd}")
    return pointwise("softshrink", ops.softshrink, input, lambd=lambd)


def tanhshrink(input: Tensor) -> Tensor:
    """x − tanh(x); integers become floating-point numbers

    Raises RuntimeError for booleans.

    The gradient is derived in `refnet.ops.tanhshrink`.
    """
    if input._array.dtype.kind == "b":
        raise RuntimeError("tanhshrink is not for boolean tensors; cast it first")
    return apply(ops.tanhshrink, floating(input))
