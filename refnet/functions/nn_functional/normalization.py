"""Normalisation in nn.functional, with PyTorch's checks and running statistics."""

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
from refnet.functions.einsum import check_tensors
from refnet.functions.nn_functional.checks import check_constant, check_floating, check_number
from refnet.functions.nn_functional.sizes import check_flag
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
    """γ (x − μ) / √(σ² + ε) + β; see refnet.ops.batch_norm and fixed_batch_norm.

    Shape:
        input x, y: (N, C, *), all others: (C,) or None

    Args:
        running_mean, running_var: in evaluation μ and σ². In training μ and σ² are the batch's,
            and these two, if given, become (1 − momentum) old + momentum new, the new
            variance being the unbiased one
        weight, bias: γ and β

    Raises, with nothing changed, ValueError for a batch of one value per channel in training, and
    RuntimeError for sizes and dtypes that do not fit.
    """
    check_tensors("batch_norm", input=input)
    check_flag("batch_norm", "training", training)
    check_number("batch_norm", momentum=momentum, eps=eps)
    shape = input._array.shape
    if training:
        if len(shape) < 2:
            raise IndexError(f"batch_norm: expected an input (N, C, *), got shape {list(shape)}")
        if shape[0] * math.prod(shape[2:]) == 1:
            raise ValueError(
                f"Expected more than 1 value per channel when training, got input size {list(shape)}"
            )
        if eps <= 0:
            raise ValueError(f"batch_norm eps must be positive during training, but got {eps}")
    elif eps < 0:
        raise ValueError(f"batch_norm eps must be non-negative, but got {eps}")
    _check_statistics("batch_norm", running_mean, running_var, needed=not training)
    if input._array.size or len(shape) < 2:  # parameters of nothing may have any size
        _check_channels("batch_norm", input, weight=weight, bias=bias)
        _check_channels("batch_norm", input, running_mean=running_mean, running_var=running_var)
    _check_dtypes("batch_norm", input, weight=weight, bias=bias, mean=running_mean, var=running_var)
    if not input._array.size:
        return _of_nothing(input, weight, bias)
    if not training:
        return _by_given(input, running_mean, running_var, weight, bias, eps)
    y: Tensor
    dtype = input._array.dtype
    wide = np.promote_types(dtype, np.float32)  # float16 could not hold every variance
    x, gamma, beta = cast(input, wide), cast(weight, wide), cast(bias, wide)
    y, mean, var = apply_several(ops.batch_norm, x, gamma, beta, eps=eps)
    y = cast(y, dtype)
    n = shape[0] * math.prod(shape[2:])
    if running_mean is not None and running_var is not None:
        _follow(running_mean, mean._real(), momentum)
        _follow(running_var, var._real() * (n / (n - 1)), momentum)
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
    """γ (x − μ) / √(σ² + ε) + β with μ and σ² of each channel of each sample

    In training it is group_norm with a group for each channel, in evaluation batch_norm.

    The gradient is derived in `refnet.ops.group_norm`.

    Shape:
        input x, y: (N, C, *), all others: (C,) or None

    Args:
        use_input_stats: False to take running_mean and running_var for μ and σ²
        others: those of batch_norm; the running statistics follow the samples' mean

    Raises, with nothing changed, ValueError for one value per channel and sample, and RuntimeError for
    sizes and dtypes that do not fit.
    """
    check_tensors("instance_norm", input=input)
    check_flag("instance_norm", "use_input_stats", use_input_stats)
    check_number("instance_norm", momentum=momentum, eps=eps)
    shape = input._array.shape
    if use_input_stats and math.prod(shape[2:]) == 1:
        raise ValueError(
            "Expected more than 1 spatial element when training, got input size " + str(list(shape))
        )
    _check_statistics("instance_norm", running_mean, running_var, needed=not use_input_stats)
    if input._array.size or len(shape) < 2:  # parameters of nothing may have any size
        _check_channels("instance_norm", input, weight=weight, bias=bias)
        _check_channels("instance_norm", input, running_mean=running_mean, running_var=running_var)
    _check_dtypes(
        "instance_norm", input, weight=weight, bias=bias, mean=running_mean, var=running_var
    )
    if not input._array.size:
        if shape[0] == 0 and use_input_stats:  # the mean of no samples
            _forget(running_mean, running_var)
        return _of_nothing(input, weight, bias)
    if not use_input_stats:
        return _by_given(input, running_mean, running_var, weight, bias, eps)
    y: Tensor = apply(ops.group_norm, input, weight, bias, groups=shape[1], eps=eps)
    if running_mean is not None and running_var is not None:
        _follow_samples(running_mean, running_var, input._real(), momentum)
    return y


