"""Activations that multiply x by a gate between 0 and 1, as layers: SiLU, GELU, Mish, ...; and GLU.

Their formulas and pullbacks are in refnet.ops.gate.
"""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.activation import Activation, InPlace

__all__ = ["GELU", "GLU", "Hardswish", "Mish", "SiLU"]


class SiLU(InPlace):
    """y = x σ(x), also called swish

    The layer calls `refnet.nn.functional.silu`. The gradient is derived in `refnet.ops.silu`.

    Shape:
        x, y: (*)

    Args:
        inplace: whether the input itself is overwritten

    Source:
        torch.nn.SiLU

    Example:
        >>> nn.SiLU()(refnet.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.2689,  0.0000,  0.7311])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.silu(input, self.inplace)


class GELU(Activation):
    """y = x Φ(x), Φ the distribution function of a standard normal variable

    With approximate="tanh":

        y = ½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))

    The layer calls `refnet.nn.functional.gelu`. The gradient is derived in `refnet.ops.gelu` and
    `refnet.ops.gelu_tanh`.

    Shape:
        x, y: (*)

    Args:
        approximate: "none" or "tanh"

    Source:
        torch.nn.GELU; Hendrycks and Gimpel 2016

    Example:
        >>> nn.GELU()(refnet.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.1587,  0.0000,  0.8413])
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        return F.gelu(input, self.approximate)

    def extra_repr(self) -> str:
        """Returns the approximation."""
        return f"approximate={self.approximate!r}"


class Mish(InPlace):
    """y = x tanh(log(1 + eˣ))

    The layer calls `refnet.nn.functional.mish`. The gradient is derived in `refnet.ops.mish`.

    Shape:
        x, y: (*)

    Args:
        inplace: whether the input itself is overwritten

    Source:
        torch.nn.Mish; Misra 2019

    Example:
        >>> nn.Mish()(refnet.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.3034,  0.0000,  0.8651])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.mish(input, self.inplace)


class Hardswish(InPlace):
    """y = x min(max(x + 3, 0), 6) / 6

    The layer calls `refnet.nn.functional.hardswish`. The gradient is derived in
    `refnet.ops.hardswish`.

    Shape:
        x, y: (*)

    Args:
        inplace: whether the input itself is overwritten

    Note:
        At the kinks the derivative is 0 for x = −3 and 1 for x = 3.

    Source:
        torch.nn.Hardswish; Howard et al. 2019

    Example:
        >>> nn.Hardswish()(refnet.tensor([-4.0, 0.0, 1.0, 4.0]))
        tensor([-0.0000, 0.0000, 0.6667, 4.0000])
    """

    _shown = ""

    def forward(self, input: Tensor) -> Tensor:
        return F.hardswish(input, self.inplace)


class GLU(Activation):
    """y = a σ(b), where a and b are the first and the second half of x along dim

    The layer calls `refnet.nn.functional.glu`. The gradient is derived in `refnet.ops.glu`.

    Shape:
        x: (*, 2n, *)
        y: (*, n, *)

    Args:
        dim: the dimension that is halved

    Source:
        torch.nn.GLU; Dauphin et al. 2017

    Example:
        >>> nn.GLU()(refnet.tensor([2.0, 3.0, 0.0, 100.0]))
        tensor([1., 3.])
    """

    _shown = "dim"

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        return F.glu(input, self.dim)
