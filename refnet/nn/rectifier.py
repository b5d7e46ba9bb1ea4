"""ReLU and its variants as layers: two lines, or a line and a curve, that meet at a kink.

All work on each entry by itself. Their formulas and pullbacks are in refnet.ops.rectifier.
"""

import warnings
from typing import Any

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.activation import Activation, InPlace
from refnet.nn.init import constant_
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


class ReLU(InPlace):
    """y = max(x, 0)

    The layer calls `refnet.nn.functional.relu`. The gradient is derived in `refnet.ops.relu`.

    Shape:
        x, y: (*)

    Args:
        inplace: whether the input itself is overwritten

    Note:
        At the kink x = 0 the derivative is 0.

    Source:
        torch.nn.ReLU

    Example:
        >>> nn.ReLU()(refnet.tensor([-1.0, 0.0, 2.0]))
        tensor([0., 0., 2.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.relu(input, self.inplace)


class LeakyReLU(Activation):
    """y = x where x > 0, else a x

    The layer calls `refnet.nn.functional.leaky_relu`. The gradient is derived in
    `refnet.ops.leaky_relu`.

    Shape:
        x, y: (*)

    Args:
        negative_slope: a
        inplace: whether the input itself is overwritten

    Note:
        At the kink x = 0 the derivative is a.

    Source:
        torch.nn.LeakyReLU

    Example:
        >>> nn.LeakyReLU(0.1)(refnet.tensor([-2.0, 0.0, 3.0]))
        tensor([-0.2000,  0.0000,  3.0000])
    """

    _shown = "negative_slope inplace"

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope = negative_slope
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.leaky_relu(input, self.negative_slope, self.inplace)


class PReLU(Activation):
    """y = x where x > 0, else w x, with a learnable w

    The layer calls `refnet.nn.functional.prelu`. The gradient is derived in `refnet.ops.prelu`.

    Shape:
        x, y: (*), or (N, C, *) with one w for each of C channels
        weight w: (num_parameters)

    Args:
        num_parameters: 1 or C
        init: the initial value of w
        device: "cpu" or None
        dtype: of w; None means the default dtype

    Note:
        At the kink x = 0 the derivative is w.

    Init:
        w is `init`

    Source:
        torch.nn.PReLU; He et al. 2015, "Delving deep into rectifiers"

    Example:
        >>> nn.PReLU()(refnet.tensor([-2.0, 0.0, 3.0])).detach()
        tensor([-0.5000,  0.0000,  3.0000])
    """

    weight: Parameter
    _shown = "num_parameters"

    def __init__(
        self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = empty_parameter(num_parameters, device=device, dtype=dtype)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Sets w to its initial value."""
        constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        return F.prelu(input, self.weight)


class RReLU(Activation):
    """y = x where x > 0, else r x, with a random r in training

    In training, r is drawn for each entry in every call, uniformly from [lower, upper), by
    refnet's default generator. In evaluation, r is (lower + upper) / 2.

    The layer calls `refnet.nn.functional.rrelu`. The gradient is derived in `refnet.ops.rrelu`.

    Shape:
        x, y: (*)

    Args:
        lower: the lower bound of r
        upper: the upper bound of r
        inplace: whether the input itself is overwritten

    Note:
        At the kink x = 0 the derivative is r.

    Source:
        torch.nn.RReLU; Xu et al. 2015

    Example:
        >>> nn.RReLU(0.1, 0.3).eval()(refnet.tensor([-1.0, 2.0]))
        tensor([-0.2000,  2.0000])
    """

    _shown = "lower upper inplace"

    def __init__(
        self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False
    ) -> None:
        super().__init__()
        self.lower = lower
        self.upper = upper
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)


class _ELU(Activation):
    _shown = "alpha inplace"

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace


