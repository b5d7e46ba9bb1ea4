"""Memory formats and the layout: the order in which a tensor's elements lie in memory.

NumPy's arrays have strides, so NumPy can represent every memory format. Strides count elements, as
in PyTorch.
"""

from typing import Any

__all__ = [
    "channels_last", "channels_last_3d", "contiguous_format", "layout", "memory_format",
    "preserve_format", "strided",
]  # fmt: skip


class _Constant:
    """One of a few objects with a name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"refnet.{self._name}"

    def __reduce__(self) -> str:
        return self._name  # copy and pickle give the one object of that name


class memory_format(_Constant):  # noqa: N801 - PyTorch's name
    """The order of the elements in memory, such as refnet.channels_last.

    Args:
        name: the name of the format

    Example:
        >>> x = refnet.ones(1, 2, 3, 3).contiguous(memory_format=refnet.channels_last)
        >>> x.stride()
        (18, 1, 6, 2)
    """


class layout(_Constant):  # noqa: N801 - PyTorch's name
    """The way in which a tensor is stored. refnet has one layout, refnet.strided: an array.

    Args:
        name: the name of the layout

    Example:
        >>> refnet.ones(2).layout
        refnet.strided
    """


contiguous_format = memory_format("contiguous_format")
channels_last = memory_format("channels_last")
channels_last_3d = memory_format("channels_last_3d")
preserve_format = memory_format("preserve_format")
strided = layout("strided")

# The dimensions from the fastest to the slowest.
_ORDERS = {channels_last: (1, 3, 2, 0), channels_last_3d: (1, 4, 3, 2, 0)}

Sizes = tuple[int, ...]


def checked(given: Any, default: memory_format) -> memory_format:
    """Returns the memory format, or the default for None; raises TypeError for anything else."""
    if given is None:
        return default
    if not isinstance(given, memory_format):
        raise TypeError(
            f"memory_format: expected a refnet.memory_format, got {type(given).__name__}"
        )
    return given


def element_strides(array: Any) -> Sizes:
    """Returns the strides of an array, in elements.

    An empty array has the strides of an array with elements.
    """
    if not array.size and not any(array.strides):
        return formatted(array.shape, contiguous_format)
    return tuple(s // array.itemsize for s in array.strides)


def copied(array: Any, format: Any) -> Sizes:
    """Returns the strides of a copy in a memory format; None is refnet.preserve_format."""
    if checked(format, preserve_format) is not preserve_format:
        return formatted(array.shape, format)
    return preserved(array.shape, element_strides(array))


def formatted(shape: Sizes, format: Any) -> Sizes:
    """Returns the strides of a new tensor in a memory format; None is refnet.contiguous_format.

    Raises:
        RuntimeError: for preserve_format, and for a shape of another number of dimensions
        TypeError: for an argument that is not a memory format
    """
    format = checked(format, contiguous_format)
    if format is contiguous_format:
        return in_order(shape, range(len(shape) - 1, -1, -1))
    if format is preserve_format:
        raise RuntimeError("unsupported memory format Preserve: there is nothing to preserve")
    order = _ORDERS[format]
    if len(shape) != len(order):
        raise RuntimeError(f"required rank {len(order)} tensor to use {format._name} format")
    strides, step = [0] * len(shape), 1
    for d in order:
        strides[d] = step
        step *= shape[d]
    return tuple(strides)


def preserved(shape: Sizes, strides: Sizes) -> Sizes:
    """Returns the strides of a copy that preserves the order of its source.

    They are the source's own if its elements fill their memory without overlap; otherwise those of
    the same order without gaps.
    """
    return strides if _is_dense(shape, strides) else in_order(shape, _order(shape, strides))


def in_order(shape: Sizes, order: Any) -> Sizes:
    """Returns the strides of elements without gaps, with the dimensions from the fastest on."""
    strides, step = [0] * len(shape), 1
    for d in order:
        strides[d] = step
        step *= max(shape[d], 1)
    return tuple(strides)


def is_in(format: memory_format, shape: Sizes, strides: Sizes) -> bool:
    """Returns whether the elements lie in a memory format without gaps.

    A dimension of size 1 may have any stride.
    """
    if format not in _ORDERS:
        return 0 in shape or _fits(shape, strides, range(len(shape) - 1, -1, -1))
    order = _ORDERS[format]
    return len(shape) == len(order) and _fits(shape, strides, order)


def suggested(shape: Sizes, strides: Sizes) -> memory_format:
    """Returns the memory format that the strides suggest, with or without gaps.

    Ambiguous strides suggest contiguous_format.
    """
    for format, order in _ORDERS.items():
        if len(shape) == len(order):
            return format if _is_like(order, shape, strides) else contiguous_format
    return contiguous_format


def _is_like(order: Sizes, shape: Sizes, strides: Sizes) -> bool:
    """Returns whether the strides increase in this order, each by at least the sizes before it."""
    least = 0
    if strides[1] == 0:
        return False
    for d in order:
        if shape[d] == 0 or strides[d] < least:
            return False
        if d == 0 and least == strides[1]:  # only channels, which are ambiguous
            return False
        least = strides[d] * max(shape[d], 1)
    return True


def _fits(shape: Sizes, strides: Sizes, order: Any) -> bool:
    step = 1
    for d in order:
        if shape[d] != 1:
            if strides[d] != step:
                return False
            step *= shape[d]
    return True


def _is_dense(shape: Sizes, strides: Sizes) -> bool:
    """Returns whether the elements fill their memory without overlap, in some order."""
    if 0 in shape:
        return True
    wide = [d for d in range(len(shape)) if shape[d] > 1]
    return _fits(shape, strides, sorted(wide, key=lambda d: strides[d]))


def _order(shape: Sizes, strides: Sizes) -> list[int]:
    """Returns the dimensions from the fastest to the slowest.

    A stride of 0 determines no order, and of equal strides the smaller size is faster. With zeros
    this is not an order that a sort could use: each dimension, from the last one, is exchanged with
    slower ones before it, up to the first that is faster.
    """
    order: list[int] = []
    for d in range(len(shape) - 1, -1, -1):
        place = len(order)
        order.append(d)
        for k in range(place - 1, -1, -1):
            e = order[k]
            if strides[e] == 0 or strides[d] == 0:
                continue
            if (strides[e], shape[e]) > (strides[d], shape[d]):
                order[k], order[place] = d, e
                place = k
            elif strides[e] < strides[d]:
                break
    return order
