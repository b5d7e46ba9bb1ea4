"""Rearrangements of channels: into space, back, and between groups.

Each is a reshape, a permutation of the dimensions and a reshape.
"""

from refnet.engine.argument_errors import is_integer
from refnet.engine.tensor import Tensor

__all__ = ["channel_shuffle", "native_channel_shuffle", "pixel_shuffle", "pixel_unshuffle"]


def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """Rearranges r² channels into r × r pixels each.

        y[…, c, h·r + i, w·r + j] = x[…, c·r² + i·r + j, h, w],   r = upscale_factor

    Shape:
        input x: (*, C r², H, W)
        y: (*, C, H r, W r)

    Args:
        input: x
        upscale_factor: r

    Raises:
        RuntimeError: the sizes do not fit
        TypeError: upscale_factor is not an int

    Example:
        >>> F.pixel_shuffle(refnet.arange(4).reshape(4, 1, 1), 2)
        tensor([[[0, 1],
                 [2, 3]]])
    """
    r = _positive("pixel_shuffle", "upscale_factor", upscale_factor)
    *batch, channels, height, width = _image("pixel_shuffle", input)
    if channels % (r * r):
        raise RuntimeError(
            f"pixel_shuffle(): expected channels divisible by upscale_factor² = {r * r}, got "
            f"{channels}"
        )
    k, c = len(batch), channels // (r * r)
    x = input.reshape(*batch, c, r, r, height, width)
    y = x.permute(*range(k), k, k + 3, k + 1, k + 4, k + 2)  # c, h, i, w, j
    return y.reshape(*batch, c, height * r, width * r)


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """Rearranges r × r pixels into r² channels: the inverse of pixel_shuffle.

        y[…, c·r² + i·r + j, h, w] = x[…, c, h·r + i, w·r + j],   r = downscale_factor

    Shape:
        input x: (*, C, H r, W r)
        y: (*, C r², H, W)

    Args:
        input: x
        downscale_factor: r

    Raises:
        RuntimeError: the sizes do not fit
        TypeError: downscale_factor is not an int

    Example:
        >>> F.pixel_unshuffle(refnet.tensor([[[0, 1], [2, 3]]]), 2).flatten()
        tensor([0, 1, 2, 3])
    """
    r = _positive("pixel_unshuffle", "downscale_factor", downscale_factor)
    *batch, channels, height, width = _image("pixel_unshuffle", input)
    if height % r or width % r:
        raise RuntimeError(
            f"pixel_unshuffle(): expected height and width divisible by {r}, got {height} and "
            f"{width}"
        )
    k = len(batch)
    x = input.reshape(*batch, channels, height // r, r, width // r, r)
    y = x.permute(*range(k), k, k + 2, k + 4, k + 1, k + 3)  # c, i, j, h, w
    return y.reshape(*batch, channels * r * r, height // r, width // r)


def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """Rearranges the channels: one of each group in turn.

        y[:, k·g + i] = x[:, i·C/g + k],   g = groups

    Shape:
        input x, y: (N, C, *), at least three dimensions

    Args:
        input: x
        groups: g, a divisor of C

    Raises:
        RuntimeError: groups does not divide C
        TypeError: groups is not an int

    Example:
        >>> F.channel_shuffle(refnet.arange(6).reshape(1, 6, 1), 2).flatten()
        tensor([0, 3, 1, 4, 2, 5])
    """
    shape = input._array.shape
    if type(groups) is not int:
        raise TypeError(f"channel_shuffle(): expected groups int, got {type(groups).__name__}")
    if len(shape) < 3:
        raise RuntimeError(f"channel_shuffle(): expected at least 3 dimensions, got {list(shape)}")
    if groups <= 0:
        raise RuntimeError(f"channel_shuffle(): expected positive groups, got {groups}")
    n, channels, *rest = shape
    if channels % groups:
        raise RuntimeError(
            f"channel_shuffle(): expected channels divisible by {groups} groups, got {channels}"
        )
    x = input.reshape(n, groups, channels // groups, *rest)
    return x.transpose(1, 2).reshape(shape)


def native_channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """Calls channel_shuffle, under the name of PyTorch's CPU kernel.

    Args:
        input: as in channel_shuffle
        groups: as in channel_shuffle

    Example:
        >>> F.native_channel_shuffle(refnet.arange(6).reshape(1, 6, 1), 2).flatten()
        tensor([0, 3, 1, 4, 2, 5])
    """
    return channel_shuffle(input, groups)


def _positive(function: str, name: str, factor: int) -> int:
    """Returns the factor; raises for one that is not a positive int."""
    if not is_integer(factor):
        raise TypeError(f"{function}(): expected {name} int, got {type(factor).__name__}")
    if factor <= 0:
        raise RuntimeError(f"{function}(): expected a positive {name}, got {factor}")
    return int(factor)


def _image(function: str, input: Tensor) -> tuple[int, ...]:
    """Returns the sizes, of which the last three are channels, height and width."""
    if input.ndim < 3:
        raise RuntimeError(f"{function}(): expected at least 3 dimensions, got {input.ndim}")
    return tuple(input._array.shape)
