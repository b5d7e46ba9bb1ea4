"""ReLU and its variants. Their formulas and pullbacks are in refnet.ops.rectifier.

A function whose name ends in an underscore overwrites its input, as inplace=True does.
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
from refnet.functions.nn_functional.pointwise import changed, pointwise
from refnet.functions.operands import need_float, number, refuse_bool
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

# SELU's constants: its output for a standard normal input has mean 0 and variance 1.
_ALPHA = 1.6732632423543772848170429916717
_SCALE = 1.0507009873554804934193349852946


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """y = max(x, 0)

    The gradient is derived in `refnet.ops.relu`.

    Args:
        input: x, not boolean
        inplace: whether the input itself is overwritten

    Raises:
        RuntimeError: the input is boolean

    Example:
        >>> F.relu(refnet.tensor([-1.0, 0.0, 2.0]))
        tensor([0., 0., 2.])
    """
    return relu_(input) if inplace else activation.relu(input)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """y = x where x > 0, else a x

    The gradient is derived in `refnet.ops.leaky_relu`.

    Args:
        input: x, floating-point
        negative_slope: a
        inplace: whether the input itself is overwritten

    Raises:
        NotImplementedError: the input is not floating-point

    Example:
        >>> F.leaky_relu(refnet.tensor([-2.0, 0.0, 3.0]), 0.1)
        tensor([-0.2000,  0.0000,  3.0000])
    """
    return pointwise("leaky_relu", ops.leaky_relu, input, inplace, negative_slope=negative_slope)


def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """The in-place version of `refnet.nn.functional.leaky_relu`."""
    return leaky_relu(input, negative_slope, inplace=True)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """y = x where x > 0, else w x

    The gradient is derived in `refnet.ops.prelu`.

    Args:
        input: x, floating-point: (N, C, *) or any other shape
        weight: w, of one entry, or of C entries, one for each channel (dimension 1)

    Raises:
        RuntimeError: the weight has another dtype than the input, more than one dimension or a
            number of entries that is neither 1 nor C
        NotImplementedError: the input is not floating-point

    Example:
        >>> x = refnet.tensor([[-1.0, -1.0]])
        >>> F.prelu(x, refnet.tensor([0.5, 2.0]))
        tensor([[-0.5000, -2.0000]])
    """
    x, w = input._array, weight._array
    if x.dtype != w.dtype and "c" not in (x.dtype.kind, w.dtype.kind):
        raise RuntimeError(
            f"prelu: Type promoting not supported. Got {input.dtype} and {weight.dtype}"
        )
    need_float("prelu", input)
    if w.ndim > 1:
        raise RuntimeError(
            f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {w.ndim}"
        )
    if w.size != 1:
        if x.ndim == 0:
            raise RuntimeError(f"prelu(): expected one weight for a 0-d input, got {w.size}")
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
    """y = x where x > 0, else r x, with a random r in training

    In training, r is uniform on [lower, upper). refnet's default generator draws it for the
    entries x ≤ 0, in PyTorch's order. Otherwise, r is (lower + upper) / 2.

    The gradient is derived in `refnet.ops.rrelu` and `refnet.ops.leaky_relu`.

    Args:
        input: x, floating-point
        lower: the lower bound of r
        upper: the exclusive upper bound of r
        training: whether r is random
        inplace: whether the input itself is overwritten

    Raises:
        RuntimeError: lower > upper, or a bound is not finite
        NotImplementedError: the input is not floating-point

    Example:
        >>> F.rrelu(refnet.tensor([-1.0, 2.0]), 0.1, 0.3)
        tensor([-0.2000,  2.0000])
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
    """Computes rrelu with draws from the generator given; None means the default one."""
    for name, bound in (("lower", lower), ("upper", upper)):
        if not math.isfinite(bound):
            raise RuntimeError(f"rrelu(): expected a finite {name} bound, got {bound}")
    if lower > upper:
        raise RuntimeError("Lower bound should be less than or equal to the upper bound")
    rng = rng_of(generator)
    if not training:
        return leaky_relu(input, (lower + upper) / 2, inplace)
    need_float("rrelu", input)
    if inplace:
        refuse_leaf(input)
    slopes = _random_slopes(input._real(), lower, upper, rng)
    y: Tensor = apply(ops.rrelu, input, slopes)
    return overwrite(input, y) if inplace else y


def _random_slopes(x: Array, lower: float, upper: float, rng: Generator) -> Array:
    """Returns 1 where x > 0, elsewhere a slope in [lower, upper), drawn in row-major order."""
    slopes, mask = np.ones_like(x), x <= 0
    shape = (int(np.count_nonzero(mask)),)
    u = rng.uniform(shape, np.dtype(np.float64))
    slopes[mask] = u * (upper - lower) + lower
    return slopes


