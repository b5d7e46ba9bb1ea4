"""Choosing entries: max, min, median, topk, sort and their indices (refnet.ops.selection)."""

from collections.abc import Iterable
from typing import Any, overload

import numpy as np

from refnet import ops, return_types
from refnet.engine.tape import apply, apply_several
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.dims import normalise_dim, one_dim
from refnet.functions.piecewise import maximum, minimum

__all__ = ["amax", "amin", "argmax", "argmin", "argsort", "max", "median", "min", "sort", "topk"]

Dims = int | Iterable[int] | None


def need_dim(function: str, keepdim: bool) -> None:
    """Raise TypeError for keepdim without a dim, where PyTorch has no such overload."""
    if keepdim:
        raise TypeError(f"{function}(): expected a dim beside keepdim, got none")


def need_entries(input: Tensor, dim: Dims, function: str) -> None:
    """Raise if the function would have to choose an entry where there is none."""
    shape = input._array.shape
    if input._array.size or not shape:
        return
    if dim is None or (isinstance(dim, tuple) and not dim):
        error = IndexError if function.startswith("arg") else RuntimeError
        raise error(
            f"{function}(): Expected reduction dim to be specified for input.numel() == 0. "
            "Specify the reduction dim with the 'dim' argument."
        )
    for d in normalise_dim(dim, len(shape)):
        if shape[d] == 0:
            raise IndexError(f"{function}(): Expected reduction dim {d} to have non-zero size.")


def amax(input: Tensor, dim: Dims = (), keepdim: bool = False) -> Tensor:
    """The largest entry over dim, all dimensions by default; at a tie the gradient is shared

    The gradient is derived in `refnet.ops.amax`.
    """
    return _over_dims(ops.amax, input, dim, keepdim)


def amin(input: Tensor, dim: Dims = (), keepdim: bool = False) -> Tensor:
    """The smallest entry over dim, all dimensions by default; at a tie the gradient is shared

    The gradient is derived in `refnet.ops.amin`.
    """
    return _over_dims(ops.amin, input, dim, keepdim)


def _over_dims(rule: Any, input: Tensor, dim: Dims, keepdim: bool) -> Tensor:
    dims = normalise_dim(dim, input.ndim) if input.ndim or dim not in (None, ()) else None
    need_entries(input, dim, rule.__name__)
    return apply(rule, input, dim=dims if input.ndim else None, keepdim=keepdim)


def _along(rule: Any, named: Any, input: Tensor, dim: int, keepdim: bool) -> Any:
    """(values, indices) along one dimension; a 0-d tensor counts as a vector of one entry."""
    axis = one_dim(dim, input.ndim)
    if input.ndim == 0:
        values, indices = apply_several(rule, input.reshape(1), dim=0, keepdim=True)
        return named(values.reshape(()), indices.reshape(()))
    need_entries(input, axis, named.__name__)
    return named(*apply_several(rule, input, dim=axis, keepdim=keepdim))


@overload
def max(input: Tensor) -> Tensor: ...
@overload
def max(input: Tensor, dim: int, keepdim: bool = False) -> return_types.max: ...
@overload
def max(input: Tensor, other: Tensor, /) -> Tensor: ...
@overload
def max(input: Tensor, *, other: Tensor) -> Tensor: ...


def max(
    input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Tensor | None = None
) -> Any:
    """max(x): the largest entry; max(x, dim): (values, indices) along dim, the first at a tie;
    max(x, other): the larger of two tensors, elementwise

    Raises RuntimeError or IndexError where there is no entry.

    The gradient is derived in `refnet.ops.max`.
    """
    if other is not None or hasattr(dim, "_array"):
        return maximum(input, dim if other is None else other)
    if dim is not None:
        return _along(ops.max, return_types.max, input, dim, keepdim)
    need_dim("max", keepdim)
    need_entries(input, None, "max")
    return apply(ops.max_all, input)


@overload
def min(input: Tensor) -> Tensor: ...
@overload
def min(input: Tensor, dim: int, keepdim: bool = False) -> return_types.min: ...
@overload
def min(input: Tensor, other: Tensor, /) -> Tensor: ...
@overload
def min(input: Tensor, *, other: Tensor) -> Tensor: ...


