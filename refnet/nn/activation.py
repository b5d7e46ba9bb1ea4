"""Activations as layers. All work on each entry by itself, except Softmax and LogSoftmax.

The formulas, conventions at kinks and pullbacks are those of the rules in refnet.ops.activation.
"""

from refnet.nn import functional as F
from refnet.nn.module import Module
from refnet.tensor import Tensor


class Sigmoid(Module):
    """σ(x) = 1 / (1 + e⁻ˣ)

    Shapes  x, y: (*)
    Source  torch.nn.Sigmoid
    """

    def forward(self, input: Tensor) -> Tensor:
        """σ(x)."""
        return F.sigmoid(input)


class Tanh(Module):
    """tanh(x) = (1 − e⁻²ˣ) / (1 + e⁻²ˣ)

    Shapes  x, y: (*)
    Source  torch.nn.Tanh
    """

    def forward(self, input: Tensor) -> Tensor:
        """tanh(x)."""
        return F.tanh(input)


class BipolarSigmoid(Module):
    """(1 − e⁻ˣ) / (1 + e⁻ˣ) = tanh(x/2) = 2 σ(x) − 1

    Some texts print this formula under the name of tanh, which is twice as steep. PyTorch has
    no layer for it.

    Shapes  x, y: (*)
    """

    def forward(self, input: Tensor) -> Tensor:
        """tanh(x/2)."""
        return F.bipolar_sigmoid(input)


class ReLU(Module):
    """max(x, 0)

    Shapes     x, y: (*)
    Arguments  inplace  change the input itself
    Kink       the derivative at 0 is taken to be 0
    Source     torch.nn.ReLU
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """max(x, 0)."""
        return F.relu(input, inplace=self.inplace)

    def extra_repr(self) -> str:
        """inplace, if it is set."""
        return "inplace=True" if self.inplace else ""


class LeakyReLU(Module):
    """x for x > 0, else a x

    Shapes     x, y: (*)
    Arguments  negative_slope  a
               inplace         change the input itself
    Kink       the derivative at 0 is taken to be a
    Source     torch.nn.LeakyReLU
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
        return f"negative_slope={self.negative_slope}" + (", inplace=True" if self.inplace else "")


class LogSigmoid(Module):
    """log σ(x) = −log(1 + e⁻ˣ)

    Shapes  x, y: (*)
    Source  torch.nn.LogSigmoid
    """

    def forward(self, input: Tensor) -> Tensor:
        """log σ(x)."""
        return F.logsigmoid(input)


class Softplus(Module):
    """log(1 + e^(βx)) / β, a smooth max(x, 0); x itself where βx > threshold

    Shapes     x, y: (*)
    Arguments  beta β, threshold
    Source     torch.nn.Softplus
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


class _AlongDim(Module):
    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def extra_repr(self) -> str:
        """The dimension."""
        return f"dim={self.dim}"


class Softmax(_AlongDim):
    """exp(xᵢ) / Σⱼ exp(xⱼ), j along dim

    Shapes     x, y: (*)
    Arguments  dim  None stands for the dimension of the classes as it once was, with a warning
    Source     torch.nn.Softmax
    """

    def forward(self, input: Tensor) -> Tensor:
        """exp(x) / Σ exp(x)."""
        return F.softmax(input, self.dim, _stacklevel=5)


class LogSoftmax(_AlongDim):
    """xᵢ − log Σⱼ exp(xⱼ), j along dim: the logarithm of Softmax, without its loss of digits

    Shapes     x, y: (*)
    Arguments  dim  None stands for the dimension of the classes as it once was, with a warning
    Source     torch.nn.LogSoftmax
    """

    def forward(self, input: Tensor) -> Tensor:
        """x − log Σ exp(x)."""
        return F.log_softmax(input, self.dim, _stacklevel=5)
