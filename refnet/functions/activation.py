"""Activations as refnet.relu(x) and x.relu(); nn.functional has their full signatures."""

from typing import Any

from refnet import ops
from refnet.engine import dtypes
from refnet.engine.in_place import overwrite, refuse_leaf
from refnet.engine.tape import apply, apply_unary
from refnet.engine.tensor import Tensor
from refnet.functions.dims import one_dim
from refnet.functions.operands import floating

__all__ = ["log_softmax", "relu", "relu_", "sigmoid", "sigmoid_", "softmax", "tanh", "tanh_"]


def tanh(input: Tensor) -> Tensor:
    """tanh(x)

    The gradient is derived in `refnet.ops.tanh`.
    """
    return apply_unary(ops.tanh, floating(input))


def sigmoid(input: Tensor) -> Tensor:
    """1 / (1 + e⁻ˣ)

    The gradient is derived in `refnet.ops.sigmoid`.
    """
    return apply_unary(ops.sigmoid, floating(input))


def relu(input: Tensor) -> Tensor:
    """max(x, 0)

    The gradient is derived in `refnet.ops.relu`.
    """
    if input._array.dtype.kind == "b":
        raise RuntimeError("Boolean inputs not supported for relu")
    return apply_unary(ops.relu, input)


def tanh_(input: Tensor) -> Tensor:
    """tanh in place"""
    refuse_leaf(input)
    return overwrite(input, tanh(input))


def sigmoid_(input: Tensor) -> Tensor:
    """sigmoid in place"""
    refuse_leaf(input)
    return overwrite(input, sigmoid(input))


def relu_(input: Tensor) -> Tensor:
    """relu in place"""
    refuse_leaf(input)
    return overwrite(input, relu(input))


def _along(rule: Any, input: Tensor, dim: int, dtype: Any) -> Tensor:
    if dtype is not None:
        input = input._as(dtypes.as_numpy(dtype))
    if input._array.dtype.kind not in "fc":
        raise NotImplementedError(
            f"{rule.__name__} is for floating-point tensors, not {input.dtype}; cast it first"
        )
    axis = one_dim(dim, input.ndim)
    return apply(rule, input, dim=axis)


def softmax(input: Tensor, dim: int, dtype: dtypes.dtype | None = None) -> Tensor:
    """e^xᵢ / Σⱼ e^xⱼ along dim; dtype casts the input first

    The gradient is derived in `refnet.ops.softmax`.
    """
    return _along(ops.softmax, input, dim, dtype)


def log_softmax(input: Tensor, dim: int, dtype: dtypes.dtype | None = None) -> Tensor:
    """xᵢ − log Σⱼ e^xⱼ along dim; dtype casts the input first

    The gradient is derived in `refnet.ops.log_softmax`.
    """
    return _along(ops.log_softmax, input, dim, dtype)