def min(
    input: Tensor, dim: Any = None, keepdim: bool = False, *, other: Tensor | None = None
) -> Any:
    """min(x): the smallest entry; min(x, dim): (values, indices) along dim, the first at a tie;
    min(x, other): the smaller of two tensors, elementwise

    Raises RuntimeError or IndexError where there is no entry.

    The gradient is derived in `refnet.ops.min`.
    """
    if other is not None or hasattr(dim, "_array"):
        return minimum(input, dim if other is None else other)
    if dim is not None:
        return _along(ops.min, return_types.min, input, dim, keepdim)
    need_dim("min", keepdim)
    need_entries(input, None, "min")
    return apply(ops.min_all, input)


@overload
def median(input: Tensor) -> Tensor: ...
@overload
def median(input: Tensor, dim: int, keepdim: bool = False) -> return_types.median: ...


def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """median(x): the middle entry in order, the lower one of two; median(x, dim): (values,
    indices) along dim, at a tie the first that fits in a stable order; NaN if there is one

    Raises IndexError where there is no entry along dim.

    The gradient is derived in `refnet.ops.median`.
    """
    if dim is None:
        need_dim("median", keepdim)
    if input._array.dtype.kind == "b":
        raise NotImplementedError("median() is not implemented for booleans")
    if dim is not None:
        return _along(ops.median, return_types.median, input, dim, keepdim)
    return apply(ops.median_all, input)


def _arg(first: Any, input: Tensor, dim: int | None, keepdim: bool) -> Tensor:
    name = first.__name__
    if input._array.dtype.kind == "b":
        raise RuntimeError(f"{name}(): does not support bool input")
    axis = None if dim is None else one_dim(dim, input.ndim)
    need_entries(input, dim, name)
    return wrap(
        np.asarray(
            first(input._real(), axis=axis if input.ndim else None, keepdims=keepdim), np.int64
        )
    )


def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """The index of the largest entry, the first at a tie; without dim, into the flat tensor"""
    return _arg(np.argmax, input, dim, keepdim)


def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """The index of the smallest entry, the first at a tie; without dim, into the flat tensor"""
    return _arg(np.argmin, input, dim, keepdim)


def _first(named: Any, input: Tensor, k: int, axis: int, largest: bool) -> Any:
    """The first k entries in order and their indices."""
    if input.ndim == 0:
        return named(input.clone(), wrap(np.zeros((), np.int64)))
    return named(*apply_several(ops.topk, input, k=k, dim=axis, largest=largest))


def topk(
    input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True
) -> return_types.topk:
    """The k largest (or smallest) entries along dim and their indices, in order

    sorted=False lets PyTorch return them in any order; this is one.
    Raises RuntimeError if there are fewer than k, TypeError if k is not an integer.

    The gradient is derived in `refnet.ops.topk`.
    """
    if not hasattr(k, "__index__") or isinstance(k, bool):
        raise TypeError(f"topk(): k must be an int, got {k!r}")
    if input._array.dtype.kind == "b":
        raise RuntimeError("topk is not for booleans")
    axis = one_dim(dim, input.ndim)
    n = input._array.shape[axis] if input.ndim else 1
    if not 0 <= k <= n:
        raise RuntimeError(
            f"selected index k out of range: k is {k}, dimension {axis} has {n} entries"
        )
    result: return_types.topk = _first(return_types.topk, input, k.__index__(), axis, largest)
    return result


def sort(
    input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False
) -> return_types.sort:
    """The entries in order along dim, and their indices; always stable

    The gradient is derived in `refnet.ops.topk`.
    """
    axis = one_dim(dim, input.ndim)
    n = input._array.shape[axis] if input.ndim else 1
    result: return_types.sort = _first(return_types.sort, input, n, axis, descending)
    return result


def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """The indices that sort along dim; always stable

    The gradient is derived in `refnet.ops.topk`.
    """
    return sort(input, dim, descending).indices
