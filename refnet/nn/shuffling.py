"""Layers that move channels into space, back, and among each other."""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.module import Module

__all__ = ["ChannelShuffle", "PixelShuffle", "PixelUnshuffle"]


class PixelShuffle(Module):
    """y[c, h·r + i, w·r + j] = x[c·r² + i·r + j, h, w], r = upscale_factor: channels become pixels

    A convolution at the small size and this after it is a convolution with stride 1/r.

    Shape:
        x: (*, C r², H, W), y: (*, C, H r, W r)

    Args:
        upscale_factor: r

    Source:
        torch.nn.PixelShuffle; Shi et al. 2016, "Real-time single image and video super-resolution
        using an efficient sub-pixel convolutional neural network"
    """

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, input: Tensor) -> Tensor:
        """The same entries, spread out."""
        return F.pixel_shuffle(input, self.upscale_factor)

    def extra_repr(self) -> str:
        """The factor."""
        return f"upscale_factor={self.upscale_factor}"


class PixelUnshuffle(Module):
    """y[c·r² + i·r + j, h, w] = x[c, h·r + i, w·r + j], r = downscale_factor: undoes PixelShuffle

    Shape:
        x: (*, C, H r, W r), y: (*, C r², H, W)

    Args:
        downscale_factor: r

    Source:
        torch.nn.PixelUnshuffle
    """

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, input: Tensor) -> Tensor:
        """The same entries, gathered."""
        return F.pixel_unshuffle(input, self.downscale_factor)

    def extra_repr(self) -> str:
        """The factor."""
        return f"downscale_factor={self.downscale_factor}"


class ChannelShuffle(Module):
    """y[:, k·g + i] = x[:, i·C/g + k], g = groups: one channel of each group in turn

    After a convolution with groups, it lets the next one see channels of every group.

    Shape:
        x, y: (N, C, *) with at least one dimension in *

    Args:
        groups: g, a divisor of C

    Source:
        torch.nn.ChannelShuffle; Zhang et al. 2018, "ShuffleNet: an extremely efficient
        convolutional neural network for mobile devices"
    """

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, input: Tensor) -> Tensor:
        """The same channels in another order."""
        return F.channel_shuffle(input, self.groups)

    def extra_repr(self) -> str:
        """The groups."""
        return f"groups={self.groups}"
