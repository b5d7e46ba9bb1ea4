"""Functions that repeat and move entries: repeat, flip, roll, tril, … (refnet.ops.shape)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.dims import integer, normalise_dim, one_dim, several, sizes_of
from refnet.functions.operands import in_place
from refnet.ops.rule import Array

__all__ = ["flip", "repeat_interleave", "roll", "tile", "tril", "triu"]

Sizes = Sequence[int] | None


def repeat(input: Tensor, *times: Any, repeats: Sizes = None) -> Tensor:
    """Repeats a tensor along its dimensions: repeats[i] copies side by side along dimension i.

    The gradient is derived in `refnet.ops.repeat`.

    Args:
        input: tensor
        times: number of copies along each dimension; further dimensions are added in front
        repeats: the same, by keyword

    Raises:
        RuntimeError: for fewer numbers than dimensions, and for negative numbers

    Example:
        >>> refnet.tensor([1, 2]).repeat(2, 2)
        tensor([[1, 2, 1, 2],
                [1, 2, 1, 2]])
    """
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
    """Repeats a tensor along its dimensions, as `refnet.Tensor.repeat` does.

    If there are fewer numbers than dimensions, the first dimensions are not repeated.

    The gradient is derived in `refnet.ops.repeat`.

    Args:
        input: tensor
        times: number of copies along each dimension
        dims: the same, by keyword

    Raises:
        RuntimeError: for negative numbers

    Example:
        >>> refnet.tile(refnet.tensor([[1], [2]]), (3,))
        tensor([[1, 1, 1],
                [2, 2, 2]])
    """
    counts = several("dims", times, dims)
    return repeat(input, (1,) * (input.ndim - len(counts)) + counts)


def _need_counts(x: Array) -> Array:
    """Returns the array; raises NotImplementedError unless its dtype is int32 or int64."""
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
    """Repeats each entry along a dimension; the copies of an entry are neighbours.

    repeat_interleave(counts), with one argument, repeats the index i counts[i] times.

    The gradient is derived in `refnet.ops.reshape`, `refnet.ops.repeat` and `refnet.ops.index`.

    Args:
        input: tensor, or the counts
        repeats: number of copies: one number for all entries, or a vector with one for each entry
        dim: dimension along which the entries are repeated; if None, the tensor is flattened first
        output_size: expected size of the result along `dim`, or None

    Raises:
        RuntimeError: for negative counts, a wrong number of counts, or a wrong `output_size`
        TypeError: for `dim` without `repeats`
        NotImplementedError: for counts that are not int32 or int64

    Example:
        >>> x = refnet.tensor([10, 20])
        >>> refnet.repeat_interleave(x, 2)
        tensor([10, 10, 20, 20])
        >>> refnet.repeat_interleave(x, refnet.tensor([1, 3]))
        tensor([10, 20, 20, 20])
    """
    if repeats is None:
        if dim is not None:
            raise TypeError(
                "repeat_interleave(): expected repeats together with dim, got dim alone"
            )
        _need_counts(input._array)
        if input.ndim != 1:
            raise RuntimeError(
                f"repeat_interleave(): expected repeats to be a vector, got {input.ndim}D"
            )
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
    chosen = np.repeat(np.arange(n), counts.astype(np.intp, copy=False))
    if counts.size and output_size not in (None, chosen.size):
        raise RuntimeError(
            f"repeat_interleave(): expected output_size {chosen.size}, got {output_size}"
        )
    if counts.ndim == 0:  # reshape and repeat keep no indices for the pullback
        leading, trailing = x._array.shape[: axis + 1], x._array.shape[axis + 1 :]
        alone = apply(ops.reshape, x, shape=(*leading, 1, *trailing))
        times = (1,) * len(leading) + (int(counts),) + (1,) * len(trailing)
        several = apply(ops.repeat, alone, repeats=times)
        return apply(ops.reshape, several, shape=(*leading[:-1], chosen.size, *trailing))
    return apply(ops.index, x, where=(slice(None),) * axis + (chosen,))


def flip(input: Tensor, *axes: Any, dims: Sizes = None) -> Tensor:
    """Reverses the order of the entries along dimensions. The result is a copy.

    The gradient is derived in `refnet.ops.flip`.

    Args:
        input: tensor
        axes: dimensions
        dims: dimensions, by keyword

    Example:
        >>> refnet.flip(refnet.tensor([[1, 2], [3, 4]]), [1])
        tensor([[2, 1],
                [4, 3]])
    """
    chosen = several("dims", axes, dims)
    axes = normalise_dim(chosen, input.ndim) if chosen else ()
    return apply(ops.flip, input, dims=axes if input.ndim else ())


def roll(input: Tensor, shifts: Any, dims: Any = None) -> Tensor:
    """Shifts the entries along dimensions. Entries that leave at one end return at the other.

    The gradient is derived in `refnet.ops.roll`.

    Args:
        input: tensor
        shifts: number of positions, or one number for each dimension of `dims`
        dims: dimensions; if None, the tensor is flattened, shifted and reshaped again

    Raises:
        RuntimeError: if `shifts` and `dims` differ in length

    Example:
        >>> refnet.roll(refnet.arange(5), 2)
        tensor([3, 4, 0, 1, 2])
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
    """Returns the lower triangle of matrices: entries above a diagonal become 0.

    The gradient is derived in `refnet.ops.tril`.

    Args:
        input: tensor of shape (*, n, m)
        diagonal: last diagonal that is kept: 0 the main one, 1 the one above it, −1 the one below
            it, …

    Raises:
        RuntimeError: for fewer than two dimensions

    Example:
        >>> refnet.tril(refnet.tensor([[1, 2], [3, 4]]))
        tensor([[1, 0],
                [3, 4]])
    """
    return apply(ops.tril, _matrix(input, "tril"), diagonal=diagonal)


def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """Returns the upper triangle of matrices: entries below a diagonal become 0.

    The gradient is derived in `refnet.ops.triu`.

    Args:
        input: tensor of shape (*, n, m)
        diagonal: first diagonal that is kept: 0 the main one, 1 the one above it, −1 the one below
            it, …

    Raises:
        RuntimeError: for fewer than two dimensions

    Example:
        >>> refnet.triu(refnet.tensor([[1, 2], [3, 4]]))
        tensor([[1, 2],
                [0, 4]])
    """
    return apply(ops.triu, _matrix(input, "triu"), diagonal=diagonal)


tril_ = in_place(tril)
triu_ = in_place(triu)
