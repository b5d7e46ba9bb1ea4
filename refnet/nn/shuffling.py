"""Layers that rearrange channels: into space, back, and between groups."""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.module import Module

__all__ = ["ChannelShuffle", "PixelShuffle", "PixelUnshuffle"]


class PixelShuffle(Module):
    """Rearrangement of r² channels into r × r pixels each.

        y[c, h·r + i, w·r + j] = x[c·r² + i·r + j, h, w],   r = upscale_factor

    A convolution followed by this layer is a convolution with stride 1/r. The layer calls
    `refnet.nn.functional.pixel_shuffle`.

    Shape:
        x: (*, C r², H, W)
        y: (*, C, H r, W r)

    Args:
        upscale_factor: r

    Source:
        torch.nn.PixelShuffle; Shi et al. 2016, "Real-time single image and video super-resolution
        using an efficient sub-pixel convolutional neural network"

    Example:
        >>> nn.PixelShuffle(2)(refnet.arange(4).reshape(1, 4, 1, 1))
        tensor([[[[0, 1],
                  [2, 3]]]])
    """

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, input: Tensor) -> Tensor:
        """Returns the rearranged input."""
        return F.pixel_shuffle(input, self.upscale_factor)

    def extra_repr(self) -> str:
        """Returns the factor."""
        return f"upscale_factor={self.upscale_factor}"


class PixelUnshuffle(Module):
    """Rearrangement of r × r pixels into r² channels: the inverse of PixelShuffle.

        y[c·r² + i·r + j, h, w] = x[c, h·r + i, w·r + j],   r = downscale_factor

    The layer calls `refnet.nn.functional.pixel_unshuffle`.

    Shape:
        x: (*, C, H r, W r)
        y: (*, C r², H, W)

    Args:
        downscale_factor: r

    Source:
        torch.nn.PixelUnshuffle

    Example:
        >>> nn.PixelUnshuffle(2)(refnet.arange(4).reshape(1, 1, 2, 2)).flatten()
        tensor([0, 1, 2, 3])
    """

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, input: Tensor) -> Tensor:
        """Returns the rearranged input."""
        return F.pixel_unshuffle(input, self.downscale_factor)

    def extra_repr(self) -> str:
        """Returns the factor."""
        return f"downscale_factor={self.downscale_factor}"


class ChannelShuffle(Module):
    """Rearrangement of the channels: one of each group in turn.

        y[:, k·g + i] = x[:, i·C/g + k],   g = groups

    After a convolution with groups, the next one then sees channels of every group. The layer calls
    `refnet.nn.functional.channel_shuffle`.

    Shape:
        x, y: (N, C, *), at least three dimensions

    Args:
        groups: g, a divisor of C

    Source:
        torch.nn.ChannelShuffle; Zhang et al. 2018, "ShuffleNet: an extremely efficient
        convolutional neural network for mobile devices"

    Example:
        >>> nn.ChannelShuffle(2)(refnet.arange(6).reshape(1, 6, 1)).flatten()
        tensor([0, 3, 1, 4, 2, 5])
    """

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, input: Tensor) -> Tensor:
        """Returns the rearranged input."""
        return F.channel_shuffle(input, self.groups)

    def extra_repr(self) -> str:
        """Returns the number of groups."""
        return f"groups={self.groups}"