@quietly
def _follow_samples(mean: Tensor, var: Tensor, x: Array, momentum: float) -> None:
    """Both statistics follow the means of those of each sample."""
    x = x.reshape(*x.shape[:2], -1).astype(np.promote_types(x.dtype, np.float32), copy=False)
    (means, _), (variances, _) = ops.mean(x, dim=(2,)), ops.var(x, dim=(2,))
    _follow(mean, means.mean(axis=0, dtype=np.float64), momentum)
    _follow(var, variances.mean(axis=0, dtype=np.float64), momentum)


def _of_nothing(x: Tensor, *parameters: Tensor | None) -> Tensor:
    """No entries, whose parameters, of any size, have the gradient 0."""
    y = x.clone()
    for p in parameters:
        if p is not None:
            y = y + p.sum()
    return y


def _by_given(
    x: Tensor,
    mean: Tensor | None,
    var: Tensor | None,
    weight: Tensor | None,
    bias: Tensor | None,
    eps: float,
) -> Tensor:
    """γ (x − μ) / √(σ² + ε) + β with each channel's given μ and σ²."""
    assert mean is not None
    assert var is not None
    return apply(ops.fixed_batch_norm, x, mean._real(), var._real(), weight, bias, eps=eps)


def _forget(*running: Tensor | None) -> None:
    """running = NaN"""
    for statistics in running:
        if statistics is not None:
            _follow(statistics, np.full(statistics._array.shape, np.nan), 1.0)


@quietly
def _follow(running: Tensor, new: Array, momentum: float) -> None:
    """running = (1 − momentum) running + momentum new"""
    old = running._array
    kept = np.multiply(old, 1 - momentum, dtype=new.dtype)
    np.copyto(old, kept + momentum * new, casting="same_kind")
    memory.written(old)


def _check_statistics(
    function: str, mean: Tensor | None, var: Tensor | None, *, needed: bool
) -> None:
    if needed and (mean is None or var is None):
        raise RuntimeError(
            f"{function}: running_mean and running_var must be defined where the input's own "
            "statistics are not used"
        )
    if (mean is None) != (var is None):
        raise ValueError("running_mean and running_var must either both be None or neither be None")
    check_constant(function, running_mean=mean, running_var=var)


def _check_channels(function: str, x: Tensor, **parameters: Tensor | None) -> None:
    """Raise RuntimeError unless x is (N, C, *) and each parameter (C,) or None."""
    shape = x._array.shape
    if len(shape) < 2:
        raise RuntimeError(f"{function}: expected an input (N, C, *), got shape {list(shape)}")
    for name, p in parameters.items():
        if p is not None and p._array.shape != shape[1:2]:
            raise RuntimeError(
                f"{function}: {name} should have shape {[shape[1]]} for an input of shape "
                f"{list(shape)}, not {list(p._array.shape)}"
            )


def _check_dtypes(function: str, x: Tensor, **parameters: Tensor | None) -> None:
    """Raise for an input that is not floating-point, and for a parameter of another dtype."""
    check_floating(function, x)
    for name, p in parameters.items():
        if p is not None and p._array.dtype != x._array.dtype:
            if "c" not in (p._array.dtype.kind, x._array.dtype.kind):  # the complex step's
                raise RuntimeError(
                    f"{function}: the input and the {name} must have the same dtype, got "
                    f"{x.dtype} and {p.dtype}"
                )


