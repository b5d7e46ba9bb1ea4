"""Indexing, as x[i], x[i] = y, refnet.gather and their kin."""

from typing import TYPE_CHECKING, Any

import numpy as np

from refnet import ops
from refnet.functions.dims import normalise_dim
from refnet.functions.elementwise import _misfit
from refnet.gradmode import state
from refnet.inplace import overwrite, refuse_leaf
from refnet.memory import written
from refnet.tape import apply, wrap

if TYPE_CHECKING:
    from refnet.tensor import Tensor

__all__ = [
    "gather",
    "getitem",
    "index_select",
    "masked_fill",
    "masked_fill_",
    "masked_select",
    "nonzero",
    "scatter",
    "scatter_",
    "scatter_add",
    "scatter_add_",
    "setitem",
    "take_along_dim",
]


def _one(part: Any) -> Any:
    """One part of an index in the form that NumPy takes."""
    if hasattr(part, "_array"):
        part = part._real()
    elif isinstance(part, (list, range)):
        part = np.asarray([p.item() if hasattr(p, "item") else p for p in part])
        if part.size == 0:
            part = part.astype(np.int64)
    elif isinstance(part, slice):
        if part.step is not None and part.step.__index__() <= 0:
            raise ValueError(f"step must be greater than zero, got {part.step}")
        ends = (part.start, part.stop, part.step)
        return slice(*(None if i is None else i.__index__() for i in ends))
    elif part is None or part is Ellipsis or isinstance(part, (bool, np.bool)):
        return part
    elif hasattr(part, "__index__"):
        return part.__index__()
    if not isinstance(part, np.ndarray):
        error = TypeError if isinstance(part, str) else IndexError
        raise error(
            "only integers, slices (`:`), ellipsis (`...`), None and long, byte or bool Variables "
            f"are valid indices (got {type(part).__name__})"
        )
    if part.dtype.kind not in "bi":
        raise IndexError(
            f"tensors used as indices must be long, int or bool tensors, got {part.dtype}"
        )
    return part


def _where(input: "Tensor", index: Any) -> Any:
    """The index for NumPy, checked against the shape with PyTorch's errors."""
    parts = index if isinstance(index, tuple) else (index,)
    where = tuple(_one(p) for p in parts)
    taken = sum(
        p.ndim if isinstance(p, np.ndarray) and p.dtype == bool else 1
        for p in where
        if p is not None and p is not Ellipsis and not isinstance(p, (bool, np.bool))
    )
    if taken > input.ndim:
        if input.ndim == 0:
            raise IndexError(
                "invalid index of a 0-dim tensor. Use `tensor.item()` to get its value"
            )
        raise IndexError(f"too many indices for tensor of dimension {input.ndim}")
    axis = 0
    for p in where:
        if p is Ellipsis:
            axis += input.ndim - taken
        elif p is not None and not isinstance(p, (bool, np.bool)):
            _check_bounds(p, axis, input._array.shape)
            axis += p.ndim if isinstance(p, np.ndarray) and p.dtype == bool else 1
    return where if isinstance(index, tuple) else where[0]


def _check_bounds(part: Any, axis: int, shape: tuple[int, ...]) -> None:
    if isinstance(part, slice):
        return
    n = shape[axis]
    if isinstance(part, np.ndarray) and part.dtype == bool:
        if part.shape != shape[axis : axis + part.ndim]:
            raise IndexError(
                f"The shape of the mask {list(part.shape)} at index {axis} does not match the "
                f"shape of the indexed tensor {list(shape)} at index {axis}"
            )
    elif isinstance(part, np.ndarray):
        bad = part[(part < -n) | (part >= n)]
        if bad.size:
            raise IndexError(
                f"index {bad.flat[0]} is out of bounds for dimension {axis} with size {n}"
            )
    elif not -n <= part < n:
        raise IndexError(f"index {part} is out of bounds for dimension {axis} with size {n}")


