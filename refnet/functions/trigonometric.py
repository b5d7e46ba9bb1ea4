"""The trigonometric and hyperbolic functions and their inverses, under PyTorch's names.

Integer tensors are converted to the default floating-point dtype. The inverses have two names, as
in PyTorch: asin and arcsin.
"""

import math

from refnet import ops
from refnet.engine.dtypes import promote_floating
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.arithmetic import scaled
from refnet.functions.operands import broadcast, check_tensors, floating, in_place

__all__ = [
    "acos",
    "acos_",
    "acosh",
    "acosh_",
    "arccos",
    "arccos_",
    "arccosh",
    "arccosh_",
    "arcsin",
    "arcsin_",
    "arcsinh",
    "arcsinh_",
    "arctan",
    "arctan2",
    "arctan_",
    "arctanh",
    "arctanh_",
    "asin",
    "asin_",
    "asinh",
    "asinh_",
    "atan",
    "atan2",
    "atan_",
    "atanh",
    "atanh_",
    "cosh",
    "cosh_",
    "deg2rad",
    "deg2rad_",
    "rad2deg",
    "rad2deg_",
    "sinc",
    "sinc_",
    "sinh",
    "sinh_",
    "tan",
    "tan_",
]


def tan(input: Tensor) -> Tensor:
    """Computes the tangent of angles in radians.

        y = tan x

    The gradient is derived in `refnet.ops.tan`.

    Args:
        input: x

    Example:
        >>> refnet.tan(refnet.tensor([0.0, 1.0]))
        tensor([0.0000, 1.5574])
    """
    return apply(ops.tan, floating(input))


def asin(input: Tensor) -> Tensor:
    """Computes the inverse of the sine, an angle from −π/2 to π/2.

        y = arcsin x

    `arcsin` is the same function.

    The gradient is derived in `refnet.ops.asin`.

    Args:
        input: x; the result is NaN for |x| > 1

    Example:
        >>> refnet.asin(refnet.tensor([0.0, 0.5, 1.0]))
        tensor([0.0000, 0.5236, 1.5708])
    """
    return apply(ops.asin, floating(input))


def acos(input: Tensor) -> Tensor:
    """Computes the inverse of the cosine, an angle from 0 to π.

        y = arccos x

    `arccos` is the same function.

    The gradient is derived in `refnet.ops.acos`.

    Args:
        input: x; the result is NaN for |x| > 1

    Example:
        >>> refnet.acos(refnet.tensor([1.0, 0.5, -1.0]))
        tensor([0.0000, 1.0472, 3.1416])
    """
    return apply(ops.acos, floating(input))


def atan(input: Tensor) -> Tensor:
    """Computes the inverse of the tangent, an angle from −π/2 to π/2.

        y = arctan x

    `arctan` is the same function.

    The gradient is derived in `refnet.ops.atan`.

    Args:
        input: x

    Example:
        >>> refnet.atan(refnet.tensor([0.0, 1.0]))
        tensor([0.0000, 0.7854])
    """
    return apply(ops.atan, floating(input))


def atan2(input: Tensor, other: Tensor) -> Tensor:
    """Computes the angle of the point (other, input), from −π to π.

        y = arctan(a / b), in the quadrant of the point (b, a)

    `arctan2` is the same function.

    The gradient is derived in `refnet.ops.atan2`.

    Args:
        input: a
        other: b; the two broadcast

    Example:
        >>> refnet.atan2(refnet.tensor([1.0, 1.0]), refnet.tensor([1.0, -1.0]))
        tensor([0.7854, 2.3562])
    """
    check_tensors("atan2", input=input, other=other)
    return broadcast(ops.atan2, *promote_floating(input, other))


def sinh(input: Tensor) -> Tensor:
    """Computes the hyperbolic sine.

        y = sinh x = (eˣ − e⁻ˣ) / 2

    The gradient is derived in `refnet.ops.sinh`.

    Args:
        input: x

    Example:
        >>> refnet.sinh(refnet.tensor([0.0, 1.0]))
        tensor([0.0000, 1.1752])
    """
    return apply(ops.sinh, floating(input))


