"""Functions that shrink x towards 0, as layers: Hardshrink, Softshrink, Tanhshrink.

All work on each entry by itself. Their formulas and pullbacks are in refnet.ops.shrinkage.
"""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.module import Module

__all__ = ["Hardshrink", "Softshrink", "Tanhshrink"]


class _Shrink(Module):
    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def extra_repr(self) -> str:
        """Returns λ."""
        return str(self.lambd)


class Hardshrink(_Shrink):
    """y = x where |x| > λ, else 0

    The layer calls `refnet.nn.functional.hardshrink`. The gradient is derived in
    `refnet.ops.hardshrink`.

    Shape:
        x, y: (*)

    Args:
        lambd: λ

    Note:
        At the kinks x = ±λ the derivative is 0.

    Source:
        torch.nn.Hardshrink

    Example:
        >>> nn.Hardshrink()(refnet.tensor([-2.0, 0.5, 1.0]))
        tensor([-2.,  0.,  1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.hardshrink(input, self.lambd)


class Softshrink(_Shrink):
    """y = x − λ where x > λ, x + λ where x < −λ, else 0

    The layer calls `refnet.nn.functional.softshrink`. The gradient is derived in
    `refnet.ops.softshrink`.

    Shape:
        x, y: (*)

    Args:
        lambd: λ, not negative

    Note:
        At the kinks x = ±λ the derivative is 0.

    Source:
        torch.nn.Softshrink

    Example:
        >>> nn.Softshrink()(refnet.tensor([-2.0, 0.5, 1.0]))
        tensor([-1.5000,  0.0000,  0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softshrink(input, self.lambd)


class Tanhshrink(Module):
    """y = x − tanh(x)

    The layer calls `refnet.nn.functional.tanhshrink`. The gradient is derived in
    `refnet.ops.tanhshrink`.

    Shape:
        x, y: (*)

    Source:
        torch.nn.Tanhshrink

    Example:
        >>> nn.Tanhshrink()(refnet.tensor([-100.0, 0.0, 100.0]))
        tensor([-99.,   0.,  99.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.tanhshrink(input)
