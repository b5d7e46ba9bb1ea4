"""Activations that are x times a gate between 0 and 1, as layers: SiLU, GELU, Mish, ...; and GLU.

Formulas and pullbacks are those of refnet.ops.gate.
"""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.module import Module
from refnet.nn.rectifier import InPlace

__all__ = ["GELU", "GLU", "Hardswish", "Mish", "SiLU"]


class SiLU(InPlace):
    """x σ(x), also called swish

    The gradient is derived in `refnet.ops.silu`.

    Shape:
        x, y: (*)

    Args:
        inplace: change the input itself

    Source:
        torch.nn.SiLU
    """

    def forward(self, input: Tensor) -> Tensor:
        """x σ(x)."""
        return F.silu(input, inplace=self.inplace)


class GELU(Module):
    """x Φ(x), Φ the distribution function of a normal variable

    The gradient is derived in `refnet.ops.gelu`.

    Shape:
        x, y: (*)

    Args:
        approximate: "none", or "tanh": ½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))

    Source:
        torch.nn.GELU; Hendrycks and Gimpel 2016
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        """x Φ(x)."""
        return F.gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        """The approximation."""
        return f"approximate={self.approximate!r}"


class Mish(InPlace):
    """x tanh(log(1 + eˣ))

    The gradient is derived in `refnet.ops.mish`.

    Shape:
        x, y: (*)

    Args:
        inplace: change the input itself

    Source:
        torch.nn.Mish; Misra 2019
    """

    def forward(self, input: Tensor) -> Tensor:
        """x tanh(log(1 + eˣ))."""
        return F.mish(input, inplace=self.inplace)


class Hardswish(Module):
    """x (x + 3) / 6, where the second factor is not less than 0 nor more than 1

    The gradient is derived in `refnet.ops.hardswish`.

    Shape:
        x, y: (*)

    Args:
        inplace: change the input itself

    Note:
        At kinks: the derivative is taken to be 0 at −3 and 1 at 3

    Source:
        torch.nn.Hardswish; Howard et al. 2019
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """x (x + 3) / 6."""
        return F.hardswish(input, self.inplace)


class GLU(Module):
    """a σ(b), a and b the first and the second half of x along dim

    The gradient is derived in `refnet.ops.glu`.

    Shape:
        x: (*, 2n, *), y: (*, n, *)

    Args:
        dim: the dimension that is halved

    Source:
        torch.nn.GLU; Dauphin et al. 2017
    """

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """a σ(b)."""
        return F.glu(input, self.dim)

    def extra_repr(self) -> str:
        """The dimension."""
        return f"dim={self.dim}"
