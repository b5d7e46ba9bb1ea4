"""Exponentials and logarithms to the bases 2 and 10, and those of two terms, under PyTorch's names.

Integers are taken as the default floating-point dtype.
"""

from typing import Any

from refnet import ops
from refnet.engine.dtypes import promote, promote_floating
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.einsum import check_tensors
from refnet.functions.operands import broadcast, floating, in_place, need_tensor, operand

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
    """2ˣ

    The gradient is derived in `refnet.ops.exp2`.
    """
    return apply(ops.exp2, floating(input))


def log2(input: Tensor) -> Tensor:
    """The logarithm to the base 2

    The gradient is derived in `refnet.ops.log2`.
    """
    return apply(ops.log2, floating(input))


def log10(input: Tensor) -> Tensor:
    """The logarithm to the base 10

    The gradient is derived in `refnet.ops.log10`.
    """
    return apply(ops.log10, floating(input))


def logaddexp(input: Tensor, other: Tensor) -> Tensor:
    """log(eⁱⁿᵖᵘᵗ + eᵒᵗʰᵉʳ), without overflow

    Raises NotImplementedError for integers.

    The gradient is derived in `refnet.ops.logaddexp`.
    """
    check_tensors("logaddexp", input=input, other=other)
    a, b = promote(input, other)
    if a._array.dtype.kind not in "fc":
        raise NotImplementedError(f"logaddexp is for floating-point tensors, got {a.dtype}")
    return broadcast(ops.logaddexp, a, b)


def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """log(x / (1 − x)), the inverse of sigmoid; eps ≥ 0 bounds x to [eps, 1 − eps] first

    The gradient is derived in `refnet.ops.logit`.
    """
    bound = None if eps is None or eps < 0 else float(eps)
    return apply(ops.logit, floating(input), eps=bound)


def xlogy(input: Any, other: Any) -> Tensor:
    """input · log other, 0 where input is 0 unless other is NaN; one of them may be a number

    The gradient is derived in `refnet.ops.xlogy`.
    """
    need_tensor("xlogy", input, other)
    a, b = operand(input, "input", "xlogy"), operand(other, "other", "xlogy")
    return broadcast(ops.xlogy, *promote_floating(a, b))


exp2_ = in_place(exp2)
log2_ = in_place(log2)
log10_ = in_place(log10)
logit_ = in_place(logit)
xlogy_ = in_place(xlogy)
