"""Unique values, counts, and positions in sorted sequences. These functions have no gradients."""

from typing import Any, Literal, overload

import numpy as np

from refnet.engine.dtypes import result_dtype
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.dims import integer, one_dim
from refnet.functions.operands import arrays, is_tensor, need_tensor, number, operand, refuse_bool
from refnet.ops.rule import Array

__all__ = ["bincount", "bucketize", "histc", "isin", "searchsorted", "unique", "unique_consecutive"]


@overload
def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: Literal[False] = False,
    return_counts: Literal[False] = False,
    dim: int | None = None,
) -> Tensor: ...
@overload
def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> tuple[Tensor, ...]: ...


def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """Returns the distinct entries in ascending order, or the distinct slices along a dimension.

    Each NaN counts as a distinct entry.

    Args:
        input: tensor
        sorted: ignored; the result is always sorted
        return_inverse: whether to also return the index in the result of each entry or slice
        return_counts: whether to also return the number of occurrences of each result
        dim: dimension whose slices are compared; if None, the entries are compared

    Returns:
        the values, or a tuple of the values and of the requested inverse indices and counts

    Raises:
        IndexError: for a 0-d tensor with a `dim`
        RuntimeError: if the slices are empty

    Example:
        >>> refnet.unique(refnet.tensor([3, 1, 3, 2]), return_counts=True)
        (tensor([1, 2, 3]), tensor([1, 1, 2]))
    """
    x = input._real()
    axis = None if dim is None else _slices(x, dim)
    values, inverse, counts = np.unique(
        x, return_inverse=True, return_counts=True, axis=axis, equal_nan=False
    )
    inverse = inverse.reshape(x.shape if axis is None else -1)
    return _asked(values, (inverse, return_inverse), (counts, return_counts))