def layer_norm(
    input: Tensor,
    normalized_shape: Any,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """γ (x − μ) / √(σ² + ε) + β, μ and σ² over the last dimensions; see refnet.ops.layer_norm.

    Shape:
        input x, y: (*, normalized_shape), weight γ and bias β: normalized_shape or None

    Args:
        normalized_shape: the sizes of the last dimensions, a tuple

    Raises RuntimeError for sizes and dtypes that do not fit, TypeError for a shape that is no tuple.
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
    """γ x / √(mean(x²) + ε), the mean over the last dimensions; see refnet.ops.rms_norm.

    Shape:
        input x, y: (*, normalized_shape), weight γ: normalized_shape or None

    Args:
        eps: None is the distance from 1 to the next number of the dtype (for float16, of
            float32)

    Raises RuntimeError for sizes and dtypes that do not fit (two dtypes too, which PyTorch casts with
    a warning), TypeError for a shape that is no tuple.
    """
    check_tensors("rms_norm", input=input)
    if eps is not None:
        check_number("rms_norm", eps=eps)
    dims = _last_dims("rms_norm", input, normalized_shape, weight=weight)
    if eps is None:
        eps = float(np.finfo(np.promote_types(input._array.dtype, np.float32)).eps)
    return apply(ops.rms_norm, input, weight, dims=dims, eps=eps)


def _last_dims(function: str, x: Tensor, normalized_shape: Any, **parameters: Tensor | None) -> int:
    """How many dimensions are normalised, after a look at everything's shape and dtype."""
    shape = normalized_shape
    if not isinstance(shape, tuple | list) or not all(
        hasattr(n, "__index__") and not isinstance(n, bool) for n in shape
    ):
        raise TypeError(f"{function}(): normalized_shape must be a tuple of ints, got {shape!r}")
    shape = tuple(n.__index__() for n in shape)
    if not shape:
        raise RuntimeError(f"{function}: expected normalized_shape to have at least one dimension")
    if x._array.shape[-len(shape) :] != shape:
        raise RuntimeError(
            f"Given normalized_shape={list(shape)}, expected input with shape "
            f"[*, {', '.join(map(str, shape))}], but got input of size {list(x._array.shape)}"
        )
    for name, p in parameters.items():
        if p is not None and p._array.shape != shape:
            raise RuntimeError(
                f"Expected {name} to be of same shape as normalized_shape, but got {name} of "
                f"shape {list(p._array.shape)} and normalized_shape = {list(shape)}"
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
    """γ (x − μ) / √(σ² + ε) + β, μ and σ² over a sample's C / num_groups neighbouring channels

    See refnet.ops.group_norm.

    Shape:
        input x, y: (N, C, *), weight γ and bias β: (C,) or None

    Raises ValueError for one value per group in the whole batch, RuntimeError for sizes and dtypes
    that do not fit.
    """
    check_tensors("group_norm", input=input)
    check_number("group_norm", eps=eps)
    if not hasattr(num_groups, "__index__") or isinstance(num_groups, bool):
        raise TypeError(f"group_norm(): num_groups must be int, not {type(num_groups).__name__}")
    shape = input._array.shape
    _check_channels("group_norm", input, weight=weight, bias=bias)
    if num_groups == 0:
        raise ZeroDivisionError("group_norm: num_groups must be positive, got 0")
    if num_groups < 0 or shape[1] % num_groups:
        raise RuntimeError(
            f"Expected number of channels in input to be divisible by num_groups, but got input "
            f"of shape {list(shape)} and num_groups={num_groups}"
        )
    if shape[0] * shape[1] // num_groups * math.prod(shape[2:]) == 1:
        raise ValueError(
            f"Expected more than 1 value per channel when training, got input size {list(shape)}"
        )
    _check_dtypes("group_norm", input, weight=weight, bias=bias)
    return apply(ops.group_norm, input, weight, bias, groups=num_groups, eps=eps)


def local_response_norm(
    input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Tensor:
    """x / (k + α/size Σ x²)^β, the sum over so many neighbouring channels

    See refnet.ops.local_response_norm. An input without entries is returned itself.

    Shape:
        input x, y: (N, C, *), at least three dimensions

    Raises ValueError for fewer dimensions, RuntimeError for a size below 1.
    """
    check_tensors("local_response_norm", input=input)
    shape = input._array.shape
    if len(shape) < 3:
        raise ValueError(
            f"Expected 3D or higher dimensionality input (got {len(shape)} dimensions)"
        )
    if input._array.size == 0:
        return input
    if not hasattr(size, "__index__"):
        raise TypeError(f"local_response_norm(): size must be int, not {type(size).__name__}")
    check_number("local_response_norm", alpha=alpha, beta=beta, k=k)
    if size < 1:
        raise RuntimeError(f"local_response_norm: size must be positive, got {size}")
    check_floating("local_response_norm", input)
    return apply(ops.local_response_norm, input, size=size, alpha=alpha, beta=beta, k=k)


def normalize(
    input: Tensor,
    p: float = 2.0,
    dim: Any = 1,
    eps: float = 1e-12,
    out: Tensor | None = None,
) -> Tensor:
    """x / max(‖x‖_p, ε), the norm over dim (an int, a tuple of them, or None for all)

    Args:
        out: a tensor of the input's shape that takes the result, which is then not differentiable

    Raises RuntimeError for integers, and for out where a gradient is asked for.
    """
    check_number("normalize", eps=eps)
    if out is None:
        return input / input.norm(p, dim, keepdim=True).clamp_min(eps)
    if is_grad_enabled() and (input.requires_grad or out.requires_grad):
        raise RuntimeError(
            "normalize(): functions with out=... arguments don't support automatic "
            "differentiation, but one of the arguments requires grad."
        )
    return overwrite(out, normalize(input, p, dim, eps))