def rrelu_(
    input: Tensor,
    lower: float = 1.0 / 8,
    upper: float = 1.0 / 3,
    training: bool = False,
    generator: Generator | None = None,
) -> Tensor:
    """The in-place version of `refnet.nn.functional.rrelu`."""
    return randomized_relu(input, lower, upper, training, True, generator)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """y = x where x > 0, else α (eˣ − 1)

    The gradient is derived in `refnet.ops.elu`.

    Args:
        input: x, floating-point
        alpha: α
        inplace: whether the input itself is overwritten

    Raises:
        NotImplementedError: the input is not floating-point

    Example:
        >>> F.elu(refnet.tensor([-100.0, 0.0, 2.0]))
        tensor([-1.,  0.,  2.])
    """
    return pointwise("elu", ops.elu, input, inplace, alpha=alpha)


def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """The in-place version of `refnet.nn.functional.elu`."""
    return elu(input, alpha, inplace=True)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """y = x where x > 0, else α (e^(x/α) − 1)

    The gradient is derived in `refnet.ops.elu`.

    Args:
        input: x, floating-point
        alpha: α
        inplace: whether the input itself is overwritten

    Raises:
        RuntimeError: alpha is 0
        NotImplementedError: the input is not floating-point

    Example:
        >>> F.celu(refnet.tensor([-100.0, 0.0, 2.0]), 2.0)
        tensor([-2.,  0.,  2.])
    """
    if alpha == 0:
        raise RuntimeError("celu(): expected alpha other than 0, got 0")
    return pointwise("celu", ops.elu, input, inplace, alpha=alpha, steepness=1 / alpha)


def celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """The in-place version of `refnet.nn.functional.celu`."""
    return celu(input, alpha, inplace=True)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """y = λ x where x > 0, else λ α (eˣ − 1), λ = 1.0507…, α = 1.6733…

    The gradient is derived in `refnet.ops.elu`.

    Args:
        input: x, floating-point
        inplace: whether the input itself is overwritten

    Raises:
        NotImplementedError: the input is not floating-point

    Example:
        >>> F.selu(refnet.tensor([-100.0, 0.0, 1.0]))
        tensor([-1.7581,  0.0000,  1.0507])
    """
    return pointwise("selu", ops.elu, input, inplace, alpha=_ALPHA, scale=_SCALE)


def selu_(input: Tensor) -> Tensor:
    """The in-place version of `refnet.nn.functional.selu`."""
    return selu(input, inplace=True)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """y = x where x > threshold, else value

    The gradient is derived in `refnet.ops.threshold`.

    Args:
        input: x, not boolean
        threshold: the largest x that is replaced; rounded towards 0 for integers
        value: what replaces it; rounded towards 0 for integers
        inplace: whether the input itself is overwritten

    Raises:
        RuntimeError: the dtype of the input cannot hold threshold or value
        NotImplementedError: the input is boolean

    Example:
        >>> F.threshold(refnet.tensor([0.0, 1.0, 2.0]), 1.0, -5.0)
        tensor([-5., -5.,  2.])
    """
    dtype = wide(input._array.dtype)
    threshold, value = (
        converted(number(x, name, "threshold"), dtype, "threshold")
        for x, name in ((threshold, "threshold"), (value, "value"))
    )
    refuse_bool("threshold", input)
    return changed(ops.threshold, input, inplace, threshold=threshold, value=value)


_threshold = threshold  # in threshold_, this name is a parameter


def threshold_(input: Tensor, threshold: float, value: float) -> Tensor:
    """The in-place version of `refnet.nn.functional.threshold`."""
    return _threshold(input, threshold, value, inplace=True)


def hardtanh(
    input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Tensor:
    """y = min(max(x, min_val), max_val)

    The gradient is derived in `refnet.ops.hardtanh`.

    Args:
        input: x, not boolean
        min_val: the lower bound; rounded towards 0 for integers
        max_val: the upper bound; rounded towards 0 for integers
        inplace: whether the input itself is overwritten

    Raises:
        ValueError: min_val > max_val
        RuntimeError: the input is boolean, its dtype cannot hold a bound, or it is unsigned and a
            bound is negative

    Example:
        >>> F.hardtanh(refnet.tensor([-2.0, 0.5, 3.0]))
        tensor([-1.0000,  0.5000,  1.0000])
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
    """The in-place version of `refnet.nn.functional.hardtanh`."""
    return hardtanh(input, min_val, max_val, inplace=True)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """y = min(max(x, 0), 6)

    The gradient is derived in `refnet.ops.hardtanh`.

    Args:
        input: x, not boolean
        inplace: whether the input itself is overwritten

    Raises:
        RuntimeError: the input is boolean

    Example:
        >>> F.relu6(refnet.tensor([-1.0, 3.0, 8.0]))
        tensor([0., 3., 6.])
    """
    return hardtanh(input, 0.0, 6.0, inplace)
