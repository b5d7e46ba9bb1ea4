"""Gradients made smaller before the optimizer's step: as one vector, or each entry for itself.

They are changed in place. Parameters without a gradient are passed over. The argument foreach
says which of PyTorch's two implementations is to run; the result is the same, and here is one.
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
from refnet.functions.einsum import check_tensors
from refnet.functions.joining import stack
from refnet.functions.piecewise import clamp
from refnet.functions.reduction import norm

Tensors = Tensor | Iterable[Tensor]


@no_grad()
def get_total_norm(
    tensors: Tensors,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """(Σ |x|ᵖ)^(1/p) over all entries of all tensors, p = norm_type; max |x| for p = ∞, 0 for none

    Raises RuntimeError for a norm that is NaN or infinite, if error_if_nonfinite.
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
    """grad ← grad min(1, max_norm / (total_norm + 10⁻⁶))"""
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
    """Make the gradients smaller if they are, as one vector, longer than max_norm.

    Args:
        norm_type: p of the p-norm, or inf
        error_if_nonfinite: raise RuntimeError for a length that is NaN or infinite; nothing is
            changed then

    Returns the length before.

    Source:
        torch.nn.utils.clip_grad_norm_; Pascanu et al. 2013
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
    """The old name of clip_grad_norm_: warns, and calls it."""
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
    """grad ← min(max(grad, −clip_value), clip_value), each entry for itself"""
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
