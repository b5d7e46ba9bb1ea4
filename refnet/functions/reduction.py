"""Reductions under PyTorch's names, as refnet.sum(x, dim) and x.sum(dim).

The rules are in refnet.ops.reduction. The reductions that choose entries, such as max, are in
refnet.functions.selection.
"""

import math
from collections.abc import Iterable
from functools import wraps
from typing import Any

import numpy as np

from refnet import ops
from refnet.engine import dtypes
from refnet.engine.caller_warning import warn
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.dims import normalise_dim, one_dim
from refnet.functions.operands import in_place, number, refuse_bool
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
    """Returns the dimensions for a rule: None for all, and for a 0-d tensor."""
    if dim is None:
        return None
    dims = normalise_dim(dim, input.ndim)
    return dims if input.ndim else None


def _summable(input: Tensor, dtype: dtypes.dtype | None) -> Tensor:
    """Returns the tensor in the given dtype, else in int64 if it holds booleans or integers."""
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
    """Computes the sum over dimensions.

        y = Σ x

    Booleans and integers are summed in int64.

    The gradient is derived in `refnet.ops.sum`.

    Args:
        input: x
        dim: dimensions to reduce, all if None
        keepdim: whether the reduced dimensions stay, with size 1
        dtype: dtype to which x is cast first

    Example:
        >>> x = refnet.tensor([[1, 2], [3, 4]])
        >>> refnet.sum(x)
        tensor(10)
        >>> refnet.sum(x, dim=0)
        tensor([4, 6])
    """
    x = _summable(input, dtype)
    return apply(ops.sum, x, dim=_dims(x, dim), keepdim=keepdim)


def mean(
    input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: dtypes.dtype | None = None
) -> Tensor:
    """Computes the mean over dimensions.

        y = Σ x / n

    The gradient is derived in `refnet.ops.mean`.

    Args:
        input: x
        dim: dimensions to reduce, all if None
        keepdim: whether the reduced dimensions stay, with size 1
        dtype: dtype to which x is cast first

    Raises:
        RuntimeError: for integers

    Example:
        >>> x = refnet.tensor([[1.0, 2.0], [3.0, 4.0]])
        >>> refnet.mean(x)
        tensor(2.5000)
        >>> refnet.mean(x, dim=1)
        tensor([1.5000, 3.5000])
    """
    x = input if dtype is None else input._as(dtypes.as_numpy(dtype))
    _need_float(x, "mean")
    return apply(ops.mean, x, dim=_dims(x, dim), keepdim=keepdim)


def _spread(
    rule: Any, input: Tensor, dim: Any, unbiased: Any, correction: Any, keepdim: bool
) -> Tensor:
    """Checks the arguments of var and std, and applies the rule."""
    if isinstance(dim, bool):  # PyTorch's old signature var(input, unbiased)
        dim, unbiased = None, dim
    if unbiased is not None:
        if correction is not None:
            raise TypeError(f"{rule.__name__}(): expected unbiased or correction, got both")
        if not isinstance(unbiased, (bool, np.bool)):
            raise TypeError(f"{rule.__name__}(): expected unbiased to be a bool, got {unbiased!r}")
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
    """Computes the variance over dimensions.

        y = Σ (x − mean)² / max(n − correction, 0)

    Warns if n ≤ correction.

    The gradient is derived in `refnet.ops.var`.

    Args:
        input: x
        dim: dimensions to reduce, all if None
        unbiased: older form of `correction`: True means 1, False means 0
        keepdim: whether the reduced dimensions stay, with size 1
        correction: difference between the number of entries n and the divisor; 1 if None

    Raises:
        RuntimeError: for integers
        TypeError: if both `unbiased` and `correction` are given

    Example:
        >>> x = refnet.tensor([1.0, 2.0, 3.0])
        >>> refnet.var(x)
        tensor(1.)
        >>> refnet.var(x, correction=0)
        tensor(0.6667)
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
    """Computes the standard deviation over dimensions, the square root of `refnet.var`.

    The gradient is 0 where the standard deviation is 0.

    The gradient is derived in `refnet.ops.std`.

    Args:
        input: x
        dim: dimensions to reduce, all if None
        unbiased: older form of `correction`: True means 1, False means 0
        keepdim: whether the reduced dimensions stay, with size 1
        correction: difference between the number of entries n and the divisor; 1 if None

    Raises:
        RuntimeError: for integers
        TypeError: if both `unbiased` and `correction` are given

    Example:
        >>> refnet.std(refnet.tensor([1.0, 2.0, 3.0]))
        tensor(1.)
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
    """Computes the variance and the mean over dimensions, as a tuple.

    The gradient is derived in `refnet.ops.var` and `refnet.ops.mean`.

    Args:
        input: x
        dim: dimensions to reduce, all if None
        unbiased: older form of `correction`: True means 1, False means 0
        keepdim: whether the reduced dimensions stay, with size 1
        correction: difference between the number of entries n and the divisor; 1 if None

    Raises:
        RuntimeError: for integers
        TypeError: if both `unbiased` and `correction` are given

    Example:
        >>> refnet.var_mean(refnet.tensor([1.0, 2.0, 3.0]), correction=0)
        (tensor(0.6667), tensor(2.))
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
    """Computes the standard deviation and the mean over dimensions, as a tuple.

    The gradient of the standard deviation is 0 where the standard deviation is 0.

    The gradient is derived in `refnet.ops.std` and `refnet.ops.mean`.

    Args:
        input: x
        dim: dimensions to reduce, all if None
        unbiased: older form of `correction`: True means 1, False means 0
        keepdim: whether the reduced dimensions stay, with size 1
        correction: difference between the number of entries n and the divisor; 1 if None

    Raises:
        RuntimeError: for integers
        TypeError: if both `unbiased` and `correction` are given

    Example:
        >>> refnet.std_mean(refnet.tensor([1.0, 2.0, 3.0]))
        (tensor(1.), tensor(2.))
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
    """Computes the product over one dimension, or over all.

        y = Π x

    Booleans and integers are multiplied in int64.

    The gradient is derived in `refnet.ops.prod`.

    Args:
        input: x
        dim: dimension to reduce, all if None
        keepdim: whether the reduced dimension stays, with size 1
        dtype: dtype to which x is cast first

    Raises:
        TypeError: for `keepdim` without `dim`

    Example:
        >>> refnet.prod(refnet.tensor([2, 3, 4]))
        tensor(24)
    """
    x = _summable(input, dtype)
    if dim is None:
        need_dim("prod", keepdim)
    dims = None if dim is None else _dims(x, one_dim(dim, x.ndim))
    return apply(ops.prod, x, dim=dims, keepdim=keepdim)


