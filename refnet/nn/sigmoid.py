"""Curves that level off, and their integrals, as layers: Sigmoid, Tanh, Softplus, ...

All work on each entry by itself. Formulas and pullbacks are those of refnet.ops.sigmoid.
"""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.module import Module

__all__ = ["BipolarSigmoid", "Hardsigmoid", "LogSigmoid", "Sigmoid", "Softplus", "Softsign", "Tanh"]


class Sigmoid(Module):
    """σ(x) = 1 / (1 + e⁻ˣ)

    The gradient is derived in `refnet.ops.sigmoid`.

    Shape:
        x, y: (*)

    Source:
        torch.nn.Sigmoid
    """

    def forward(self, input: Tensor) -> Tensor:
        """σ(x)."""
        return F.sigmoid(input)


class Tanh(Module):
    """tanh(x) = (1 − e⁻²ˣ) / (1 + e⁻²ˣ)

    The gradient is derived in `refnet.ops.tanh`.

    Shape:
        x, y: (*)

    Source:
        torch.nn.Tanh
    """

    def forward(self, input: Tensor) -> Tensor:
        """tanh(x)."""
        return F.tanh(input)


class BipolarSigmoid(Module):
    """(1 − e⁻ˣ) / (1 + e⁻ˣ) = tanh(x/2) = 2 σ(x) − 1

    Some texts print this formula under the name of tanh, which is twice as steep. PyTorch has
    no layer for it.

    The gradient is derived in `refnet.ops.bipolar_sigmoid`.

    Shape:
        x, y: (*)
    """

    def forward(self, input: Tensor) -> Tensor:
        """tanh(x/2)."""
        return F.bipolar_sigmoid(input)


class Hardsigmoid(Module):
    """(x + 3) / 6, not less than 0 nor more than 1

    The gradient is derived in `refnet.ops.hardsigmoid`.

    Shape:
        x, y: (*)

    Args:
        inplace: change the input itself

    Note:
        At kinks: the derivative at ±3 is taken to be 0

    Source:
        torch.nn.Hardsigmoid
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """(x + 3) / 6."""
        return F.hardsigmoid(input, self.inplace)


class Softsign(Module):
    """x / (1 + |x|)

    The gradient is derived in `refnet.ops.softsign`.

    Shape:
        x, y: (*)

    Source:
        torch.nn.Softsign
    """

    def forward(self, input: Tensor) -> Tensor:
        """x / (1 + |x|)."""
        return F.softsign(input)


class LogSigmoid(Module):
    """log σ(x) = −log(1 + e⁻ˣ)

    The gradient is derived in `refnet.ops.logsigmoid`.

    Shape:
        x, y: (*)

    Source:
        torch.nn.LogSigmoid
    """

    def forward(self, input: Tensor) -> Tensor:
        """log σ(x)."""
        return F.logsigmoid(input)


class Softplus(Module):
    """log(1 + e^(βx)) / β, a smooth max(x, 0); x itself where βx > threshold

    The gradient is derived in `refnet.ops.softplus`.

    Shape:
        x, y: (*)

    Args:
        beta β, threshold

    Source:
        torch.nn.Softplus
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def forward(self, input: Tensor) -> Tensor:
        """log(1 + e^(βx)) / β."""
        return F.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """β and the threshold."""
        return f"beta={self.beta}, threshold={self.threshold}"
