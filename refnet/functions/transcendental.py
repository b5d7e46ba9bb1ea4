"""Exponentials, logarithms, roots, sine, cosine and erf, under PyTorch's names.

Integer tensors are converted to the default floating-point dtype.
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
    """Computes the exponential function.

        y = eˣ

    The gradient is derived in `refnet.ops.exp`.

    Args:
        input: x

    Example:
        >>> refnet.exp(refnet.tensor([0.0, 1.0]))
        tensor([1.0000, 2.7183])
    """
    return apply(ops.exp, floating(input))


def expm1(input: Tensor) -> Tensor:
    """Computes eˣ − 1, accurately near 0.

    The gradient is derived in `refnet.ops.expm1`.

    Args:
        input: x

    Example:
        >>> refnet.expm1(refnet.tensor([0.0, 1e-9]))
        tensor([0.0000e+00, 1.0000e-09])
    """
    return apply(ops.expm1, floating(input))


def log(input: Tensor) -> Tensor:
    """Computes the natural logarithm.

        y = log x

    The gradient is derived in `refnet.ops.log`.

    Args:
        input: x; the result is −∞ at 0 and NaN for negative numbers

    Example:
        >>> refnet.log(refnet.tensor([1.0, 2.0]))
        tensor([0.0000, 0.6931])
    """
    return apply(ops.log, floating(input))


def log1p(input: Tensor) -> Tensor:
    """Computes log(1 + x), accurately near 0.

    The gradient is derived in `refnet.ops.log1p`.

    Args:
        input: x; the result is −∞ at −1 and NaN below it

    Example:
        >>> refnet.log1p(refnet.tensor([0.0, 1e-9]))
        tensor([0.0000e+00, 1.0000e-09])
    """
    return apply(ops.log1p, floating(input))


def sqrt(input: Tensor) -> Tensor:
    """Computes the square root.

        y = √x

    The gradient is derived in `refnet.ops.sqrt`.

    Args:
        input: x; the result is NaN for negative numbers

    Example:
        >>> refnet.sqrt(refnet.tensor([0.25, 9.0]))
        tensor([0.5000, 3.0000])
    """
    return apply(ops.sqrt, floating(input))


def rsqrt(input: Tensor) -> Tensor:
    """Computes the reciprocal of the square root.

        y = 1 / √x

    The gradient is derived in `refnet.ops.rsqrt`.

    Args:
        input: x; the result is ∞ at 0 and NaN for negative numbers

    Example:
        >>> refnet.rsqrt(refnet.tensor([0.25, 4.0]))
        tensor([2.0000, 0.5000])
    """
    return apply(ops.rsqrt, floating(input))


def sin(input: Tensor) -> Tensor:
    """Computes the sine of angles in radians.

        y = sin x

    The gradient is derived in `refnet.ops.sin`.

    Args:
        input: x

    Example:
        >>> refnet.sin(refnet.tensor([0.0, np.pi / 6, np.pi / 2]))
        tensor([0.0000, 0.5000, 1.0000])
    """
    return apply(ops.sin, floating(input))


def cos(input: Tensor) -> Tensor:
    """Computes the cosine of angles in radians.

        y = cos x

    The gradient is derived in `refnet.ops.cos`.

    Args:
        input: x

    Example:
        >>> refnet.cos(refnet.tensor([0.0, np.pi / 3, np.pi]))
        tensor([ 1.0000,  0.5000, -1.0000])
    """
    return apply(ops.cos, floating(input))


def erf(input: Tensor) -> Tensor:
    """Computes the error function.

        y = (2/√π) ∫₀ˣ e^(−t²) dt

    The gradient is derived in `refnet.ops.erf`.

    Args:
        input: x

    Example:
        >>> refnet.erf(refnet.tensor([-10.0, 0.0, 1.0]))
        tensor([-1.0000,  0.0000,  0.8427])
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
