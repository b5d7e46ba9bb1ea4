"""Values put at a mask, in a slice, or reduced at indices, under PyTorch's names.

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
from refnet.functions.einsum import check_tensors
from refnet.functions.gather_scatter import masked_fill_, scatter, scatter_add, scattered
from refnet.functions.index_writing import require_one_dtype
from refnet.functions.joining import select
from refnet.functions.operands import in_place, misfit, number, refuse_bool, require_tensor
from refnet.functions.shape import diagonal

__all__ = [
    "diagonal_scatter",
    "masked_scatter",
    "scatter_reduce",
    "select_scatter",
    "slice_scatter",
    "take",
]


def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """x, but where the mask holds, the entries of source in their order; x and mask broadcast

    Raises RuntimeError for a mask that is not boolean, for two dtypes, and for too short a source.

    The gradient is derived in `refnet.ops.index_put`.
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
    """The elements at these places of the flat tensor, in the shape of index

    Raises RuntimeError for an index that is not of int64, IndexError for one out of range.

    The gradient is derived in `refnet.ops.index`.
    """
    check_tensors("take", input=input, index=index)
    i, n = index._array, input._array.size
    if i.dtype != np.int64:
        raise RuntimeError(f"take(): Expected a long tensor for index, but got {index.dtype}")
    if i.size and (i.min() < -n or i.max() >= n):
        raise IndexError(f"out of range: tried to access an index on a tensor of {n} elements.")
    return apply(ops.index, input.reshape(-1), where=(i,))


def _filled_in(input: Tensor, src: Tensor, part_of: Callable[[Tensor], Tensor]) -> Tensor:
    """A copy of input whose part is src."""
    require_tensor(src)
    y = input.clone()
    part = part_of(y)
    if part.shape != src.shape:
        raise RuntimeError(
            "expected src to have a size equal to the slice of self. "
            f"src size = {list(src.shape)}, slice size = {list(part.shape)}"
        )
    part.copy_(src)
    return y


def select_scatter(input: Tensor, src: Tensor, dim: int, index: int) -> Tensor:
    """x, but src at one index along dim

    Raises RuntimeError for a src of another shape than the slice.

    The gradient is derived in `refnet.ops.index`.
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
    """x, but src in the slice start:end:step along dim

    Raises RuntimeError for a src of another shape than the slice, or a step below 1.
    """
    if integer(step, "step", "slice_scatter") < 1:
        raise RuntimeError("slice step must be positive")
    where = (slice(None),) * one_dim(dim, input.ndim) + (slice(start, end, step),)
    return _filled_in(input, src, lambda y: y[where])


def diagonal_scatter(
    input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1
) -> Tensor:
    """x, but src on the diagonal of two dimensions, see refnet.diagonal

    Raises RuntimeError for a src of another shape than the diagonal.

    The gradient is derived in `refnet.ops.diagonal`.
    """
    return _filled_in(input, src, lambda y: diagonal(y, offset, dim1, dim2))


def fill_diagonal_(input: Tensor, fill_value: Any, wrap: bool = False) -> Tensor:
    """Give the main diagonal this value, in place; with wrap, a tall matrix's diagonal starts
    again below it, after an empty row

    Raises RuntimeError for a vector, and for different sizes of more than two dimensions.
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
    """For each place, the sum, product, ... of x there and of the entries of src whose index names it

    The gradient is derived in `refnet.ops.scatter_prod`, `refnet.ops.scatter_amax` and
    `refnet.ops.scatter_amin`.

    Args:
        reduce: "sum", "prod", "mean", "amax" or "amin"
        include_self: False leaves x out where the index names a place

    Without x, a tie among the largest shares the gradient among the entries of src alone; PyTorch
    counts an equal x too, and loses its share.

    Raises RuntimeError for an index or a src that does not fit, and for another reduce.
    """
    check_tensors("scatter_reduce", input=input, index=index, src=src)
    reduce = {"max": "amax", "min": "amin"}.get(reduce, reduce)
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        raise RuntimeError(
            f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}"
        )
    if reduce == "mean":
        refuse_bool("scatter_reduce with the mean", input)
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


def _neutral(reduce: str, of: np.dtype[Any]) -> Any:
    """What changes nothing: the result of reducing nothing."""
    if reduce in ("sum", "mean"):
        return 0
    if reduce == "prod":
        return 1
    if of.kind in "fc":
        return -math.inf if reduce == "amax" else math.inf
    if of.kind == "b":
        return reduce == "amin"
    return np.iinfo(of).min if reduce == "amax" else np.iinfo(of).max


def _divided(total: Tensor, dim: int, index: Tensor, include_self: bool) -> Tensor:
    """The sums over the number of their terms, integers rounded down."""
    of = total._array.dtype if total._array.dtype.kind != "c" else np.dtype(float)
    count = wrapped(np.full(total._array.shape, int(include_self), of))
    ones = wrapped(np.ones(index._array.shape, of))
    count = scatter_add(count, dim, index, ones).clamp(min=1)
    return total / count if of.kind == "f" else total // count


masked_scatter_ = in_place(masked_scatter)
scatter_reduce_ = in_place(scatter_reduce)