class ELU(_ELU):
    """y = x where x > 0, else α (eˣ − 1)

    The layer calls `refnet.nn.functional.elu`. The gradient is derived in `refnet.ops.elu`.

    Shape:
        x, y: (*)

    Args:
        alpha: α; y approaches −α for x → −∞
        inplace: whether the input itself is overwritten

    Note:
        At the kink x = 0 the derivative is α.

    Source:
        torch.nn.ELU; Clevert et al. 2016

    Example:
        >>> nn.ELU()(refnet.tensor([-100.0, 0.0, 2.0]))
        tensor([-1.,  0.,  2.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.elu(input, self.alpha, self.inplace)


class CELU(_ELU):
    """y = x where x > 0, else α (e^(x/α) − 1), which has no kink

    The layer calls `refnet.nn.functional.celu`. The gradient is derived in `refnet.ops.elu`.

    Shape:
        x, y: (*)

    Args:
        alpha: α; y approaches −α for x → −∞
        inplace: whether the input itself is overwritten

    Source:
        torch.nn.CELU; Barron 2017

    Example:
        >>> nn.CELU(2.0)(refnet.tensor([-100.0, 0.0, 2.0]))
        tensor([-2.,  0.,  2.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.celu(input, self.alpha, self.inplace)


class SELU(InPlace):
    """y = λ x where x > 0, else λ α (eˣ − 1), λ = 1.0507…, α = 1.6733…

    With these constants the output for a standard normal input has mean 0 and variance 1.

    The layer calls `refnet.nn.functional.selu`. The gradient is derived in `refnet.ops.elu`.

    Shape:
        x, y: (*)

    Args:
        inplace: whether the input itself is overwritten

    Note:
        At the kink x = 0 the derivative is λ α.

    Source:
        torch.nn.SELU; Klambauer et al. 2017, "Self-normalizing neural networks"

    Example:
        >>> nn.SELU()(refnet.tensor([-100.0, 0.0, 1.0]))
        tensor([-1.7581,  0.0000,  1.0507])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.selu(input, self.inplace)


class Threshold(Activation):
    """y = x where x > threshold, else value

    The layer calls `refnet.nn.functional.threshold`. The gradient is derived in
    `refnet.ops.threshold`.

    Shape:
        x, y: (*)

    Args:
        threshold: the largest x that is replaced
        value: what replaces it
        inplace: whether the input itself is overwritten

    Note:
        At the threshold the derivative is 0.

    Source:
        torch.nn.Threshold

    Example:
        >>> nn.Threshold(1.0, -5.0)(refnet.tensor([0.0, 1.0, 2.0]))
        tensor([-5., -5.,  2.])
    """

    _shown = "threshold value inplace"

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold = threshold
        self.value = value
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.threshold(input, self.threshold, self.value, self.inplace)


class Hardtanh(Activation):
    """y = min(max(x, min_val), max_val)

    The layer calls `refnet.nn.functional.hardtanh`. The gradient is derived in
    `refnet.ops.hardtanh`.

    Shape:
        x, y: (*)

    Args:
        min_val: the lower bound
        max_val: the upper bound
        inplace: whether the input itself is overwritten
        min_value: the deprecated name of min_val
        max_value: the deprecated name of max_val

    Raises:
        AssertionError: min_val is not less than max_val

    Note:
        At the bounds the derivative is 0.

    Source:
        torch.nn.Hardtanh

    Example:
        >>> nn.Hardtanh()(refnet.tensor([-2.0, 0.5, 3.0]))
        tensor([-1.0000,  0.5000,  1.0000])
    """

    _shown = "min_val max_val inplace"

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
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)


def _renamed(bound: str, value: float, deprecated: float | None) -> float:
    """Returns the bound, or the one given under its deprecated name."""
    if deprecated is None:
        return value
    warnings.warn(
        f"keyword argument `{bound}_value` is deprecated and renamed to `{bound}_val`",
        FutureWarning,
        stacklevel=3,
    )
    return deprecated


class ReLU6(Hardtanh):
    """y = min(max(x, 0), 6)

    The layer calls `refnet.nn.functional.relu6`. The gradient is derived in `refnet.ops.hardtanh`.

    Shape:
        x, y: (*)

    Args:
        inplace: whether the input itself is overwritten

    Note:
        At the kinks x = 0 and x = 6 the derivative is 0.

    Source:
        torch.nn.ReLU6

    Example:
        >>> nn.ReLU6()(refnet.tensor([-1.0, 3.0, 8.0]))
        tensor([0., 3., 6.])
    """

    _shown = "inplace"

    def __init__(self, inplace: bool = False) -> None:
        super().__init__(0.0, 6.0, inplace)
