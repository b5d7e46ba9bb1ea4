"""What numbers a dtype has: finfo and iinfo."""

from typing import Any

import numpy as np

from refnet.engine import dtypes


class finfo:  # noqa: N801 - PyTorch's name
    """The largest and smallest numbers of a floating-point dtype, the default one if none is given.

    Attributes
        bits, dtype      of an entry; the dtype's name
        max, min         the largest number, and its negative
        eps              the distance from 1 to the next number
        tiny             the smallest positive number that has all digits; also smallest_normal
        resolution       10⁻ⁿ for the n decimals that every number has
    Raises TypeError for another dtype.

    Source:
        torch.finfo
    """

    def __init__(self, type: Any = None) -> None:
        of = dtypes.get_default_dtype() if type is None else dtypes.lookup(type)
        if not of.is_floating_point:
            raise TypeError(
                f"finfo() requires a floating point input type, got {of}; for integers use iinfo"
            )
        info = np.finfo(of.dtype)
        self.bits = of.itemsize * 8
        self.dtype = of.dtype.name
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
    """The largest and smallest numbers of an integer dtype.

    Attributes
        bits, dtype  of an entry; the dtype's name
        max, min     the largest and the smallest number
    Raises TypeError for another dtype.

    Source:
        torch.iinfo
    """

    def __init__(self, type: Any) -> None:
        of = dtypes.lookup(type)
        if of.dtype.kind not in "iu":
            raise TypeError(
                f"iinfo() requires an integer input type, got {of}; for floating point use finfo"
            )
        info = np.iinfo(of.dtype)
        self.bits = of.itemsize * 8
        self.dtype = of.dtype.name
        self.max = int(info.max)
        self.min = int(info.min)

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"
