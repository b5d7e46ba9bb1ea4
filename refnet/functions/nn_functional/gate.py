"""Activations that multiply x by a gate. Their formulas and pullbacks are in refnet.ops.gate."""

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.dims import one_dim
from refnet.functions.nn_functional.pointwise import pointwise
from refnet.functions.operands import need_float

__all__ = ["gelu", "glu", "hardswish", "mish", "silu"]


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """y = x σ(x)

    The gradient is derived in `refnet.ops.silu`.

    Args:
        input: x, floating-point
        inplace: whether the input itself is overwritten

    Raises:
        NotImplementedError: the input is not floating-point

    Example:
        >>> F.silu(refnet.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.2689,  0.0000,  0.7311])
    """
    return pointwise("silu", ops.silu, input, inplace)


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """y = x Φ(x), Φ the cumulative distribution function of N(0, 1)

    With approximate="tanh":

        y = ½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))

    The gradient is derived in `refnet.ops.gelu` and `refnet.ops.gelu_tanh`.

    Args:
        input: x, floating-point
        approximate: "none" or "tanh"

    Raises:
        RuntimeError: approximate is neither "none" nor "tanh"
        NotImplementedError: the input is not floating-point

    Example:
        >>> F.gelu(refnet.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.1587,  0.0000,  0.8413])
    """
    if approximate not in ("none", "tanh"):
        raise RuntimeError(f"approximate argument must be either none or tanh, got {approximate!r}")
    return pointwise("gelu", ops.gelu if approximate == "none" else ops.gelu_tanh, input)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """y = x tanh(log(1 + eˣ))

    The gradient is derived in `refnet.ops.mish`.

    Args:
        input: x, floating-point
        inplace: whether the input itself is overwritten

    Raises:
        NotImplementedError: the input is not floating-point

    Example:
        >>> F.mish(refnet.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.3034,  0.0000,  0.8651])
    """
    return pointwise("mish", ops.mish, input, inplace)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """y = x min(max(x + 3, 0), 6) / 6

    The gradient is derived in `refnet.ops.hardswish`.

    Args:
        input: x, floating-point
        inplace: whether the input itself is overwritten

    Raises:
        NotImplementedError: the input is not floating-point

    Example:
        >>> F.hardswish(refnet.tensor([-4.0, 0.0, 1.0, 4.0]))
        tensor([-0.0000, 0.0000, 0.6667, 4.0000])
    """
    return pointwise("hardswish", ops.hardswish, input, inplace)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """y = a σ(b), where a and b are the first and the second half of x along dim

    The gradient is derived in `refnet.ops.glu`.

    Args:
        input: x, floating-point: (*, 2n, *)
        dim: the dimension that is halved

    Raises:
        RuntimeError: the input is 0-d, or its size along dim is odd
        NotImplementedError: the input is not floating-point

    Example:
        >>> F.glu(refnet.tensor([2.0, 3.0, 0.0, 100.0]))
        tensor([1., 3.])
    """
    x = input._array
    if x.ndim == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    axis = one_dim(dim, x.ndim)
    if x.shape[axis] % 2:
        raise RuntimeError(
            f"Halving dimension must be even, but dimension {axis} is size {x.shape[axis]}"
        )
    need_float("glu", input)
    return apply(ops.glu, input, dim=axis)
