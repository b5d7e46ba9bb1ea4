"""Functions that write at indices: index_add, index_copy, index_fill, index_put.

The forms with an underscore change their tensor in place. A 0-d tensor counts as a vector of one
entry.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from refnet import ops
from refnet.engine.dtypes import converted
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.dims import one_dim
from refnet.functions.indexing import array_index, setitem
from refnet.functions.operands import as_vector, check_tensors, in_place, number_for, same_dtype

__all__ = ["index_add", "index_copy", "index_fill", "index_put", "index_put_"]


def require_one_dtype(function: str, input: Tensor, source: Tensor) -> None:
    """Raises RuntimeError for two different dtypes, unless one is complex (the complex step)."""
    if not same_dtype(input, source):
        raise RuntimeError(
            f"{function}(): expected a source of the input's dtype, {input.dtype}, got "
            f"{source.dtype}"
        )


def _slices_at(axis: int, index: Tensor) -> tuple[Any, ...]:
    """Returns a NumPy index that selects the slices along the axis."""
    return (slice(None),) * axis + (index._array.reshape(-1),)


def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: Any = 1) -> Tensor:
    """Adds the slices of `source` to the slices of a tensor that `index` selects.

        y = x, then y[index[k]] += alpha · source[k]   for dim = 0

    The gradient is derived in `refnet.ops.index_add`.

    Args:
        input: a tensor, x
        dim: the dimension of the slices
        index: a vector of int32 or int64
        source: a tensor of the dtype of `input`, with one slice for each index
        alpha: the factor of `source`, a number

    Raises:
        RuntimeError: if `index` is not int32 or int64, and if `source` has another dtype or shape
        IndexError: if `index` has more than one dimension, or holds an index out of range
            (RuntimeError if `input` is empty)

    Example:
        >>> x, index = refnet.zeros(3, 2), refnet.tensor([2, 0, 2])
        >>> refnet.index_add(x, 0, index, refnet.tensor([[1.0, 1.0], [5.0, 5.0], [2.0, 2.0]]))
        tensor([[5., 5.],
                [0., 0.],
                [3., 3.]])
    """
    check_tensors("index_add", input=input, index=index, source=source)
    axis, i = one_dim(dim, input.ndim), index._array
    if i.ndim > 1:
        raise IndexError(f"index_add(): Index is supposed to be a vector, but got dim: {i.ndim}")
    if i.dtype not in (np.int32, np.int64):
        raise RuntimeError(
            f"index_add(): Expected dtype int32/int64 for index but got: {index.dtype}"
        )
    require_one_dtype("index_add", input, source)
    a, b = list(input._array.shape), list(source._array.shape)
    if len(a) != len(b) or a[:axis] + a[axis + 1 :] != b[:axis] + b[axis + 1 :]:
        raise RuntimeError(
            "source tensor shape must match self tensor shape, excluding the specified dimension. "
            f"Got self.shape = {a} source.shape = {b}"
        )
    if i.size != (b[axis] if b else 1):
        raise RuntimeError(
            f"index_add(): Number of indices ({i.size}) should be equal to source.size(dim): "
            f"({b[axis] if b else 1}), for dim: {axis}"
        )
    n = a[axis] if a else 1
    if i.size and (i.min() < 0 or i.max() >= n):
        error = IndexError if input._array.size or len(a) <= 1 else RuntimeError
        raise error(f"index out of range in self: dimension {axis} has size {n}")
    factor = converted(alpha, source._array.dtype, "index_add")
    scaled = source if factor == 1 else source * factor
    y: Tensor = apply(
        ops.index_add, as_vector(input), as_vector(scaled), where=_slices_at(axis, index)
    )
    return y if input.ndim else y.reshape(())


def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """Replaces the slices of a tensor that `index` selects by those of `source`.

        y = x, then y[index[k]] = source[k]   for dim = 0

    The gradient is derived in `refnet.ops.index_put`.

    Args:
        input: a tensor, x
        dim: the dimension of the slices
        index: a vector of int64
        source: a tensor of the dtype of `input`, with one slice for each index

    Raises:
        RuntimeError: if `index` is not int64, and if `source` has another dtype or shape
        IndexError: if `index` has more than one dimension, another length than `source`, or holds
            an index out of range (RuntimeError if `input` is empty)

    Example:
        >>> x = refnet.zeros(3, 2, dtype=refnet.int64)
        >>> refnet.index_copy(x, 0, refnet.tensor([2, 0]), refnet.tensor([[1, 2], [3, 4]]))
        tensor([[3, 4],
                [0, 0],
                [1, 2]])
    """
    check_tensors("index_copy", input=input, index=index, source=source)
    axis, i = one_dim(dim, input.ndim), index._array
    if i.ndim > 1:
        raise IndexError(f"index_copy(): Index should have dimension 1 or 0 (got {i.ndim})")
    if source.ndim == 0 and i.size != 1:
        raise IndexError(
            f"index_copy(): When source is scalar, index should have one element (got {i.size})"
        )
    if source.ndim and input.ndim and source.ndim != input.ndim:
        raise IndexError(
            "index_copy(): When source and destination are not scalars, their dimensionality must "
            f"match. Source dimensionality ({source.ndim}), "
            f"destination dimensionality ({input.ndim})"
        )
    if i.dtype != np.int64:
        raise RuntimeError(f"index_copy(): Expected a long tensor for index, but got {index.dtype}")
    require_one_dtype("index_copy", input, source)
    x = as_vector(input)
    a, b = list(x._array.shape), list(as_vector(source)._array.shape)
    if a[:axis] + a[axis + 1 :] != b[:axis] + b[axis + 1 :]:
        raise RuntimeError(
            "index_copy(): Source/destination tensor must have same slice shapes. Destination "
            f"slice shape: {a} and source slice shape: {b} at dimension {axis}"
        )
    if i.size != b[axis]:
        raise IndexError(
            f"index_copy(): Number of indices ({i.size}) should be equal to source.size(dim) "
            f"({b[axis]})"
        )
    if i.size and (i.min() < 0 or i.max() >= a[axis]):
        raise (IndexError if x._array.size else RuntimeError)(
            f"index_copy(): an index is out of bounds for dimension {axis} with size {a[axis]}"
        )
    y: Tensor = apply(ops.index_put, x, as_vector(source), where=_slices_at(axis, index))
    return y if input.ndim else y.reshape(())


def index_fill(input: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """Fills the slices of a tensor that `index` selects with a value.

        y = x, then y[index[k]] = value   for dim = 0

    The gradient is derived in `refnet.ops.masked_fill`.

    Args:
        input: a tensor, x
        dim: the dimension of the slices
        index: a vector of int64; negative indices count from the end
        value: a number or a 0-d tensor

    Raises:
        RuntimeError: if `index` has more than one dimension, or if the dtype cannot hold the value
        IndexError: if `index` is not int64, or holds an index out of range (RuntimeError if `input`
            is empty)

    Example:
        >>> x = refnet.tensor([[1, 2, 3], [4, 5, 6]])
        >>> refnet.index_fill(x, 1, refnet.tensor([0, 2]), -1)
        tensor([[-1,  2, -1],
                [-1,  5, -1]])
    """
    check_tensors("index_fill", input=input, index=index)
    axis, i = one_dim(dim, input.ndim), index._array
    if i.dtype != np.int64:
        raise IndexError(f"index_fill(): Expected dtype int64 for index, got {index.dtype}")
    if i.ndim > 1:
        raise RuntimeError(f"index_fill(): Index has to be a vector or a scalar, got {i.ndim}D")
    v, x = number_for(input, value, "index_fill"), as_vector(input)
    n = x._array.shape[axis]
    if i.size and (i.min() < -n or i.max() >= n):
        raise (IndexError if x._array.size else RuntimeError)(
            f"index_fill(): an index is out of bounds for dimension {axis} of size {n}"
        )
    mask = np.zeros(x._array.shape, bool)
    mask[_slices_at(axis, index)] = True
    y: Tensor = apply(ops.masked_fill, x, mask, v)
    return y if input.ndim else y.reshape(())


def index_put(
    input: Tensor, indices: Sequence[Tensor], values: Tensor, accumulate: bool = False
) -> Tensor:
    """Writes values at indices.

        y = x, then y[indices] = values

    With `accumulate`, the values are added; those of repeated indices are summed.

    The gradient is derived in `refnet.ops.index_put`.

    Args:
        input: a tensor, x
        indices: a tuple of index tensors or masks, one for each of the first dimensions
        values: a tensor; it broadcasts to the shape of x[indices]
        accumulate: whether to add to the existing entries

    Raises:
        RuntimeError: if `values` does not broadcast or has another dtype
        IndexError: for an index out of range
        TypeError: if an argument is not a tensor

    Example:
        >>> x, rows, columns = refnet.zeros(2, 3), refnet.tensor([0, 1]), refnet.tensor([2, 0])
        >>> refnet.index_put(x, (rows, columns), refnet.tensor([7.0, 8.0]))
        tensor([[0., 0., 7.],
                [8., 0., 0.]])
    """
    if not isinstance(indices, (tuple, list)):
        raise TypeError("index_put(): argument 'indices' (position 1) must be tuple of Tensors")
    names = {f"indices[{k}]": index for k, index in enumerate(indices)}
    check_tensors("index_put", input=input, **names, values=values)
    y = input.clone()
    if not accumulate:
        setitem(y, tuple(indices), values)
        return y
    chosen = input[tuple(indices)]
    require_one_dtype("index_put", input, values)
    try:
        spread = values.expand(chosen.shape)
    except RuntimeError as error:
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to "
            f"indexing result of shape {list(chosen.shape)}"
        ) from error
    where = tuple(array_index(index, warns=False) for index in indices)
    return apply(ops.index_add, input, spread, where=where)


index_add_ = in_place(index_add)
index_copy_ = in_place(index_copy)
index_fill_ = in_place(index_fill)
index_put_ = in_place(index_put)
