"""ReLU and its variants as layers: two lines, or a line and a curve, that meet at a kink.

All work on each entry by itself. Formulas and pullbacks are those of refnet.ops.rectifier.
"""

import warnings
from typing import Any

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.init import constant_
from refnet.nn.module import Module
from refnet.nn.parameter import Parameter, empty_parameter

__all__ = [
    "CELU",
    "ELU",
    "SELU",
    "Hardtanh",
    "LeakyReLU",
    "PReLU",
    "RReLU",
    "ReLU",
    "ReLU6",
    "Threshold",
]


class InPlace(Module):
    """An activation with no argument but inplace."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        """inplace, if it is set."""
        return "inplace=True" if self.inplace else ""


def in_place(inplace: bool) -> str:
    """The end of a repr: inplace, if it is set."""
    return ", inplace=True" if inplace else ""


class ReLU(InPlace):
    """max(x, 0)

    The gradient is derived in `refnet.ops.relu`.

    Shape:
        x, y: (*)

    Args:
        inplace: change the input itself

    Note:
        At the kink: the derivative at 0 is taken to be 0

    Source:
        torch.nn.ReLU
    """

    def forward(self, input: Tensor) -> Tensor:
        """max(x, 0)."""
        return F.relu(input, inplace=self.inplace)


class LeakyReLU(Module):
    """x for x > 0, else a x

    The gradient is derived in `refnet.ops.leaky_relu`.

    Shape:
        x, y: (*)

    Args:
        negative_slope: a
        inplace: change the input itself

    Note:
        At the kink: the derivative at 0 is taken to be a

    Source:
        torch.nn.LeakyReLU
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope = negative_slope
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """x or a x."""
        return F.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        """The slope; inplace, if it is set."""
        return f"negative_slope={self.negative_slope}{in_place(self.inplace)}"


