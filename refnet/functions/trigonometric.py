"""The circular and hyperbolic functions and their inverses, under PyTorch's names.

Integers are taken as the default floating-point dtype. PyTorch spells the inverses both asin and
arcsin.
"""

import math

from refnet import ops
from refnet.engine.dtypes import promote_floating
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.arithmetic import scaled
from refnet.functions.einsum import check_tensors
from refnet.functions.operands import broadcast, floating, in_place

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
    """tan x

    The gradient is derived in `refnet.ops.tan`.
    """
    return apply(ops.tan, floating(input))


def asin(input: Tensor) -> Tensor:
    """arcsin x; NaN for |x| > 1

    The gradient is derived in `refnet.ops.asin`.
    """
    return apply(ops.asin, floating(input))


def acos(input: Tensor) -> Tensor:
    """arccos x; NaN for |x| > 1

    The gradient is derived in `refnet.ops.acos`.
    """
    return apply(ops.acos, floating(input))


def atan(input: Tensor) -> Tensor:
    """arctan x

    The gradient is derived in `refnet.ops.atan`.
    """
    return apply(ops.atan, floating(input))


def atan2(input: Tensor, other: Tensor) -> Tensor:
    """The angle of the point (other, input), from −π to π

    The gradient is derived in `refnet.ops.atan2`.
    """
    check_tensors("atan2", input=input, other=other)
    return broadcast(ops.atan2, *promote_floating(input, other))


def sinh(input: Tensor) -> Tensor:
    """sinh x

    The gradient is derived in `refnet.ops.sinh`.
    """
    return apply(ops.sinh, floating(input))


def cosh(input: Tensor) -> Tensor:
    """cosh x

    The gradient is derived in `refnet.ops.cosh`.
    """
    return apply(ops.cosh, floating(input))


def asinh(input: Tensor) -> Tensor:
    """arsinh x

    The gradient is derived in `refnet.ops.asinh`.
    """
    return apply(ops.asinh, floating(input))


def acosh(input: Tensor) -> Tensor:
    """arcosh x; NaN for x < 1

    The gradient is derived in `refnet.ops.acosh`.
    """
    return apply(ops.acosh, floating(input))


def atanh(input: Tensor) -> Tensor:
    """artanh x; NaN for |x| > 1

    The gradient is derived in `refnet.ops.atanh`.
    """
    return apply(ops.atanh, floating(input))


def sinc(input: Tensor) -> Tensor:
    """sin πx / πx, 1 at 0

    The gradient is derived in `refnet.ops.sinc`.
    """
    return apply(ops.sinc, floating(input))


def deg2rad(input: Tensor) -> Tensor:
    """Degrees as radians, x π / 180

    The gradient is derived in `refnet.ops.scale`.
    """
    result: Tensor = scaled(floating(input), math.pi / 180)
    return result


def rad2deg(input: Tensor) -> Tensor:
    """Radians as degrees, 180 x / π

    The gradient is derived in `refnet.ops.scale`.
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