@overload
def unique_consecutive(
    input: Tensor,
    return_inverse: Literal[False] = False,
    return_counts: Literal[False] = False,
    dim: int | None = None,
) -> Tensor: ...
@overload
def unique_consecutive(
    input: Tensor,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> tuple[Tensor, ...]: ...


def unique_consecutive(
    input: Tensor,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """Removes consecutive duplicates: only the first of equal neighbours is kept.

    Args:
        input: tensor
        return_inverse: whether to also return the index in the result of each entry or slice
        return_counts: whether to also return the number of consecutive occurrences
        dim: dimension whose slices are compared; if None, the entries are compared

    Returns:
        the values, or a tuple of the values and of the requested inverse indices and counts

    Raises:
        IndexError: for a 0-d tensor with a `dim`
        RuntimeError: if the slices are empty

    Example:
        >>> refnet.unique_consecutive(refnet.tensor([1, 1, 2, 1]))
        tensor([1, 2, 1])
    """
    x = input._real()
    axis = 0 if dim is None else _slices(x, dim)
    flat = x.reshape(-1) if dim is None else x
    slices = np.moveaxis(flat, axis, 0)
    n = len(slices)
    rows = slices.reshape(n, slices.size // max(n, 1))
    starts = np.ones(n, bool)
    starts[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    first = np.flatnonzero(starts)
    inverse = (np.cumsum(starts) - 1).reshape(x.shape if dim is None else -1)
    counts = np.diff(first, append=n)
    values = np.compress(starts, flat, axis=axis)
    return _asked(values, (inverse, return_inverse), (counts, return_counts))


def _slices(x: Array, dim: int) -> int:
    """Returns the dimension whose slices are compared; raises if there are none."""
    if not x.ndim:
        raise IndexError(f"unique(): expected a tensor with dimension {dim}, got a 0-d tensor")
    axis = one_dim(dim, x.ndim)
    if 0 in x.shape[:axis] + x.shape[axis + 1 :]:
        raise RuntimeError(
            f"unique(): expected slices with entries along dimension {axis}, "
            f"got shape {list(x.shape)}"
        )
    return axis


def _asked(values: Array, *others: tuple[Array, bool]) -> Any:
    """Returns the values alone, or a tuple of the values and the requested others."""
    extra = [wrap(x.astype(np.int64)) for x, asked in others if asked]
    return (wrap(values), *extra) if extra else wrap(values)


def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """Counts how often 0, 1, 2, … occur in a vector, or sums the weights of each.

    Args:
        input: vector of integers ≥ 0
        weights: vector of weights, one for each entry
        minlength: smallest size of the result

    Raises:
        RuntimeError: for an input that is not a vector or has a negative entry, weights of another
            length, and a negative minlength
        NotImplementedError: for an input that is not an integer tensor

    Example:
        >>> refnet.bincount(refnet.tensor([0, 2, 2]))
        tensor([1, 0, 2])
        >>> refnet.bincount(refnet.tensor([0, 2, 2]), weights=refnet.tensor([0.5, 1.0, 2.0]))
        tensor([0.5000, 0.0000, 3.0000])
    """
    x = input._array
    if x.dtype.kind not in "iu":
        raise NotImplementedError(f"bincount(): expected integers, got {input.dtype}")
    if x.ndim != 1 or (x.size and x.min() < 0):
        raise RuntimeError(
            "bincount only supports 1-d non-negative integral inputs, got shape "
            f"{list(x.shape)}" + (f" and the entry {x.min()}" if x.size else "")
        )
    if minlength < 0:
        raise RuntimeError(f"minlength should be >= 0, got {minlength}")
    if weights is None:
        return wrap(np.bincount(x, minlength=minlength).astype(np.int64))
    w = weights._real()
    if w.shape != x.shape:
        raise RuntimeError(
            "weights should be 1-d and have the same length as input, got shapes "
            f"{list(w.shape)} and {list(x.shape)}"
        )
    return wrap(np.bincount(x, w, minlength).astype(w.dtype if w.dtype == np.float32 else float))


def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """Counts how many entries lie in each of several bins of equal width.

    The last bin contains `max`. Entries outside the range are not counted.

    Args:
        input: tensor
        bins: number of bins
        min: lower end of the range
        max: upper end of the range; if it equals `min`, the range goes from the smallest to the
            largest entry

    Raises:
        RuntimeError: for bins < 1, max < min, and a range that is not finite
        NotImplementedError: for integers

    Example:
        >>> refnet.histc(refnet.tensor([1.0, 1.5, 2.0, 4.0]), bins=3, min=1, max=4)
        tensor([2., 1., 1.])
    """
    x, bins = input._real(), integer(bins, "bins", "histc")
    min, max = number(min, "min", "histc"), number(max, "max", "histc")
    if x.dtype.kind != "f":
        raise NotImplementedError(f"histc(): expected a floating-point tensor, got {input.dtype}")
    if bins < 1:
        raise RuntimeError(f"histc: bins must be > 0, but got {bins}")
    if max < min:
        raise RuntimeError(f"histc: max must be larger than min, got {min} and {max}")
    low, high = float(min), float(max)
    if low == high and x.size:
        low, high = float(x.min()), float(x.max())
    if not np.isfinite(low) or not np.isfinite(high):
        raise RuntimeError(f"histc: range of [{low}, {high}] is not finite")
    if low == high:
        low, high = low - 1, high + 1
    counted = x[(x >= low) & (x <= high)].astype(np.float64)
    place = np.minimum(((counted - low) * (bins / (high - low))).astype(np.int64), bins - 1)
    return wrap(np.bincount(place, minlength=bins).astype(x.dtype))


def isin(
    elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False
) -> Tensor:
    """Tests which elements are among the test elements.

    Args:
        elements: tensor or number
        test_elements: tensor or number; at least one of the two is a tensor
        assume_unique: ignored; in PyTorch it saves time
        invert: whether to test which elements are not among them

    Raises:
        TypeError: for two numbers
        RuntimeError: for booleans

    Example:
        >>> refnet.isin(refnet.tensor([1, 2, 3]), refnet.tensor([2, 5]))
        tensor([False,  True, False])
    """
    need_tensor("isin", elements, test_elements)
    elements = operand(elements, "elements", "isin")
    test_elements = operand(test_elements, "test_elements", "isin")
    if any(is_tensor(x) and x._array.dtype.kind == "b" for x in (elements, test_elements)):
        raise RuntimeError("isin() does not support booleans")
    a, b = (np.real(x) for x in arrays(elements, test_elements))
    return wrap(np.asarray(np.isin(a, b, invert=invert)))


def searchsorted(
    sorted_sequence: Tensor,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
) -> Tensor:
    """Finds the positions of values in a sorted sequence: the number of entries below each value.

    Shape:
        sorted_sequence: (n), or (*, n)
        input: any, or (*, m)
        result: the shape of the input

    Args:
        sorted_sequence: ascending entries
        input: values, a tensor or a number
        out_int32: whether the result is int32 instead of int64
        right: whether entries equal to the value are counted too
        side: "left" or "right"; "right" means right=True
        sorter: indices that sort the sequence, if it is not sorted

    Raises:
        RuntimeError: for shapes that do not match, booleans, and a side that contradicts `right`

    Example:
        >>> sequence = refnet.tensor([1, 3, 5])
        >>> refnet.searchsorted(sequence, refnet.tensor([0, 3, 9]))
        tensor([0, 1, 3])
        >>> refnet.searchsorted(sequence, refnet.tensor([0, 3, 9]), right=True)
        tensor([0, 2, 3])
    """
    if side not in (None, "left", "right"):
        raise RuntimeError(f"searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        raise RuntimeError(
            "searchsorted(): side and right can't be set to opposites, got side of left while "
            "right was True"
        )
    sequence = sorted_sequence._real()
    if not sequence.ndim:
        raise RuntimeError("searchsorted(): expected a sequence with a dimension, got a 0-d tensor")
    input = operand(input, "input", "searchsorted")
    refuse_bool("searchsorted", sorted_sequence, input)
    dtype = result_dtype(sorted_sequence, input)
    values = np.asarray(np.real(arrays(sorted_sequence, input)[1]), dtype)
    if sequence.ndim != 1 and sequence.shape[:-1] != values.shape[:-1]:
        raise RuntimeError(
            "searchsorted(): expected a vector, or a sequence and values that agree in all "
            f"dimensions but the last, got {list(sequence.shape)} and {list(values.shape)}"
        )
    if sorter is not None:
        if sorter.shape != sorted_sequence.shape:
            raise RuntimeError(
                f"searchsorted(): expected a sorter of shape {list(sequence.shape)}, got "
                f"{list(sorter.shape)}"
            )
        sequence = np.take_along_axis(sequence, sorter._array, axis=-1)
    sequence = sequence.astype(dtype, copy=False)
    side_name: Any = "right" if right or side == "right" else "left"
    kind = np.int32 if out_int32 else np.int64
    if sequence.ndim == 1:
        return wrap(np.asarray(np.searchsorted(sequence, values, side_name), kind))
    found = np.empty(values.shape, kind)
    for row in np.ndindex(values.shape[:-1]):
        found[row] = np.searchsorted(sequence[row], values[row], side_name)
    return wrap(found)


def bucketize(
    input: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False
) -> Tensor:
    """Finds the interval between boundaries that contains each value.

    It is `refnet.searchsorted` with the arguments in the other order.

    Args:
        input: values, a tensor or a number
        boundaries: vector of ascending boundaries
        out_int32: whether the result is int32 instead of int64
        right: whether a value equal to a boundary belongs to the interval above it

    Raises:
        RuntimeError: unless the boundaries are a vector

    Example:
        >>> refnet.bucketize(refnet.tensor([0, 3, 9]), refnet.tensor([1, 3, 5]))
        tensor([0, 1, 3])
    """
    if boundaries.ndim != 1:
        raise RuntimeError(f"boundaries tensor must be 1 dimension, but got dim({boundaries.ndim})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)
