"""Reductions, as refnet.sum(x, dim) and x.sum(dim): PyTorch's spelling of refnet.ops.reduction."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from refnet import dtypes, ops
from refnet.functions.dims import normalise_dim
from refnet.functions.elementwise import maximum, minimum
from refnet.tape import apply, wrap

if TYPE_CHECKING:
    from refnet.tensor import Tensor

__all__ = [
    "all",
    "amax",
    "amin",
    "any",
    "argmax",
    "argmin",
    "argsort",
    "count_nonzero",
    "cumsum",
    "logsumexp",
    "max",
    "mean",
    "min",
    "norm",
    "prod",
    "sort",
    "std",
    "sum",
    "topk",
    "var",
]

Dims = int | Iterable[int] | None


class ValuesIndices(NamedTuple):
    """The entries that a function chose, and where they stood."""

    values: "Tensor"
    indices: "Tensor"


def _dims(input: "Tensor", dim: Dims) -> tuple[int, ...] | None:
    """The dimensions for a rule: None for all, and for a 0-d tensor."""
    if dim is None:
        return None
    dims = normalise_dim(dim, input.ndim)
    return dims if input.ndim else None


def _one_dim(input: "Tensor", dim: int) -> int:
    return normalise_dim(dim, input.ndim)[0]


def _whole(input: "Tensor") -> "Tensor":
    """Booleans and integers as int64, in which PyTorch adds and multiplies them."""
    return input if input._array.dtype.kind in "fc" else input._as(dtypes.int64.dtype)


def _need_float(input: "Tensor", function: str) -> None:
    if input._array.dtype.kind not in "fc":
        raise RuntimeError(
            f"{function}(): could not infer output dtype. Input dtype must be either a floating "
            f"point or complex dtype. Got: {input.dtype}"
        )


def _need_entries(input: "Tensor", dim: Dims, function: str) -> None:
    """Raise if the function would have to choose an entry where there is none."""
    for d in normalise_dim(dim, input.ndim) if input.ndim else ():
        if input._array.shape[d] == 0:
            if dim is None:
                error = IndexError if function.startswith("arg") else RuntimeError
                raise error(
                    f"{function}(): Expected reduction dim to be specified for input.numel() == 0. "
                    "Specify the reduction dim with the 'dim' argument."
                )
            raise IndexError(f"{function}(): Expected reduction dim {d} to have non-zero size.")


def sum(
    input: "Tensor",
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: dtypes.dtype | None = None,
) -> "Tensor":
    """Σ x over dim, all by default; dtype casts first; booleans and integers give int64"""
    x = _whole(input) if dtype is None else input.to(dtype)
    result: Tensor = apply(ops.sum, x, dim=_dims(x, dim), keepdim=keepdim)
    return result


def mean(
    input: "Tensor",
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: dtypes.dtype | None = None,
) -> "Tensor":
    """Σ x / n over dim, all dimensions by default; dtype casts first

    Raises RuntimeError for integers.
    """
    x = input if dtype is None else input.to(dtype)
    _need_float(x, "mean")
    result: Tensor = apply(ops.mean, x, dim=_dims(x, dim), keepdim=keepdim)
    return result


def _spread(
    rule: Any, input: "Tensor", dim: Any, unbiased: Any, correction: Any, keepdim: bool
) -> "Tensor":
    if isinstance(dim, bool):  # PyTorch's old overload var(input, unbiased)
        dim, unbiased = None, dim
    if unbiased is not None:
        correction = int(unbiased)
    if input._array.dtype.kind not in "fc":
        raise RuntimeError(f"std and var only support floating point dtypes, got {input.dtype}")
    result: Tensor = apply(
        rule,
        input,
        dim=_dims(input, dim),
        correction=1 if correction is None else correction,
        keepdim=keepdim,
    )
    return result


def var(
    input: "Tensor",
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> "Tensor":
    """Σ (x − mean)² / max(n − correction, 0) over dim; correction is 1 unless given

    unbiased=False is an older way to say correction=0.
    """
    return _spread(ops.var, input, dim, unbiased, correction, keepdim)


def std(
    input: "Tensor",
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> "Tensor":
    """√var"""
    return _spread(ops.std, input, dim, unbiased, correction, keepdim)


def prod(
    input: "Tensor",
    dim: int | None = None,
    keepdim: bool = False,
    *,
    dtype: dtypes.dtype | None = None,
) -> "Tensor":
    """Π x over one dimension, or all; dtype casts first; booleans and integers give int64"""
    x = _whole(input) if dtype is None else input.to(dtype)
    result: Tensor = apply(ops.prod, x, dim=_dims(x, dim), keepdim=keepdim)
    return result


def logsumexp(input: "Tensor", dim: Dims, keepdim: bool = False) -> "Tensor":
    """log Σ eˣ over dim, without overflow"""
    _need_float(input, "logsumexp")
    result: Tensor = apply(ops.logsumexp, input, dim=_dims(input, dim), keepdim=keepdim)
    return result


def amax(input: "Tensor", dim: Dims = (), keepdim: bool = False) -> "Tensor":
    """The largest entry over dim; at a tie the gradient is shared"""
    _need_entries(input, dim, "amax")
    result: Tensor = apply(ops.amax, input, dim=_dims(input, dim), keepdim=keepdim)
    return result


def amin(input: "Tensor", dim: Dims = (), keepdim: bool = False) -> "Tensor":
    """The smallest entry over dim; at a tie the gradient is shared"""
    _need_entries(input, dim, "amin")
    result: Tensor = apply(ops.amin, input, dim=_dims(input, dim), keepdim=keepdim)
    return result


def max(input: "Tensor", dim: Any = None, keepdim: bool = False) -> Any:
    """max(x): the largest entry; max(x, dim): (values, indices) along dim, the first at a tie;
    max(x, other): the larger of two tensors, elementwise"""
    if dim is None:
        _need_entries(input, None, "max")
        return apply(ops.amax, input, dim=None, keepdim=False)
    if hasattr(dim, "_array"):
        return maximum(input, dim)
    _need_entries(input, dim, "max")
    return ValuesIndices(*apply(ops.max, input, dim=_one_dim(input, dim), keepdim=keepdim))


def min(input: "Tensor", dim: Any = None, keepdim: bool = False) -> Any:
    """min(x): the smallest entry; min(x, dim): (values, indices) along dim, the first at a tie;
    min(x, other): the smaller of two tensors, elementwise"""
    if dim is None:
        _need_entries(input, None, "min")
        return apply(ops.amin, input, dim=None, keepdim=False)
    if hasattr(dim, "_array"):
        return minimum(input, dim)
    _need_entries(input, dim, "min")
    return ValuesIndices(*apply(ops.min, input, dim=_one_dim(input, dim), keepdim=keepdim))


def _arg(first: Any, input: "Tensor", dim: int | None, keepdim: bool, name: str) -> "Tensor":
    _need_entries(input, dim, name)
    axis = None if dim is None or input.ndim == 0 else _one_dim(input, dim)
    return wrap(np.asarray(first(input._real(), axis=axis, keepdims=keepdim)))


def argmax(input: "Tensor", dim: int | None = None, keepdim: bool = False) -> "Tensor":
    """The index of the largest entry, the first at a tie; without dim, into the flat tensor"""
    return _arg(np.argmax, input, dim, keepdim, "argmax")


def argmin(input: "Tensor", dim: int | None = None, keepdim: bool = False) -> "Tensor":
    """The index of the smallest entry, the first at a tie; without dim, into the flat tensor"""
    return _arg(np.argmin, input, dim, keepdim, "argmin")


def topk(
    input: "Tensor", k: int, dim: int = -1, largest: bool = True, sorted: bool = True
) -> ValuesIndices:
    """The k largest (or smallest) entries along dim and their indices, in order

    sorted=False lets PyTorch return them in any order; this is one.
    Raises RuntimeError if there are fewer than k.
    """
    if input.ndim == 0:
        one = topk(input.reshape(1), k, 0, largest, sorted)
        return ValuesIndices(one.values.reshape(()), one.indices.reshape(()))
    axis = _one_dim(input, dim)
    if not 0 <= k <= input._array.shape[axis]:
        raise RuntimeError(
            f"selected index k out of range: k is {k}, dimension {axis} has "
            f"{input._array.shape[axis]} entries"
        )
    return ValuesIndices(*apply(ops.topk, input, k=k, dim=axis, largest=largest))


def sort(
    input: "Tensor", dim: int = -1, descending: bool = False, stable: bool = False
) -> ValuesIndices:
    """The entries in order along dim, and their indices; always stable"""
    size = input._array.shape[_one_dim(input, dim)] if input.ndim else 1
    return topk(input, size, dim, descending)


def argsort(
    input: "Tensor", dim: int = -1, descending: bool = False, stable: bool = False
) -> "Tensor":
    """The indices that sort along dim; always stable"""
    return sort(input, dim, descending).indices


def cumsum(input: "Tensor", dim: int, *, dtype: dtypes.dtype | None = None) -> "Tensor":
    """The sums of the first 1, 2, … entries along dim"""
    x = _whole(input) if dtype is None else input.to(dtype)
    result: Tensor = apply(ops.cumsum, x, dim=_one_dim(x, dim))
    return result


def norm(
    input: "Tensor",
    p: Any = "fro",
    dim: Dims = None,
    keepdim: bool = False,
    dtype: dtypes.dtype | None = None,
) -> "Tensor":
    """(Σ |x|ᵖ)^(1/p) over dim; "fro" is p = 2; p = ∞ means max |x|; dtype casts first"""
    input = input if dtype is None else input.to(dtype)
    if p in ("fro", 2, 2.0):
        return (input * input).sum(dim, keepdim).sqrt()
    size = input.abs()
    if p == float("inf"):
        return amax(size, () if dim is None else dim, keepdim)
    if p == 1:
        return sum(size, dim, keepdim)
    if not isinstance(p, (int, float)) or p <= 0:
        raise ValueError(f"norm(): p must be 'fro', inf or a positive number, got {p!r}")
    return sum(size**p, dim, keepdim) ** (1.0 / p)


def all(input: "Tensor", dim: Dims = None, keepdim: bool = False) -> "Tensor":
    """Whether all entries over dim are not zero"""
    return wrap(np.asarray(np.all(input._real(), axis=_dims(input, dim), keepdims=keepdim)))


def any(input: "Tensor", dim: Dims = None, keepdim: bool = False) -> "Tensor":
    """Whether an entry over dim is not zero"""
    return wrap(np.asarray(np.any(input._real(), axis=_dims(input, dim), keepdims=keepdim)))


def count_nonzero(input: "Tensor", dim: Dims = None) -> "Tensor":
    """The number of entries over dim that are not zero"""
    return wrap(np.asarray(np.count_nonzero(input._real(), axis=_dims(input, dim))))
