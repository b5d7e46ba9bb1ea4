"""Initial values of parameters. Each function fills the tensor that it is given, and returns it.

Outside of the tape: a parameter that requires a gradient may be filled. The draws are PyTorch's
own (refnet.generator), so the same seed gives the same parameters.

fan_in is the number of inputs that one output of a layer sums over, fan_out the number of
outputs that one input reaches: for a weight of shape (out, in, *kernel) they are in · |kernel| and
out · |kernel|.
"""

import math
import warnings
from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from refnet.functions import filling, overwriting
from refnet.generator import Generator
from refnet.gradmode import no_grad
from refnet.memory import written
from refnet.ops.rule import Array
from refnet.random import default_generator
from refnet.tape import wrap
from refnet.tensor import Tensor

__all__ = [
    "calculate_gain",
    "constant",
    "constant_",
    "dirac",
    "dirac_",
    "eye",
    "eye_",
    "kaiming_normal",
    "kaiming_normal_",
    "kaiming_uniform",
    "kaiming_uniform_",
    "normal",
    "normal_",
    "ones_",
    "orthogonal",
    "orthogonal_",
    "sparse",
    "sparse_",
    "trunc_normal_",
    "uniform",
    "uniform_",
    "xavier_normal",
    "xavier_normal_",
    "xavier_uniform",
    "xavier_uniform_",
    "zeros_",
]

Nonlinearity = Literal[
    "linear",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "selu",
]
FanMode = Literal["fan_in", "fan_out"]


def calculate_gain(nonlinearity: Nonlinearity, param: int | float | None = None) -> float:
    """By how much weights must grow to make up for what a nonlinearity shrinks.

    1 for linear maps, convolutions and sigmoid; 5/3 for tanh; √2 for relu;
    √(2 / (1 + a²)) for leaky_relu, where param is the slope a (0.01 if None); 3/4 for selu.

    Raises ValueError for another nonlinearity, or a slope that is not a number.
    """
    if nonlinearity in _GAINS:
        return _GAINS[nonlinearity]
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"negative_slope {param} not a valid number")
        return math.sqrt(2 / (1 + slope**2))
    raise ValueError(f"Unsupported nonlinearity {nonlinearity}")


_GAINS: dict[str, float] = {
    "linear": 1,
    "conv1d": 1,
    "conv2d": 1,
    "conv3d": 1,
    "conv_transpose1d": 1,
    "conv_transpose2d": 1,
    "conv_transpose3d": 1,
    "sigmoid": 1,
    "tanh": 5 / 3,
    "relu": math.sqrt(2),
    "selu": 3 / 4,  # found by experiment (PyTorch's pull request 50664)
}


# --- plain fills -----------------------------------------------------------------------------


