"""Exponentials, logarithms, roots, the circular functions and erf, under PyTorch's names.

Integers are taken as the default floating-point dtype.
"""

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.operands import (
    floating,
    in_place,
)

__all__ = [
    "cos",
    "cos_",
    "erf",
    "erf_",
    "exp",
    "exp_",
    "expm1",
    "expm1_",
    "log",
    "log1p",
    "log1p_",
    "log_",
    "rsqrt",
    "rsqrt_",
    "sin",
    "sin_",
    "sqrt",
    "sqrt_",
]


def exp(input: Tensor) -> Tensor:
    """eˣ

    The gradient is derived in `refnet.ops.exp`.
    """
    return apply(ops.exp, floating(input))


def expm1(input: Tensor) -> Tensor:
    """eˣ − 1, accurate near 0

    The gradient is derived in `refnet.ops.expm1`.
    """
    return apply(ops.expm1, floating(input))


def log(input: Tensor) -> Tensor:
    """The natural logarithm

    The gradient is derived in `refnet.ops.log`.
    """
    return apply(ops.log, floating(input))


def log1p(input: Tensor) -> Tensor:
    """log(1 + x), accurate near 0

    The gradient is derived in `refnet.ops.log1p`.
    """
    return apply(ops.log1p, floating(input))


def sqrt(input: Tensor) -> Tensor:
    """√x

    The gradient is derived in `refnet.ops.sqrt`.
    """
    return apply(ops.sqrt, floating(input))


def rsqrt(input: Tensor) -> Tensor:
    """1 / √x

    The gradient is derived in `refnet.ops.rsqrt`.
    """
    return apply(ops.rsqrt, floating(input))


def sin(input: Tensor) -> Tensor:
    """sin x

    The gradient is derived in `refnet.ops.sin`.
    """
    return apply(ops.sin, floating(input))


def cos(input: Tensor) -> Tensor:
    """cos x

    The gradient is derived in `refnet.ops.cos`.
    """
    return apply(ops.cos, floating(input))


def erf(input: Tensor) -> Tensor:
    """The error function, 2/√π ∫₀ˣ e^(−t²) dt

    The gradient is derived in `refnet.ops.erf`.
    """
    return apply(ops.erf, floating(input))


cos_ = in_place(cos)
erf_ = in_place(erf)
exp_ = in_place(exp)
expm1_ = in_place(expm1)
log_ = in_place(log)
log1p_ = in_place(log1p)
rsqrt_ = in_place(rsqrt)
sin_ = in_place(sin)
sqrt_ = in_place(sqrt)
