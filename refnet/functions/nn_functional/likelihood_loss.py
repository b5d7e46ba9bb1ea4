"""Losses between distributions and of their parameters, under PyTorch's names."""

import math

import numpy as np

from refnet import ops
from refnet.engine.caller_warning import warn
from refnet.engine.dtypes import promote
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.arithmetic import no_bool_minus
from refnet.functions.creation_like import full_like
from refnet.functions.einsum import check_tensors
from refnet.functions.logarithmic import xlogy
from refnet.functions.nn_functional.checks import check_number
from refnet.functions.nn_functional.loss_reduction import (
    check_reduction,
    plain_reduction,
    reduced,
    resolve_reduction,
)
from refnet.functions.operands import floating, misfit

__all__ = ["gaussian_nll_loss", "kl_div", "poisson_nll_loss"]


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """t (log t − x), 0 where t = 0: the Kullback-Leibler divergence of e^x from t, entry by entry

    x holds logarithms of probabilities; with log_target t does too, and the loss is e^t (t − x).
    "batchmean" is the sum over the number of examples, which is the divergence; "mean" is over all
    entries, which is not, and warns. The gradient of t at t = 0 is NaN without log_target.

    Raises RuntimeError for shapes that do not broadcast and for integers.

    The gradient is derived in `refnet.ops.xlogy`.
    """
    check_tensors("kl_div", input=input, target=target)
    for name, x in ("input", input), ("target", target):
        if x._array.dtype.kind not in "fc":
            raise RuntimeError(f"kl_div: {name} must be floating-point, got {x.dtype}")
    per_example = reduction == "batchmean"
    if reduction == "mean" and size_average is None and reduce is None:
        warn(
            "kl_div: reduction='mean' divides by the number of entries, not of examples, and is "
            "not the divergence; reduction='batchmean' is."
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
    """e^x − t x: of a count t that is Poisson with mean e^x; without log_input x is the mean, and
    the loss x − t log(x + ε)

    With full, Stirling's approximation of log t!, t log t − t + ½ log 2πt, is added where t > 1.

    Raises RuntimeError for shapes that do not broadcast.
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
    """½ (log v + (x − t)²/v), v at least ε: of a target t that is normal with mean x and variance v;
    see refnet.ops.gaussian_nll_loss.

    var is a number, has the input's shape, or one in which the last dimension is missing or one
    dimension is 1.

    Raises ValueError for a negative variance and for a shape that is none of these.
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
        raise ValueError("gaussian_nll_loss: var must not be negative, it has negative entries")
    v = _variance_for(input, v)
    check_reduction(reduction)
    if v._array.dtype.kind not in "fc":
        raise RuntimeError(f"gaussian_nll_loss: var must be floating-point, got {v.dtype}")
    x, v = promote(input, v)
    x, t = promote(x, target)
    try:
        losses: Tensor = apply(ops.gaussian_nll_loss, x, t, v, full=full, eps=eps)
    except ValueError as error:
        raise misfit(x, t) from error
    return reduced(losses, reduction)


def _variance_for(input: Tensor, var: Tensor) -> Tensor:
    """The variance in a shape that broadcasts to the input's."""
    n, m = input._array.shape, var._array.shape
    if m == n:
        return var
    if m == n[:-1]:
        return var.unsqueeze(-1)
    if len(m) == len(n) and sum(j for i, j in zip(n, m, strict=True) if i != j) == 1:
        return var
    raise ValueError(
        f"gaussian_nll_loss: var has shape {list(m)}; expected the input's, {list(n)}, the same "
        "without the last dimension or with one that is 1"
    )
