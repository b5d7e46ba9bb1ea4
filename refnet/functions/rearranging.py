"""Repeating and moving entries: repeat, flip, roll, tril, ... (refnet.ops.shape)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.dims import integer, normalise_dim, one_dim, several, sizes_of
from refnet.functions.operands import in_place
from refnet.ops.rule import Array

__all__ = ["diag", "flip", "repeat_interleave", "roll", "tile", "tril", "triu"]

Sizes = Sequence[int] | None


def repeat(input: Tensor, *times: Any, repeats: Sizes = None) -> Tensor:
    """Copies laid side by side, repeats[i] times along dimension i"""
    counts = several("repeats", times, repeats)
    if len(counts) < input.ndim:
        raise RuntimeError(
            "Number of dimensions of repeat dims can not be smaller than number of dimensions "
            f"of tensor: got {len(counts)} for shape {list(input._array.shape)}"
        )
    if any(n < 0 for n in counts):
        raise RuntimeError(f"Trying to create tensor with negative dimension: repeats {counts}")
    return apply(ops.repeat, input, repeats=counts)


def tile(input: Tensor, *times: Any, dims: Sizes = None) -> Tensor:
    """repeat, with 1s put in front of too few dims

    The gradient is derived in `refnet.ops.repeat`.
    """
    counts = several("dims", times, dims)
    return repeat(input, (1,) * (input.ndim - len(counts)) + counts)


def _need_counts(x: Array) -> Array:
    """The array; raises NotImplementedError for other dtypes than int32 and int64."""
    if x.dtype not in (np.int32, np.int64):
        raise NotImplementedError(
            f"repeat_interleave(): expected repeats of dtype int32 or int64, got {x.dtype}"
        )
    return x


def repeat_interleave(
    input: Tensor,
    repeats: int | Tensor | None = None,
    dim: int | None = None,
    *,
    output_size: int | None = None,
) -> Tensor:
    """Each entry along dim repeated in place, all as often or each as often as `repeats` says

    Without dim the flat tensor is meant; without repeats the input says how often 0, 1, 2, … occur.
    Raises RuntimeError for negative repeats, too few of them, or another size than output_size.

    The gradient is derived in `refnet.ops.reshape`, `refnet.ops.repeat` and `refnet.ops.index`.
    """
    if repeats is None:
        if dim is not None:
            raise TypeError("repeat_interleave(): expected repeats beside dim, got none")
        _need_counts(input._array)
        if input.ndim != 1:
            raise RuntimeError(f"repeat_interleave: repeats must be a vector, got {input.ndim}D")
        numbers = np.arange(input._array.size, dtype=input._array.dtype)
        input, repeats = wrap(numbers), input
    x = input.reshape(-1) if dim is None else input
    axis = one_dim(0 if dim is None else dim, x.ndim)
    n = x._array.shape[axis]
    if hasattr(repeats, "_array"):
        counts = _need_counts(repeats._array)
    else:
        counts = np.asarray(integer(repeats, "repeats", "repeat_interleave"))
    if counts.size and counts.min() < 0:
        raise RuntimeError("Repeats must be non-negative")
    if counts.ndim > 1 or counts.size not in (1, n):
        raise RuntimeError(
            "repeats must have the same size as input along dim, but got repeats of shape "
            f"{list(counts.shape)} and input.size({axis}) = {n}"
        )
    chosen = np.repeat(np.arange(n), counts)
    if counts.size and output_size not in (None, chosen.size):
        raise RuntimeError(f"output_size is {output_size}, but the repeats sum to {chosen.size}")
    if counts.ndim == 0:  # all as often: no list of entries has to be kept
        before, after = x._array.shape[: axis + 1], x._array.shape[axis + 1 :]
        alone = apply(ops.reshape, x, shape=(*before, 1, *after))
        times = (1,) * len(before) + (int(counts),) + (1,) * len(after)
        several = apply(ops.repeat, alone, repeats=times)
        return apply(ops.reshape, several, shape=(*before[:-1], chosen.size, *after))
    result = apply(ops.index, x, where=(slice(None),) * axis + (chosen,))
    return result


def flip(input: Tensor, *axes: Any, dims: Sizes = None) -> Tensor:
    """The opposite order along dims; a copy

    The gradient is derived in `refnet.ops.flip`.
    """
    chosen = several("dims", axes, dims)
    axes = normalise_dim(chosen, input.ndim) if chosen else ()
    return apply(ops.flip, input, dims=axes if input.ndim else ())


def roll(input: Tensor, shifts: Any, dims: Any = None) -> Tensor:
    """Moved on by shifts along dims, what leaves coming in at the other end; without dims the
    flat tensor is moved

    The gradient is derived in `refnet.ops.roll`.
    """
    steps = sizes_of((shifts,))
    axes = () if dims is None else sizes_of((dims,))
    if not steps:
        raise RuntimeError("roll(): `shifts` required")
    if len(axes) != len(steps) and (axes or len(steps) > 1):
        raise RuntimeError(
            f"shifts and dimensions must align. shifts: {len(steps)}, dims:{len(axes)}"
        )
    ndim = input._array.ndim
    if axes and ndim == 0:
        raise IndexError(f"Dimension specified as {axes[0]} but tensor has no dimensions")
    chosen = tuple(one_dim(d, ndim) for d in axes) or None
    return apply(ops.roll, input, shifts=steps, dims=chosen)


def _matrix(input: Tensor, function: str) -> Tensor:
    if input.ndim < 2:
        raise RuntimeError(f"{function}: input tensor must have at least 2 dimensions")
    return input


def tril(input: Tensor, diagonal: int = 0) -> Tensor:
    """Zeros above a diagonal of the last two dimensions

    The gradient is derived in `refnet.ops.tril`.
    """
    return apply(ops.tril, _matrix(input, "tril"), diagonal=diagonal)


def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """Zeros below a diagonal of the last two dimensions

    The gradient is derived in `refnet.ops.triu`.
    """
    return apply(ops.triu, _matrix(input, "triu"), diagonal=diagonal)


def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """The matrix with a vector on its diagonal, or the vector on a matrix's diagonal

    The gradient is derived in `refnet.ops.diagonal` and `refnet.ops.index_put`.
    """
    if input.ndim not in (1, 2):
        raise RuntimeError(f"diag(): Supports 1D or 2D tensors. Got {input.ndim}D")
    diagonal = integer(diagonal, "diagonal", "diag")
    if input.ndim == 2:
        result: Tensor = apply(ops.diagonal, input, offset=diagonal, dim1=0, dim2=1)
        return result.clone()
    n = input._array.size
    below, right = max(-diagonal, 0), max(diagonal, 0)
    where = (list(range(below, below + n)), list(range(right, right + n)))
    square = np.zeros((n + abs(diagonal),) * 2, input._array.dtype)
    result = apply(ops.index_put, wrap(square), input, where=where)
    return result


tril_ = in_place(tril)
triu_ = in_place(triu)
