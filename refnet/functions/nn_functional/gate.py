"""Activations that are x times a gate, under PyTorch's names; see refnet.ops.gate."""

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.dims import one_dim
from refnet.functions.nn_functional.checks import check_floating
from refnet.functions.nn_functional.pointwise import pointwise

__all__ = ["gelu", "glu", "hardswish", "mish", "silu"]


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """x σ(x)

    The gradient is derived in `refnet.ops.silu`.
    """
    return pointwise("silu", ops.silu, input, inplace)


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """x Φ(x), Φ the distribution function of a normal variable; approximate="tanh" is a formula
    without the error function

    Raises RuntimeError for another approximation.

    The gradient is derived in `refnet.ops.gelu`.
    """
    if approximate not in ("none", "tanh"):
        raise RuntimeError(f"approximate argument must be either none or tanh, got {approximate!r}")
    return pointwise("gelu", ops.gelu if approximate == "none" else ops.gelu_tanh, input)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """x tanh(log(1 + eˣ))

    The gradient is derived in `refnet.ops.mish`.
    """
    return pointwise("mish", ops.mish, input, inplace)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """x (x + 3) / 6, where the second factor is not less than 0 nor more than 1

    The gradient is derived in `refnet.ops.hardswish`.
    """
    return pointwise("hardswish", ops.hardswish, input, inplace)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """a σ(b), for a and b the halves of the input along dim

    Raises RuntimeError for an odd size, and for a 0-d input.

    The gradient is derived in `refnet.ops.glu`.
    """
    x = input._array
    if x.ndim == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    axis = one_dim(dim, x.ndim)
    if x.shape[axis] % 2:
        raise RuntimeError(
            f"Halving dimension must be even, but dimension {axis} is size {x.shape[axis]}"
        )
    check_floating("glu", input)
    return apply(ops.glu, input, dim=axis)