def getitem(input: "Tensor", index: Any) -> "Tensor":
    """x[index]: a view for slices and integers, a copy for tensors of indices and masks

    Raises IndexError out of bounds, ValueError for a step below 1.
    """
    result: Tensor = apply(ops.index, input, where=_where(input, index))
    return result


def setitem(input: "Tensor", index: Any, value: Any) -> None:
    """x[index] = value, in place; recorded, so x and value both get a gradient"""
    where = _where(input, index)
    refuse_leaf(input)
    v = value if hasattr(value, "_array") else wrap(np.asarray(value, dtype=input._array.dtype))
    source = v._array
    kept = input._array[where].shape
    lead = source.ndim - len(kept)
    if lead > 0 and source.shape[:lead] == (1,) * lead:
        v = v.reshape(source.shape[lead:])
        source = v._array
    try:
        np.broadcast_to(np.empty(0, np.uint8) if source.size == 0 and not kept else source, kept)
    except ValueError as error:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(source.shape)} cannot be broadcast to "
            f"indexing result of shape {list(kept)}"
        ) from error
    recorded = state.grad and (v._requires_grad or input._requires_grad)
    if recorded or source.dtype.kind == "c" or input._array.dtype.kind == "c":
        if source.dtype.kind != "c":
            v = v._as(input._array.dtype)
        overwrite(input, apply(ops.index_put, input, v, where=where))
    else:
        input._array[where] = source
        written(input._array)


def _check_gather(input: "Tensor", dim: int, index: "Tensor", function: str) -> int:
    (axis,) = normalise_dim(dim, input.ndim)
    if index._array.dtype != np.int64:
        raise RuntimeError(f"{function}(): Expected dtype int64 for index, got {index.dtype}")
    if index.ndim != input.ndim:
        raise RuntimeError(
            f"{function}(): Index tensor must have the same number of dimensions as input tensor, "
            f"got {index.ndim} and {input.ndim}"
        )
    for d in range(input.ndim):
        if d != axis and index._array.shape[d] > input._array.shape[d]:
            raise RuntimeError(
                f"{function}(): Size does not match at dimension {d} expected index "
                f"{list(index._array.shape)} to be no larger than self {list(input._array.shape)} "
                f"apart from dimension {axis}"
            )
    n = input._array.shape[axis]
    bad = index._array[(index._array < 0) | (index._array >= n)]
    if bad.size:
        raise RuntimeError(
            f"index {bad.flat[0]} is out of bounds for dimension {axis} with size {n}"
        )
    return axis


def gather(input: "Tensor", dim: int, index: "Tensor") -> "Tensor":
    """y[i][j] = x[index[i][j]][j] for dim 0, and so on

    Raises RuntimeError for an index that is not int64, too large or out of bounds.
    """
    axis = _check_gather(input, dim, index, "gather")
    result: Tensor = apply(ops.gather, input, index, dim=axis)
    return result


def take_along_dim(input: "Tensor", indices: "Tensor", dim: int) -> "Tensor":
    """gather, with the other dimensions broadcast"""
    (axis,) = normalise_dim(dim, input.ndim)
    a, b = list(input._array.shape), list(indices._array.shape)
    full = list(np.broadcast_shapes(a[:axis] + [1] + a[axis + 1 :], b[:axis] + [1] + b[axis + 1 :]))
    x = input.expand(full[:axis] + [a[axis]] + full[axis + 1 :])
    i = indices.expand(full[:axis] + [b[axis]] + full[axis + 1 :])
    return gather(x, axis, i)


def _source(src: Any, input: "Tensor", index: "Tensor", function: str) -> "Tensor":
    if not hasattr(src, "_array"):
        return wrap(np.full(index._array.shape, src, dtype=input._array.dtype))
    if src._array.dtype != input._array.dtype and "c" not in (
        src._array.dtype.kind + input._array.dtype.kind
    ):
        raise RuntimeError(
            f"{function}(): Expected self.dtype to be equal to src.dtype, got {input.dtype} and "
            f"{src.dtype}"
        )
    for d, (n, m) in enumerate(zip(index._array.shape, src._array.shape, strict=True)):
        if n > m:
            raise RuntimeError(f"{function}(): index has size {n} at dimension {d}, src only {m}")
    checked: Tensor = src
    return checked