def uniform_(
    tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Uniform values of [a, b)."""
    with no_grad():
        return filling.uniform_(tensor, a, b, generator=generator)


def normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Normal values with this mean and standard deviation."""
    with no_grad():
        return filling.normal_(tensor, mean, std, generator=generator)


def constant_(tensor: Tensor, val: float) -> Tensor:
    """The value val everywhere."""
    with no_grad():
        return overwriting.fill_(tensor, val)


def ones_(tensor: Tensor) -> Tensor:
    """Ones."""
    return constant_(tensor, 1)


def zeros_(tensor: Tensor) -> Tensor:
    """Zeros."""
    return constant_(tensor, 0)


def eye_(tensor: Tensor) -> Tensor:
    """The identity matrix, as far as it goes if the tensor is not square.

    Raises ValueError unless the tensor has two dimensions.
    """
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    return _set(tensor, np.eye(*tensor.shape))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """A convolution kernel that leaves its input as it is: channel d goes to channel d.

    1 in the middle of the kernel for each channel that has a counterpart, once in each of the
    groups, 0 elsewhere. Raises ValueError unless the tensor is the weight of a convolution (3, 4
    or 5 dimensions) whose first one is divisible by groups.
    """
    if tensor.ndim not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    out, inner, *kernel = tensor.shape
    if out % groups != 0:
        raise ValueError("dim 0 must be divisible by groups")
    values = np.zeros(tensor.shape)
    middle = tuple(n // 2 for n in kernel)
    for d in range(min(out // groups, inner)):
        each_group: tuple[Any, ...] = (slice(d, None, out // groups), d, *middle)
        values[each_group] = 1
    return _set(tensor, values)


# --- scaled by the fans ----------------------------------------------------------------------


def xavier_uniform_(
    tensor: Tensor, gain: float = 1.0, generator: Generator | None = None
) -> Tensor:
    """Uniform on [−a, a) with a = gain · √(6 / (fan_in + fan_out)).

    The variance of signals forward and gradients backward stays about the same. Raises ValueError
    for a tensor of fewer than two dimensions.

    Source    Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward
              neural networks", equation 16
    """
    a = math.sqrt(3) * _xavier_std(tensor, gain)
    return uniform_(tensor, -a, a, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Normal with mean 0 and standard deviation gain · √(2 / (fan_in + fan_out)).

    Raises ValueError for a tensor of fewer than two dimensions. Source: see xavier_uniform_.
    """
    return normal_(tensor, 0.0, _xavier_std(tensor, gain), generator)


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: FanMode = "fan_in",
    nonlinearity: Nonlinearity = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Uniform on [−b, b) with b = gain · √(3 / fan), for layers followed by a rectifier.

    Arguments
        a             the slope of leaky_relu below zero
        mode          "fan_in" keeps the variance of signals forward, "fan_out" that of
                      gradients backward
        nonlinearity  what calculate_gain knows

    Raises ValueError for a tensor of fewer than two dimensions, and another mode or nonlinearity.
    A tensor without elements is left alone, with a warning.

    Source    He et al. 2015, "Delving deep into rectifiers", equations 10 and 14
    """
    std = _kaiming_std(tensor, a, mode, nonlinearity)
    bound = math.sqrt(3) * std
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: FanMode = "fan_in",
    nonlinearity: Nonlinearity = "leaky_relu",
    generator: Generator | None = None,
) -> Tensor:
    """Normal with mean 0 and standard deviation gain / √fan; see kaiming_uniform_."""
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator)


# --- other laws ------------------------------------------------------------------------------


def trunc_normal_(
    tensor: Tensor,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    generator: Generator | None = None,
) -> Tensor:
    """Normal values, of those that lie in [a, b].

    By rejection, as in PyTorch 2.13. If more than 0.3 of the normal values lie in [a, b], those
    outside are drawn again. Else uniform candidates x of [a, b) are taken where
    ln u < ln p(x) − ln max p, with u uniform and p the density, and the others drawn again.
    Warns if mean is more than two standard deviations outside of [a, b].
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. "
            "The distribution of values may be incorrect.",
            stacklevel=2,
        )

    def draw(fill: Callable[..., Tensor], *law: float) -> Array:
        return fill(wrap(np.empty_like(tensor._array)), *law, generator=generator)._array

    within = _normal_cdf((b - mean) / std) - _normal_cdf((a - mean) / std)
    if within > 0.3:
        of = tensor._array.dtype.type
        values = draw(filling.normal_, mean, std)
        while np.any(outside := (values < of(a)) | (values > of(b))):
            np.copyto(values, draw(filling.normal_, mean, std), where=outside)
        return _set(tensor, values)

    log_peak = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2
    values, pending = np.empty_like(tensor._array), np.asarray(True)
    while np.any(pending):
        candidates = draw(filling.uniform_, a, b)
        np.copyto(values, candidates, where=pending)
        log_density = ((candidates - mean) / std) ** 2 * -0.5 - log_peak
        with np.errstate(divide="ignore"):
            log_u = np.log(draw(filling.uniform_))
        pending = pending & (log_u > log_density)
    return _set(tensor, values)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Generator | None = None) -> Tensor:
    """gain times a matrix with orthonormal rows, or columns if there are fewer of those.

    The Q of a normal matrix's QR decomposition, each column with the sign that makes R's diagonal
    positive: so Q is distributed uniformly, and there is only one. Dimensions after the first are
    flattened. NumPy decomposes in float64, so in float32 PyTorch's result differs by its own
    rounding error, about 1e-6. Raises ValueError for a tensor of fewer than two dimensions.

    Source    Saxe et al. 2013, "Exact solutions to the nonlinear dynamics of learning in deep
              linear neural networks"; Mezzadri 2007 for the signs
    """
    if tensor.ndim < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if tensor.numel() == 0:
        return tensor
    rows = tensor.shape[0]
    matrix = np.empty((rows, tensor.numel() // rows), tensor._array.dtype)
    filling.normal_(wrap(matrix), generator=generator)
    wide = matrix.shape[0] < matrix.shape[1]
    q, r = np.linalg.qr(matrix.T if wide else matrix)
    q *= np.sign(np.diag(r))
    return _set(tensor, gain * (q.T if wide else q).reshape(tensor.shape))


def sparse_(
    tensor: Tensor, sparsity: float, std: float = 0.01, generator: Generator | None = None
) -> Tensor:
    """Normal with mean 0, and in each column the fraction `sparsity` of the entries zero.

    The places of the zeros come from the default generator, as in PyTorch. Raises ValueError
    unless the tensor has two dimensions.

    Source    Martens 2010, "Deep learning via Hessian-free optimization"
    """
    if tensor.ndim != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    rows, columns = tensor.shape
    zeros = math.ceil(sparsity * rows)
    normal_(tensor, 0, std, generator)
    for column in range(columns):
        tensor._array[default_generator.randperm(rows)[:zeros], column] = 0
    written(tensor._array)
    return tensor


# --- helpers ---------------------------------------------------------------------------------


def _set(tensor: Tensor, values: Array) -> Tensor:
    np.copyto(tensor._array, values, casting="unsafe")
    written(tensor._array)
    return tensor


def _normal_cdf(x: float) -> float:
    return (1 + math.erf(x / math.sqrt(2))) / 2


def _fans(tensor: Tensor) -> tuple[int, int]:
    if tensor.ndim < 2:
        raise ValueError(
            "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions"
        )
    out, inner, *kernel = tensor.shape
    size = math.prod(kernel)
    return inner * size, out * size


def _xavier_std(tensor: Tensor, gain: float) -> float:
    return gain * math.sqrt(2 / sum(_fans(tensor)))


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: Any) -> float:
    if 0 in tensor.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=3)
        return 0.0
    if mode.lower() not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    fan_in, fan_out = _fans(tensor)
    fan = fan_in if mode.lower() == "fan_in" else fan_out
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


def _deprecated(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    new = function.__name__
    old = new.removesuffix("_")

    def alias(*args: Any, **kwargs: Any) -> Tensor:
        warnings.warn(
            f"`nn.init.{old}` is now deprecated in favor of `nn.init.{new}`.",
            FutureWarning,
            stacklevel=2,
        )
        return function(*args, **kwargs)

    alias.__name__ = alias.__qualname__ = old
    alias.__doc__ = f"The old name of {new}: warns, and calls it."
    return alias


uniform = _deprecated(uniform_)
normal = _deprecated(normal_)
constant = _deprecated(constant_)
eye = _deprecated(eye_)
dirac = _deprecated(dirac_)
xavier_uniform = _deprecated(xavier_uniform_)
xavier_normal = _deprecated(xavier_normal_)
kaiming_uniform = _deprecated(kaiming_uniform_)
kaiming_normal = _deprecated(kaiming_normal_)
orthogonal = _deprecated(orthogonal_)
sparse = _deprecated(sparse_)
