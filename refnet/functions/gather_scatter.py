"""Picking and placing entries by name: gather, scatter, masked_fill, ... (refnet.ops.indexing)."""

from typing import Any, Literal, overload

import numpy as np

from refnet import ops
from refnet.compatibility.left_out import refuse_argument
from refnet.engine.argument_errors import not_a_tensor
from refnet.engine.caller_warning import warn
from refnet.engine.dtypes import converted
from refnet.engine.in_place import overwrite, refuse_leaf
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.dims import one_dim
from refnet.functions.operands import misfit, number, number_for

__all__ = [
    "argwhere",
    "gather",
    "index_select",
    "masked_fill",
    "masked_select",
    "nonzero",
    "scatter",
    "scatter_add",
    "take_along_dim",
]


def _vector(x: Tensor) -> Tensor:
    """A 0-d tensor as a vector of one entry, as which PyTorch takes it here."""
    return x if x.ndim else x.reshape(1)


def _check(function: str, input: Tensor, dim: int, index: Tensor, src: Tensor | None = None) -> int:
    """The dimension as a number; RuntimeError for an index or a source that does not fit."""
    axis = one_dim(dim, input.ndim)
    i = index._array
    if i.dtype not in (np.int32, np.int64):
        raise RuntimeError(f"{function}(): Expected dtype int32/int64 for index, got {index.dtype}")
    if not i.size:  # PyTorch does not look at the shapes where nothing is named
        return axis
    x = _vector(input)
    sizes = list(x._array.shape)
    if max(i.ndim, 1) != x.ndim or (src is not None and max(src.ndim, 1) != x.ndim):
        others = f"{i.ndim}" if src is None else f"{i.ndim}, the source {src.ndim}"
        raise RuntimeError(
            f"{function}(): Index tensor must have the same number of dimensions as input tensor: "
            f"the input has {input.ndim}, the index {others}"
        )
    for d, n in enumerate(i.shape):
        if (d != axis and n > sizes[d]) or (src is not None and n > (src.shape or (1,))[d]):
            than = "" if src is None else f" and no larger than src {list(src.shape)}"
            raise RuntimeError(
                f"{function}(): Expected index {list(i.shape)} to be no larger than self {sizes} "
                f"apart from dimension {axis}{than}"
            )
    outside = (i < 0) | (i >= sizes[axis])
    if outside.any():
        raise RuntimeError(
            f"index {i[outside].flat[0]} is out of bounds for dimension {axis} with size "
            f"{sizes[axis]}"
        )
    return axis


def gather(input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False) -> Tensor:
    """y[i][j] = x[index[i][j]][j] for dim 0, and so on

    Raises RuntimeError for an index that is not of integers, too large or out of bounds,
    NotImplementedError for sparse_grad.

    The gradient is derived in `refnet.ops.gather`.
    """
    if sparse_grad:
        raise refuse_argument("gather", "sparse_grad")
    axis = _check("gather", input, dim, index)
    if not index._array.size:
        return input.reshape(-1)[:0].reshape(index.shape)
    y: Tensor = apply(ops.gather, _vector(input), _vector(index), dim=axis)
    return y if index.ndim else y.reshape(())


def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """gather, with the other dimensions broadcast; without dim, from the flat tensor. Along dim
    negative indices count from the end

    Raises RuntimeError for indices that are not int64, do not fit or are out of bounds.

    The gradient is derived in `refnet.ops.gather`.
    """
    if indices._array.dtype != np.int64:
        raise RuntimeError(
            f"take_along_dim(): dtype of indices should be Long but got {indices.dtype}"
        )
    if dim is None:
        return gather(input.reshape(-1), 0, indices.reshape(-1))
    if indices.ndim != input.ndim:
        raise RuntimeError(
            "take_along_dim(): input and indices should have the same number of dimensions, but "
            f"got {input.ndim} dimensions for input, and {indices.ndim} dimensions for indices"
        )
    axis = one_dim(dim, input.ndim)
    a, b = list(input._array.shape), list(indices._array.shape)
    try:
        full = list(np.broadcast_shapes(*(s[:axis] + [1] + s[axis + 1 :] for s in (a, b))))
    except ValueError as error:
        raise misfit(input, indices) from error
    i = indices._array
    picked = wrap(np.where(i < 0, i + (a[axis] if a else 1), i))
    x = input.expand(full[:axis] + a[axis : axis + 1] + full[axis + 1 :])
    return gather(x, axis, picked.expand(full[:axis] + b[axis : axis + 1] + full[axis + 1 :]))