def scatter(input: "Tensor", dim: int, index: "Tensor", src: Any) -> "Tensor":
    """x, but y[index[i][j]][j] = src[i][j] for dim 0, and so on; src is a tensor or a number"""
    axis = _check_gather(input, dim, index, "scatter")
    result: Tensor = apply(
        ops.scatter, input, index, _source(src, input, index, "scatter"), dim=axis
    )
    return result


def scatter_add(input: "Tensor", dim: int, index: "Tensor", src: "Tensor") -> "Tensor":
    """x, and y[index[i][j]][j] += src[i][j] for dim 0, and so on"""
    axis = _check_gather(input, dim, index, "scatter_add")
    result: Tensor = apply(
        ops.scatter_add, input, index, _source(src, input, index, "scatter_add"), dim=axis
    )
    return result


def scatter_(input: "Tensor", dim: int, index: "Tensor", src: Any) -> "Tensor":
    """scatter in place"""
    refuse_leaf(input)
    return overwrite(input, scatter(input, dim, index, src))


def scatter_add_(input: "Tensor", dim: int, index: "Tensor", src: "Tensor") -> "Tensor":
    """scatter_add in place"""
    refuse_leaf(input)
    return overwrite(input, scatter_add(input, dim, index, src))


def masked_fill(input: "Tensor", mask: "Tensor", value: Any) -> "Tensor":
    """x, but value where the mask holds; value is a number or a 0-d tensor

    Raises RuntimeError for a mask that is not boolean or does not broadcast.
    """
    if mask._array.dtype != bool:
        raise RuntimeError(
            f"masked_fill_ only supports boolean masks, but got mask with dtype {mask.dtype}"
        )
    if hasattr(value, "_array") and value.ndim:
        raise RuntimeError(
            "masked_fill_ only supports a 0-dimensional value tensor, but got tensor with "
            f"{value.ndim} dimension(s)."
        )
    if hasattr(value, "_array"):
        value = value._as(input._array.dtype)
    try:
        result: Tensor = apply(ops.masked_fill, input, mask, value)
    except ValueError as error:
        raise _misfit(input, mask) from error
    return result


def masked_fill_(input: "Tensor", mask: "Tensor", value: Any) -> "Tensor":
    """masked_fill in place"""
    refuse_leaf(input)
    return overwrite(input, masked_fill(input, mask, value))


def index_select(input: "Tensor", dim: int, index: "Tensor") -> "Tensor":
    """The slices along dim that the vector index names"""
    (axis,) = normalise_dim(dim, input.ndim)
    if index.ndim > 1 or index._array.dtype.kind != "i":
        raise IndexError(
            "index_select(): Index is supposed to be a vector of integers, got shape "
            f"{list(index._array.shape)} and {index.dtype}"
        )
    if index._array.size and (
        index._array.min() < 0 or index._array.max() >= input._array.shape[axis]
    ):
        raise IndexError(
            f"index out of range in self: dimension {axis} has size {input._array.shape[axis]}"
        )
    where = (slice(None),) * axis + (index._array.reshape(-1),)
    result: Tensor = apply(ops.index, input, where=where)
    return result


def masked_select(input: "Tensor", mask: "Tensor") -> "Tensor":
    """The entries where the mask holds, as a vector; both broadcast"""
    if mask._array.dtype != bool:
        raise RuntimeError(f"masked_select: expected BoolTensor for mask, got {mask.dtype}")
    shape = np.broadcast_shapes(input._array.shape, mask._array.shape)
    return getitem(input.expand(*shape), mask.expand(*shape))


def nonzero(input: "Tensor", *, as_tuple: bool = False) -> Any:
    """The indices of the entries that are not zero: a row each, or a vector for each dimension"""
    found = np.nonzero(input._real())
    if as_tuple:
        return tuple(map(wrap, found))
    return wrap(np.stack(found, axis=1) if found else np.zeros((int(bool(input)), 0), np.int64))
