"""Functions that choose entries: max, min, median, topk, sort, … (refnet.ops.selection)."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, overload

import numpy as np

from refnet import ops, return_types
from refnet.engine.tape import apply, apply_several
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.dims import normalise_dim, one_dim
from refnet.functions.piecewise import maximum, minimum

__all__ = ["amax", "amin", "argmax", "argmin", "argsort", "max", "median", "min", "sort", "topk"]

Dims = int | Iterable[int] | None
T = TypeVar("T")


def need_dim(function: str, keepdim: bool) -> None:
    """Raises TypeError for `keepdim` without `dim`, for which PyTorch has no overload."""
    if keepdim:
        raise TypeError(f"{function}(): expected dim together with keepdim, got keepdim alone")


def need_entries(input: Tensor, dim: Dims, function: str) -> None:
    """Raises PyTorch's error if there are no entries to choose from."""
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
    """Returns the largest entry over dimensions.

    At ties the gradient is shared equally.

    The gradient is derived in `refnet.ops.amax`.

    Args:
        input: tensor
        dim: dimensions to reduce, all by default
        keepdim: whether the reduced dimensions stay, with size 1

    Raises:
        RuntimeError: if the tensor is empty and no `dim` is given
        IndexError: if the size of `dim` is 0

    Example:
        >>> refnet.amax(refnet.tensor([[1, 5], [7, 3]]), dim=1)
        tensor([5, 7])
    """
    return _over_dims(ops.amax, input, dim, keepdim)


def amin(input: Tensor, dim: Dims = (), keepdim: bool = False) -> Tensor:
    """Returns the smallest entry over dimensions.

    At ties the gradient is shared equally.

    The gradient is derived in `refnet.ops.amin`.

    Args:
        input: tensor
        dim: dimensions to reduce, all by default
        keepdim: whether the reduced dimensions stay, with size 1

    Raises:
        RuntimeError: if the tensor is empty and no `dim` is given
        IndexError: if the size of `dim` is 0

    Example:
        >>> refnet.amin(refnet.tensor([[1, 5], [7, 3]]), dim=1)
        tensor([1, 3])
    """
    return _over_dims(ops.amin, input, dim, keepdim)


def _over_dims(rule: Any, input: Tensor, dim: Dims, keepdim: bool) -> Tensor:
    dims = normalise_dim(dim, input.ndim) if input.ndim or dim not in (None, ()) else None
    need_entries(input, dim, rule.__name__)
    return apply(rule, input, dim=dims if input.ndim else None, keepdim=keepdim)


def _along(rule: Any, named: Any, input: Tensor, dim: int, keepdim: bool) -> Any:
    """Returns (values, indices) along a dimension; a 0-d tensor counts as a vector of one entry."""
    axis = one_dim(dim, input.ndim)
    if input.ndim == 0:
        values, indices = apply_several(rule, input.reshape(1), dim=0, keepdim=True)
        return named(values.reshape(()), indices.reshape(()))
    need_entries(input, axis, named.__name__)
    return named(*apply_several(rule, input, dim=axis, keepdim=keepdim))


