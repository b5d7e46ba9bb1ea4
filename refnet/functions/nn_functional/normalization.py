"""Normalisation of nn.functional, with PyTorch's checks and running statistics."""

import math
from typing import Any

import numpy as np

from refnet import ops
from refnet.engine import memory
from refnet.engine.dtypes import cast
from refnet.engine.error_state import quietly
from refnet.engine.grad_mode import is_grad_enabled
from refnet.engine.in_place import overwrite
from refnet.engine.tape import apply, apply_several
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.checks import check_constant, check_number
from refnet.functions.nn_functional.sizes import check_flag
from refnet.functions.operands import check_tensors, need_float
from refnet.ops.rule import Array

__all__ = [
    "batch_norm",
    "group_norm",
    "instance_norm",
    "layer_norm",
    "local_response_norm",
    "normalize",
    "rms_norm",
]


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Normalises each channel, by the statistics of the batch or by given ones.

        y = γ (x − μ) / √(σ² + ε) + β

    In training, μ and σ² are the mean and the variance of a channel in the batch, and the running
    statistics are updated:

        running ← (1 − momentum) running + momentum new

    where the new variance is Σ (x − μ)² / (n − 1). In evaluation, μ and σ² are the running
    statistics. An error leaves these unchanged. The gradient is derived in `refnet.ops.batch_norm`
    and `refnet.ops.fixed_batch_norm`.

    Shape:
        input x, y: (N, C, *)
        weight γ, bias β, running_mean, running_var: (C) or None

    Args:
        input: x
        running_mean: running mean; in evaluation it is required
        running_var: running variance; in evaluation it is required
        weight: γ; None means 1
        bias: β; None means 0
        training: if True, the statistics are those of the batch
        momentum: weight of the new statistics
        eps: ε

    Raises:
        ValueError: training with one value per channel or with eps ≤ 0, or eps is negative
        IndexError: training with an input of fewer than two dimensions
        RuntimeError: sizes or dtypes do not fit

    Example:
        >>> x = refnet.tensor([[1.0], [3.0]])
        >>> F.batch_norm(x, refnet.tensor([1.0]), refnet.tensor([4.0]), eps=0.0)
        tensor([[0.],
                [1.]])
        >>> F.batch_norm(x, None, None, training=True)
        tensor([[-1.0000],
                [ 1.0000]])
    """
    check_tensors("batch_norm", input=input)
    check_flag("batch_norm", "training", training)
    check_number("batch_norm", momentum=momentum, eps=eps)
    shape = input._array.shape
    if training:
        if len(shape) < 2:
            raise IndexError(f"batch_norm(): expected an input (N, C, *), got shape {list(shape)}")
        if shape[0] * math.prod(shape[2:]) == 1:
            raise ValueError(
                "batch_norm(): expected more than 1 value per channel in training, got "
                f"{list(shape)}"
            )
        if eps <= 0:
            raise ValueError(f"batch_norm(): expected eps above 0 in training, got {eps}")
    elif eps < 0:
        raise ValueError(f"batch_norm(): expected eps of at least 0, got {eps}")
    state = running_mean, running_var, weight, bias
    _check_state("batch_norm", input, *state, needed=not training)
    if not input._array.size:
        return _empty(input, weight, bias)
    if not training:
        return _fixed_norm(input, *state, eps)
    y: Tensor
    dtype = input._array.dtype
    wide = np.promote_types(dtype, np.float32)  # float16 could not hold every variance
    x, gamma, beta = cast(input, wide), cast(weight, wide), cast(bias, wide)
    y, mean, var = apply_several(ops.batch_norm, x, gamma, beta, eps=eps)
    y = cast(y, dtype)
    n = shape[0] * math.prod(shape[2:])
    if running_mean is not None and running_var is not None:
        _update(running_mean, mean._real(), momentum)
        _update(running_var, var._real() * (n / (n - 1)), momentum)
    return y


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Normalises each channel of each sample, by its own statistics or by given ones.

        y = γ (x − μ) / √(σ² + ε) + β

    With use_input_stats this is group_norm with a group for each channel, and the running
    statistics are updated with the statistics of the samples, averaged over the batch. Otherwise it
    is batch_norm in evaluation. The gradient is derived in `refnet.ops.group_norm` and
    `refnet.ops.fixed_batch_norm`.

    Shape:
        input x, y: (N, C, *)
        weight γ, bias β, running_mean, running_var: (C) or None

    Args:
        input: x
        running_mean: running mean
        running_var: running variance
        weight: γ; None means 1
        bias: β; None means 0
        use_input_stats: if False, μ and σ² are the running statistics
        momentum: weight of the new statistics
        eps: ε

    Raises:
        ValueError: use_input_stats with one value per channel and sample
        RuntimeError: sizes or dtypes do not fit

    Example:
        >>> F.instance_norm(refnet.tensor([[[1.0, 3.0], [10.0, 30.0]]]), eps=0.0)
        tensor([[[-1.,  1.],
                 [-1.,  1.]]])
    """
    check_tensors("instance_norm", input=input)
    check_flag("instance_norm", "use_input_stats", use_input_stats)
    check_number("instance_norm", momentum=momentum, eps=eps)
    shape = input._array.shape
    if use_input_stats and math.prod(shape[2:]) == 1:
        raise ValueError(
            f"instance_norm(): expected more than 1 value per channel and sample, got {list(shape)}"
        )
    state = running_mean, running_var, weight, bias
    _check_state("instance_norm", input, *state, needed=not use_input_stats)
    if not input._array.size:
        if shape[0] == 0 and use_input_stats:  # the mean of no samples is NaN
            for statistics in (running_mean, running_var):
                if statistics is not None:
                    _update(statistics, np.full(statistics._array.shape, np.nan), 1.0)
        return _empty(input, weight, bias)
    if not use_input_stats:
        return _fixed_norm(input, *state, eps)
    y: Tensor = apply(ops.group_norm, input, weight, bias, groups=shape[1], eps=eps)
    if running_mean is not None and running_var is not None:
        _update_from_samples(running_mean, running_var, input._real(), momentum)
    return y


