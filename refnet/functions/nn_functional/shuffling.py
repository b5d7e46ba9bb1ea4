"""Channels moved into space, back, and among each other: pixel_shuffle and its family.

Each is a reshape, a permutation of the dimensions and a reshape.
"""

from refnet.engine.tensor import Tensor

__all__ = ["channel_shuffle", "native_channel_shuffle", "pixel_shuffle", "pixel_unshuffle"]


def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """y[…, c, h·r + i, w·r + j] = x[…, c·r² + i·r + j, h, w] with r = upscale_factor

    (*, C r², H, W) -> (*, C, H r, W r). Raises RuntimeError for sizes that do not fit.
    """
    r = _positive("pixel_shuffle", "upscale_factor", upscale_factor)
    *batch, channels, height, width = _image("pixel_shuffle", input)
    if channels % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of "
            f"upscale_factor, but {channels} is not divisible by {r * r}"
        )
    k, c = len(batch), channels // (r * r)
    x = input.reshape(*batch, c, r, r, height, width)
    y = x.permute(*range(k), k, k + 3, k + 1, k + 4, k + 2)  # c, h, i, w, j
    return y.reshape(*batch, c, height * r, width * r)


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """y[…, c·r² + i·r + j, h, w] = x[…, c, h·r + i, w·r + j] with r = downscale_factor

    (*, C, H r, W r) -> (*, C r², H, W). Raises RuntimeError for sizes that do not fit.
    """
    r = _positive("pixel_unshuffle", "downscale_factor", downscale_factor)
    *batch, channels, height, width = _image("pixel_unshuffle", input)
    if height % r or width % r:
        raise RuntimeError(
            f"pixel_unshuffle expects height and width to be divisible by downscale_factor, but "
            f"{height} and {width} are not by {r}"
        )
    k = len(batch)
    x = input.reshape(*batch, channels, height // r, r, width // r, r)
    y = x.permute(*range(k), k, k + 2, k + 4, k + 1, k + 3)  # c, i, j, h, w
    return y.reshape(*batch, channels * r * r, height // r, width // r)


def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """y[:, k·g + i] = x[:, i·C/g + k] with g = groups: one channel of each group in turn

    (N, C, *) -> (N, C, *). Raises RuntimeError if the groups do not divide C.
    """
    shape = input._array.shape
    if type(groups) is not int:
        raise TypeError(f"channel_shuffle(): groups must be int, not {type(groups).__name__}")
    if len(shape) < 3:
        raise RuntimeError(f"channel_shuffle expects input with > 2 dims, but got {list(shape)}")
    if groups <= 0:
        raise RuntimeError(f"channel_shuffle: groups must be positive, got {groups}")
    n, channels, *rest = shape
    if channels % groups:
        raise RuntimeError(
            "Number of channels must be divisible by groups. "
            f"Got {channels} channels and {groups} groups."
        )
    x = input.reshape(n, groups, channels // groups, *rest)
    return x.transpose(1, 2).reshape(shape)


def native_channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """channel_shuffle, under the name of PyTorch's CPU kernel for it."""
    return channel_shuffle(input, groups)


def _positive(function: str, name: str, factor: int) -> int:
    if type(factor) is not int:
        raise TypeError(f"{function}(): {name} must be int, not {type(factor).__name__}")
    if factor <= 0:
        raise RuntimeError(f"{function} expects a positive {name}, but got {factor}")
    return factor


def _image(function: str, input: Tensor) -> tuple[int, ...]:
    """The sizes, of which the last three are channels, height and width."""
    if input.ndim < 3:
        raise RuntimeError(
            f"{function} expects input to have at least 3 dimensions, but got input with "
            f"{input.ndim} dimension(s)"
        )
    shape: tuple[int, ...] = input._array.shape
    return shape