def _reduced(rule: Any, rule_all: Any, named: Any, input: Tensor, dim: Any, keepdim: bool) -> Any:
    """Returns the chosen entry of the tensor, or (values, indices) along a dimension."""
    if dim is not None:
        return _along(rule, named, input, dim, keepdim)
    need_dim(named.__name__, keepdim)
    need_entries(input, None, named.__name__)
    return apply(rule_all, input)


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
    """Returns the largest entry of a tensor or along a dimension, or the larger of two tensors.

    - max(x) returns the largest entry. At ties the gradient is shared equally.
    - max(x, dim) returns (values, indices) along a dimension. At a tie it is the first entry.
    - max(x, other) is `refnet.maximum`.

    The gradient is derived in `refnet.ops.max`.

    Args:
        input: x
        dim: dimension to reduce, or the second tensor
        keepdim: whether the reduced dimension stays, with size 1
        other: second tensor, by keyword

    Raises:
        RuntimeError: if the tensor is empty and no `dim` is given
        IndexError: if the size of `dim` is 0
        TypeError: for `keepdim` without `dim`

    Example:
        >>> x = refnet.tensor([[1, 5], [7, 3]])
        >>> refnet.max(x)
        tensor(7)
        >>> refnet.max(x, dim=1)
        refnet.return_types.max(
        values=tensor([5, 7]),
        indices=tensor([1, 0]))
    """
    if other is not None or hasattr(dim, "_array"):
        return maximum(input, dim if other is None else other)
    return _reduced(ops.max, ops.max_all, return_types.max, input, dim, keepdim)


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
    """Returns the smallest entry of a tensor or along a dimension, or the smaller of two tensors.

    - min(x) returns the smallest entry. At ties the gradient is shared equally.
    - min(x, dim) returns (values, indices) along a dimension. At a tie it is the first entry.
    - min(x, other) is `refnet.minimum`.

    The gradient is derived in `refnet.ops.min`.

    Args:
        input: x
        dim: dimension to reduce, or the second tensor
        keepdim: whether the reduced dimension stays, with size 1
        other: second tensor, by keyword

    Raises:
        RuntimeError: if the tensor is empty and no `dim` is given
        IndexError: if the size of `dim` is 0
        TypeError: for `keepdim` without `dim`

    Example:
        >>> x = refnet.tensor([[1, 5], [7, 3]])
        >>> refnet.min(x)
        tensor(1)
        >>> refnet.min(x, dim=1)
        refnet.return_types.min(
        values=tensor([1, 3]),
        indices=tensor([0, 1]))
    """
    if other is not None or hasattr(dim, "_array"):
        return minimum(input, dim if other is None else other)
    return _reduced(ops.min, ops.min_all, return_types.min, input, dim, keepdim)


@overload
def median(input: Tensor) -> Tensor: ...
@overload
def median(input: Tensor, dim: int, keepdim: bool = False) -> return_types.median: ...


def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """Returns the median: the middle entry in sorted order, or the lower of the two middle ones.

    median(x) is a tensor, median(x, dim) is (values, indices) along a dimension. If an entry is
    NaN, the median is NaN. At a tie the index is the first one in a stable sort.

    The gradient is derived in `refnet.ops.median`.

    Args:
        input: x
        dim: dimension to reduce, all if None
        keepdim: whether the reduced dimension stays, with size 1

    Raises:
        IndexError: if the size of `dim` is 0
        NotImplementedError: for booleans
        TypeError: for `keepdim` without `dim`

    Example:
        >>> x = refnet.tensor([[1, 5, 3], [8, 6, 7]])
        >>> refnet.median(x)
        tensor(5)
        >>> refnet.median(x, dim=1)
        refnet.return_types.median(
        values=tensor([3, 7]),
        indices=tensor([2, 2]))
    """
    if dim is None:
        need_dim("median", keepdim)
    if input._array.dtype.kind == "b":
        raise NotImplementedError("median() does not support booleans")
    if dim is not None:
        return _along(ops.median, return_types.median, input, dim, keepdim)
    return apply(ops.median_all, input)


def _arg(first: Any, input: Tensor, dim: int | None, keepdim: bool) -> Tensor:
    name = first.__name__
    if input._array.dtype.kind == "b":
        raise RuntimeError(f"{name}(): does not support bool input")
    axis = None if dim is None else one_dim(dim, input.ndim)
    need_entries(input, dim, name)
    indices = first(input._real(), axis=axis if input.ndim else None, keepdims=keepdim)
    return wrap(np.asarray(indices, np.int64))