@quietly
def _update_from_samples(mean: Tensor, var: Tensor, x: Array, momentum: float) -> None:
    """Updates the running statistics with those of the samples, averaged over the batch."""
    x = x.reshape(*x.shape[:2], -1).astype(np.promote_types(x.dtype, np.float32), copy=False)
    (means, _), (variances, _) = ops.mean(x, dim=(2,)), ops.var(x, dim=(2,))
    _update(mean, means.mean(axis=0, dtype=np.float64), momentum)
    _update(var, variances.mean(axis=0, dtype=np.float64), momentum)


def _empty(x: Tensor, *parameters: Tensor | None) -> Tensor:
    """Returns an output without entries; parameters of any size get a gradient of 0."""
    y = x.clone()
    for p in parameters:
        if p is not None:
            y = y + p.sum()
    return y


def _fixed_norm(
    x: Tensor,
    mean: Tensor | None,
    var: Tensor | None,
    weight: Tensor | None,
    bias: Tensor | None,
    eps: float,
) -> Tensor:
    """Computes γ (x − μ) / √(σ² + ε) + β with the given μ and σ² of each channel."""
    assert mean is not None
    assert var is not None
    return apply(ops.fixed_batch_norm, x, mean._real(), var._real(), weight, bias, eps=eps)


@quietly
def _update(running: Tensor, new: Array, momentum: float) -> None:
    """Sets running to (1 − momentum) running + momentum new."""
    old = running._array
    kept = np.multiply(old, 1 - momentum, dtype=new.dtype)
    np.copyto(old, kept + momentum * new, casting="same_kind")
    memory.written(old)


def _check_state(
    function: str,
    x: Tensor,
    mean: Tensor | None,
    var: Tensor | None,
    weight: Tensor | None,
    bias: Tensor | None,
    *,
    needed: bool,
) -> None:
    """Checks the shapes and dtypes of running statistics and parameters.

    With `needed`, the running statistics must not be None.
    """
    if needed and (mean is None or var is None):
        raise RuntimeError(
            f"{function}(): expected running_mean and running_var, which replace the statistics "
            "of the input, got None"
        )
    if (mean is None) != (var is None):
        raise ValueError(f"{function}(): expected both running_mean and running_var, got one")
    check_constant(function, running_mean=mean, running_var=var)
    if x._array.size or x.ndim < 2:  # as in PyTorch, an empty input accepts parameters of any size
        _check_channels(function, x, weight=weight, bias=bias, running_mean=mean, running_var=var)
    _check_dtypes(function, x, weight=weight, bias=bias, mean=mean, var=var)


def _check_channels(function: str, x: Tensor, **parameters: Tensor | None) -> None:
    """Raises RuntimeError unless x is (N, C, *) and each parameter (C) or None."""
    shape = x._array.shape
    if len(shape) < 2:
        raise RuntimeError(f"{function}(): expected an input (N, C, *), got shape {list(shape)}")
    for name, p in parameters.items():
        if p is not None and p._array.shape != shape[1:2]:
            raise RuntimeError(
                f"{function}(): expected {name} of shape {[shape[1]]} for an input of shape "
                f"{list(shape)}, got {list(p._array.shape)}"
            )