def _source(function: str, input: Tensor, index: Tensor, src: Any) -> Tensor:
    """A tensor of the input's dtype; a number stands for a tensor that is full of it."""
    into = input._array.dtype
    if not hasattr(src, "_array"):
        src = number(src, "src", function)
        return wrap(np.full(index._array.shape, converted(src, into, function), into))
    if src._array.dtype != into and "c" not in src._array.dtype.kind + into.kind:
        raise RuntimeError(
            f"{function}(): Expected self.dtype to be equal to src.dtype, got {input.dtype} and "
            f"{src.dtype}"
        )
    tensor: Tensor = src
    return tensor


def scattered(
    rule: Any,
    function: str,
    input: Tensor,
    dim: int,
    index: Tensor,
    src: Any,
    **options: Any,
) -> Tensor:
    source = _source(function, input, index, src)
    axis = _check(function, input, dim, index, source)
    if not index._array.size:  # nothing is written, to no dimensions in particular
        nowhere = wrap(np.zeros(0, np.int64))
        shaped: Tensor = apply(
            rule, input.reshape(-1), nowhere, source.reshape(-1), dim=0, **options
        )
        return shaped.reshape(input.shape)
    arrays = _vector(input), _vector(index), _vector(source)
    y: Tensor = apply(rule, *arrays, dim=axis, **options)
    return y if input.ndim else y.reshape(())


_REDUCTIONS = {None: ops.scatter, "add": ops.scatter_add, "multiply": ops.scatter_prod}


def scatter(
    input: Tensor,
    dim: int,
    index: Tensor,
    src: Any = None,
    *,
    value: Any = None,
    reduce: str | None = None,
) -> Tensor:
    """x, but y[index[i][j]][j] = src[i][j] for dim 0, and so on

    The gradient is derived in `refnet.ops.scatter`.

    Args:
        src: a tensor or a number
        value: in its place, a number or a tensor of 0 dimensions that stands for one
        reduce: "add" or "multiply": y[...] is the sum, or the product, of what is there and src. PyTorch
            deprecates it for scatter_reduce, and warns

    PyTorch has no gradient for a reduce; here it is scatter_reduce's.
    Raises RuntimeError for an index or a src that does not fit, and for another reduce.
    """
    if (src is None) == (value is None):
        raise TypeError("scatter(): expected one of src and value")
    if value is not None:
        src = value.item() if hasattr(value, "_array") and not value.ndim else value
        if hasattr(src, "_array"):
            raise TypeError("scatter(): argument 'value' must be a number, not Tensor")
    if reduce is not None and not isinstance(reduce, str):
        raise TypeError(f"scatter(): argument 'reduce' must be str, not {type(reduce).__name__}")
    if reduce not in _REDUCTIONS:
        raise RuntimeError(f"reduce argument must be either add or multiply, got {reduce}")
    if reduce is not None and hasattr(src, "_array"):
        warn("the reduce argument of scatter with a tensor src is deprecated; use scatter_reduce")
    return scattered(_REDUCTIONS[reduce], "scatter", input, dim, index, src)


