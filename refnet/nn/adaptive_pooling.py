"""Layers that pool over windows chosen so that the output has a given size.

Window j of m on a dimension of n entries holds entries ⌊j n / m⌋ to ⌈(j + 1) n / m⌉ − 1.
"""

from collections.abc import Sequence

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.description import describe
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


class _AdaptiveMaxPoolNd(Module):
    """Adaptive max pooling over the last `dims` dimensions; described in AdaptiveMaxPool1d."""

    dims: int

    def __init__(self, output_size: OptionalSize, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size = output_size
        self.return_indices = return_indices

    def forward(self, input: Tensor) -> Tensor:
        """Returns y, or (y, indices) with return_indices."""
        pools = F.adaptive_max_pool1d, F.adaptive_max_pool2d, F.adaptive_max_pool3d
        return pools[self.dims - 1](input, self.output_size, self.return_indices)

    def extra_repr(self) -> str:
        """Returns the size of the output."""
        return describe(self, "output_size")


class AdaptiveMaxPool1d(_AdaptiveMaxPoolNd):
    """Max pooling over one dimension, to an output of a given size.

        y_j = max x_i,   ⌊j L / M⌋ ≤ i < ⌈(j + 1) L / M⌉

    Among equal maxima, the first one receives the gradient. The layer calls
    `refnet.nn.functional.adaptive_max_pool1d`. The gradient is derived in `refnet.ops.max_pool`.

    Shape:
        x: (N, C, L) or (C, L)
        y: (N, C, M) or (C, M)

    Args:
        output_size: M
        return_indices: if True, forward also returns the indices of the maxima, for MaxUnpool1d

    Source:
        torch.nn.AdaptiveMaxPool1d

    Example:
        >>> nn.AdaptiveMaxPool1d(2)(refnet.tensor([[1.0, 4.0, 2.0, 3.0]]))
        tensor([[4., 3.]])
    """

    dims = 1


class AdaptiveMaxPool2d(_AdaptiveMaxPoolNd):
    """Max pooling over two dimensions, to an output of a given size; see AdaptiveMaxPool1d.

    Among equal maxima, the first one in row-major order receives the gradient. The layer calls
    `refnet.nn.functional.adaptive_max_pool2d`. The gradient is derived in `refnet.ops.max_pool`.

    Shape:
        x: (N, C, H, W) or (C, H, W)
        y: (N, C, M₁, M₂) or (C, M₁, M₂)

    Args:
        output_size: M for both or (M₁, M₂); None keeps the size of the input
        return_indices: if True, forward also returns the indices in the flattened plane

    Source:
        torch.nn.AdaptiveMaxPool2d

    Example:
        >>> nn.AdaptiveMaxPool2d((None, 1))(refnet.arange(6.0).reshape(1, 2, 3))
        tensor([[[2.],
                 [5.]]])
    """

    dims = 2


class AdaptiveMaxPool3d(_AdaptiveMaxPoolNd):
    """Max pooling over three dimensions, to an output of a given size; see AdaptiveMaxPool1d.

    Among equal maxima, the first one in row-major order receives the gradient. The layer calls
    `refnet.nn.functional.adaptive_max_pool3d`. The gradient is derived in `refnet.ops.max_pool`.

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W)
        y: (N, C, M₁, M₂, M₃) or (C, M₁, M₂, M₃)

    Args:
        output_size: M for all or (M₁, M₂, M₃); None keeps the size of the input
        return_indices: if True, forward also returns the indices in the flattened volume

    Source:
        torch.nn.AdaptiveMaxPool3d

    Example:
        >>> nn.AdaptiveMaxPool3d(1)(refnet.arange(8.0).reshape(1, 2, 2, 2))
        tensor([[[[7.]]]])
    """

    dims = 3


class _AdaptiveAvgPoolNd(Module):
    """Adaptive average pooling over the last `dims` dimensions; described in AdaptiveAvgPool1d."""

    dims: int

    def __init__(self, output_size: OptionalSize) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        """Returns the means."""
        pools = F.adaptive_avg_pool1d, F.adaptive_avg_pool2d, F.adaptive_avg_pool3d
        return pools[self.dims - 1](input, self.output_size)

    def extra_repr(self) -> str:
        """Returns the size of the output."""
        return describe(self, "output_size")


class AdaptiveAvgPool1d(_AdaptiveAvgPoolNd):
    """Average pooling over one dimension, to an output of a given size.

        y_j = mean x_i,   ⌊j L / M⌋ ≤ i < ⌈(j + 1) L / M⌉

    The layer calls `refnet.nn.functional.adaptive_avg_pool1d`. The gradient is derived in
    `refnet.ops.mean` (M = 1) and `refnet.ops.avg_pool`.

    Shape:
        x: (N, C, L) or (C, L)
        y: (N, C, M) or (C, M)

    Args:
        output_size: M

    Source:
        torch.nn.AdaptiveAvgPool1d

    Example:
        >>> nn.AdaptiveAvgPool1d(2)(refnet.tensor([[1.0, 3.0, 5.0, 9.0]]))
        tensor([[2., 7.]])
    """

    dims = 1


class AdaptiveAvgPool2d(_AdaptiveAvgPoolNd):
    """Average pooling over two dimensions, to an output of a given size; see AdaptiveAvgPool1d.

    Size 1 gives the mean of the plane. The layer calls `refnet.nn.functional.adaptive_avg_pool2d`.
    The gradient is derived in `refnet.ops.mean` (size 1) and `refnet.ops.avg_pool`.

    Shape:
        x: (N, C, H, W) or (C, H, W)
        y: (N, C, M₁, M₂) or (C, M₁, M₂)

    Args:
        output_size: M for both or (M₁, M₂); None keeps the size of the input

    Source:
        torch.nn.AdaptiveAvgPool2d

    Example:
        >>> nn.AdaptiveAvgPool2d(1)(refnet.tensor([[[1.0, 2.0], [3.0, 6.0]]]))
        tensor([[[3.]]])
    """

    dims = 2


class AdaptiveAvgPool3d(_AdaptiveAvgPoolNd):
    """Average pooling over three dimensions, to an output of a given size; see AdaptiveAvgPool1d.

    Size 1 gives the mean of the volume. The layer calls `refnet.nn.functional.adaptive_avg_pool3d`.
    The gradient is derived in `refnet.ops.mean` (size 1) and `refnet.ops.avg_pool`.

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W)
        y: (N, C, M₁, M₂, M₃) or (C, M₁, M₂, M₃)

    Args:
        output_size: M for all or (M₁, M₂, M₃); None keeps the size of the input

    Source:
        torch.nn.AdaptiveAvgPool3d

    Example:
        >>> nn.AdaptiveAvgPool3d(1)(refnet.arange(8.0).reshape(1, 2, 2, 2))
        tensor([[[[3.5000]]]])
    """

    dims = 3