def logsumexp(input: Tensor, dim: Dims, keepdim: bool = False) -> Tensor:
    """Computes the logarithm of a sum of exponentials, without overflow.

        y = log Σ eˣ

    Integers are converted to the default floating-point dtype.

    The gradient is derived in `refnet.ops.logsumexp`.

    Args:
        input: x
        dim: dimensions to reduce
        keepdim: whether the reduced dimensions stay, with size 1

    Example:
        >>> refnet.logsumexp(refnet.tensor([1000.0, 1000.0]), dim=0)
        tensor(1000.6932)
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
    """Computes a norm of the entries over dimensions.

        y = (Σ |x|ᵖ)^(1/p)
        y = max |x|   for p = ∞
        y = min |x|   for p = −∞

    For p = 0 it counts the entries that are not 0.

    The gradient of the 2-norm at 0 is 0; for p = ±∞ ties share it equally.

    The gradient is derived in `refnet.ops.norm`, `refnet.ops.p_norm`, `refnet.ops.zero_norm`,
    `refnet.ops.amax` and `refnet.ops.amin`.

    Args:
        input: x
        p: order, a number; "fro" means 2
        dim: dimensions to reduce, all if None
        keepdim: whether the reduced dimensions stay, with size 1
        dtype: dtype to which x is cast first

    Raises:
        RuntimeError: for integers, and for p = ∞ or p < 0 if there are no entries
        NotImplementedError: for p = "nuc"

    Example:
        >>> x = refnet.tensor([3.0, -4.0])
        >>> refnet.norm(x)
        tensor(5.)
        >>> refnet.norm(x, p=1)
        tensor(7.)
    """
    if p == "nuc":
        raise NotImplementedError(
            "norm(): p = 'nuc' is not supported, because it needs singular values"
        )
    if p in ("fro", None):
        p = 2.0
    if not isinstance(p, (int, float, np.number)):
        raise RuntimeError(f"norm(): expected p to be a number, 'fro' or None, got {p!r}")
    p = float(p)
    if input._array.dtype.kind not in "fc":
        raise RuntimeError(
            f"norm(): Expected a floating point or complex tensor as input. Got {input.dtype}"
        )
    x = input if dtype is None else input._as(norm_dtype("norm", input, dtype))
    if (p < 0 or math.isinf(p)) and 0 in [x.shape[i] for i in _dims(x, dim) or range(x.ndim)]:
        raise RuntimeError(f"norm(): expected at least one entry for p = {p}, got none")
    options = {"dim": _dims(x, dim), "keepdim": keepdim}
    if math.isinf(p):
        return apply(ops.amax if p > 0 else ops.amin, x.abs(), nan=True, **options)
    if p == 0:
        return apply(ops.zero_norm, x, **options)
    if p == 2:
        return apply(ops.norm, x, **options)
    return apply(ops.p_norm, x, p=p, **options)


def norm_dtype(function: str, input: Tensor, dtype: Any) -> np.dtype[Any]:
    """Returns the dtype in which a norm is computed.

    Raises RuntimeError for an integer dtype, and for one that is narrower than that of the input.
    """
    wanted = dtypes.as_numpy(dtype)
    if wanted.kind not in "fc":
        raise RuntimeError(f"{function}(): dtype should be floating point or complex, got {dtype}")
    if wanted.itemsize < input._real().dtype.itemsize:
        raise RuntimeError(
            f"{function}(): the dtype of the input ({input.dtype}) should be convertible without "
            f"narrowing to the specified dtype ({dtype})"
        )
    return wanted


def _cumulative(rule: Any, input: Tensor, dim: int, dtype: dtypes.dtype | None) -> Tensor:
    x = _summable(input, dtype)
    axis = one_dim(dim, x.ndim)
    if x.ndim == 0:
        return x.clone()
    refuse_bool(rule.__name__, x)
    return apply(rule, x, dim=axis)


def cumsum(input: Tensor, dim: int, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """Computes the sums of the first 1, 2, … entries along a dimension.

        yᵢ = x₁ + … + xᵢ

    The gradient is derived in `refnet.ops.cumsum`.

    Args:
        input: x
        dim: dimension along which the sum runs
        dtype: dtype to which x is cast first

    Example:
        >>> refnet.cumsum(refnet.tensor([1, 2, 3, 4]), dim=0)
        tensor([ 1,  3,  6, 10])
    """
    return _cumulative(ops.cumsum, input, dim, dtype)


def cumprod(input: Tensor, dim: int, *, dtype: dtypes.dtype | None = None) -> Tensor:
    """Computes the products of the first 1, 2, … entries along a dimension.

        yᵢ = x₁ · … · xᵢ

    The gradient is derived in `refnet.ops.cumprod`.

    Args:
        input: x
        dim: dimension along which the product runs
        dtype: dtype to which x is cast first

    Example:
        >>> refnet.cumprod(refnet.tensor([1, 2, 3, 4]), dim=0)
        tensor([ 1,  2,  6, 24])
    """
    return _cumulative(ops.cumprod, input, dim, dtype)


def _cumulated(function: Any) -> Any:
    """Returns the in-place form of cumsum or cumprod, which computes in the tensor's dtype."""

    @wraps(function)
    def cumulate(input: Tensor, dim: int, *, dtype: dtypes.dtype | None = None) -> Any:
        if dtype is not None and dtypes.as_numpy(dtype) != input._array.dtype:
            raise RuntimeError(f"{function.__name__}_(): expected {input.dtype}, got {dtype}")
        return function(input, dim, dtype=input.dtype)

    return in_place(cumulate)


