"""Softmax and what is made of it, under PyTorch's names; see refnet.ops.softmax."""

import warnings

import numpy as np

from refnet import random
from refnet.engine.caller_warning import warn
from refnet.engine.dtypes import dtype as DType
from refnet.engine.tensor import Tensor, wrap
from refnet.functions import activation

__all__ = ["gumbel_softmax", "log_softmax", "softmax", "softmin"]


def _implicit_dim(name: str, ndim: int, stacklevel: int) -> int:
    """The dimension that PyTorch takes where none is given: the class dimension, as it once was."""
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. "
        "Change the call to include dim=X as an argument.",
        stacklevel=stacklevel + 1,  # the public form's frame
    )
    return 0 if ndim in (0, 1, 3) else 1


def softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DType | None = None
) -> Tensor:
    """exp(x) / Σ exp(x) along dim, of the input cast to dtype

    The gradient is derived in `refnet.ops.softmax`.
    """
    if dim is None:
        dim = _implicit_dim("softmax", input._array.ndim, _stacklevel)
    return activation.softmax(input, dim, dtype=dtype)


def softmin(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DType | None = None
) -> Tensor:
    """exp(−x) / Σ exp(−x) along dim, of the input cast to dtype

    The gradient is derived in `refnet.ops.softmax`.
    """
    if dim is None:
        dim = _implicit_dim("softmin", input._array.ndim, _stacklevel)
    return activation.softmax(-input, dim, dtype=dtype)


def log_softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DType | None = None
) -> Tensor:
    """x − log Σ exp(x) along dim, of the input cast to dtype

    The gradient is derived in `refnet.ops.log_softmax`.
    """
    if dim is None:
        dim = _implicit_dim("log_softmax", input._array.ndim, _stacklevel)
    return activation.log_softmax(input, dim, dtype=dtype)


def gumbel_softmax(
    logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1
) -> Tensor:
    """softmax((x + g) / τ) along dim, g = −log of an exponential variable (Gumbel's distribution)

    The largest x + g is entry i with probability softmax(x)ᵢ. For small τ the result is close to
    the one-hot row of that entry; hard=True gives this row, with the gradient of the soft one.
    eps is deprecated in PyTorch and changes nothing but that it warns.

    The gradient is derived in `refnet.ops.softmax`.

    Source:
        Jang et al. 2017, "Categorical reparameterization with Gumbel-softmax"
    """
    if eps != 1e-10:
        warn("`eps` parameter is deprecated and has no effect.")
    x = logits._array
    if x.dtype.kind not in "fc":
        raise RuntimeError(f"gumbel_softmax is for a floating-point input, got {logits.dtype}")
    g = -np.log(random.default_generator.exponential(x.shape, logits._real().dtype))
    soft = activation.softmax((logits + wrap(g)) / tau, dim)
    if not hard:
        return soft
    chosen = soft.detach().argmax(dim, keepdim=True)
    return wrap(np.zeros_like(logits._real())).scatter(dim, chosen, 1.0) - soft.detach() + soft