class PReLU(Module):
    """x for x > 0, else w x, where w is learnt

    The gradient is derived in `refnet.ops.prelu`.

    Shape:
        x, y: (*), or (N, C, *) for a w for each of C channels; weight w: (num_parameters)

    Args:
        num_parameters: 1 or C
        init: the first value of w

    Note:
        At the kink: the derivative at 0 is taken to be w

    Source:
        torch.nn.PReLU; He et al. 2015, "Delving deep into rectifiers"
    """

    weight: Parameter

    def __init__(
        self,
        num_parameters: int = 1,
        init: float = 0.25,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = empty_parameter(num_parameters, device=device, dtype=dtype)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Give w its first value again."""
        constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        """x or w x."""
        return F.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """The number of parameters."""
        return f"num_parameters={self.num_parameters}"


class RReLU(Module):
    """x for x > 0, else r x, with r uniform on [lower, upper) in training, else their mean

    r is drawn anew for each entry in every call, from refnet's generator.

    The gradient is derived in `refnet.ops.rrelu`.

    Shape:
        x, y: (*)

    Args:
        lower, upper: the bounds of r
        inplace: change the input itself

    Note:
        At the kink: the derivative at 0 is taken to be r

    Source:
        torch.nn.RReLU; Xu et al. 2015
    """

    def __init__(
        self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False
    ) -> None:
        super().__init__()
        self.lower = lower
        self.upper = upper
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """x or r x."""
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self) -> str:
        """The bounds; inplace, if it is set."""
        return f"lower={self.lower}, upper={self.upper}{in_place(self.inplace)}"


class _ELU(Module):
    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace

    def extra_repr(self) -> str:
        """α; inplace, if it is set."""
        return f"alpha={self.alpha}{in_place(self.inplace)}"


class ELU(_ELU):
    """x for x > 0, else α (eˣ − 1)

    The gradient is derived in `refnet.ops.elu`.

    Shape:
        x, y: (*)

    Args:
        alpha: α, minus the limit on the left
        inplace: change the input itself

    Note:
        At the kink: the derivative at 0 is taken to be α

    Source:
        torch.nn.ELU; Clevert et al. 2016
    """

    def forward(self, input: Tensor) -> Tensor:
        """x or α (eˣ − 1)."""
        return F.elu(input, self.alpha, self.inplace)


class CELU(_ELU):
    """x for x > 0, else α (e^(x/α) − 1), which has no kink at 0

    The gradient is derived in `refnet.ops.elu`.

    Shape:
        x, y: (*)

    Args:
        alpha: α, minus the limit on the left
        inplace: change the input itself

    Source:
        torch.nn.CELU; Barron 2017
    """

    def forward(self, input: Tensor) -> Tensor:
        """x or α (e^(x/α) − 1)."""
        return F.celu(input, self.alpha, self.inplace)


class SELU(InPlace):
    """λ x for x > 0, else λ α (eˣ − 1), for λ = 1.0507… and α = 1.6733…

    These two keep the mean 0 and the variance 1 of a normal input.

    The gradient is derived in `refnet.ops.elu`.

    Shape:
        x, y: (*)

    Args:
        inplace: change the input itself

    Note:
        At the kink: the derivative at 0 is taken to be λ α

    Source:
        torch.nn.SELU; Klambauer et al. 2017, "Self-normalizing neural networks"
    """

    def forward(self, input: Tensor) -> Tensor:
        """λ x or λ α (eˣ − 1)."""
        return F.selu(input, self.inplace)


class Threshold(Module):
    """x for x > threshold, else the value

    The gradient is derived in `refnet.ops.threshold`.

    Shape:
        x, y: (*)

    Args:
        threshold, value
        inplace: change the input itself

    Note:
        At the kink: the derivative at the threshold is taken to be 0

    Source:
        torch.nn.Threshold
    """

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold = threshold
        self.value = value
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """x or the value."""
        return F.threshold(input, self.threshold, self.value, self.inplace)

    def extra_repr(self) -> str:
        """The threshold and the value; inplace, if it is set."""
        return f"threshold={self.threshold}, value={self.value}{in_place(self.inplace)}"


class Hardtanh(Module):
    """min(max(x, min_val), max_val)

    The gradient is derived in `refnet.ops.hardtanh`.

    Shape:
        x, y: (*)

    Args:
        min_val, max_val: the bounds; min_value and max_value are their deprecated names
        inplace: change the input itself

    Note:
        At kinks: the derivative at the bounds is taken to be 0

    Source:
        torch.nn.Hardtanh

    Raises AssertionError unless min_val < max_val.
    """

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: float | None = None,
        max_value: float | None = None,
    ) -> None:
        super().__init__()
        self.min_val = _renamed("min", min_val, min_value)
        self.max_val = _renamed("max", max_val, max_value)
        self.inplace = inplace
        if self.max_val <= self.min_val:
            raise AssertionError(
                f"max_val ({self.max_val}) must be greater than min_val ({self.min_val})"
            )

    def forward(self, input: Tensor) -> Tensor:
        """min(max(x, min_val), max_val)."""
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        """The bounds; inplace, if it is set."""
        return f"min_val={self.min_val}, max_val={self.max_val}{in_place(self.inplace)}"


def _renamed(bound: str, value: float, deprecated: float | None) -> float:
    """The bound, which may come under its old name."""
    if deprecated is None:
        return value
    warnings.warn(
        f"keyword argument `{bound}_value` is deprecated and renamed to `{bound}_val`",
        FutureWarning,
        stacklevel=3,
    )
    return deprecated


class ReLU6(Hardtanh):
    """min(max(x, 0), 6)

    The gradient is derived in `refnet.ops.hardtanh`.

    Shape:
        x, y: (*)

    Args:
        inplace: change the input itself

    Note:
        At kinks: the derivative at 0 and 6 is taken to be 0

    Source:
        torch.nn.ReLU6
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)

    def extra_repr(self) -> str:
        """inplace, if it is set."""
        return "inplace=True" if self.inplace else ""