cumprod_ = _cumulated(cumprod)
cumsum_ = _cumulated(cumsum)


def _truth(test: Any, input: Tensor, dim: Dims, keepdim: bool) -> Tensor:
    """Applies np.all or np.any; the result is boolean, but uint8 for uint8, as in PyTorch."""
    dims = () if dim in ((), []) else _dims(input, dim)  # unlike in sum, () reduces nothing
    y = test(input._real(), axis=dims, keepdims=keepdim)
    return wrap(np.asarray(y, np.uint8 if input._array.dtype == np.uint8 else None))


def all(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Tests whether all entries over dimensions are nonzero.

    Args:
        input: tensor
        dim: dimensions to reduce, all if None
        keepdim: whether the reduced dimensions stay, with size 1

    Example:
        >>> x = refnet.tensor([[True, True], [True, False]])
        >>> refnet.all(x)
        tensor(False)
        >>> refnet.all(x, dim=1)
        tensor([ True, False])
    """
    return _truth(np.all, input, dim, keepdim)


def any(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Tests whether at least one entry over dimensions is nonzero.

    Args:
        input: tensor
        dim: dimensions to reduce, all if None
        keepdim: whether the reduced dimensions stay, with size 1

    Example:
        >>> x = refnet.tensor([[False, False], [True, False]])
        >>> refnet.any(x)
        tensor(True)
        >>> refnet.any(x, dim=1)
        tensor([False,  True])
    """
    return _truth(np.any, input, dim, keepdim)


def count_nonzero(input: Tensor, dim: Dims = None) -> Tensor:
    """Counts the entries over dimensions that are nonzero.

    Args:
        input: tensor
        dim: dimensions to reduce, all if None

    Example:
        >>> refnet.count_nonzero(refnet.tensor([0, 3, 0, 5]))
        tensor(2)
    """
    return wrap(np.asarray(np.count_nonzero(input._real(), axis=_dims(input, dim)), np.int64))
