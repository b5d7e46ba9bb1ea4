"""Functions that pick or write entries by index (refnet.ops.indexing): gather, scatter, ..."""

from typing import Any, Literal, overload

import numpy as np

from refnet import ops
from refnet.compatibility.left_out import refuse_argument
from refnet.engine.argument_errors import not_a_tensor
from refnet.engine.caller_warning import warn
from refnet.engine.dtypes import converted
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.dims import one_dim
from refnet.functions.operands import as_vector, in_place, misfit, number, number_for, same_dtype

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


def _check(function: str, input: Tensor, dim: int, index: Tensor, src: Tensor | None = None) -> int:
    """Returns `dim` from 0 to ndim − 1; raises RuntimeError unless the index and the source fit."""
    axis = one_dim(dim, input.ndim)
    i = index._array
    if i.dtype not in (np.int32, np.int64):
        raise RuntimeError(f"{function}(): Expected dtype int32/int64 for index, got {index.dtype}")
    if not i.size:  # PyTorch does not check the shapes of an empty index
        return axis
    x = as_vector(input)
    sizes = list(x._array.shape)
    if max(i.ndim, 1) != x.ndim or (src is not None and max(src.ndim, 1) != x.ndim):
        others = f"{i.ndim}" if src is None else f"{i.ndim}, the source {src.ndim}"
        raise RuntimeError(
            f"{function}(): Index tensor must have the same number of dimensions as input tensor: "
            f"the input has {input.ndim}, the index {others}"
        )
    for d, n in enumerate(i.shape):
        if (d != axis and n > sizes[d]) or (src is not None and n > (src.shape or (1,))[d]):
            limit = "" if src is None else f" and no larger than src {list(src.shape)}"
            raise RuntimeError(
                f"{function}(): Expected index {list(i.shape)} to be no larger than self {sizes} "
                f"apart from dimension {axis}{limit}"
            )
    wrong = (i < 0) | (i >= sizes[axis])
    if wrong.any():
        raise RuntimeError(
            f"index {i[wrong].flat[0]} is out of bounds for dimension {axis} with size "
            f"{sizes[axis]}"
        )
    return axis


def gather(input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False) -> Tensor:
    """Picks entries along a dimension, by their indices.

        y[i][j] = x[index[i][j]][j]   for dim = 0
        y[i][j] = x[i][index[i][j]]   for dim = 1

    The gradient is derived in `refnet.ops.gather`.

    Args:
        input: a tensor, x
        dim: the dimension that the indices refer to
        index: a tensor of int32 or int64 with as many dimensions; it has the shape of the result
        sparse_grad: False; refnet has dense gradients only

    Raises:
        RuntimeError: if `index` is not int32 or int64, is larger than `input` in a dimension other
            than `dim`, or holds an index out of bounds
        NotImplementedError: if `sparse_grad` is set

    Example:
        >>> x = refnet.tensor([[10, 11, 12], [20, 21, 22]])
        >>> refnet.gather(x, 1, refnet.tensor([[2, 0], [1, 1]]))
        tensor([[12, 10],
                [21, 21]])
    """
    if sparse_grad:
        raise refuse_argument("gather", "sparse_grad")
    axis = _check("gather", input, dim, index)
    if not index._array.size:
        return input.reshape(-1)[:0].reshape(index.shape)
    y: Tensor = apply(ops.gather, as_vector(input), as_vector(index), dim=axis)
    return y if index.ndim else y.reshape(())


