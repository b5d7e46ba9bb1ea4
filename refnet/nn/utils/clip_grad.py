"""Gradient clipping: by the norm of all gradients together, or by value.

Gradients are changed in place. Parameters without a gradient are skipped. `foreach` selects one of
two implementations in PyTorch; refnet has one, with the same result.
"""

import math
import types
import warnings
from collections.abc import Iterable

import numpy as np

from refnet.compatibility.lookup import mirror as _mirror
from refnet.engine.argument_errors import refuse
from refnet.engine.dtypes import get_default_dtype
from refnet.engine.grad_mode import no_grad
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.joining import stack
from refnet.functions.operands import check_tensors
from refnet.functions.piecewise import clamp
from refnet.functions.reduction import norm

__all__ = [
    "clip_grad_norm",
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "get_total_norm",
]

Tensors = Tensor | Iterable[Tensor]


@no_grad()
def get_total_norm(
    tensors: Tensors,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Returns the norm of all tensors as one vector.

        ‖x‖ₚ = (Σ |x|ᵖ)^(1/p);   max |x| for p = ∞

    Args:
        tensors: the tensors, or one tensor; the norm of no tensors is 0
        norm_type: p
        error_if_nonfinite: whether a norm that is NaN or infinite is an error
        foreach: has no effect

    Raises:
        RuntimeError: for a norm that is NaN or infinite, if error_if_nonfinite

    Example:
        >>> nn.utils.get_total_norm([refnet.tensor([3.0]), refnet.tensor([4.0])])
        tensor(5.)
    """
    refuse("norm_type", norm_type)
    p = float(norm_type)
    listed = _listed(tensors)
    check_tensors("get_total_norm", **{f"tensors[{i}]": x for i, x in enumerate(listed)})
    norms = [norm(x, p) for x in listed]
    if not norms:
        return wrap(np.zeros((), get_default_dtype().dtype))
    total = norm(stack(norms), p)
    if error_if_nonfinite and not math.isfinite(total.item()):
        raise RuntimeError(
            f"The total norm of order {p} for gradients from `parameters` is non-finite "
            f"({total.item()}), so it cannot be clipped. To scale the gradients by it anyway, set "
            "`error_if_nonfinite=False`"
        )
    return total


@no_grad()
def clip_grads_with_norm_(
    parameters: Tensors,
    max_norm: float,
    total_norm: Tensor,
    foreach: bool | None = None,
) -> None:
    """Scales gradients so that their norm is at most max_norm.

        grad ← grad min(1, max_norm / (total_norm + 10⁻⁶))

    Args:
        parameters: the parameters, or one parameter
        max_norm: the largest norm
        total_norm: the present norm of all gradients, from get_total_norm
        foreach: has no effect

    Example:
        >>> p = nn.Parameter(refnet.zeros(2))
        >>> p.grad = refnet.tensor([3.0, 4.0])
        >>> nn.utils.clip_grads_with_norm_([p], 10.0, refnet.tensor(20.0))
        >>> p.grad
        tensor([1.5000, 2.0000])
    """
    refuse("max_norm", max_norm)
    check_tensors("clip_grads_with_norm_", total_norm=total_norm)
    grads, max_norm = _gradients(_listed(parameters)), float(max_norm)
    if grads:
        factor = clamp(max_norm / (total_norm + 1e-6), max=1.0)
        for grad in grads:
            grad.mul_(factor)


@no_grad()
def clip_grad_norm_(
    parameters: Tensors,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scales the gradients so that their norm, as one vector, is at most max_norm.

    Args:
        parameters: the parameters, or one parameter
        max_norm: the largest norm
        norm_type: p of the p-norm, which may be inf
        error_if_nonfinite: whether a norm that is NaN or infinite is an error
        foreach: has no effect

    Returns:
        the norm before the change

    Raises:
        RuntimeError: for a norm that is NaN or infinite, if error_if_nonfinite; the gradients are
            unchanged then

    Source:
        torch.nn.utils.clip_grad_norm_; Pascanu et al. 2013

    Example:
        >>> p = nn.Parameter(refnet.zeros(2))
        >>> p.grad = refnet.tensor([3.0, 4.0])
        >>> nn.utils.clip_grad_norm_([p], 1.0)
        tensor(5.)
        >>> p.grad
        tensor([0.6000, 0.8000])
    """
    listed = _listed(parameters)
    if not listed and isinstance(parameters, types.GeneratorType):
        warnings.warn(
            "`parameters` is an empty generator, no gradient clipping will occur.", stacklevel=3
        )
    total_norm: Tensor = get_total_norm(_gradients(listed), norm_type, error_if_nonfinite, foreach)
    clip_grads_with_norm_(listed, max_norm, total_norm, foreach)
    return total_norm


def clip_grad_norm(
    parameters: Tensors,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Deprecated name of clip_grad_norm_: gives a FutureWarning and calls it.

    Args:
        parameters: the parameters, or one parameter
        max_norm: the largest norm
        norm_type: p of the p-norm, which may be inf
        error_if_nonfinite: whether a norm that is NaN or infinite is an error
        foreach: has no effect

    Returns:
        the norm before the change

    Example:
        >>> import warnings
        >>> p = nn.Parameter(refnet.zeros(2))
        >>> p.grad = refnet.tensor([3.0, 4.0])
        >>> with warnings.catch_warnings(action="ignore"):
        ...     nn.utils.clip_grad_norm([p], 1.0)
        tensor(5.)
    """
    warnings.warn(
        "`nn.utils.clip_grad_norm` is now deprecated in favor of `nn.utils.clip_grad_norm_`.",
        FutureWarning,
        stacklevel=2,
    )
    total_norm: Tensor = clip_grad_norm_(
        parameters, max_norm, norm_type, error_if_nonfinite, foreach
    )
    return total_norm


@no_grad()
def clip_grad_value_(parameters: Tensors, clip_value: float, foreach: bool | None = None) -> None:
    """Clips each entry of the gradients to [−clip_value, clip_value].

        grad ← min(max(grad, −clip_value), clip_value)

    Args:
        parameters: the parameters, or one parameter
        clip_value: the largest absolute value
        foreach: has no effect

    Example:
        >>> p = nn.Parameter(refnet.zeros(2))
        >>> p.grad = refnet.tensor([-3.0, 0.5])
        >>> nn.utils.clip_grad_value_([p], 1.0)
        >>> p.grad
        tensor([-1.0000,  0.5000])
    """
    refuse("clip_value", clip_value)
    clip_value = float(clip_value)
    for grad in _gradients(_listed(parameters)):
        grad.clamp_(-clip_value, clip_value)


def _listed(tensors: Tensors) -> list[Tensor]:
    listed = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    refuse("parameters", *listed)
    return listed


def _gradients(parameters: list[Tensor]) -> list[Tensor]:
    return [p.grad for p in parameters if p.grad is not None]


_mirror(__name__)
