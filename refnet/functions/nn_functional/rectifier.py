"""ReLU and its variants, under PyTorch's names; see refnet.ops.rectifier.

A name that ends in an underscore changes its input in place, as inplace=True does.
"""

import math

import numpy as np

from refnet import ops
from refnet.engine.dtypes import converted, int64, wide
from refnet.engine.in_place import overwrite, refuse_leaf
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions import activation
from refnet.functions.activation import relu_
from refnet.functions.drawing import rng_of
from refnet.functions.nn_functional.checks import check_floating
from refnet.functions.nn_functional.pointwise import changed, pointwise
from refnet.functions.operands import number, refuse_bool
from refnet.ops.rule import Array
from refnet.random.generator import Generator

__all__ = [
    "celu",
    "celu_",
    "elu",
    "elu_",
    "hardtanh",
    "hardtanh_",
    "leaky_relu",
    "leaky_relu_",
    "prelu",
    "relu",
    "relu6",
    "rrelu",
    "rrelu_",
    "selu",
    "selu_",
    "threshold",
    "threshold_",
]

# SELU's constants: with them a normal input has mean 0 and variance 1 behind the activation, too.
_ALPHA = 1.6732632423543772848170429916717
_SCALE = 1.0507009873554804934193349852946


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(x, 0)

    The gradient is derived in `refnet.ops.relu`.
    """
    return relu_(input) if inplace else activation.relu(input)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """x for x > 0, else negative_slope · x

    The gradient is derived in `refnet.ops.leaky_relu`.
    """
    return pointwise("leaky_relu", ops.leaky_relu, input, inplace, negative_slope=negative_slope)


def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """leaky_relu, in place"""
    return leaky_relu(input, negative_slope, inplace=True)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """x for x > 0, else w x, with one w for all or one for each channel, the second dimension

    Raises RuntimeError for a weight of another dtype or another number of channels.

    The gradient is derived in `refnet.ops.prelu`.
    """
    x, w = input._array, weight._array
    if x.dtype != w.dtype and "c" not in (x.dtype.kind, w.dtype.kind):
        raise RuntimeError(
            f"prelu: Type promoting not supported. Got {input.dtype} and {weight.dtype}"
        )
    check_floating("prelu", input)
    if w.ndim > 1:
        raise RuntimeError(
            f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {w.ndim}"
        )
    if w.size != 1:
        if x.ndim == 0:
            raise RuntimeError("prelu: one weight only for a 0-d input")
        channels = x.shape[1] if x.ndim > 1 else 1
        if w.size != channels:
            raise RuntimeError(
                "Mismatch of parameter numbers and input channel size. "
                f"Found parameter numbers = {w.size} and channel size = {channels}."
            )
    per_channel = (1, w.size, *(1,) * (x.ndim - 2)) if w.size != 1 else (1,) * x.ndim
    return apply(ops.prelu, input, weight.reshape(per_channel))


def rrelu(
    input: Tensor,
    lower: float = 1.0 / 8,
    upper: float = 1.0 / 3,
    training: bool = False,
    inplace: bool = False,
) -> Tensor:
    """x for x > 0, else r x; r is uniform on [lower, upper) in training, and their mean otherwise

    r is drawn for the entries that are not positive, from refnet.random's default generator, in
    PyTorch's order. Raises RuntimeError for lower > upper and for bounds that are not finite.

    The gradient is derived in `refnet.ops.rrelu`.
    """
    return randomized_relu(input, lower, upper, training, inplace, None)


def randomized_relu(
    input: Tensor,
    lower: float,
    upper: float,
    training: bool,
    inplace: bool,
    generator: Generator | None,
) -> Tensor:
    """rrelu, from this generator; None means the default one"""
    for name, bound in (("lower", lower), ("upper", upper)):
        if not math.isfinite(bound):
            raise RuntimeError(f"rrelu: {name} bound must be finite, got {bound}")
    if lower > upper:
        raise RuntimeError("Lower bound should be less than or equal to the upper bound")
    rng = rng_of(generator)
    if not training:
        return leaky_relu(input, (lower + upper) / 2, inplace)
    check_floating("rrelu", input)
    if inplace:
        refuse_leaf(input)
    slopes = _random_slopes(input._real(), lower, upper, rng)
    y: Tensor = apply(ops.rrelu, input, slopes)
    return overwrite(input, y) if inplace else y


def _random_slopes(x: Array, lower: float, upper: float, rng: Generator) -> Array:
    """1 where x > 0, elsewhere uniform on [lower, upper), drawn in the order of the indices."""
    slopes, falls = np.ones_like(x), x <= 0
    drawn = (int(np.count_nonzero(falls)),)
    u = rng.uniform(drawn, np.dtype(np.float64))
    slopes[falls] = u * (upper - lower) + lower
    return slopes


def rrelu_(
    input: Tensor,
    lower: float = 1.0 / 8,
    upper: float = 1.0 / 3,
    training: bool = False,
    generator: Generator | None = None,
) -> Tensor:
    """rrelu, in place"""
    return randomized_relu(input, lower, upper, training, True, generator)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x for x > 0, else α (eˣ − 1)

    The gradient is derived in `refnet.ops.elu`.
    """
    return pointwise("elu", ops.elu, input, inplace, alpha=alpha)


