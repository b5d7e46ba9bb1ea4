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
    """Pads the last dimensions of a tensor at both ends, with a value or with its own entries.

    The modes "reflect", "replicate" and "circular" continue the tensor:

        reflect:    … x₂ x₁ | x₀ x₁ … xₙ₋₁ | xₙ₋₂ xₙ₋₃ …
        replicate:  … x₀ x₀ | x₀ x₁ … xₙ₋₁ | xₙ₋₁ xₙ₋₁ …
        circular:   … xₙ₋₂ xₙ₋₁ | x₀ x₁ … xₙ₋₁ | x₀ x₁ …

    They pad the last dimension of (N, C, W) or (C, W), the last two of (N, C, H, W) or (C, H, W),
    or the last three of (N, C, D, H, W) or (C, D, H, W). The gradient is derived in
    `refnet.ops.pad` and `refnet.ops.extend`.

    Args:
        input: a tensor; in the mode "constant" with any number of dimensions
        pad: (before, after) of the last dimension, then of the one before it, and so on; a negative
            width crops
        mode: "constant", "reflect", "replicate" or "circular"
        value: value of the padding in the mode "constant"; None means 0; truncated for integers

    Raises:
        RuntimeError: the widths do not fit, or a nonzero value is given in another mode
        NotImplementedError: the mode is unknown, or does not support this number of dimensions
        TypeError: an argument has the wrong type

    Example:
        >>> x = refnet.tensor([[1.0, 2.0, 3.0]])
        >>> F.pad(x, (1, 2), value=9)
        tensor([[9., 1., 2., 3., 9., 9.]])
        >>> F.pad(x, (1, 2), mode="reflect")
        tensor([[2., 1., 2., 3., 2., 1.]])
    """
    widths = _widths(input, pad, mode)
    if value is not None and not isinstance(value, (int, float)):
        raise TypeError(f"pad(): expected value int or float, got {type(value).__name__}")
    if mode == "constant":
        for n, (before, after) in zip(input._array.shape, widths, strict=True):
            if min(n + before, n + after, n + before + after) < 0:
                raise RuntimeError(
                    f"pad(): expected widths that leave no negative size, got {before} and {after} "
                    f"for size {n}"
                )
        fill = 0 if value is None else value
        if input._array.dtype.kind in "iu":
            fill = math.trunc(fill)
        return apply(ops.pad, input, widths=widths, value=fill)
    if value:
        raise RuntimeError(f"pad(): expected no value in the mode {mode!r}, got {value}")
    dims = len(pad) // 2
    if dims not in (1, 2, 3) or input.ndim not in (dims + 1, dims + 2):
        raise NotImplementedError(
            "pad(): expected one, two or three padded dimensions of (N, C, ...) or (C, ...) in "
            f"the mode {mode!r}, got {len(pad)} widths for a {input.ndim}D input"
        )
    if mode == "circular":
        return _circular(input, widths)
    return _edged(input, widths, mode, dims)


def _widths(input: Tensor, pad: Sequence[int], mode: str) -> Widths:
    """Returns (before, after) for every dimension of the input, the first one first."""
    if not isinstance(pad, (tuple, list)):
        raise TypeError(f"pad(): expected pad to be a tuple of ints, got {pad!r}")
    if not isinstance(mode, str):
        raise TypeError(f"pad(): expected mode str, got {type(mode).__name__}")
    widths = sizes_of((pad,))
    if mode not in MODES:
        raise NotImplementedError(f"pad(): expected mode in {MODES}, got {mode!r}")
    if len(widths) % 2:
        raise RuntimeError(f"pad(): expected an even number of widths, got {list(widths)}")
    if len(widths) > 2 * input.ndim:
        raise RuntimeError(
            f"pad(): expected at most {2 * input.ndim} widths for a {input.ndim}D input, got "
            f"{len(widths)}"
        )
    given = tuple(zip(widths[::2], widths[1::2], strict=True))[::-1]
    return ((0, 0),) * (input.ndim - len(given)) + given


def _edged(input: Tensor, widths: Widths, mode: str, dims: int) -> Tensor:
    """Returns the input reflected or replicated at its edges, then cropped."""
    shape = input._array.shape
    if input._array.dtype.kind == "b":
        raise NotImplementedError(
            f"pad(): expected a numeric input for {mode!r}, got {input.dtype}"
        )
    if 0 in shape[-dims - 1 :]:
        raise RuntimeError(
            f"pad(): expected a {dims + 1}D or {dims + 2}D (batch mode) input with non-zero sizes "
            f"after the batch, got {list(shape)}"
        )
    for i, (n, (before, after)) in enumerate(zip(shape, widths, strict=True)):
        if mode == "reflect" and max(before, after) >= n > 0:
            raise RuntimeError(
                f"pad(): expected widths below size {n} of dimension {i} for 'reflect', got "
                f"({before}, {after})"
            )
        if n + before + after < 1 and i >= len(shape) - dims:
            raise RuntimeError(
                f"pad(): expected widths that leave entries in dimension {i} of {list(shape)}, got "
                f"({before}, {after})"
            )
    return _cut(_extended(input, widths, mode), widths)


def _circular(input: Tensor, widths: Widths) -> Tensor:
    """Returns the cropped input, continued periodically."""
    for n, (before, after) in zip(input._array.shape, widths, strict=True):
        if max(before, after) > n:
            raise RuntimeError(
                f"pad(): expected circular widths up to {n}, got ({before}, {after})"
            )
        if n + before + after < 0:
            raise RuntimeError(
                f"pad(): expected widths that leave size {n} at least 0, got ({before}, {after})"
            )
        if max(before, after) > 0 and n + min(before, after, 0) == 0:
            raise RuntimeError(
                f"pad(): expected circular widths that leave one of {n} entries to repeat, got "
                f"({before}, {after})"
            )
    return _extended(_cut(input, widths), widths, "circular")


def _extended(x: Tensor, widths: Widths, mode: str) -> Tensor:
    """Returns x extended by the positive widths."""
    wider = tuple((max(before, 0), max(after, 0)) for before, after in widths)
    return apply(ops.extend, x, widths=wider, mode=mode)


def _cut(x: Tensor, widths: Widths) -> Tensor:
    """Returns x cropped by the negative widths."""
    narrower = tuple((min(before, 0), min(after, 0)) for before, after in widths)
    if not any(before or after for before, after in narrower):
        return x
    return apply(ops.pad, x, widths=narrower)
