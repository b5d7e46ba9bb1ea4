"""nn.functional.linear, with PyTorch's checks."""

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.linalg import matmul
from refnet.functions.operands import refuse_bool

__all__ = ["linear"]


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Computes a linear map.

        y = x Wᵀ + b

    With a vector as weight and no bias, y is the dot product of each row. The gradient is derived
    in `refnet.ops.linear`.

    Shape:
        input x: (*, in)
        weight W: (out, in) or (in)
        bias b: (out) or None
        y: (*, out), or (*) for a vector as weight

    Args:
        input: x
        weight: W
        bias: b

    Raises:
        RuntimeError: sizes or dtypes do not fit

    Example:
        >>> F.linear(refnet.tensor([3.0, 4.0]), refnet.tensor([[2.0, -1.0]]), refnet.ones(1))
        tensor([3.])
    """
    if weight._array.ndim == 1 and bias is None:
        return matmul(input, weight)
    x, W = input._array, weight._array
    b = W if bias is None else bias._array
    fits = W.ndim == 2 and x.ndim and x.shape[-1] == W.shape[1] and x.dtype == W.dtype == b.dtype
    if not fits or x.dtype.kind == "b":
        _check_linear(input, weight, bias)
    if bias is not None and b.shape != W.shape[:1]:
        bias = bias.expand(W.shape[0])
    return apply(ops.linear, input, weight, bias)


def _check_linear(input: Tensor, weight: Tensor, bias: Tensor | None) -> None:
    """Raises for shapes that do not fit, and for different dtypes unless one is complex."""
    x, W = input._array, weight._array
    if W.ndim != 2 or x.ndim == 0:
        raise RuntimeError(
            "linear(): expected an input of at least one dimension and a matrix as weight, got "
            f"shapes {list(x.shape)} and {list(W.shape)}"
        )
    if x.shape[-1] != W.shape[1]:
        n = x.size // max(x.shape[-1], 1)
        raise RuntimeError(
            "mat1 and mat2 shapes cannot be multiplied "
            f"({n}x{x.shape[-1]} and {W.shape[1]}x{W.shape[0]})"
        )
    refuse_bool("linear", input, weight)
    dtypes = {x.dtype, W.dtype}
    if bias is not None:
        dtypes.add(bias._array.dtype)
    if len(dtypes) > 1 and not any(d.kind == "c" for d in dtypes):
        names = [str(t.dtype) for t in (input, weight, bias) if t is not None]
        raise RuntimeError(
            "linear(): expected input, weight and bias of the same dtype, got " + ", ".join(names)
        )
