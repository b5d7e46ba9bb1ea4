"""Layers that turn scores into probabilities: Softmax, Softmin, Softmax2d, LogSoftmax.

Their formulas and pullbacks are in refnet.ops.softmax.
"""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.activation import Activation
from refnet.nn.module import Module

__all__ = ["LogSoftmax", "Softmax", "Softmax2d", "Softmin"]


class _SoftmaxBase(Activation):
    _shown = "dim"

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim


class Softmax(_SoftmaxBase):
    """yᵢ = exp(xᵢ) / Σⱼ exp(xⱼ), j along dim

    The layer calls `refnet.nn.functional.softmax`. The gradient is derived in `refnet.ops.softmax`.

    Shape:
        x, y: (*)

    Args:
        dim: the dimension whose entries sum to 1; None, which is deprecated and warns, means 0
            for an x of 0, 1 or 3 dimensions, else 1

    Source:
        torch.nn.Softmax

    Example:
        >>> nn.Softmax(dim=0)(refnet.tensor([1.0, 3.0]).log())
        tensor([0.2500, 0.7500])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softmax(input, self.dim, _stacklevel=5)


class Softmin(_SoftmaxBase):
    """yᵢ = exp(−xᵢ) / Σⱼ exp(−xⱼ), j along dim

    The layer calls `refnet.nn.functional.softmin`. The gradient is derived in `refnet.ops.softmax`.

    Shape:
        x, y: (*)

    Args:
        dim: the dimension whose entries sum to 1; None, which is deprecated and warns, means 0
            for an x of 0, 1 or 3 dimensions, else 1

    Source:
        torch.nn.Softmin

    Example:
        >>> nn.Softmin(dim=0)(refnet.tensor([1.0, 3.0]).log())
        tensor([0.7500, 0.2500])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softmin(input, self.dim, _stacklevel=5)


class Softmax2d(Module):
    """yᵢ = exp(xᵢ) / Σⱼ exp(xⱼ), j over the channels, at each pixel of an image

    The layer calls `refnet.nn.functional.softmax` for images. The gradient is derived in
    `refnet.ops.softmax`.

    Shape:
        x, y: (N, C, H, W) or (C, H, W)

    Raises:
        ValueError: the input does not have 3 or 4 dimensions

    Source:
        torch.nn.Softmax2d

    Example:
        >>> nn.Softmax2d()(refnet.zeros(4, 1, 2)).sum(0)  # four channels, a row of two pixels
        tensor([[1., 1.]])
    """

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.ndim}D instead")
        return F.softmax(input, -3)


class LogSoftmax(_SoftmaxBase):
    """yᵢ = xᵢ − log Σⱼ exp(xⱼ), j along dim

    It is the logarithm of Softmax, but exact where a probability rounds to 0 or 1.

    The layer calls `refnet.nn.functional.log_softmax`. The gradient is derived in
    `refnet.ops.log_softmax`.

    Shape:
        x, y: (*)

    Args:
        dim: the dimension that is summed over; None, which is deprecated and warns, means 0 for
            an x of 0, 1 or 3 dimensions, else 1

    Source:
        torch.nn.LogSoftmax

    Example:
        >>> nn.LogSoftmax(dim=0)(refnet.tensor([0.0, 100.0]))
        tensor([-100.,    0.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.log_softmax(input, self.dim, _stacklevel=5)
