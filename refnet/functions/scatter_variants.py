"""masked_scatter, take, scatter_reduce, and functions that replace a slice or a diagonal.

The forms with an underscore change their tensor in place.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap as wrapped
from refnet.functions.dims import integer, one_dim
from refnet.functions.gather_scatter import masked_fill_, scatter, scatter_add, scattered
from refnet.functions.index_writing import require_one_dtype
from refnet.functions.operands import (
    check_tensors,
    in_place,
    misfit,
    number,
    refuse_bool,
    require_tensor,
)
from refnet.functions.shape import diagonal
from refnet.functions.splitting import select

__all__ = [
    "diagonal_scatter",
    "masked_scatter",
    "scatter_reduce",
    "select_scatter",
    "slice_scatter",
    "take",
]


def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """Replaces the entries where a mask is True by the first entries of `source`, in order.

    The gradient is derived in `refnet.ops.index_put`.

    Args:
        input: tensor
        mask: tensor of booleans; it broadcasts with the input
        source: new entries, at least as many as the mask selects, of the same dtype

    Raises:
        RuntimeError: for a mask that is not boolean, different dtypes, or a source that is too
            short

    Example:
        >>> x = refnet.tensor([1, 2, 3])
        >>> refnet.masked_scatter(x, refnet.tensor([True, False, True]), refnet.tensor([10, 20]))
        tensor([10,  2, 20])
    """
    check_tensors("masked_scatter", input=input, mask=mask, source=source)
    if mask._array.dtype != bool:
        raise RuntimeError(
            f"masked_scatter only supports boolean masks, but got mask with dtype {mask.dtype}"
        )
    require_one_dtype("masked_scatter", input, source)
    try:
        shape = np.broadcast_shapes(input._array.shape, mask._array.shape)
    except ValueError as error:
        raise misfit(mask, input) from error
    where = np.broadcast_to(mask._array, shape)
    count = int(np.count_nonzero(where))
    if source._array.size < count:
        raise RuntimeError("Number of elements of source < number of ones in mask")
    values = source.reshape(-1)[:count]
    return apply(ops.index_put, input.expand(shape), values, where=(where,))


def take(input: Tensor, index: Tensor) -> Tensor:
    """Returns elements of the flattened tensor, in the shape of `index`.

    The gradient is derived in `refnet.ops.index`.

    Args:
        input: tensor
        index: int64 tensor of positions; negative numbers count from the end

    Raises:
        RuntimeError: for an index of another dtype
        IndexError: for an index that is out of range

    Example:
        >>> refnet.take(refnet.tensor([[1, 2], [3, 4]]), refnet.tensor([0, 3]))
        tensor([1, 4])
    """
    check_tensors("take", input=input, index=index)
    i, n = index._array, input._array.size
    if i.dtype != np.int64:
        raise RuntimeError(f"take(): Expected a long tensor for index, but got {index.dtype}")
    if i.size and (i.min() < -n or i.max() >= n):
        raise IndexError(f"out of range: tried to access an index on a tensor of {n} elements.")
    return apply(ops.index, input.reshape(-1), where=(i,))


def _filled_in(input: Tensor, src: Tensor, select_part: Callable[[Tensor], Tensor]) -> Tensor:
    """Returns a copy of the input in which one part is replaced by src."""
    require_tensor(src)
    y = input.clone()
    part = select_part(y)
    if part.shape != src.shape:
        raise RuntimeError(
            "expected src to have a size equal to the slice of self. "
            f"src size = {list(src.shape)}, slice size = {list(part.shape)}"
        )
    part.copy_(src)
    return y


def select_scatter(input: Tensor, src: Tensor, dim: int, index: int) -> Tensor:
    """Returns a copy of the tensor in which the slice at one index is replaced.

    The gradient is derived in `refnet.ops.index`.

    Args:
        input: tensor
        src: new slice, in the shape of input.select(dim, index)
        dim: dimension of `index`
        index: position along `dim`

    Raises:
        RuntimeError: for a src of another shape

    Example:
        >>> refnet.select_scatter(refnet.zeros(2, 2), refnet.tensor([1.0, 2.0]), dim=0, index=1)
        tensor([[0., 0.],
                [1., 2.]])
    """
    return _filled_in(input, src, lambda y: select(y, dim, index))


def slice_scatter(
    input: Tensor,
    src: Tensor,
    dim: int = 0,
    start: int | None = None,
    end: int | None = None,
    step: int = 1,
) -> Tensor:
    """Returns a copy of the tensor in which the slice start:end:step along a dimension is replaced.

    The gradient is derived in `refnet.ops.index`.

    Args:
        input: tensor
        src: new slice, in the shape of the old one
        dim: dimension that is sliced
        start: first index, 0 if None
        end: exclusive bound, the size of `dim` if None
        step: distance between the indices, at least 1

    Raises:
        RuntimeError: for a src of another shape, and for a step below 1

    Example:
        >>> refnet.slice_scatter(refnet.zeros(5), refnet.tensor([1.0, 2.0]), start=1, end=4, step=2)
        tensor([0., 1., 0., 2., 0.])
    """
    if integer(step, "step", "slice_scatter") < 1:
        raise RuntimeError("slice step must be positive")
    where = (slice(None),) * one_dim(dim, input.ndim) + (slice(start, end, step),)
    return _filled_in(input, src, lambda y: y[where])


def diagonal_scatter(
    input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1
) -> Tensor:
    """Returns a copy of the tensor in which a diagonal is replaced; see `refnet.diagonal`.

    The gradient is derived in `refnet.ops.diagonal`.

    Args:
        input: tensor
        src: new diagonal, in the shape of the old one
        offset: which diagonal: 0 the main one, 1 the one above it, −1 the one below it, …
        dim1: first dimension of the matrices
        dim2: second dimension of the matrices

    Raises:
        RuntimeError: for a src of another shape

    Example:
        >>> refnet.diagonal_scatter(refnet.zeros(2, 2), refnet.tensor([1.0, 2.0]))
        tensor([[1., 0.],
                [0., 2.]])
    """
    return _filled_in(input, src, lambda y: diagonal(y, offset, dim1, dim2))


def fill_diagonal_(input: Tensor, fill_value: Any, wrap: bool = False) -> Tensor:
    """Fills the main diagonal with a number, in place.

    Args:
        input: tensor that is changed, with at least two dimensions
        fill_value: number
        wrap: whether, in a tall matrix, the diagonal starts again after one empty row

    Raises:
        RuntimeError: for a vector, and for more than two dimensions of different sizes

    Example:
        >>> refnet.zeros(2, 2).fill_diagonal_(5)
        tensor([[5., 0.],
                [0., 5.]])
    """
    value, shape = number(fill_value, "fill_value", "fill_diagonal_"), input._array.shape
    if len(shape) < 2:
        raise RuntimeError("dimensions must larger than 1")
    if len(shape) > 2 and len(set(shape)) > 1:
        raise RuntimeError("all dimensions of input must be of equal length")
    mask = np.zeros(shape, bool)
    np.fill_diagonal(mask, True, wrap=wrap)
    return masked_fill_(input, wrapped(mask), value)


def scatter_reduce(
    input: Tensor,
    dim: int,
    index: Tensor,
    src: Tensor,
    reduce: str,
    *,
    include_self: bool = True,
) -> Tensor:
    """Reduces the entries of `src` into the entries of a tensor, at the positions in `index`.

    An entry of the result is the sum, product, … of the entry of `input` and of the entries of
    `src` whose index refers to it.

    The gradient is derived in `refnet.ops.scatter_add`, `refnet.ops.scatter_prod`,
    `refnet.ops.scatter_amax` and `refnet.ops.scatter_amin`.

    Args:
        input: tensor
        dim: dimension that the indices refer to
        index: tensor of int32 or int64, with the dimensions of `input` and no larger than `src`
        src: values
        reduce: "sum", "prod", "mean", "amax" or "amin"
        include_self: whether the entries of `input` at the indices are part of the reduction

    Raises:
        RuntimeError: for an index or src that does not fit, and for an unknown reduce

    Note:
        If `include_self` is False, a tie among the largest entries shares the gradient among the
        entries of `src`. PyTorch also counts an equal entry of `input`, whose share is lost.

    Example:
        >>> index = refnet.tensor([0, 1, 0])
        >>> refnet.scatter_reduce(refnet.zeros(2), 0, index, refnet.tensor([1.0, 2.0, 3.0]), "sum")
        tensor([4., 2.])
    """
    check_tensors("scatter_reduce", input=input, index=index, src=src)
    reduce = {"max": "amax", "min": "amin"}.get(reduce, reduce)
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(
            f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}"
        )
    if reduce == "mean":
        refuse_bool("scatter_reduce", input)
    x = input
    if not include_self:
        x = scatter(input, dim, index, _neutral(reduce, input._array.dtype))
    if reduce == "prod":
        return scattered(ops.scatter_prod, "scatter_reduce", x, dim, index, src)
    if reduce in ("amax", "amin"):
        rule = ops.scatter_amax if reduce == "amax" else ops.scatter_amin
        options = {"include_self": include_self}
        return scattered(rule, "scatter_reduce", x, dim, index, src, **options)
    total = scattered(ops.scatter_add, "scatter_reduce", x, dim, index, src)
    return total if reduce == "sum" else _divided(total, dim, index, include_self)


def _neutral(reduce: str, dtype: np.dtype[Any]) -> Any:
    """Returns the neutral element of a reduction."""
    if reduce in ("sum", "mean"):
        return 0
    if reduce == "prod":
        return 1
    if dtype.kind in "fc":
        return -math.inf if reduce == "amax" else math.inf
    if dtype.kind == "b":
        return reduce == "amin"
    return np.iinfo(dtype).min if reduce == "amax" else np.iinfo(dtype).max


def _divided(total: Tensor, dim: int, index: Tensor, include_self: bool) -> Tensor:
    """Returns the sums divided by their number of terms; integers are rounded down."""
    dtype = total._array.dtype if total._array.dtype.kind != "c" else np.dtype(float)
    count = wrapped(np.full(total._array.shape, int(include_self), dtype))
    ones = wrapped(np.ones(index._array.shape, dtype))
    count = scatter_add(count, dim, index, ones).clamp(min=1)
    return total / count if dtype.kind == "f" else total // count


masked_scatter_ = in_place(masked_scatter)
scatter_reduce_ = in_place(scatter_reduce)
