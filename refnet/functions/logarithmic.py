"""exp2, log2, log10, logaddexp, logit and xlogy, under PyTorch's names.

Integer tensors are converted to the default floating-point dtype.
"""

from typing import Any

from refnet import ops
from refnet.engine.dtypes import promote, promote_floating
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.operands import (
    broadcast,
    check_tensors,
    floating,
    in_place,
    need_float,
    need_tensor,
    operand,
)

__all__ = [
    "exp2",
    "exp2_",
    "log2",
    "log2_",
    "log10",
    "log10_",
    "logaddexp",
    "logit",
    "logit_",
    "xlogy",
    "xlogy_",
]


def exp2(input: Tensor) -> Tensor:
    """Computes the powers of 2.

        y = 2ˣ

    The gradient is derived in `refnet.ops.exp2`.

    Args:
        input: x

    Example:
        >>> refnet.exp2(refnet.tensor([-1.0, 0.0, 3.0]))
        tensor([0.5000, 1.0000, 8.0000])
    """
    return apply(ops.exp2, floating(input))


def log2(input: Tensor) -> Tensor:
    """Computes the logarithm to the base 2.

        y = log₂ x

    The gradient is derived in `refnet.ops.log2`.

    Args:
        input: x; the result is −∞ at 0 and NaN for negative numbers

    Example:
        >>> refnet.log2(refnet.tensor([0.5, 1.0, 8.0]))
        tensor([-1.,  0.,  3.])
    """
    return apply(ops.log2, floating(input))


def log10(input: Tensor) -> Tensor:
    """Computes the logarithm to the base 10.

        y = log₁₀ x

    The gradient is derived in `refnet.ops.log10`.

    Args:
        input: x; the result is −∞ at 0 and NaN for negative numbers

    Example:
        >>> refnet.log10(refnet.tensor([0.2, 1.0, 1000.0]))
        tensor([-0.6990,  0.0000,  3.0000])
    """
    return apply(ops.log10, floating(input))


def logaddexp(input: Tensor, other: Tensor) -> Tensor:
    """Computes the logarithm of a sum of two exponentials, without overflow.

        y = log(eᵃ + eᵇ)

    The gradient is derived in `refnet.ops.logaddexp`.

    Args:
        input: a
        other: b; the two broadcast

    Raises:
        NotImplementedError: for integers
        RuntimeError: if the shapes do not broadcast

    Example:
        >>> x = refnet.tensor([1000.0])
        >>> refnet.logaddexp(x, x)
        tensor([1000.6932])
    """
    check_tensors("logaddexp", input=input, other=other)
    a, b = promote(input, other)
    return broadcast(ops.logaddexp, need_float("logaddexp", a), b)


def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """Computes the log-odds, the inverse function of sigmoid.

        y = log(x / (1 − x))

    The gradient is derived in `refnet.ops.logit`.

    Args:
        input: x
        eps: if given and not negative, x is first clamped to [eps, 1 − eps]

    Example:
        >>> refnet.logit(refnet.tensor([0.0, 0.5, 0.9]), eps=0.1)
        tensor([-2.1972,  0.0000,  2.1972])
    """
    bound = None if eps is None or eps < 0 else float(eps)
    return apply(ops.logit, floating(input), eps=bound)


def xlogy(input: Any, other: Any) -> Tensor:
    """Computes a product with a logarithm.

        y = a log b

    The result is 0 where a = 0, unless b is NaN.

    The gradient is derived in `refnet.ops.xlogy`.

    Args:
        input: a, a tensor or a number
        other: b, a tensor or a number; at least one of the two is a tensor

    Example:
        >>> refnet.xlogy(refnet.tensor([0.0, 2.0]), 0.0)
        tensor([0., -inf])
    """
    need_tensor("xlogy", input, other)
    a, b = operand(input, "input", "xlogy"), operand(other, "other", "xlogy")
    return broadcast(ops.xlogy, *promote_floating(a, b))


exp2_ = in_place(exp2)
log2_ = in_place(log2)
log10_ = in_place(log10)
logit_ = in_place(logit)
xlogy_ = in_place(xlogy)
