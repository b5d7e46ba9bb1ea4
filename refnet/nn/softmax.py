"""Numbers as probabilities, as layers: Softmax, Softmin, Softmax2d, LogSoftmax.

Formulas and pullbacks are those of refnet.ops.softmax.
"""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.module import Module

__all__ = ["LogSoftmax", "Softmax", "Softmax2d", "Softmin"]


class _AlongDim(Module):
    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def extra_repr(self) -> str:
        """The dimension."""
        return f"dim={self.dim}"


class Softmax(_AlongDim):
    """exp(xᵢ) / Σⱼ exp(xⱼ), j along dim

    The gradient is derived in `refnet.ops.softmax`.

    Shape:
        x, y: (*)

    Args:
        dim: None stands for the dimension of the classes as it once was, with a warning

    Source:
        torch.nn.Softmax
    """

    def forward(self, input: Tensor) -> Tensor:
        """exp(x) / Σ exp(x)."""
        return F.softmax(input, self.dim, _stacklevel=5)


class Softmin(_AlongDim):
    """exp(−xᵢ) / Σⱼ exp(−xⱼ), j along dim

    The gradient is derived in `refnet.ops.softmax`.

    Shape:
        x, y: (*)

    Args:
        dim: None stands for the dimension of the classes as it once was, with a warning

    Source:
        torch.nn.Softmin
    """

    def forward(self, input: Tensor) -> Tensor:
        """exp(−x) / Σ exp(−x)."""
        return F.softmin(input, self.dim, _stacklevel=5)


class Softmax2d(Module):
    """Softmax over the channels, at each place of an image

    The gradient is derived in `refnet.ops.softmax`.

    Shape:
        x, y: (N, C, H, W) or (C, H, W)

    Source:
        torch.nn.Softmax2d

    Raises ValueError for another number of dimensions.
    """

    def forward(self, input: Tensor) -> Tensor:
        """exp(x) / Σ exp(x), summed over the channels."""
        if input.ndim not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.ndim}D instead")
        return F.softmax(input, -3)


class LogSoftmax(_AlongDim):
    """xᵢ − log Σⱼ exp(xⱼ), j along dim: the logarithm of Softmax, without its loss of digits

    The gradient is derived in `refnet.ops.log_softmax`.

    Shape:
        x, y: (*)

    Args:
        dim: None stands for the dimension of the classes as it once was, with a warning

    Source:
        torch.nn.LogSoftmax
    """

    def forward(self, input: Tensor) -> Tensor:
        """x − log Σ exp(x)."""
        return F.log_softmax(input, self.dim, _stacklevel=5)
