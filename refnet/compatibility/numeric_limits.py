"""The limits of a dtype's numbers: finfo and iinfo."""

from typing import Any

import numpy as np

from refnet.engine import dtypes

__all__ = ["finfo", "iinfo"]


class finfo:  # noqa: N801 - PyTorch's name
    """The limits of a floating-point dtype.

    Args:
        type: the dtype; None for the default dtype

    Attributes:
        bits: the number of bits of one element
        dtype: the name of the dtype
        max: the largest number
        min: its negative
        eps: the distance from 1 to the next number
        tiny: the smallest positive number with full precision; also smallest_normal
        resolution: 10⁻ⁿ, where n is the number of decimal digits that the dtype represents

    Raises:
        TypeError: for another dtype

    Source:
        torch.finfo

    Example:
        >>> refnet.finfo(refnet.float16).max
        65504.0
        >>> refnet.finfo(refnet.float32).eps == 2**-23
        True
    """

    def __init__(self, type: Any = None) -> None:
        found = dtypes.get_default_dtype() if type is None else dtypes.lookup(type)
        if not found.is_floating_point:
            raise TypeError(
                f"finfo() requires a floating point input type, got {found}; for integers use iinfo"
            )
        info = np.finfo(found.dtype)
        self.bits = found.itemsize * 8
        self.dtype = found.dtype.name
        self.eps = float(info.eps)
        self.max = float(info.max)
        self.min = float(info.min)
        self.resolution = float(f"1e-{info.precision}")
        self.smallest_normal = self.tiny = float(info.tiny)

    def __repr__(self) -> str:
        shown = "resolution", "min", "max", "eps", "smallest_normal", "tiny"
        numbers = ", ".join(f"{name}={getattr(self, name):g}" for name in shown)
        return f"finfo({numbers}, dtype={self.dtype})"


class iinfo:  # noqa: N801 - PyTorch's name
    """The limits of an integer dtype.

    Args:
        type: the dtype

    Attributes:
        bits: the number of bits of one element
        dtype: the name of the dtype
        max: the largest number
        min: the smallest number

    Raises:
        TypeError: for another dtype

    Source:
        torch.iinfo

    Example:
        >>> info = refnet.iinfo(refnet.int8)
        >>> info.min, info.max
        (-128, 127)
    """

    def __init__(self, type: Any) -> None:
        found = dtypes.lookup(type)
        if found.dtype.kind not in "iu":
            raise TypeError(
                f"iinfo() requires an integer input type, got {found}; for floating point use finfo"
            )
        info = np.iinfo(found.dtype)
        self.bits = found.itemsize * 8
        self.dtype = found.dtype.name
        self.max = int(info.max)
        self.min = int(info.min)

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"