def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """x, and y[index[i][j]][j] += src[i][j] for dim 0, and so on

    Raises RuntimeError for an index or a src that does not fit, TypeError for a number.

    The gradient is derived in `refnet.ops.scatter_add`.
    """
    if not hasattr(src, "_array"):
        raise not_a_tensor("scatter_add(): argument 'src'", src)
    return scattered(ops.scatter_add, "scatter_add", input, dim, index, src)


def scatter_(
    input: Tensor,
    dim: int,
    index: Tensor,
    src: Any = None,
    *,
    value: Any = None,
    reduce: str | None = None,
) -> Tensor:
    """scatter in place"""
    refuse_leaf(input)
    return overwrite(input, scatter(input, dim, index, src, value=value, reduce=reduce))


def scatter_add_(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """scatter_add in place"""
    refuse_leaf(input)
    return overwrite(input, scatter_add(input, dim, index, src))


def _check_mask(mask: Tensor, function: str) -> None:
    if mask._array.dtype != bool:
        raise RuntimeError(
            f"{function} only supports boolean masks, but got mask with dtype {mask.dtype}"
        )


def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """x, but value where the mask holds; value is a number or a 0-d tensor

    Raises RuntimeError for a mask that is not boolean or does not broadcast.

    The gradient is derived in `refnet.ops.masked_fill`.
    """
    _check_mask(mask, "masked_fill")
    value = number_for(input, value, "masked_fill")
    try:
        result: Tensor = apply(ops.masked_fill, input, mask, value)
    except ValueError as error:
        raise misfit(input, mask) from error
    return result


def masked_fill_(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """masked_fill in place"""
    refuse_leaf(input)
    return overwrite(input, masked_fill(input, mask, value))


def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The slices along dim that the vector index names

    Raises RuntimeError or IndexError for an index that is not a vector of integers in range.

    The gradient is derived in `refnet.ops.index`.
    """
    axis = one_dim(dim, input.ndim)
    i = index._array
    if i.dtype not in (np.int32, np.int64):
        raise RuntimeError(
            f"index_select(): Expected dtype int32 or int64 for index, got {index.dtype}"
        )
    if i.ndim > 1:
        raise IndexError(
            f"index_select(): Index is supposed to be a vector, got shape {list(i.shape)}"
        )
    x = _vector(input)
    n = x._array.shape[axis]
    if i.size and (i.min() < 0 or i.max() >= n):
        error = IndexError if x._array.size or x.ndim == 1 else RuntimeError
        raise error(f"index out of range in self: dimension {axis} has size {n}")
    if input.ndim == 0 and i.size != 1:
        raise RuntimeError(
            f"index_select(): Index to scalar can have only 1 value, got {i.size} value(s)"
        )
    y: Tensor = apply(ops.index, x, where=(slice(None),) * axis + (i.reshape(-1),))
    return y if input.ndim else y.reshape(())


def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The entries where the mask holds, as a vector; both broadcast

    The gradient is derived in `refnet.ops.index`.
    """
    _check_mask(mask, "masked_select")
    try:
        shape = np.broadcast_shapes(input._array.shape, mask._array.shape) or (1,)
    except ValueError as error:
        raise misfit(input, mask) from error
    picked = mask.expand(shape)._array
    return apply(ops.index, input.expand(shape), where=(picked,))


@overload
def nonzero(input: Tensor, *, as_tuple: Literal[False] = False) -> Tensor: ...
@overload
def nonzero(input: Tensor, *, as_tuple: Literal[True]) -> tuple[Tensor, ...]: ...


def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """The indices of the entries that are not zero: a row each, or a vector for each dimension"""
    x = input._real()
    found = [i.astype(np.int64) for i in np.nonzero(x if x.ndim else x.reshape(1))]
    if as_tuple:
        return tuple(map(wrap, found))
    return wrap(np.stack(found, axis=1) if x.ndim else np.zeros((len(found[0]), 0), np.int64))


def argwhere(input: Tensor) -> Tensor:
    """nonzero: the indices of the entries that are not zero, a row each"""
    found: Tensor = nonzero(input)
    return found