def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """Picks entries along a dimension, by indices such as those of argsort or argmax.

    With `dim` it differs from `gather` in two ways: the other dimensions broadcast, and negative
    indices count from the end.

    The gradient is derived in `refnet.ops.gather`.

    Args:
        input: a tensor
        indices: a tensor of int64
        dim: the dimension; None picks from the flattened tensor, with indices of 0 or more

    Raises:
        RuntimeError: if `indices` is not int64, does not broadcast, or holds an index out of bounds

    Example:
        >>> x = refnet.tensor([[3, 1, 2], [6, 5, 4]])
        >>> refnet.take_along_dim(x, x.argsort(dim=1), dim=1)
        tensor([[1, 2, 3],
                [4, 5, 6]])
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
    """Returns a tensor of the input's dtype; a number becomes a tensor filled with it."""
    dtype = input._array.dtype
    if not hasattr(src, "_array"):
        src = number(src, "src", function)
        return wrap(np.full(index._array.shape, converted(src, dtype, function), dtype))
    if not same_dtype(input, src):
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
    """Checks the arguments of a scatter function and applies its rule."""
    source = _source(function, input, index, src)
    axis = _check(function, input, dim, index, source)
    if not index._array.size:  # nothing is written, so the shapes need not fit
        nowhere = wrap(np.zeros(0, np.int64))
        shaped: Tensor = apply(
            rule, input.reshape(-1), nowhere, source.reshape(-1), dim=0, **options
        )
        return shaped.reshape(input.shape)
    arrays = as_vector(input), as_vector(index), as_vector(source)
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
    """Writes the entries of `src` at the positions that `index` gives along a dimension.

        y = x, then y[index[i][j]][j] = src[i][j]   for dim = 0
        y = x, then y[i][index[i][j]] = src[i][j]   for dim = 1

    Unlike PyTorch, refnet supports gradients with `reduce`; they are those of scatter_reduce.

    The gradient is derived in `refnet.ops.scatter`.

    Args:
        input: a tensor, x
        dim: the dimension that the indices refer to
        index: a tensor of int32 or int64 with as many dimensions
        src: a tensor of the dtype of `input`, or a number
        value: a number or a 0-d tensor, in place of `src`
        reduce: "add" or "multiply" combines `src` with the existing entry. PyTorch deprecates it in
            favour of scatter_reduce, and it warns if `src` is a tensor

    Raises:
        RuntimeError: if `index` or `src` does not fit, and for an unknown `reduce`
        TypeError: unless exactly one of `src` and `value` is given

    Example:
        >>> x, index = refnet.zeros(3, dtype=refnet.int64), refnet.tensor([2, 0])
        >>> refnet.scatter(x, 0, index, refnet.tensor([7, 8]))
        tensor([8, 0, 7])
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
    """Adds the entries of `src` at the positions that `index` gives along a dimension.

        y = x, then y[index[i][j]][j] += src[i][j]   for dim = 0
        y = x, then y[i][index[i][j]] += src[i][j]   for dim = 1

    The gradient is derived in `refnet.ops.scatter_add`.

    Args:
        input: a tensor, x
        dim: the dimension that the indices refer to
        index: a tensor of int32 or int64 with as many dimensions
        src: a tensor of the dtype of `input`

    Raises:
        RuntimeError: if `index` or `src` does not fit
        TypeError: if `src` is not a tensor

    Example:
        >>> x, index = refnet.zeros(3, dtype=refnet.int64), refnet.tensor([2, 0, 2])
        >>> refnet.scatter_add(x, 0, index, refnet.tensor([1, 10, 100]))
        tensor([ 10,   0, 101])
    """
    if not hasattr(src, "_array"):
        raise not_a_tensor("scatter_add(): argument 'src'", src)
    return scattered(ops.scatter_add, "scatter_add", input, dim, index, src)


def _check_mask(mask: Tensor, function: str) -> None:
    """Raises RuntimeError for a mask that is not boolean."""
    if mask._array.dtype != bool:
        raise RuntimeError(
            f"{function} only supports boolean masks, but got mask with dtype {mask.dtype}"
        )


def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """Writes a value where a mask is True.

        y = value where the mask is True, else x

    The gradient is derived in `refnet.ops.masked_fill`.

    Args:
        input: a tensor, x
        mask: a boolean tensor; it broadcasts with `input`
        value: a number or a 0-d tensor

    Raises:
        RuntimeError: if `mask` is not boolean or does not broadcast, or if the dtype cannot hold
            the value

    Example:
        >>> x = refnet.tensor([1, 2, 3])
        >>> refnet.masked_fill(x, x > 1, 0)
        tensor([1, 0, 0])
    """
    _check_mask(mask, "masked_fill")
    value = number_for(input, value, "masked_fill")
    try:
        result: Tensor = apply(ops.masked_fill, input, mask, value)
    except ValueError as error:
        raise misfit(input, mask) from error
    return result


def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """Picks slices along a dimension, by their indices.

    The gradient is derived in `refnet.ops.index`.

    Args:
        input: a tensor
        dim: the dimension
        index: a vector of int32 or int64

    Raises:
        RuntimeError: if `index` is not int32 or int64
        IndexError: if `index` has more than one dimension, or holds an index out of range
            (RuntimeError if `input` is empty)

    Example:
        >>> x = refnet.tensor([[1, 2], [3, 4], [5, 6]])
        >>> refnet.index_select(x, 0, refnet.tensor([2, 0]))
        tensor([[5, 6],
                [1, 2]])
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
    x = as_vector(input)
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
    """Picks the entries where a mask is True, as a vector.

    The gradient is derived in `refnet.ops.index`.

    Args:
        input: a tensor
        mask: a boolean tensor; it broadcasts with `input`

    Raises:
        RuntimeError: if `mask` is not boolean, or if the shapes do not broadcast

    Example:
        >>> x = refnet.tensor([[1, 5], [6, 2]])
        >>> refnet.masked_select(x, x > 3)
        tensor([5, 6])
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
    """Finds the entries that are not 0.

    Args:
        input: a tensor
        as_tuple: whether to return a vector of indices for each dimension, which can index `input`

    Returns:
        the indices in int64, one row for each entry found; or a tuple of vectors

    Example:
        >>> x = refnet.tensor([[0, 5], [6, 0]])
        >>> refnet.nonzero(x)
        tensor([[0, 1],
                [1, 0]])
        >>> refnet.nonzero(x, as_tuple=True)
        (tensor([0, 1]), tensor([1, 0]))
    """
    x = input._real()
    found = [i.astype(np.int64) for i in np.nonzero(x if x.ndim else x.reshape(1))]
    if as_tuple:
        return tuple(map(wrap, found))
    return wrap(np.stack(found, axis=1) if x.ndim else np.zeros((len(found[0]), 0), np.int64))


def argwhere(input: Tensor) -> Tensor:
    """Finds the entries that are not 0: `refnet.nonzero` under NumPy's name.

    Args:
        input: a tensor

    Returns:
        the indices in int64, one row for each entry found

    Example:
        >>> refnet.argwhere(refnet.tensor([0, 5, 6]))
        tensor([[1],
                [2]])
    """
    found: Tensor = nonzero(input)
    return found


masked_fill_ = in_place(masked_fill)
scatter_ = in_place(scatter)
scatter_add_ = in_place(scatter_add)
