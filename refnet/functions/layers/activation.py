"""Activations under PyTorch's names in nn.functional."""

import warnings
from typing import TYPE_CHECKING

from refnet import ops
from refnet.functions import activation
from refnet.functions.activation import relu_, sigmoid, tanh
from refnet.functions.layers.checks import check_floating
from refnet.inplace import overwrite, refuse_leaf
from refnet.tape import apply

if TYPE_CHECKING:
    from refnet.dtypes import dtype as DType
    from refnet.tensor import Tensor

__all__ = [
    "bipolar_sigmoid",
    "leaky_relu",
    "leaky_relu_",
    "log_softmax",
    "logsigmoid",
    "relu",
    "relu_",
    "sigmoid",
    "softmax",
    "softplus",
    "tanh",
]


def relu(input: "Tensor", inplace: bool = False) -> "Tensor":
    """max(x, 0); see refnet.ops.relu."""
    return relu_(input) if inplace else activation.relu(input)


def leaky_relu(input: "Tensor", negative_slope: float = 0.01, inplace: bool = False) -> "Tensor":
    """x for x > 0, else negative_slope · x; see refnet.ops.leaky_relu."""
    check_floating("leaky_relu", input)
    if inplace:
        refuse_leaf(input)
    y: Tensor = apply(ops.leaky_relu, input, negative_slope=negative_slope)
    return overwrite(input, y) if inplace else y


def leaky_relu_(input: "Tensor", negative_slope: float = 0.01) -> "Tensor":
    """leaky_relu, in place."""
    return leaky_relu(input, negative_slope, inplace=True)


def logsigmoid(input: "Tensor") -> "Tensor":
    """log σ(x); see refnet.ops.logsigmoid."""
    check_floating("logsigmoid", input)
    y: Tensor = apply(ops.logsigmoid, input)
    return y


def softplus(input: "Tensor", beta: float = 1, threshold: float = 20) -> "Tensor":
    """log(1 + e^βx) / β, and x itself where βx > threshold; see refnet.ops.softplus."""
    check_floating("softplus", input)
    y: Tensor = apply(ops.softplus, input, beta=beta, threshold=threshold)
    return y


def bipolar_sigmoid(input: "Tensor") -> "Tensor":
    """(1 − e⁻ˣ) / (1 + e⁻ˣ) = tanh(x/2); see refnet.ops.bipolar_sigmoid.

    PyTorch has no such function: it is the one that the lecture notes print under the name Tanh.
    """
    check_floating("bipolar_sigmoid", input)
    y: Tensor = apply(ops.bipolar_sigmoid, input)
    return y


def _implicit_dim(name: str, ndim: int, stacklevel: int) -> int:
    """The dimension that PyTorch takes where none is given: the class dimension, as it once was."""
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. "
        "Change the call to include dim=X as an argument.",
        stacklevel=stacklevel,
    )
    return 0 if ndim in (0, 1, 3) else 1


def softmax(
    input: "Tensor", dim: int | None = None, _stacklevel: int = 3, dtype: "DType | None" = None
) -> "Tensor":
    """exp(x) / Σ exp(x) along dim, of the input cast to dtype; see refnet.ops.softmax."""
    if dim is None:
        dim = _implicit_dim("softmax", input._array.ndim, _stacklevel)
    return activation.softmax(input, dim, dtype=dtype)


def log_softmax(
    input: "Tensor", dim: int | None = None, _stacklevel: int = 3, dtype: "DType | None" = None
) -> "Tensor":
    """x − log Σ exp(x) along dim, of the input cast to dtype; see refnet.ops.log_softmax."""
    if dim is None:
        dim = _implicit_dim("log_softmax", input._array.ndim, _stacklevel)
    return activation.log_softmax(input, dim, dtype=dtype)
