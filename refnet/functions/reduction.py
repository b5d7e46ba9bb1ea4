"""Reductions, as refnet.sum(x, dim) and x.sum(dim): PyTorch's spelling of refnet.ops.reduction.

Those that choose entries, as max does, stand in refnet.functions.selection.
"""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from refnet import ops
from refnet.engine import dtypes
from refnet.engine.caller_warning import warn
from refnet.engine.in_place import overwrite, refuse_leaf
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.dims import normalise_dim, one_dim
from refnet.functions.operands import number, refuse_bool
from refnet.functions.selection import need_dim

__all__ = [
    "all",
    "any",
    "count_nonzero",
    "cumprod",
    "cumsum",
    "logsumexp",
    "mean",
    "norm",
    "prod",
    "std",
    "std_mean",
    "sum",
    "var",
    "var_mean",
]

Dims = int | Iterable[int] | None


def _dims(input: Tensor, dim: Dims) -> tuple[int, ...] | None:
    """The dimensions for a rule: None for all, and for a 0-d tensor."""
    if dim is None:
        return None
    dims = normalise_dim(dim, input.ndim)
    return dims if input.ndim else None


def _summable(input: Tensor, dtype: dtypes.dtype | None) -> Tensor:
    """In the dtype asked for; else booleans and integers in int64, in which PyTorch adds them."""
    if dtype is not None:
        return input._as(dtypes.as_numpy(dtype))
    return input if input._array.dtype.kind in "fc" else input._as(dtypes.int64.dtype)


def _need_float(input: Tensor, function: str) -> None:
    if input._array.dtype.kind not in "fc":
        raise RuntimeError(
            f"{function}(): could not infer output dtype. Input dtype must be either a floating "
            f"point or complex dtype. Got: {input.dtype}"
        )


def sum(
    input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None
) -> Tensor:
    """Σ x over dim, all dimensions by default; dtype casts first; booleans and integers give int64

    The gradient is derived in `refnet.ops.sum`.
    """
    x = _summable(input, dtype)
    return apply(ops.sum, x, dim=_dims(x, dim), keepdim=keepdim)


def mean(
    input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None
) -> Tensor:
    """Σ x / n over dim, all dimensions by default; dtype casts first

    Raises RuntimeError for integers.

    The gradient is derived in `refnet.ops.mean`.
    """
    x = input if dtype is None else input._as(dtypes.as_numpy(dtype))
    _need_float(x, "mean")
    return apply(ops.mean, x, dim=_dims(x, dim), keepdim=keepdim)


def _spread(
    rule: Any, input: Tensor, dim: Any, unbiased: Any, correction: Any, keepdim: bool
) -> Tensor:
    if isinstance(dim, bool):  # PyTorch's old overload var(input, unbiased)
        dim, unbiased = None, dim
    if unbiased is not None:
        if correction is not None:
            raise TypeError("give unbiased or correction, not both")
        if not isinstance(unbiased, (bool, np.bool)):
            raise TypeError(f"{rule.__name__}(): unbiased must be bool, got {unbiased!r}")
        correction = int(unbiased)
    correction = 1 if correction is None else number(correction, "correction", rule.__name__)
    if input._array.dtype.kind not in "fc":
        raise RuntimeError(
            f"std and var only support floating point and complex dtypes, got {input.dtype}"
        )
    dims = _dims(input, dim)
    shape = input._array.shape
    n = math.prod(shape if dims is None else (shape[d] for d in dims))
    if n <= correction:
        warn(
            f"{rule.__name__}(): degrees of freedom is <= 0. Correction ({correction}) should be "
            f"strictly less than the number of entries ({n})."
        )
    return apply(rule, input, dim=dims, correction=correction, keepdim=keepdim)


