"""Conversion of the weights of convolutions to another memory format."""

from typing import TypeVar

from refnet.compatibility.lookup import mirror as _mirror
from refnet.compatibility.memory_formats import memory_format, preserve_format
from refnet.nn.convolution import Conv2d, Conv3d
from refnet.nn.module import Module
from refnet.nn.transposed_convolution import ConvTranspose2d, ConvTranspose3d

__all__ = ["convert_conv2d_weight_memory_format", "convert_conv3d_weight_memory_format"]

_M = TypeVar("_M", bound=Module)


def convert_conv2d_weight_memory_format(module: _M, memory_format: memory_format) -> _M:
    """Converts the weights of all Conv2d and ConvTranspose2d in a module to a memory format.

    Args:
        module: the module
        memory_format: a format for four dimensions, such as refnet.channels_last

    Returns:
        the module itself

    Raises:
        RuntimeError: for refnet.preserve_format, and for a format of other dimensions

    Example:
        >>> conv = nn.utils.convert_conv2d_weight_memory_format(
        ...     nn.Conv2d(2, 3, 4), refnet.channels_last
        ... )
        >>> conv.weight.stride()
        (32, 1, 8, 2)
    """
    return _converted(module, memory_format, (Conv2d, ConvTranspose2d))


def convert_conv3d_weight_memory_format(module: _M, memory_format: memory_format) -> _M:
    """Converts the weights of all Conv3d and ConvTranspose3d in a module to a memory format.

    Args:
        module: the module
        memory_format: a format for five dimensions, such as refnet.channels_last_3d

    Returns:
        the module itself

    Raises:
        RuntimeError: for refnet.preserve_format, and for a format of other dimensions

    Example:
        >>> conv = nn.utils.convert_conv3d_weight_memory_format(
        ...     nn.Conv3d(2, 3, 4), refnet.channels_last_3d
        ... )
        >>> conv.weight.stride()
        (128, 1, 32, 8, 2)
    """
    return _converted(module, memory_format, (Conv3d, ConvTranspose3d))


def _converted(module: _M, format: memory_format, layers: tuple[type, ...]) -> _M:
    weights = [m.weight for m in module.modules() if isinstance(m, layers)]
    if weights and format is preserve_format:
        raise RuntimeError("unsupported memory format Preserve: there is nothing to preserve")
    for weight in weights:
        weight.data = weight.detach().clone(memory_format=format)
    return module


_mirror(__name__)
