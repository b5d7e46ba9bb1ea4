"""Layers that pool over windows chosen so that the output has a given size.

Window j of m on a dimension of n entries holds those from ⌊j n / m⌋ to ⌈(j + 1) n / m⌉ − 1.
"""

from collections.abc import Sequence

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.module import Module

__all__ = [
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AdaptiveMaxPool3d",
]

OptionalSize = int | Sequence[int | None] | None


class _AdaptiveMaxPool(Module):
    def __init__(self, output_size: OptionalSize, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size = output_size
        self.return_indices = return_indices

    def extra_repr(self) -> str:
        """The size."""
        return f"output_size={self.output_size}"


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """y = the largest entry of each of m windows

    Of equal entries the first one has the gradient.

    The gradient is derived in `refnet.ops.max_pool`.

    Shape:
        x: (N, C, n) or (C, n), y: (N, C, m) or (C, m)

    Args:
        output_size: m
        return_indices: also return where the maxima are, for MaxUnpool1d

    Source:
        torch.nn.AdaptiveMaxPool1d
    """

    def forward(self, input: Tensor) -> Tensor:
        """y, or (y, indices)."""
        return F.adaptive_max_pool1d(input, self.output_size, self.return_indices)


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """y = the largest entry of each of m₁ × m₂ windows

    Of equal entries the first one, row by row, has the gradient.

    The gradient is derived in `refnet.ops.max_pool`.

    Shape:
        x: (N, C, H, W) or (C, H, W), y: with m₁, m₂ in place of H, W

    Args:
        output_size: m for both or (m₁, m₂), of which None is the size of the input
        return_indices: also return where in the H·W plane the maxima are

    Source:
        torch.nn.AdaptiveMaxPool2d
    """

    def forward(self, input: Tensor) -> Tensor:
        """y, or (y, indices)."""
        return F.adaptive_max_pool2d(input, self.output_size, self.return_indices)


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """y = the largest entry of each of m₁ × m₂ × m₃ windows

    Of equal entries the first one, plane by plane and row by row, has the gradient.

    The gradient is derived in `refnet.ops.max_pool`.

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W), y: with m₁, m₂, m₃ in place of D, H, W

    Args:
        output_size: m for all or (m₁, m₂, m₃), of which None is the size of the input
        return_indices: also return where in the D·H·W volume the maxima are

    Source:
        torch.nn.AdaptiveMaxPool3d
    """

    def forward(self, input: Tensor) -> Tensor:
        """y, or (y, indices)."""
        return F.adaptive_max_pool3d(input, self.output_size, self.return_indices)


class _AdaptiveAvgPool(Module):
    def __init__(self, output_size: OptionalSize) -> None:
        super().__init__()
        self.output_size = output_size

    def extra_repr(self) -> str:
        """The size."""
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """y = the mean of each of m windows

    The gradient is derived in `refnet.ops.mean` and `refnet.ops.avg_pool`.

    Shape:
        x: (N, C, n) or (C, n), y: (N, C, m) or (C, m)

    Args:
        output_size: m

    Source:
        torch.nn.AdaptiveAvgPool1d
    """

    def forward(self, input: Tensor) -> Tensor:
        """The means."""
        return F.adaptive_avg_pool1d(input, self.output_size)


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """y = the mean of each of m₁ × m₂ windows; of the whole plane for m = 1

    The gradient is derived in `refnet.ops.mean` and `refnet.ops.avg_pool`.

    Shape:
        x: (N, C, H, W) or (C, H, W), y: with m₁, m₂ in place of H, W

    Args:
        output_size: m for both or (m₁, m₂), of which None is the size of the input

    Source:
        torch.nn.AdaptiveAvgPool2d
    """

    def forward(self, input: Tensor) -> Tensor:
        """The means."""
        return F.adaptive_avg_pool2d(input, self.output_size)


class AdaptiveAvgPool3d(_AdaptiveAvgPool):
    """y = the mean of each of m₁ × m₂ × m₃ windows; of the whole volume for m = 1

    The gradient is derived in `refnet.ops.mean` and `refnet.ops.avg_pool`.

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W), y: with m₁, m₂, m₃ in place of D, H, W

    Args:
        output_size: m for all or (m₁, m₂, m₃), of which None is the size of the input

    Source:
        torch.nn.AdaptiveAvgPool3d
    """

    def forward(self, input: Tensor) -> Tensor:
        """The means."""
        return F.adaptive_avg_pool3d(input, self.output_size)
