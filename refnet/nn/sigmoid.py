"""Sigmoid, tanh and related functions as layers: Hardsigmoid, Softsign, Softplus, ...

All work on each entry by itself. Their formulas and pullbacks are in refnet.ops.sigmoid.
"""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.activation import Activation, InPlace
from refnet.nn.module import Module

__all__ = ["BipolarSigmoid", "Hardsigmoid", "LogSigmoid", "Sigmoid", "Softplus", "Softsign", "Tanh"]


class Sigmoid(Module):
    """y = σ(x) = 1 / (1 + e⁻ˣ)

    The layer calls `refnet.nn.functional.sigmoid`. The gradient is derived in `refnet.ops.sigmoid`.

    Shape:
        x, y: (*)

    Source:
        torch.nn.Sigmoid

    Example:
        >>> nn.Sigmoid()(refnet.tensor([-100.0, 0.0, 100.0]))
        tensor([0.0000, 0.5000, 1.0000])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.sigmoid(input)


class Tanh(Module):
    """y = tanh(x) = (1 − e⁻²ˣ) / (1 + e⁻²ˣ)

    The layer calls `refnet.nn.functional.tanh`. The gradient is derived in `refnet.ops.tanh`.

    Shape:
        x, y: (*)

    Source:
        torch.nn.Tanh

    Example:
        >>> nn.Tanh()(refnet.tensor([-100.0, 0.0, 100.0]))
        tensor([-1.,  0.,  1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.tanh(input)


class BipolarSigmoid(Module):
    """y = (1 − e⁻ˣ) / (1 + e⁻ˣ) = tanh(x/2) = 2 σ(x) − 1

    Some texts call this formula tanh, but tanh is twice as steep at 0. PyTorch has no layer for it.

    The layer calls `refnet.nn.functional.bipolar_sigmoid`. The gradient is derived in
    `refnet.ops.bipolar_sigmoid`.

    Shape:
        x, y: (*)

    Example:
        >>> nn.BipolarSigmoid()(refnet.tensor([-100.0, 0.0, 100.0]))
        tensor([-1.,  0.,  1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.bipolar_sigmoid(input)


class Hardsigmoid(InPlace):
    """y = min(max(x + 3, 0), 6) / 6

    The layer calls `refnet.nn.functional.hardsigmoid`. The gradient is derived in
    `refnet.ops.hardsigmoid`.

    Shape:
        x, y: (*)

    Args:
        inplace: whether the input itself is overwritten

    Note:
        At the kinks x = ±3 the derivative is 0.

    Source:
        torch.nn.Hardsigmoid

    Example:
        >>> nn.Hardsigmoid()(refnet.tensor([-4.0, 0.0, 1.5, 4.0]))
        tensor([0.0000, 0.5000, 0.7500, 1.0000])
    """

    _shown = ""

    def forward(self, input: Tensor) -> Tensor:
        return F.hardsigmoid(input, self.inplace)


class Softsign(Module):
    """y = x / (1 + |x|)

    The layer calls `refnet.nn.functional.softsign`. The gradient is derived in
    `refnet.ops.softsign`.

    Shape:
        x, y: (*)

    Source:
        torch.nn.Softsign

    Example:
        >>> nn.Softsign()(refnet.tensor([-1.0, 0.0, 3.0]))
        tensor([-0.5000,  0.0000,  0.7500])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softsign(input)


class LogSigmoid(Module):
    """y = log σ(x) = −log(1 + e⁻ˣ)

    The layer calls `refnet.nn.functional.logsigmoid`. The gradient is derived in
    `refnet.ops.logsigmoid`.

    Shape:
        x, y: (*)

    Source:
        torch.nn.LogSigmoid

    Example:
        >>> nn.LogSigmoid()(refnet.tensor([-100.0, 0.0]))
        tensor([-100.0000,   -0.6931])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.logsigmoid(input)


class Softplus(Activation):
    """y = log(1 + e^βx) / β, a smooth max(x, 0)

    Where βx > threshold, y = x.

    The layer calls `refnet.nn.functional.softplus`. The gradient is derived in
    `refnet.ops.softplus`.

    Shape:
        x, y: (*)

    Args:
        beta: β
        threshold: the largest βx for which the formula is used

    Source:
        torch.nn.Softplus

    Example:
        >>> nn.Softplus()(refnet.tensor([0.0, 100.0]))
        tensor([  0.6931, 100.0000])
    """

    _shown = "beta threshold"

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def forward(self, input: Tensor) -> Tensor:
        return F.softplus(input, self.beta, self.threshold)