def var(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """Σ (x − mean)² / max(n − correction, 0) over dim; correction is 1 unless given

    unbiased=False is an older way to say correction=0. Warns for n ≤ correction.

    The gradient is derived in `refnet.ops.var`.
    """
    return _spread(ops.var, input, dim, unbiased, correction, keepdim)


def std(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Tensor:
    """√var

    The gradient is derived in `refnet.ops.std`.
    """
    return _spread(ops.std, input, dim, unbiased, correction, keepdim)


def var_mean(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:
    """(var, mean)

    The gradient is derived in `refnet.ops.var`.
    """
    spread = _spread(ops.var, input, dim, unbiased, correction, keepdim)
    return spread, mean(input, None if isinstance(dim, bool) else dim, keepdim)


def std_mean(
    input: Tensor,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:
    """(std, mean)

    The gradient is derived in `refnet.ops.std`.
    """
    spread = _spread(ops.std, input, dim, unbiased, correction, keepdim)
    return spread, mean(input, None if isinstance(dim, bool) else dim, keepdim)


def prod(
    input: Tensor,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    dtype: dtypes.dtype | None = None,
) -> Tensor:
    """Π x over one dimension, or all; dtype casts first; booleans and integers give int64

    The gradient is derived in `refnet.ops.prod`.
    """
    x = _summable(input, dtype)
    if dim is None:
        need_dim("prod", keepdim)
    dims = None if dim is None else _dims(x, one_dim(dim, x.ndim))
    return apply(ops.prod, x, dim=dims, keepdim=keepdim)


def logsumexp(input: Tensor, dim: Dims, keepdim: bool = False) -> Tensor:
    """log Σ eˣ over dim, without overflow; integers are taken as floating-point numbers

    The gradient is derived in `refnet.ops.logsumexp`.
    """
    if input._array.dtype.kind not in "fc":
        input = input._as(dtypes.get_default_dtype().dtype)
    return apply(ops.logsumexp, input, dim=_dims(input, dim), keepdim=keepdim)


def norm(
    input: Tensor,
    p: Any = "fro",
    dim: Dims = None,
    keepdim: bool = False,
    dtype: dtypes.dtype | None = None,
) -> Tensor:
    """(Σ |x|ᵖ)^(1/p) over dim; p = "fro" is 2, ∞ means max |x|, −∞ min |x|, 0 how many are not 0

    dtype casts first. Raises RuntimeError for integers, and for p = ∞ or p < 0 of no entries,
    NotImplementedError for p = "nuc".

    The gradient is derived in `refnet.ops.norm`.
    """
    if p == "nuc":
        raise NotImplementedError("norm(): the nuclear norm is left out: it needs an SVD")
    if p in ("fro", None):
        p = 2.0
    if not isinstance(p, (int, float, np.number)):
        raise RuntimeError(f"norm(): order must be a number, 'fro' or None, got {p!r}")
    p = float(p)
    if input._array.dtype.kind not in "fc":
        raise RuntimeError(
            f"norm(): Expected a floating point or complex tensor as input. Got {input.dtype}"
        )
    x = input if dtype is None else input._as(norm_dtype("norm", input, dtype))
    result: Tensor
    if (p < 0 or math.isinf(p)) and 0 in [x.shape[i] for i in _dims(x, dim) or range(x.ndim)]:
        raise RuntimeError(f"norm(): the norm with p = {p} of no entries is not defined")
    if math.isinf(p):
        rule = ops.amax if p > 0 else ops.amin
        result = apply(rule, x.abs(), dim=_dims(x, dim), keepdim=keepdim, nan=True)
    elif p == 0:
        result = apply(ops.zero_norm, x, dim=_dims(x, dim), keepdim=keepdim)
    elif p == 2:
        result = apply(ops.norm, x, dim=_dims(x, dim), keepdim=keepdim)
    else:
        result = apply(ops.p_norm, x, p=float(p), dim=_dims(x, dim), keepdim=keepdim)
    return result


def norm_dtype(function: str, input: Tensor, dtype: Any) -> np.dtype[Any]:
    """The dtype in which a norm is computed; RuntimeError for integers, and where it is narrower."""
    to = dtypes.as_numpy(dtype)
    if to.kind not in "fc":
        raise RuntimeError(f"{function}(): dtype should be floating point or complex, got {dtype}")
    if to.itemsize < input._real().dtype.itemsize:
        raise RuntimeError(
            f"{function}(): the dtype of the input ({input.dtype}) should be convertible without "
            f"narrowing to the specified dtype ({dtype})"
        )
    return to


def _cumulative(rule: Any, input: Tensor, dim: int, dtype: dtypes.dtype | None) -> Tensor:
    x = _summable(input, dtype)
    axis = one_dim(dim, x.ndim)
    if x.ndim == 0:
        return x.clone()
    refuse_bool(rule.__name__, x)
    return apply(rule, x, dim=axis)


def cumsum(input: Tensor, dim: int, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """The sums of the first 1, 2, … entries along dim

    The gradient is derived in `refnet.ops.cumsum`.
    """
    return _cumulative(ops.cumsum, input, dim, dtype)


def cumprod(input: Tensor, dim: int, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """The products of the first 1, 2, … entries along dim

    The gradient is derived in `refnet.ops.cumprod`.
    """
    return _cumulative(ops.cumprod, input, dim, dtype)


def _cumulated(function: Any) -> Any:
    """The in-place form, which computes in the tensor's own dtype."""

    def changed(input: Tensor, dim: int, *, dtype: dtypes.dtype | None = None) -> Tensor:
        refuse_leaf(input)
        if dtype is not None and dtypes.as_numpy(dtype) != input._array.dtype:
            raise RuntimeError(
                f"{function.__name__}_(): expected the dtype of the tensor, {input.dtype}, got {dtype}"
            )
        return overwrite(input, function(input, dim, dtype=input.dtype))

    changed.__name__ = changed.__qualname__ = function.__name__ + "_"
    changed.__doc__ = f"{function.__name__} in place, in the tensor's own dtype"
    return changed


cumprod_ = _cumulated(cumprod)
cumsum_ = _cumulated(cumsum)


def _truth(input: Tensor, y: Any) -> Tensor:
    """Booleans; uint8 for uint8, an exception that PyTorch makes."""
    return wrap(np.asarray(y, np.uint8 if input._array.dtype == np.uint8 else None))


def all(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether all entries over dim are not zero"""
    over = () if dim in ((), []) else _dims(input, dim)  # which for a sum means all of them
    return _truth(input, np.all(input._real(), axis=over, keepdims=keepdim))


def any(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether an entry over dim is not zero"""
    over = () if dim in ((), []) else _dims(input, dim)
    return _truth(input, np.any(input._real(), axis=over, keepdims=keepdim))


def count_nonzero(input: Tensor, dim: Dims = None) -> Tensor:
    """The number of entries over dim that are not zero"""
    return wrap(np.asarray(np.count_nonzero(input._real(), axis=_dims(input, dim)), np.int64))
