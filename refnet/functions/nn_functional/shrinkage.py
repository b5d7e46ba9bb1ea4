"""Functions that shrink x towards 0. Their formulas and pullbacks are in refnet.ops.shrinkage."""

import math

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.pointwise import pointwise
from refnet.functions.operands import floating

__all__ = ["hardshrink", "softshrink", "tanhshrink"]


def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """y = x where |x| > λ, else 0

    The gradient is derived in `refnet.ops.hardshrink`.

    Args:
        input: x, floating-point
        lambd: λ

    Raises:
        NotImplementedError: the input is not floating-point

    Example:
        >>> F.hardshrink(refnet.tensor([-2.0, 0.5, 1.0]))
        tensor([-2.,  0.,  1.])
    """
    return pointwise("hardshrink", ops.hardshrink, input, lambd=lambd)


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """y = x − λ where x > λ, x + λ where x < −λ, else 0

    The gradient is derived in `refnet.ops.softshrink`.

    Args:
        input: x, floating-point
        lambd: λ

    Raises:
        RuntimeError: lambd is negative or not finite
        NotImplementedError: the input is not floating-point

    Example:
        >>> F.softshrink(refnet.tensor([-2.0, 0.5, 1.0]))
        tensor([-1.5000,  0.0000,  0.5000])
    """
    if not 0 <= lambd < math.inf:
        raise RuntimeError(f"softshrink: lambd must be finite and not negative, but found {lambd}")
    return pointwise("softshrink", ops.softshrink, input, lambd=lambd)


def tanhshrink(input: Tensor) -> Tensor:
    """y = x − tanh(x)

    The gradient is derived in `refnet.ops.tanhshrink`.

    Args:
        input: x; integers are cast to the default dtype

    Raises:
        RuntimeError: the input is boolean

    Example:
        >>> F.tanhshrink(refnet.tensor([-100.0, 0.0, 100.0]))
        tensor([-99.,   0.,  99.])
    """
    if input._array.dtype.kind == "b":
        raise RuntimeError("tanhshrink(): expected numbers, got a boolean tensor; cast it first")
    return apply(ops.tanhshrink, floating(input))