def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Returns the index of the largest entry, the first one at a tie.

    Args:
        input: tensor
        dim: dimension to reduce; if None, the index refers to the flattened tensor
        keepdim: whether the reduced dimension stays, with size 1

    Raises:
        IndexError: if the tensor is empty and `dim` is None, or if the size of `dim` is 0
        RuntimeError: for booleans

    Example:
        >>> x = refnet.tensor([[1, 5], [7, 3]])
        >>> refnet.argmax(x)
        tensor(2)
        >>> refnet.argmax(x, dim=1)
        tensor([1, 0])
    """
    return _arg(np.argmax, input, dim, keepdim)


def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Returns the index of the smallest entry, the first one at a tie.

    Args:
        input: tensor
        dim: dimension to reduce; if None, the index refers to the flattened tensor
        keepdim: whether the reduced dimension stays, with size 1

    Raises:
        IndexError: if the tensor is empty and `dim` is None, or if the size of `dim` is 0
        RuntimeError: for booleans

    Example:
        >>> x = refnet.tensor([[1, 5], [7, 3]])
        >>> refnet.argmin(x)
        tensor(0)
        >>> refnet.argmin(x, dim=1)
        tensor([0, 1])
    """
    return _arg(np.argmin, input, dim, keepdim)


def _first(
    named: Callable[[Tensor, Tensor], T], input: Tensor, k: int, axis: int, largest: bool
) -> T:
    """Returns the first k entries of the sorted entries, and their indices."""
    if input.ndim == 0:
        return named(input.clone(), wrap(np.zeros((), np.int64)))
    return named(*apply_several(ops.topk, input, k=k, dim=axis, largest=largest))


def topk(
    input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True
) -> return_types.topk:
    """Returns the k largest or smallest entries along a dimension, and their indices.

    The gradient is derived in `refnet.ops.topk`.

    Args:
        input: tensor
        k: number of entries
        dim: dimension of the entries
        largest: whether to return the largest entries, else the smallest
        sorted: ignored; the result is always sorted

    Returns:
        a named tuple (values, indices)

    Raises:
        RuntimeError: if there are fewer than k entries, and for booleans
        TypeError: if k is not an integer

    Example:
        >>> refnet.topk(refnet.tensor([1, 9, 5, 7]), 2)
        refnet.return_types.topk(
        values=tensor([9, 7]),
        indices=tensor([1, 3]))
    """
    if not hasattr(k, "__index__") or isinstance(k, bool):
        raise TypeError(f"topk(): expected k to be an int, got {k!r}")
    if input._array.dtype.kind == "b":
        raise RuntimeError("topk() does not support booleans")
    axis = one_dim(dim, input.ndim)
    n = input._array.shape[axis] if input.ndim else 1
    if not 0 <= k <= n:
        raise RuntimeError(
            f"selected index k out of range: k is {k}, dimension {axis} has {n} entries"
        )
    return _first(return_types.topk, input, k.__index__(), axis, largest)


def sort(
    input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False
) -> return_types.sort:
    """Sorts the entries along a dimension.

    The gradient is derived in `refnet.ops.topk`.

    Args:
        input: tensor
        dim: dimension to sort along
        descending: whether the largest entry comes first
        stable: ignored; equal entries always keep their order

    Returns:
        a named tuple (values, indices)

    Example:
        >>> refnet.sort(refnet.tensor([3, 1, 2]))
        refnet.return_types.sort(
        values=tensor([1, 2, 3]),
        indices=tensor([1, 2, 0]))
    """
    axis = one_dim(dim, input.ndim)
    n = input._array.shape[axis] if input.ndim else 1
    return _first(return_types.sort, input, n, axis, descending)


def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """Returns the indices that sort the entries along a dimension. They have no gradient.

    See `refnet.ops.topk`.

    Args:
        input: tensor
        dim: dimension to sort along
        descending: whether the largest entry comes first
        stable: ignored; equal entries always keep their order

    Example:
        >>> refnet.argsort(refnet.tensor([30, 10, 20]))
        tensor([1, 2, 0])
    """
    return sort(input, dim, descending).indices
