"""nn.functional.pad, with PyTorch's checks."""

import math
from collections.abc import Sequence

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.dims import sizes_of

__all__ = ["pad"]

Widths = tuple[tuple[int, int], ...]

MODES = ("constant", "reflect", "replicate", "circular")


def pad(
    input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None
) -> Tensor:
    """A margin around the tensor: pad = (before, after) of the last dimension, then of the one
    before it, and so on; a negative width cuts off

    The margin is `value` (0) in the mode "constant", for any number of dimensions. In the modes
    "reflect", "replicate" and "circular" it continues the tensor; these pad the last one
    dimension of (N, C, W) or (C, W), the last two of (N, C, H, W) or (C, H, W), the last
    three of (N, C, D, H, W) or (C, D, H, W). See refnet.ops.padding.

    Raises RuntimeError for widths that do not fit, NotImplementedError for another mode or number
    of dimensions, TypeError for arguments of another type.
    """
    widths = _widths(input, pad, mode)
    if value is not None and not isinstance(value, (int, float)):
        raise TypeError(f"pad(): value must be a number, got {type(value).__name__}")
    if mode == "constant":
        for n, (before, after) in zip(input._array.shape, widths, strict=True):
            if min(n + before, n + after, n + before + after) < 0:
                raise RuntimeError(
                    f"The input size {n}, plus padding {before} and {after}, resulted in a "
                    "negative output size, which is invalid."
                )
        fill = 0 if value is None else value
        if input._array.dtype.kind in "iu":
            fill = math.trunc(fill)
        return apply(ops.pad, input, widths=widths, value=fill)
    if value:
        raise RuntimeError(f'Padding mode "{mode}" doesn\'t take in value argument')
    dims = len(pad) // 2
    if dims not in (1, 2, 3) or input.ndim not in (dims + 1, dims + 2):
        raise NotImplementedError(
            f"Padding size {len(pad)} is not supported for {input.ndim}D input tensor: mode "
            f"{mode!r} pads the last one, two or three dimensions of (N, C, ...) or (C, ...)"
        )
    if mode == "circular":
        return _circular(input, widths)
    return _edged(input, widths, mode, dims)


def _widths(input: Tensor, pad: Sequence[int], mode: str) -> Widths:
    """(before, after) for every dimension of the input, the first one first."""
    if not isinstance(pad, (tuple, list)):
        raise TypeError(f"pad(): pad must be a tuple of ints, got {pad!r}")
    if not isinstance(mode, str):
        raise TypeError(f"pad(): mode must be a str, got {type(mode).__name__}")
    widths = sizes_of((pad,))
    if mode not in MODES:
        raise NotImplementedError(
            f"Unrecognised padding mode {mode}: expected one of {', '.join(MODES)}"
        )
    if len(widths) % 2:
        raise RuntimeError(f"Padding length must be divisible by 2, got {list(widths)}")
    if len(widths) > 2 * input.ndim:
        raise RuntimeError(
            "Padding length should be less than or equal to two times the input dimension but "
            f"got padding length {len(widths)} and input of dimension {input.ndim}"
        )
    given = tuple(zip(widths[::2], widths[1::2], strict=True))[::-1]
    return ((0, 0),) * (input.ndim - len(given)) + given


def _edged(input: Tensor, widths: Widths, mode: str, dims: int) -> Tensor:
    """Reflection or replication at the edges of the input; what is cut off goes last."""
    shape = input._array.shape
    if input._array.dtype.kind == "b":
        raise NotImplementedError(f"padding by {mode!r} is not there for a boolean tensor")
    if 0 in shape[-dims - 1 :]:
        raise RuntimeError(
            f"Expected {dims + 1}D or {dims + 2}D (batch mode) tensor with possibly 0 batch size "
            f"and other non-zero dimensions for input, but got: {list(shape)}"
        )
    for i, (n, (before, after)) in enumerate(zip(shape, widths, strict=True)):
        if mode == "reflect" and max(before, after) >= n > 0:
            raise RuntimeError(
                "Padding size should be less than the corresponding input dimension, but got: "
                f"padding ({before}, {after}) at dimension {i} of input {list(shape)}"
            )
        if n + before + after < 1 and i >= len(shape) - dims:
            raise RuntimeError(
                f"input {list(shape)} is too small. Padding ({before}, {after}) at dimension {i} "
                f"leaves {n + before + after}"
            )
    return _cut(_extended(input, widths, mode), widths)


def _circular(input: Tensor, widths: Widths) -> Tensor:
    """The input on a circle, or on a torus; what is cut off goes first."""
    for n, (before, after) in zip(input._array.shape, widths, strict=True):
        if max(before, after) > n:
            raise RuntimeError("Padding value causes wrapping around more than once.")
        if n + before + after < 0:
            raise RuntimeError("Negative padding value is resulting in an empty dimension")
        if max(before, after) > 0 and n + min(before, after, 0) == 0:
            raise RuntimeError(
                f"Padding ({before}, {after}) cuts off all {n} entries and leaves none to repeat"
            )
    return _extended(_cut(input, widths), widths, "circular")


def _extended(x: Tensor, widths: Widths, mode: str) -> Tensor:
    wider = tuple((max(before, 0), max(after, 0)) for before, after in widths)
    return apply(ops.extend, x, widths=wider, mode=mode)


def _cut(x: Tensor, widths: Widths) -> Tensor:
    narrower = tuple((min(before, 0), min(after, 0)) for before, after in widths)
    if not any(before or after for before, after in narrower):
        return x
    return apply(ops.pad, x, widths=narrower)