def cosh(input: Tensor) -> Tensor:
    """Computes the hyperbolic cosine.

        y = cosh x = (eˣ + e⁻ˣ) / 2

    The gradient is derived in `refnet.ops.cosh`.

    Args:
        input: x

    Example:
        >>> refnet.cosh(refnet.tensor([0.0, 1.0]))
        tensor([1.0000, 1.5431])
    """
    return apply(ops.cosh, floating(input))


def asinh(input: Tensor) -> Tensor:
    """Computes the inverse of the hyperbolic sine.

        y = arsinh x = log(x + √(x² + 1))

    `arcsinh` is the same function.

    The gradient is derived in `refnet.ops.asinh`.

    Args:
        input: x

    Example:
        >>> refnet.asinh(refnet.tensor([0.0, 0.75]))
        tensor([0.0000, 0.6931])
    """
    return apply(ops.asinh, floating(input))


def acosh(input: Tensor) -> Tensor:
    """Computes the inverse of the hyperbolic cosine.

        y = arcosh x = log(x + √(x² − 1))

    `arccosh` is the same function.

    The gradient is derived in `refnet.ops.acosh`.

    Args:
        input: x; the result is NaN for x < 1

    Example:
        >>> refnet.acosh(refnet.tensor([1.0, 1.25]))
        tensor([0.0000, 0.6931])
    """
    return apply(ops.acosh, floating(input))


def atanh(input: Tensor) -> Tensor:
    """Computes the inverse of the hyperbolic tangent.

        y = artanh x = ½ log((1 + x) / (1 − x))

    `arctanh` is the same function.

    The gradient is derived in `refnet.ops.atanh`.

    Args:
        input: x; the result is ±∞ at ±1 and NaN for |x| > 1

    Example:
        >>> refnet.atanh(refnet.tensor([0.0, 0.6]))
        tensor([0.0000, 0.6931])
    """
    return apply(ops.atanh, floating(input))


def sinc(input: Tensor) -> Tensor:
    """Computes the normalized sinc function.

        y = sin πx / πx for x ≠ 0,   1 for x = 0

    The gradient is derived in `refnet.ops.sinc`.

    Args:
        input: x

    Example:
        >>> refnet.sinc(refnet.tensor([0.0, 0.5]))
        tensor([1.0000, 0.6366])
    """
    return apply(ops.sinc, floating(input))


def deg2rad(input: Tensor) -> Tensor:
    """Converts degrees to radians.

        y = x π / 180

    The gradient is derived in `refnet.ops.scale`.

    Args:
        input: x

    Example:
        >>> refnet.deg2rad(refnet.tensor([90.0, 180.0]))
        tensor([1.5708, 3.1416])
    """
    result: Tensor = scaled(floating(input), math.pi / 180)
    return result


def rad2deg(input: Tensor) -> Tensor:
    """Converts radians to degrees.

        y = 180 x / π

    The gradient is derived in `refnet.ops.scale`.

    Args:
        input: x

    Example:
        >>> refnet.rad2deg(refnet.tensor([0.0, np.pi]))
        tensor([  0., 180.])
    """
    result: Tensor = scaled(floating(input), 180 / math.pi)
    return result


acos_ = in_place(acos)
acosh_ = in_place(acosh)
asin_ = in_place(asin)
asinh_ = in_place(asinh)
atan_ = in_place(atan)
atan2_ = in_place(atan2)
atanh_ = in_place(atanh)
cosh_ = in_place(cosh)
deg2rad_ = in_place(deg2rad)
rad2deg_ = in_place(rad2deg)
sinc_ = in_place(sinc)
sinh_ = in_place(sinh)
tan_ = in_place(tan)

arccos, arccos_ = acos, acos_
arccosh, arccosh_ = acosh, acosh_
arcsin, arcsin_ = asin, asin_
arcsinh, arcsinh_ = asinh, asinh_
arctan, arctan_ = atan, atan_
arctan2, arctan2_ = atan2, atan2_
arctanh, arctanh_ = atanh, atanh_