def _check_dtypes(function: str, x: Tensor, **parameters: Tensor | None) -> None:
    """Raises for an input that is not floating-point, and for a parameter of another dtype."""
    need_float(function, x)
    for name, p in parameters.items():
        if p is not None and p._array.dtype != x._array.dtype:
            # The complex step mixes dtypes.
            if "c" not in (p._array.dtype.kind, x._array.dtype.kind):
                raise RuntimeError(
                    f"{function}(): expected input and {name} of the same dtype, got {x.dtype} and "
                    f"{p.dtype}"
                )


def layer_norm(
    input: Tensor,
    normalized_shape: Any,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Normalises over the last dimensions.

        y = γ (x − μ) / √(σ² + ε) + β

    μ and σ² are the mean and the variance over the last dimensions. The gradient is derived in
    `refnet.ops.layer_norm`.

    Shape:
        input x, y: (*, normalized_shape)
        weight γ, bias β: normalized_shape or None

    Args:
        input: x
        normalized_shape: sizes of the last dimensions, a tuple
        weight: γ; None means 1
        bias: β; None means 0
        eps: ε

    Raises:
        RuntimeError: sizes or dtypes do not fit
        TypeError: normalized_shape is not a tuple of ints

    Example:
        >>> F.layer_norm(refnet.tensor([[1.0, 3.0], [30.0, 10.0]]), (2,), eps=0.0)
        tensor([[-1.,  1.],
                [ 1., -1.]])
    """
    check_tensors("layer_norm", input=input)
    check_number("layer_norm", eps=eps)
    dims = _last_dims("layer_norm", input, normalized_shape, weight=weight, bias=bias)
    return apply(ops.layer_norm, input, weight, bias, dims=dims, eps=eps)


def rms_norm(
    input: Tensor,
    normalized_shape: Any,
    weight: Tensor | None = None,
    eps: float | None = None,
) -> Tensor:
    """Normalises by the root mean square over the last dimensions.

        y = γ x / √(mean(x²) + ε)

    The gradient is derived in `refnet.ops.rms_norm`.

    Shape:
        input x, y: (*, normalized_shape)
        weight γ: normalized_shape or None

    Args:
        input: x
        normalized_shape: sizes of the last dimensions, a tuple
        weight: γ; None means 1
        eps: ε; None means the machine epsilon of the dtype, and that of float32 for float16

    Raises:
        RuntimeError: sizes do not fit, or the dtypes differ, which PyTorch casts with a warning
        TypeError: normalized_shape is not a tuple of ints

    Example:
        >>> F.rms_norm(refnet.tensor([1.0, 7.0]), (2,))  # divided by √((1 + 49) / 2) = 5
        tensor([0.2000, 1.4000])
    """
    check_tensors("rms_norm", input=input)
    if eps is not None:
        check_number("rms_norm", eps=eps)
    dims = _last_dims("rms_norm", input, normalized_shape, weight=weight)
    if eps is None:
        eps = float(np.finfo(np.promote_types(input._array.dtype, np.float32)).eps)
    return apply(ops.rms_norm, input, weight, dims=dims, eps=eps)


def _last_dims(function: str, x: Tensor, normalized_shape: Any, **parameters: Tensor | None) -> int:
    """Checks shapes and dtypes, and returns how many dimensions are normalised."""
    shape = normalized_shape
    if not isinstance(shape, tuple | list) or not all(
        hasattr(n, "__index__") and not isinstance(n, bool) for n in shape
    ):
        raise TypeError(
            f"{function}(): expected normalized_shape to be a tuple of ints, got {shape!r}"
        )
    shape = tuple(n.__index__() for n in shape)
    if not shape:
        raise RuntimeError(f"{function}(): expected a normalized_shape of at least one dimension")
    if x._array.shape[-len(shape) :] != shape:
        raise RuntimeError(
            f"{function}(): expected an input whose last dimensions are {list(shape)}, got "
            f"{list(x._array.shape)}"
        )
    for name, p in parameters.items():
        if p is not None and p._array.shape != shape:
            raise RuntimeError(
                f"{function}(): expected {name} of shape {list(shape)}, got {list(p._array.shape)}"
            )
    _check_dtypes(function, x, **parameters)
    return len(shape)


def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Normalises groups of consecutive channels of each sample.

        y = γ (x − μ) / √(σ² + ε) + β

    μ and σ² are the mean and the variance of C / num_groups consecutive channels of one sample.
    The gradient is derived in `refnet.ops.group_norm`.

    Shape:
        input x, y: (N, C, *)
        weight γ, bias β: (C) or None

    Args:
        input: x
        num_groups: number of groups, a divisor of C
        weight: γ; None means 1
        bias: β; None means 0
        eps: ε

    Raises:
        ValueError: the batch has one value per group
        RuntimeError: sizes or dtypes do not fit
        TypeError: num_groups is not an int
        ZeroDivisionError: num_groups is 0

    Example:
        >>> F.group_norm(refnet.tensor([[1.0, 3.0, 30.0, 10.0]]), 2, eps=0.0)
        tensor([[-1.,  1.,  1., -1.]])
    """
    check_tensors("group_norm", input=input)
    check_number("group_norm", eps=eps)
    if not hasattr(num_groups, "__index__") or isinstance(num_groups, bool):
        raise TypeError(f"group_norm(): expected num_groups int, got {type(num_groups).__name__}")
    shape = input._array.shape
    _check_channels("group_norm", input, weight=weight, bias=bias)
    if num_groups == 0:
        raise ZeroDivisionError("group_norm(): expected positive num_groups, got 0")
    if num_groups < 0 or shape[1] % num_groups:
        raise RuntimeError(
            f"group_norm(): expected channels divisible by num_groups={num_groups}, got "
            f"{list(shape)}"
        )
    if shape[0] * shape[1] // num_groups * math.prod(shape[2:]) == 1:
        raise ValueError(f"group_norm(): expected more than 1 value per group, got {list(shape)}")
    _check_dtypes("group_norm", input, weight=weight, bias=bias)
    return apply(ops.group_norm, input, weight, bias, groups=num_groups, eps=eps)


def local_response_norm(
    input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    """Normalises by the squares of neighbouring channels.

        y_c = x_c / (k + α/size Σ_j x_j²)^β

    The sum is over a window of `size` channels around c. An empty input is returned
    itself. The gradient is derived in `refnet.ops.local_response_norm`.

    Shape:
        input x, y: (N, C, *), at least three dimensions

    Args:
        input: x
        size: number of channels in a window
        alpha: α
        beta: β
        k: k

    Raises:
        ValueError: the input has fewer than three dimensions
        RuntimeError: size is not positive
        TypeError: size is not an int, or alpha, beta or k is not a number

    Example:
        >>> F.local_response_norm(refnet.tensor([[[4.0, -2.0]]]), 1, alpha=1.0, beta=0.5, k=0.0)
        tensor([[[ 1., -1.]]])
    """
    check_tensors("local_response_norm", input=input)
    shape = input._array.shape
    if len(shape) < 3:
        raise ValueError(f"local_response_norm(): expected at least 3 dimensions, got {len(shape)}")
    if input._array.size == 0:
        return input
    if not hasattr(size, "__index__"):
        raise TypeError(f"local_response_norm(): expected size int, got {type(size).__name__}")
    check_number("local_response_norm", alpha=alpha, beta=beta, k=k)
    if size < 1:
        raise RuntimeError(f"local_response_norm(): expected a positive size, got {size}")
    need_float("local_response_norm", input)
    return apply(ops.local_response_norm, input, size=size, alpha=alpha, beta=beta, k=k)


def normalize(
    input: Tensor,
    p: float = 2.0,
    dim: Any = 1,
    eps: float = 1e-12,
    out: Tensor | None = None,
) -> Tensor:
    """Divides by the p-norm.

        y = x / max(‖x‖_p, ε)

    The gradient is derived in `refnet.ops.norm`, `refnet.ops.p_norm`, `refnet.ops.zero_norm`,
    `refnet.ops.amax` and `refnet.ops.amin`.

    Shape:
        input x, y: (*)

    Args:
        input: x
        p: order of the norm
        dim: the dimension or dimensions of the norm; None means all
        eps: ε
        out: a tensor of the shape of x that receives the result, without a gradient

    Raises:
        RuntimeError: the input is an integer tensor, or out is given where a gradient is required

    Example:
        >>> F.normalize(refnet.tensor([[3.0, 4.0], [0.0, 5.0]]))
        tensor([[0.6000, 0.8000],
                [0.0000, 1.0000]])
    """
    check_number("normalize", eps=eps)
    if out is None:
        return input / input.norm(p, dim, keepdim=True).clamp_min(eps)
    if is_grad_enabled() and (input.requires_grad or out.requires_grad):
        raise RuntimeError(
            "normalize(): expected out=None where a gradient is required, got a tensor"
        )
    return overwrite(out, normalize(input, p, dim, eps))
