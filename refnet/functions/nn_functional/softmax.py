"""Softmax and its relatives. Their formulas and pullbacks are in refnet.ops.softmax."""

import warnings

import numpy as np

from refnet import random
from refnet.engine.caller_warning import warn
from refnet.engine.dtypes import dtype as DType
from refnet.engine.tensor import Tensor, wrap
from refnet.functions import activation

__all__ = ["gumbel_softmax", "log_softmax", "softmax", "softmin"]


def _implicit_dim(name: str, ndim: int, stacklevel: int) -> int:
    """Returns the dimension that PyTorch uses when dim is None; warns."""
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. "
        "Change the call to include dim=X as an argument.",
        stacklevel=stacklevel + 1,  # for the frame of this function
    )
    return 0 if ndim in (0, 1, 3) else 1


def softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DType | None = None
) -> Tensor:
    """yᵢ = exp(xᵢ) / Σⱼ exp(xⱼ), j along dim

    The gradient is derived in `refnet.ops.softmax`.

    Args:
        input: x
        dim: the dimension of the sum; None is deprecated and warns, and means 0 for an x of 0, 1 or
            3 dimensions, else 1
        _stacklevel: stacklevel of the warning
        dtype: cast x to it first; None keeps the dtype

    Raises:
        NotImplementedError: the input is not floating-point and dtype is None
        IndexError: dim is out of range

    Example:
        >>> F.softmax(refnet.tensor([1.0, 3.0]).log(), dim=0)
        tensor([0.2500, 0.7500])
    """
    if dim is None:
        dim = _implicit_dim("softmax", input._array.ndim, _stacklevel)
    return activation.softmax(input, dim, dtype=dtype)


def softmin(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DType | None = None
) -> Tensor:
    """yᵢ = exp(−xᵢ) / Σⱼ exp(−xⱼ), j along dim

    The gradient is derived in `refnet.ops.softmax`.

    Args:
        input: x
        dim: the dimension of the sum; None is deprecated and warns, and means 0 for an x of 0, 1 or
            3 dimensions, else 1
        _stacklevel: stacklevel of the warning
        dtype: cast x to it first; None keeps the dtype

    Raises:
        NotImplementedError: the input is not floating-point and dtype is None
        IndexError: dim is out of range

    Example:
        >>> F.softmin(refnet.tensor([1.0, 3.0]).log(), dim=0)
        tensor([0.7500, 0.2500])
    """
    if dim is None:
        dim = _implicit_dim("softmin", input._array.ndim, _stacklevel)
    return activation.softmax(-input, dim, dtype=dtype)


def log_softmax(
    input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: DType | None = None
) -> Tensor:
    """yᵢ = xᵢ − log Σⱼ exp(xⱼ), j along dim

    The gradient is derived in `refnet.ops.log_softmax`.

    Args:
        input: x
        dim: the dimension of the sum; None is deprecated and warns, and means 0 for an x of 0, 1 or
            3 dimensions, else 1
        _stacklevel: stacklevel of the warning
        dtype: cast x to it first; None keeps the dtype

    Raises:
        NotImplementedError: the input is not floating-point and dtype is None
        IndexError: dim is out of range

    Example:
        >>> F.log_softmax(refnet.tensor([0.0, 100.0]), dim=0)
        tensor([-100.,    0.])
    """
    if dim is None:
        dim = _implicit_dim("log_softmax", input._array.ndim, _stacklevel)
    return activation.log_softmax(input, dim, dtype=dtype)


def gumbel_softmax(
    logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1
) -> Tensor:
    """y = softmax((x + g) / τ) along dim, with random g from the Gumbel distribution

    g is −log of an exponentially distributed variable. The largest entry of x + g is entry i with
    probability softmax(x)ᵢ. For small τ the result is close to the one-hot vector of that entry.

    The gradient is derived in `refnet.ops.softmax`.

    Args:
        logits: x, floating-point
        tau: τ
        hard: whether to return the one-hot vector, with the gradient of the soft one
        eps: deprecated and without effect; a value other than the default warns
        dim: the dimension of the classes

    Raises:
        RuntimeError: the logits are not floating-point

    Source:
        Jang et al. 2017, "Categorical reparameterization with Gumbel-softmax"

    Example:
        >>> F.gumbel_softmax(refnet.tensor([0.0, 100.0]), hard=True)
        tensor([0., 1.])
    """
    if eps != 1e-10:
        warn("`eps` parameter is deprecated and has no effect.")
    x = logits._array
    if x.dtype.kind not in "fc":
        raise RuntimeError(f"gumbel_softmax(): expected floating-point logits, got {logits.dtype}")
    g = -np.log(random.default_generator.exponential(x.shape, logits._real().dtype))
    soft = activation.softmax((logits + wrap(g)) / tau, dim)
    if not hard:
        return soft
    chosen = soft.detach().argmax(dim, keepdim=True)
    return wrap(np.zeros_like(logits._real())).scatter(dim, chosen, 1.0) - soft.detach() + soft
