"""kthvalue, mode, quantile, running maxima and minima, and sums that skip NaN.

Most functions find the positions with NumPy and pick the entries with `gather`, so the gradients go
to the picked entries.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np

from refnet import ops, return_types
from refnet.engine import dtypes
from refnet.engine.dtypes import as_numpy
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.arithmetic import div, lerp, scaled, sub
from refnet.functions.dims import integer, normalise_dim, one_dim
from refnet.functions.gather_scatter import gather
from refnet.functions.operands import is_tensor, number, refuse_bool
from refnet.functions.piecewise import where
from refnet.functions.reduction import sum as total
from refnet.functions.selection import amax, amin, need_entries, sort
from refnet.ops.rule import Array, refuse_kink

__all__ = [
    "aminmax",
    "cummax",
    "cummin",
    "kthvalue",
    "mode",
    "msort",
    "nanmean",
    "nansum",
    "quantile",
]

Dims = int | Iterable[int] | None
T = TypeVar("T")


def aminmax(
    input: Tensor, *, dim: int | None = None, keepdim: bool = False
) -> return_types.aminmax:
    """Returns the smallest and the largest entry, of the whole tensor or along a dimension.

    At ties the gradient is shared equally.

    The gradient is derived in `refnet.ops.amin` and `refnet.ops.amax`.

    Args:
        input: tensor
        dim: dimension to reduce, all if None
        keepdim: whether a reduced dimension stays, with size 1

    Returns:
        a named tuple (min, max)

    Raises:
        RuntimeError: if the tensor is empty and `dim` is None
        IndexError: if the size of `dim` is 0

    Example:
        >>> refnet.aminmax(refnet.tensor([3, 1, 2]))
        refnet.return_types.aminmax(
        min=tensor(1),
        max=tensor(3))
    """
    dims: Any = () if dim is None else one_dim(dim, input.ndim)
    if dim is None:
        need_entries(input, None, "aminmax")
    return return_types.aminmax(amin(input, dims, keepdim), amax(input, dims, keepdim))


def msort(input: Tensor) -> Tensor:
    """Sorts the entries along the first dimension in ascending order.

    The gradient is derived in `refnet.ops.topk`.

    Args:
        input: tensor

    Example:
        >>> refnet.msort(refnet.tensor([[3, 1], [2, 4]]))
        tensor([[2, 1],
                [3, 4]])
    """
    return sort(input, 0).values


def _picked(
    named: Callable[[Tensor, Tensor], T],
    find: Callable[[Array], Array],
    input: Tensor,
    dim: int,
    keepdim: bool = True,
) -> T:
    """Returns (values, indices) at the positions find(x), for x with `dim` moved to the end."""
    axis = one_dim(dim, input.ndim)
    x = input if input.ndim else input.reshape(1)
    if x._array.dtype.kind == "c":
        _refuse_ties(named.__name__, np.moveaxis(x._array, axis, -1))
    found = np.moveaxis(find(np.moveaxis(x._real(), axis, -1)), -1, axis)
    indices = wrap(np.ascontiguousarray(found, np.int64))
    values = gather(x, axis, indices)
    if input.ndim == 0:
        return named(values.reshape(()), indices.reshape(()))
    return named(values, indices) if keepdim else named(values.squeeze(axis), indices.squeeze(axis))


def _refuse_ties(function: str, x: Array) -> None:
    """Raises NotAnalyticError if the complex step changes one of two equal entries."""
    y = np.take_along_axis(x, np.argsort(x.real, axis=-1), axis=-1)
    tied = y.real[..., 1:] == y.real[..., :-1]
    refuse_kink(function, y[..., 1:], tied)
    refuse_kink(function, y[..., :-1], tied)


def cummax(input: Tensor, dim: int) -> return_types.cummax:
    """Returns the running maximum along a dimension, and where each maximum occurred last.

        yᵢ = max(x₁, …, xᵢ)

    After a NaN every result is NaN.

    The gradient is derived in `refnet.ops.gather`.

    Args:
        input: x
        dim: dimension along which the maximum runs

    Returns:
        a named tuple (values, indices); at a tie the index is that of the last maximum

    Example:
        >>> refnet.cummax(refnet.tensor([1, 3, 2, 3]), dim=0)
        refnet.return_types.cummax(
        values=tensor([1, 3, 3, 3]),
        indices=tensor([0, 1, 1, 3]))
    """
    return _picked(return_types.cummax, lambda x: _last_best(np.maximum, x), input, dim)


def cummin(input: Tensor, dim: int) -> return_types.cummin:
    """Returns the running minimum along a dimension, and where each minimum occurred last.

        yᵢ = min(x₁, …, xᵢ)

    After a NaN every result is NaN.

    The gradient is derived in `refnet.ops.gather`.

    Args:
        input: x
        dim: dimension along which the minimum runs

    Returns:
        a named tuple (values, indices); at a tie the index is that of the last minimum

    Example:
        >>> refnet.cummin(refnet.tensor([3, 1, 2, 1]), dim=0)
        refnet.return_types.cummin(
        values=tensor([3, 1, 1, 1]),
        indices=tensor([0, 1, 1, 3]))
    """
    return _picked(return_types.cummin, lambda x: _last_best(np.minimum, x), input, dim)


def _last_best(better: np.ufunc, x: Array) -> Array:
    """Returns the last position of the best of the first 1, 2, … entries."""
    best = better.accumulate(x, axis=-1)
    here = (x == best) | (x != x)
    return np.maximum.accumulate(np.where(here, np.arange(x.shape[-1]), 0), axis=-1)


def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> return_types.kthvalue:
    """Returns the k-th smallest entry along a dimension, and its index.

    The gradient is derived in `refnet.ops.gather`.

    Args:
        input: tensor
        k: rank, from 1 to the size of `dim`
        dim: dimension to reduce
        keepdim: whether the reduced dimension stays, with size 1

    Returns:
        a named tuple (values, indices); at a tie the index is that of a stable sort

    Raises:
        RuntimeError: if k is out of range
        IndexError: if the size of `dim` is 0
        NotImplementedError: for booleans

    Example:
        >>> refnet.kthvalue(refnet.tensor([30, 10, 20]), 2)
        refnet.return_types.kthvalue(
        values=tensor(20),
        indices=tensor(2))
    """
    axis = one_dim(dim, input.ndim)
    if input.ndim:
        refuse_bool("kthvalue", input)
    k = integer(k, "k", "kthvalue")
    need_entries(input, axis, "kthvalue")
    n = input.shape[axis] if input.ndim else 1
    if not 1 <= k <= n:
        raise RuntimeError(
            f"kthvalue(): expected k from 1 to {n}, the size of dimension {axis}, got {k}"
        )

    def find(x: Array) -> Array:
        return np.argsort(x, axis=-1, stable=True)[..., k - 1 : k]

    return _picked(return_types.kthvalue, find, input, dim, keepdim)


def mode(input: Tensor, dim: int = -1, keepdim: bool = False) -> return_types.mode:
    """Returns the most frequent entry along a dimension, and where it occurs last.

    At a tie it is the smallest of the most frequent entries. NaN compares unequal to every entry,
    also to NaN, so with NaN the result depends on the order of the entries, as in PyTorch; the two
    agree for up to 16 entries.

    The gradient is derived in `refnet.ops.gather`.

    Args:
        input: tensor
        dim: dimension to reduce
        keepdim: whether the reduced dimension stays, with size 1

    Returns:
        a named tuple (values, indices)

    Raises:
        IndexError: if the size of `dim` is 0

    Example:
        >>> refnet.mode(refnet.tensor([2, 1, 3, 2]))
        refnet.return_types.mode(
        values=tensor(2),
        indices=tensor(3))
    """
    need_entries(input, one_dim(dim, input.ndim), "mode")
    return _picked(return_types.mode, _most_frequent, input, dim, keepdim)


def _most_frequent(x: Array) -> Array:
    """Returns the last position of the most frequent entry."""
    order = np.argsort(x, axis=-1, stable=True)
    for row in np.ndindex(x.shape[:-1]):
        if np.isnan(x[row]).any():
            order[row] = _insertion_order(x[row])
    y = np.take_along_axis(x, order, axis=-1)
    rank = np.arange(y.shape[-1])
    starts = np.ones(y.shape, bool)
    starts[..., 1:] = y[..., 1:] != y[..., :-1]
    run = rank - np.maximum.accumulate(np.where(starts, rank, 0), axis=-1)  # 0, 1, … in a run
    last = run.argmax(-1, keepdims=True)  # the first of the longest runs
    return np.take_along_axis(order, last, axis=-1)


def _insertion_order(x: Array) -> list[int]:
    """Returns the order of an insertion sort by <, as C++ implements it.

    An entry that is less than the first goes to the front. Any other moves as long as it is less
    than the entry before it, so it does not pass a NaN.
    """
    order: list[int] = []
    for i, v in enumerate(x):
        place = len(order)
        while place and v < x[order[place - 1]]:
            place -= 1
        order.insert(0 if order and v < x[order[0]] else place, i)
    return order


_ROUNDED = {"lower": np.floor, "higher": np.ceil, "nearest": np.rint}


def quantile(
    input: Tensor,
    q: Any,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
) -> Tensor:
    """Computes quantiles: the entries at rank q (n − 1) of the n sorted entries.

    The result is NaN if an entry is NaN. If q is a tensor and the interpolation is "linear", q gets
    a gradient: (n − 1) times the difference of the two entries around the rank, summed over all
    results.

    The gradient is derived in `refnet.ops.scale`, `refnet.ops.where` and `refnet.ops.lerp`.

    Args:
        input: tensor of a floating-point dtype
        q: number from 0 to 1, or a vector of numbers, whose results lie along a new first dimension
        dim: dimension to reduce, all if None
        keepdim: whether a reduced dimension stays, with size 1
        interpolation: how to combine the two entries around the rank: "linear" or "midpoint", or
            "lower", "higher" or "nearest", which pick one of them

    Raises:
        RuntimeError: for integers or float16, for an empty tensor, for q outside [0, 1] or of
            another dtype, and for an unknown interpolation

    Example:
        >>> x = refnet.tensor([30.0, 10.0, 20.0])
        >>> refnet.quantile(x, 0.25)
        tensor(15.)
        >>> refnet.quantile(x, refnet.tensor([0.0, 0.5, 1.0]))
        tensor([10., 20., 30.])
    """
    x = input._array
    if x.dtype.kind not in "fc" or x.dtype == np.float16:
        raise RuntimeError("quantile() input tensor must be either float or double dtype")
    if not x.size:
        raise RuntimeError("quantile() input tensor must be non-empty")
    if interpolation not in (*_ROUNDED, "linear", "midpoint"):
        raise RuntimeError(
            "quantile() interpolation must be one of linear, lower, higher, midpoint or nearest, "
            f"but got {interpolation}"
        )
    qs = q._real() if is_tensor(q) else np.asarray(number(q, "q", "quantile"), x.real.dtype)
    if qs.dtype != x.real.dtype or qs.ndim > 1:
        raise RuntimeError(
            "quantile() q must be a scalar or a 1D tensor of the same dtype as the input, got "
            f"{qs.dtype} of shape {list(qs.shape)}"
        )
    if not np.all((qs >= 0) & (qs <= 1)):
        raise RuntimeError(f"quantile() q must be in the range [0, 1] but got {qs}")
    axis = None if dim is None else one_dim(dim, input.ndim)
    axis = axis if input.ndim else None
    rows = input.reshape(-1) if axis is None else input.movedim(axis, -1)
    fractions = (q if is_tensor(q) else wrap(qs)).reshape(-1)
    found = _quantiles(sort(rows, -1).values, fractions, interpolation)
    if keepdim:
        shape = [1] * input.ndim if axis is None else [*rows.shape[:-1], 1]
        kept = found.reshape(len(found), *shape)
        found = kept if axis is None else kept.movedim(-1, axis + 1)
    return found if qs.ndim else found.squeeze(0)


def _quantiles(ordered: Tensor, q: Tensor, interpolation: str) -> Tensor:
    """Returns quantiles along a new first dimension; the entries are sorted along the last one."""
    n = ordered.shape[-1]
    ranks: Tensor = scaled(q, n - 1)
    if interpolation != "linear":
        r = ranks._real()
        if interpolation == "midpoint":
            r = np.floor(r) + 0.5 * (r != np.floor(r))
        else:
            r = _ROUNDED[interpolation](r)
        ranks = wrap(r.astype(q._array.dtype))
    has_nan = wrap(np.isnan(ordered._real()[..., -1:]))
    last = wrap(np.full(1, n - 1, ranks._array.dtype))  # NaN is sorted to the end
    ranks = where(has_nan, last, ranks)
    floors = np.floor(ranks._real())
    low = gather(ordered, -1, wrap(floors.astype(np.int64)))
    if interpolation in _ROUNDED:
        return low.movedim(-1, 0)
    high = gather(ordered, -1, wrap(np.ceil(ranks._real()).astype(np.int64)))
    return lerp(low, high, sub(ranks, wrap(floors))).movedim(-1, 0)


def nansum(
    input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None
) -> Tensor:
    """Computes the sum, where NaN counts as 0.

    The gradient is derived in `refnet.ops.sum` and `refnet.ops.nan_to_zero`.

    Args:
        input: tensor
        dim: dimensions to reduce, all if None
        keepdim: whether the reduced dimensions stay, with size 1
        dtype: dtype to which the input is cast first

    Example:
        >>> refnet.nansum(refnet.tensor([1.0, float("nan"), 2.0]))
        tensor(3.)
    """
    return total(_nan_to_zero(input), dim, keepdim, dtype=dtype)


def nanmean(
    input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None
) -> Tensor:
    """Computes the mean of the entries that are not NaN.

    The gradient is derived in `refnet.ops.div`.

    Args:
        input: tensor of a floating-point dtype
        dim: dimensions to reduce, all if None
        keepdim: whether the reduced dimensions stay, with size 1
        dtype: dtype to which the input is cast first

    Raises:
        RuntimeError: for integers

    Example:
        >>> refnet.nanmean(refnet.tensor([1.0, float("nan"), 2.0]))
        tensor(1.5000)
    """
    if input._array.dtype.kind not in "fc":
        raise RuntimeError(
            "nanmean(): expected input to have floating point or complex dtype but got "
            f"{input.dtype}"
        )
    if dtype is not None and as_numpy(dtype).kind not in "fc":
        raise RuntimeError(f"nanmean(): expected a floating-point dtype, got {dtype}")
    axes = normalise_dim(dim, input.ndim) if input.ndim else None
    count = (~np.isnan(input._real())).sum(axis=axes, keepdims=keepdim)
    return div(nansum(input, dim, keepdim, dtype=dtype), wrap(np.asarray(count)))


def _nan_to_zero(x: Tensor) -> Tensor:
    if x._array.dtype.kind not in "fc":
        return x
    return apply(ops.nan_to_zero, x)
