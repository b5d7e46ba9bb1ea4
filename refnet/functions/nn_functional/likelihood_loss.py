"""The Kullback-Leibler divergence, and negative log likelihoods."""

import math

import numpy as np

from refnet import ops
from refnet.engine.caller_warning import warn
from refnet.engine.dtypes import promote
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.arithmetic import no_bool_minus
from refnet.functions.creation_like import full_like
from refnet.functions.logarithmic import xlogy
from refnet.functions.nn_functional.checks import check_number
from refnet.functions.nn_functional.loss_reduction import (
    check_reduction,
    plain_reduction,
    reduced,
    resolve_reduction,
)
from refnet.functions.operands import check_tensors, floating, misfit

__all__ = ["gaussian_nll_loss", "kl_div", "poisson_nll_loss"]


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """ℓ = t (log t − x), where x is the logarithm of a probability; 0 where t = 0

    With log_target, t is a logarithm too, and ℓ = e^t (t − x). The sum of ℓ over the entries of an
    example is the Kullback-Leibler divergence of e^x from t. So "batchmean" is the mean divergence
    of the examples. "mean" is the mean over all entries, and warns.

    The gradient is derived in `refnet.ops.xlogy`; without log_target, that of t is NaN at t = 0.

    Args:
        input: x, floating-point
        target: t, floating-point; x and t broadcast
        size_average: deprecated; use reduction
        reduce: deprecated; use reduction
        reduction: "batchmean", which divides the sum by the number of examples, "none", "mean" or
            "sum"
        log_target: whether t is a logarithm

    Raises:
        RuntimeError: the input or the target is not floating-point, or they do not broadcast
        ValueError: the reduction is unknown

    Example:
        >>> log_p = refnet.tensor([[0.5, 0.5]]).log()
        >>> F.kl_div(log_p, refnet.tensor([[1.0, 0.0]]), reduction="batchmean")
        tensor(0.6931)
    """
    check_tensors("kl_div", input=input, target=target)
    for name, x in ("input", input), ("target", target):
        if x._array.dtype.kind not in "fc":
            raise RuntimeError(f"kl_div(): expected a floating-point {name}, got {x.dtype}")
    per_example = reduction == "batchmean"
    if reduction == "mean" and size_average is None and reduce is None:
        warn(
            "kl_div(): reduction='mean' divides by the number of entries, not of examples. "
            "reduction='batchmean' gives the mean divergence."
        )
    reduction = resolve_reduction("sum" if per_example else reduction, size_average, reduce)
    if log_target:
        losses = target.exp() * (target - input)
    else:
        losses = xlogy(target, target) - target * input
    y = reduced(losses, reduction)
    return y / input.shape[0] if per_example and input.dim() else y


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-08,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """ℓ = e^x − t x, for a count t from a Poisson distribution with mean e^x

    Without log_input, x is the mean itself:

        ℓ = x − t log(x + ε)

    With full, Stirling's approximation of log t! is added where t > 1:

        t log t − t + ½ log 2πt

    The gradient is that of the operations it is composed of.

    Args:
        input: x
        target: t; x and t broadcast
        log_input: whether the mean is e^x
        full: whether to add the approximation of log t!
        size_average: deprecated; use reduction
        eps: ε
        reduce: deprecated; use reduction
        reduction: "none" for the losses themselves, "mean" or "sum"

    Raises:
        RuntimeError: the input and the target do not broadcast
        ValueError: the reduction is unknown

    Example:
        >>> F.poisson_nll_loss(refnet.tensor([0.0]), refnet.tensor([3.0]))
        tensor(1.)
    """
    check_tensors("poisson_nll_loss", input=input, target=target)
    check_number("poisson_nll_loss", eps=eps)
    reduction = plain_reduction(reduction, size_average, reduce)
    if log_input:
        losses = input.exp() - target * input
    else:
        losses = input - target * (input + eps).log()
    if full:
        stirling = target * target.log() - target + 0.5 * (2 * math.pi * target).log()
        losses = losses + stirling.masked_fill(target <= 1, 0).type_as(losses)
    return reduced(losses, reduction)


def gaussian_nll_loss(
    input: Tensor,
    target: Tensor | float,
    var: Tensor | float,
    full: bool = False,
    eps: float = 1e-06,
    reduction: str = "mean",
) -> Tensor:
    """ℓ = ½ (log m + (x − t)²/m), m = max(v, ε)

    t comes from a normal distribution with mean x and variance v. With full, ½ log 2π is added.

    The gradient is derived in `refnet.ops.gaussian_nll_loss`; the bound ε is not differentiated.

    Args:
        input: x
        target: t; x and t broadcast
        var: v, a number or a tensor of the input's shape; the last dimension may be missing, or one
            dimension may have size 1
        full: whether to add ½ log 2π
        eps: ε
        reduction: "none" for the losses themselves, "mean" or "sum"

    Raises:
        ValueError: var has a negative entry or a shape that does not fit, or the reduction is
            unknown
        RuntimeError: the input and the target do not broadcast, or var is not floating-point

    Example:
        >>> F.gaussian_nll_loss(refnet.tensor([3.0]), refnet.tensor([1.0]), refnet.tensor([1.0]))
        tensor(2.)
    """
    if type(target) is float:
        input = floating(input)
        target = wrap(np.asarray(target, input._array.real.dtype))
    check_tensors("gaussian_nll_loss", input=input, target=target)
    no_bool_minus(input, target)
    v = full_like(input, var) if isinstance(var, float) else var
    check_tensors("gaussian_nll_loss", input=input, target=target, var=v)
    check_number("gaussian_nll_loss", eps=eps)
    if np.any(v._real() < 0):
        raise ValueError("gaussian_nll_loss(): expected var of 0 or more, got negative entries")
    v = _broadcast_variance(input, v)
    check_reduction(reduction)
    if v._array.dtype.kind not in "fc":
        raise RuntimeError(f"gaussian_nll_loss(): expected a floating-point var, got {v.dtype}")
    x, v = promote(input, v)
    x, t = promote(x, target)
    try:
        losses: Tensor = apply(ops.gaussian_nll_loss, x, t, v, full=full, eps=eps)
    except ValueError as error:
        raise misfit(x, t) from error
    return reduced(losses, reduction)


def _broadcast_variance(input: Tensor, var: Tensor) -> Tensor:
    """Returns the variance in a shape that broadcasts to the input's."""
    n, m = input._array.shape, var._array.shape
    if m == n:
        return var
    if m == n[:-1]:
        return var.unsqueeze(-1)
    if len(m) == len(n) and sum(j for i, j in zip(n, m, strict=True) if i != j) == 1:
        return var
    raise ValueError(
        f"gaussian_nll_loss(): expected var of the input's shape {list(n)}, or of that shape "
        f"without its last dimension or with one dimension 1, got {list(m)}"
    )