def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """elu, in place"""
    return elu(input, alpha, inplace=True)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x for x > 0, else α (e^(x/α) − 1)

    Raises RuntimeError for α = 0.

    The gradient is derived in `refnet.ops.elu`.
    """
    if alpha == 0:
        raise RuntimeError("celu: alpha cannot be 0")
    return pointwise("celu", ops.elu, input, inplace, alpha=alpha, steepness=1 / alpha)


def celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """celu, in place"""
    return celu(input, alpha, inplace=True)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """λ x for x > 0, else λ α (eˣ − 1), for λ = 1.0507… and α = 1.6733…

    The gradient is derived in `refnet.ops.elu`.
    """
    return pointwise("selu", ops.elu, input, inplace, alpha=_ALPHA, scale=_SCALE)


def selu_(input: Tensor) -> Tensor:
    """selu, in place"""
    return selu(input, inplace=True)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """x for x > threshold, else the value; for integers both are rounded to zero

    Raises RuntimeError for a number that the dtype does not hold, NotImplementedError for booleans.

    The gradient is derived in `refnet.ops.threshold`.
    """
    of = input._array.dtype
    threshold, value = (
        converted(number(x, name, "threshold"), wide(of), "threshold")
        for x, name in ((threshold, "threshold"), (value, "value"))
    )
    refuse_bool("threshold", input)
    return changed(ops.threshold, input, inplace, threshold=threshold, value=value)


_threshold = threshold  # below, the name is a parameter's


def threshold_(input: Tensor, threshold: float, value: float) -> Tensor:
    """threshold, in place"""
    return _threshold(input, threshold, value, inplace=True)


def hardtanh(
    input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """min(max(x, min_val), max_val); for integers both bounds are rounded to zero

    Raises ValueError for min_val > max_val, RuntimeError for booleans, and for a negative
    bound of unsigned integers, and a bound that the dtype does not hold.

    The gradient is derived in `refnet.ops.hardtanh`.
    """
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    kind = input._array.dtype.kind
    if kind == "b":
        raise RuntimeError("Bool inputs not supported for hardtanh")
    if kind in "iu":
        min_val, max_val = (converted(x, int64.dtype, "hardtanh") for x in (min_val, max_val))
    if kind == "u" and min(min_val, max_val) < 0:
        raise RuntimeError("cannot do hardtanh on an unsigned type with negative limits")
    min_val, max_val = (converted(x, input._array.dtype, "hardtanh") for x in (min_val, max_val))
    return changed(ops.hardtanh, input, inplace, low=min_val, high=max_val)


def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """hardtanh, in place"""
    return hardtanh(input, min_val, max_val, inplace=True)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """min(max(x, 0), 6)

    The gradient is derived in `refnet.ops.hardtanh`.
    """
    return hardtanh(input, 0.0, 6.0, inplace)
