"""Functions that take something off x, as layers: Hardshrink, Softshrink, Tanhshrink.

All work on each entry by itself. Formulas and pullbacks are those of refnet.ops.shrinkage.
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
        """λ."""
        return str(self.lambd)


class Hardshrink(_Shrink):
    """x where |x| > λ, else 0

    The gradient is derived in `refnet.ops.hardshrink`.

    Shape:
        x, y: (*)

    Args:
        lambd: λ

    Note:
        At kinks: the derivative at ±λ is taken to be 0

    Source:
        torch.nn.Hardshrink
    """

    def forward(self, input: Tensor) -> Tensor:
        """x or 0."""
        return F.hardshrink(input, self.lambd)


class Softshrink(_Shrink):
    """x − λ where x > λ, x + λ where x < −λ, else 0

    The gradient is derived in `refnet.ops.softshrink`.

    Shape:
        x, y: (*)

    Args:
        lambd: λ, not negative

    Note:
        At kinks: the derivative at ±λ is taken to be 0

    Source:
        torch.nn.Softshrink
    """

    def forward(self, input: Tensor) -> Tensor:
        """x less λ towards 0."""
        return F.softshrink(input, self.lambd)


class Tanhshrink(Module):
    """x − tanh(x)

    The gradient is derived in `refnet.ops.tanhshrink`.

    Shape:
        x, y: (*)

    Source:
        torch.nn.Tanhshrink
    """

    def forward(self, input: Tensor) -> Tensor:
        """x − tanh(x)."""
        return F.tanhshrink(input)
