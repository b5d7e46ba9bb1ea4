"""torch.nn.functional: the operations of layers as functions, their parameters as arguments."""

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from refnet import ops, random
from refnet.functions import activation
from refnet.functions.activation import relu_, sigmoid, tanh
from refnet.functions.linalg import bilinear, matmul
from refnet.functions.loss import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    mse_loss,
    nll_loss,
)
from refnet.functions.shape import pad
from refnet.inplace import overwrite, refuse_leaf
from refnet.ops.rule import Array
from refnet.tape import apply, wrap

if TYPE_CHECKING:
    from refnet.dtypes import dtype as DType
    from refnet.tensor import Tensor

__all__ = [
    "bilinear",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "bipolar_sigmoid",
    "cross_entropy",
    "dropout",
    "leaky_relu",
    "leaky_relu_",
    "linear",
    "log_softmax",
    "logsigmoid",
    "mse_loss",
    "nll_loss",
    "one_hot",
    "pad",
    "relu",
    "relu_",
    "sigmoid",
    "softmax",
    "softplus",
    "tanh",
]


# --- linear ----------------------------------------------------------------------------------


def linear(input: "Tensor", weight: "Tensor", bias: "Tensor | None" = None) -> "Tensor":
    """x Wᵀ + b for x (..., in), W (out, in) and b (out,); see refnet.ops.linear.

    A vector W (in,) gives the dot product with each row. Raises RuntimeError for sizes that do
    not fit and for two dtypes.
    """
    if weight._array.ndim == 1 and bias is None:
        return matmul(input, weight)
    _check_linear(input, weight, bias)
    if bias is not None and bias._array.shape != weight._array.shape[:1]:
        bias = bias.expand(weight._array.shape[0])
    y: Tensor = apply(ops.linear, input, weight, bias)
    return y


def _check_linear(input: "Tensor", weight: "Tensor", bias: "Tensor | None") -> None:
    x, W = input._array, weight._array
    if W.ndim != 2 or x.ndim == 0:
        raise RuntimeError(
            "linear: expected an input of at least one dimension and a matrix as weight, got "
            f"shapes {list(x.shape)} and {list(W.shape)}"
        )
    if x.shape[-1] != W.shape[1]:
        n = x.size // max(x.shape[-1], 1)
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied "
            f"({n}x{x.shape[-1]} and {W.shape[1]}x{W.shape[0]})"
        )
    dtypes = {x.dtype, W.dtype}
    if bias is not None:
        dtypes.add(bias._array.dtype)
    if len(dtypes) > 1 and not any(d.kind == "c" for d in dtypes):
        names = [str(t.dtype) for t in (input, weight, bias) if t is not None]
        raise RuntimeError(
            "linear: input, weight and bias must have the same dtype, but got: " + ", ".join(names)
        )


# --- activations -----------------------------------------------------------------------------


def _check_floating(function: str, x: "Tensor") -> None:
    if x._array.dtype.kind not in "fc":
        raise NotImplementedError(f"{function} is for a floating-point input, got {x.dtype}")


def relu(input: "Tensor", inplace: bool = False) -> "Tensor":
    """max(x, 0); see refnet.ops.relu."""
    return relu_(input) if inplace else activation.relu(input)


def leaky_relu(input: "Tensor", negative_slope: float = 0.01, inplace: bool = False) -> "Tensor":
    """x for x > 0, else negative_slope · x; see refnet.ops.leaky_relu."""
    _check_floating("leaky_relu", input)
    if inplace:
        refuse_leaf(input)
    y: Tensor = apply(ops.leaky_relu, input, negative_slope=negative_slope)
    return overwrite(input, y) if inplace else y


def leaky_relu_(input: "Tensor", negative_slope: float = 0.01) -> "Tensor":
    """leaky_relu, in place."""
    return leaky_relu(input, negative_slope, inplace=True)


def logsigmoid(input: "Tensor") -> "Tensor":
    """log σ(x); see refnet.ops.logsigmoid."""
    _check_floating("logsigmoid", input)
    y: Tensor = apply(ops.logsigmoid, input)
    return y


def softplus(input: "Tensor", beta: float = 1, threshold: float = 20) -> "Tensor":
    """log(1 + e^βx) / β, and x itself where βx > threshold; see refnet.ops.softplus."""
    _check_floating("softplus", input)
    y: Tensor = apply(ops.softplus, input, beta=beta, threshold=threshold)
    return y


def bipolar_sigmoid(input: "Tensor") -> "Tensor":
    """(1 − e⁻ˣ) / (1 + e⁻ˣ) = tanh(x/2); see refnet.ops.bipolar_sigmoid.

    PyTorch has no such function: it is the one that the lecture notes print under the name Tanh.
    """
    _check_floating("bipolar_sigmoid", input)
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


# --- dropout ---------------------------------------------------------------------------------


def dropout(
    input: "Tensor", p: float = 0.5, training: bool = True, inplace: bool = False
) -> "Tensor":
    """In training, 0 with probability p and else x / (1 − p); the input itself in evaluation.

    The mask is drawn from refnet.random's default generator, in PyTorch's order. Raises ValueError
    for a p outside [0, 1].
    """
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0 or input._array.size == 0:
        return input
    if input._array.dtype.kind not in "fc":
        raise RuntimeError(f"dropout is for a floating-point input, got {input.dtype}")
    y: Tensor = apply(ops.dropout, input, _mask(input._array, p), p=p)
    return overwrite(input, y) if inplace else y


def _mask(x: Array, p: float) -> Array:
    """True with probability 1 − p, drawn in the order in which x lies in memory."""
    if p == 1:
        return np.zeros(x.shape, np.bool)
    order = sorted(range(x.ndim), key=lambda axis: -x.strides[axis])
    shape = tuple(x.shape[axis] for axis in order)
    drawn = random.default_generator.bernoulli(shape, 1 - p)
    return drawn.transpose(np.argsort(order))


# --- encodings -------------------------------------------------------------------------------


def one_hot(tensor: "Tensor", num_classes: int = -1) -> "Tensor":
    """1 at the place of the class and 0 elsewhere. (*) -> (*, num_classes), integers

    num_classes = -1 stands for the largest class plus one. Raises RuntimeError for a tensor that
    is not int64, and for a class outside 0 … num_classes − 1.
    """
    classes: Any = tensor._array
    if classes.dtype != np.int64:
        raise RuntimeError(
            "one_hot is only applicable to index tensor of type LongTensor (int64), "
            f"got {tensor.dtype}"
        )
    if classes.size == 0 and num_classes <= 0:
        raise RuntimeError("Can not infer total number of classes from empty tensor.")
    if classes.size and classes.min() < 0:
        raise RuntimeError(f"Class values must be non-negative, got {classes.min()}.")
    if num_classes == -1:
        num_classes = int(classes.max()) + 1
    if classes.size and classes.max() >= num_classes:
        raise RuntimeError(
            f"Class values must be smaller than num_classes: got {classes.max()} with "
            f"num_classes={num_classes}."
        )
    return wrap((classes[..., None] == np.arange(num_classes)).astype(np.int64))
