"""Activations as refnet.relu(x) and x.relu(); refnet.nn.functional has their full signatures."""

from typing import Any

from refnet import ops
from refnet.engine import dtypes
from refnet.engine.tape import apply, apply_unary
from refnet.engine.tensor import Tensor
from refnet.functions.dims import one_dim
from refnet.functions.operands import floating, in_place, need_float

__all__ = ["log_softmax", "relu", "relu_", "sigmoid", "sigmoid_", "softmax", "tanh", "tanh_"]


def tanh(input: Tensor) -> Tensor:
    """Computes the hyperbolic tangent of each element.

        y = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)

    The gradient is derived in `refnet.ops.tanh`.

    Args:
        input: a tensor; integers and booleans are converted to the default dtype

    Example:
        >>> refnet.tanh(refnet.tensor([-100.0, 0.0, 1.0]))
        tensor([-1.0000,  0.0000,  0.7616])
    """
    return apply_unary(ops.tanh, floating(input))


def sigmoid(input: Tensor) -> Tensor:
    """Computes the logistic function of each element.

        y = 1 / (1 + e⁻ˣ)

    The gradient is derived in `refnet.ops.sigmoid`.

    Args:
        input: a tensor; integers and booleans are converted to the default dtype

    Example:
        >>> refnet.sigmoid(refnet.tensor([-100.0, 0.0, 100.0]))
        tensor([0.0000, 0.5000, 1.0000])
    """
    return apply_unary(ops.sigmoid, floating(input))


def relu(input: Tensor) -> Tensor:
    """Replaces each negative element by 0.

        y = max(x, 0)

    The gradient is derived in `refnet.ops.relu`.

    Args:
        input: a tensor of integers or floating-point numbers

    Raises:
        RuntimeError: if `input` is boolean

    Example:
        >>> refnet.relu(refnet.tensor([-1.0, 0.0, 2.0]))
        tensor([0., 0., 2.])
    """
    if input._array.dtype.kind == "b":
        raise RuntimeError("Boolean inputs not supported for relu")
    return apply_unary(ops.relu, input)


def _along(rule: Any, input: Tensor, dim: int, dtype: Any) -> Tensor:
    """Applies a rule along one dimension of a floating-point tensor."""
    if dtype is not None:
        input = input._as(dtypes.as_numpy(dtype))
    need_float(rule.__name__, input)
    return apply(rule, input, dim=one_dim(dim, input.ndim))


def softmax(input: Tensor, dim: int, dtype: dtypes.dtype | None = None) -> Tensor:
    """Computes the softmax along a dimension: positive numbers whose sum is 1.

        yᵢ = e^xᵢ / Σⱼ e^xⱼ

    The gradient is derived in `refnet.ops.softmax`.

    Args:
        input: a floating-point tensor
        dim: the dimension of the sum
        dtype: the dtype to which `input` is cast first; None keeps its own

    Raises:
        NotImplementedError: if `input`, after the cast, is not floating-point
        IndexError: if `dim` is out of range

    Example:
        >>> x = refnet.tensor([[0.0, 0.0], [0.0, 3.0]])
        >>> refnet.softmax(x, dim=1)
        tensor([[0.5000, 0.5000],
                [0.0474, 0.9526]])
    """
    return _along(ops.softmax, input, dim, dtype)


def log_softmax(input: Tensor, dim: int, dtype: dtypes.dtype | None = None) -> Tensor:
    """Computes the logarithm of the softmax along a dimension.

        yᵢ = xᵢ − log Σⱼ e^xⱼ

    The gradient is derived in `refnet.ops.log_softmax`.

    Args:
        input: a floating-point tensor
        dim: the dimension of the sum
        dtype: the dtype to which `input` is cast first; None keeps its own

    Raises:
        NotImplementedError: if `input`, after the cast, is not floating-point
        IndexError: if `dim` is out of range

    Example:
        >>> refnet.log_softmax(refnet.tensor([0.0, 0.0, 1000.0]), dim=0)
        tensor([-1000., -1000.,     0.])
    """
    return _along(ops.log_softmax, input, dim, dtype)


relu_ = in_place(relu)
sigmoid_ = in_place(sigmoid)
tanh_ = in_place(tanh)
