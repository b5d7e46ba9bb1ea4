"""Functions that join tensors: cat, stack, block_diag, cartesian_prod, … (refnet.ops.shape)."""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from refnet import ops
from refnet.engine import dtypes
from refnet.engine.argument_errors import type_name
from refnet.engine.dtypes import promote
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.dims import one_dim
from refnet.functions.grids import meshgrid
from refnet.functions.operands import check_tensors
from refnet.functions.shape import atleast_2d, atleast_3d

__all__ = [
    "block_diag",
    "cartesian_prod",
    "cat",
    "column_stack",
    "concat",
    "concatenate",
    "dstack",
    "hstack",
    "row_stack",
    "stack",
    "vstack",
]


def all_tensors(tensors: Any, function: str) -> tuple[Tensor, ...]:
    """Returns the tensors of a list or tuple, promoted to one dtype."""
    if not isinstance(tensors, (tuple, list)):
        raise TypeError(
            f"{function}(): expected a list or tuple of Tensors, got {type(tensors).__name__}"
        )
    if not tensors:
        error = ValueError if function == "cat" else RuntimeError  # as in PyTorch
        raise error(f"{function}(): expected a non-empty list of Tensors")
    for i, x in enumerate(tensors):
        if not hasattr(x, "_array"):
            raise TypeError(f"expected Tensor as element {i} in argument 0, but got {type_name(x)}")
    if all(x._array.dtype == tensors[0]._array.dtype for x in tensors):
        return tuple(tensors)
    common = functools.reduce(dtypes.join, (x._array.dtype for x in tensors))
    return tuple(dtypes.cast(x, common) for x in tensors)


def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Concatenates tensors along an existing dimension.

    Empty tensors of shape (0) are skipped.

    The gradient is derived in `refnet.ops.cat`.

    Args:
        tensors: list or tuple of tensors whose sizes agree in every dimension except `dim`
        dim: dimension along which the tensors are joined

    Raises:
        RuntimeError: if the sizes differ in another dimension, or a tensor has no dimensions
        ValueError: if the list is empty
        TypeError: if an element is not a tensor

    Example:
        >>> refnet.cat([refnet.tensor([1, 2]), refnet.tensor([3])])
        tensor([1, 2, 3])
        >>> refnet.cat([refnet.zeros(2, 2), refnet.ones(2, 1)], dim=1)
        tensor([[0., 0., 1.],
                [0., 0., 1.]])
    """
    xs = all_tensors(tensors, "cat")
    shapes = [x._array.shape for x in xs]
    first = next((shape for shape in shapes if shape != (0,)), (0,))
    if () in shapes:
        raise RuntimeError(
            f"zero-dimensional tensor (at position {shapes.index(())}) cannot be concatenated"
        )
    axis = one_dim(dim, len(first))
    for i, shape in enumerate(shapes):
        if shape == (0,):
            continue
        if len(shape) != len(first):
            raise RuntimeError(
                f"Tensors must have same number of dimensions: got {len(first)} and {len(shape)}"
            )
        for d, (n, m) in enumerate(zip(first, shape, strict=True)):
            if d != axis and n != m:
                raise RuntimeError(
                    f"Sizes of tensors must match except in dimension {axis}. Expected size {n} "
                    f"but got size {m} for tensor number {i} in the list."
                )
    return apply(ops.cat, *xs, dim=axis)


def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Joins tensors of one shape along a new dimension.

    The gradient is derived in `refnet.ops.stack`.

    Args:
        tensors: list or tuple of tensors of the same shape
        dim: position of the new dimension in the result

    Raises:
        RuntimeError: if the shapes differ or the list is empty

    Example:
        >>> a, b = refnet.tensor([1, 2]), refnet.tensor([3, 4])
        >>> refnet.stack([a, b])
        tensor([[1, 2],
                [3, 4]])
        >>> refnet.stack([a, b], dim=1)
        tensor([[1, 3],
                [2, 4]])
    """
    xs = all_tensors(tensors, "stack")
    for i, x in enumerate(xs):
        if x._array.shape != xs[0]._array.shape:
            raise RuntimeError(
                "stack expects each tensor to be equal size, but got "
                f"{list(xs[0]._array.shape)} at entry 0 and {list(x._array.shape)} at entry {i}"
            )
    return apply(ops.stack, *xs, dim=one_dim(dim, xs[0].ndim + 1))


def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joins tensors horizontally: along dimension 1, and vectors along dimension 0.

    The gradient is derived in `refnet.ops.cat`.

    Args:
        tensors: list or tuple of tensors; a 0-d tensor counts as a vector of one element

    Raises:
        RuntimeError: if the list is empty, or sizes differ in another dimension

    Example:
        >>> refnet.hstack([refnet.tensor([[1], [2]]), refnet.tensor([[3], [4]])])
        tensor([[1, 3],
                [2, 4]])
        >>> refnet.hstack([refnet.tensor([1, 2]), refnet.tensor(3)])
        tensor([1, 2, 3])
    """
    xs = [x.reshape(1) if x.ndim == 0 else x for x in all_tensors(tensors, "hstack")]
    return cat(xs, 0 if xs[0].ndim == 1 else 1)


def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joins tensors vertically: along dimension 0, where a vector counts as one row.

    `row_stack` is the same function.

    The gradient is derived in `refnet.ops.cat`.

    Args:
        tensors: list or tuple of tensors; a vector of shape (n) counts as a matrix of shape (1, n)

    Raises:
        RuntimeError: if the list is empty, or sizes differ in another dimension

    Example:
        >>> refnet.vstack([refnet.tensor([1, 2]), refnet.tensor([3, 4])])
        tensor([[1, 2],
                [3, 4]])
    """
    return cat([x.reshape(1, -1) if x.ndim < 2 else x for x in all_tensors(tensors, "vstack")], 0)


def dstack(tensors: Sequence[Tensor]) -> Tensor:
    """Joins tensors in depth: along dimension 2, after `refnet.atleast_3d`.

    The gradient is derived in `refnet.ops.cat`.

    Args:
        tensors: list or tuple of tensors

    Example:
        >>> refnet.dstack([refnet.tensor([1, 2]), refnet.tensor([3, 4])])
        tensor([[[1, 3],
                 [2, 4]]])
    """
    return cat(atleast_3d(list(all_tensors(tensors, "dstack"))), 2)


def column_stack(tensors: Sequence[Tensor]) -> Tensor:
    """Joins tensors along dimension 1, where vectors and 0-d tensors count as columns.

    The gradient is derived in `refnet.ops.cat`.

    Args:
        tensors: list or tuple of tensors

    Example:
        >>> refnet.column_stack([refnet.tensor([1, 2]), refnet.tensor([3, 4])])
        tensor([[1, 3],
                [2, 4]])
    """
    xs = all_tensors(tensors, "column_stack")
    return cat([x.reshape(-1, 1) if x.ndim < 2 else x for x in xs], 1)


def block_diag(*tensors: Tensor) -> Tensor:
    """Places matrices one after the other along the diagonal of a matrix of zeros.

    The gradient is derived in `refnet.ops.cat`.

    Args:
        tensors: tensors of at most two dimensions; a vector counts as a row

    Raises:
        RuntimeError: for a tensor of more than two dimensions

    Example:
        >>> refnet.block_diag(refnet.tensor([[1, 2], [3, 4]]), refnet.tensor([[5]]))
        tensor([[1, 2, 0],
                [3, 4, 0],
                [0, 0, 5]])
    """
    for i, x in enumerate(tensors):
        if hasattr(x, "_array") and x.ndim > 2:
            raise RuntimeError(
                "block_diag: Input tensors must have 2 or fewer dimensions. "
                f"Input {i} has {x.ndim} dimensions"
            )
    if not tensors:
        return wrap(np.zeros((1, 0), np.float32))
    check_tensors("block_diag", **{f"tensors[{i}]": x for i, x in enumerate(tensors)})
    blocks = [atleast_2d(x) for x in promote(*tensors)]
    dtype = blocks[0]._array.dtype
    widths = [x._array.shape[1] for x in blocks]
    rows = []
    for i, x in enumerate(blocks):
        left, right = sum(widths[:i]), sum(widths[i + 1 :])
        n = x._array.shape[0]
        rows.append(
            cat([wrap(np.zeros((n, left), dtype)), x, wrap(np.zeros((n, right), dtype))], 1)
        )
    return cat(rows, 0)


def cartesian_prod(*tensors: Tensor) -> Tensor:
    """Returns all combinations of one entry from each vector, one combination per row.

    The gradient is derived in `refnet.ops.stack`.

    Args:
        tensors: vectors of the same dtype

    Raises:
        RuntimeError: if a tensor is not a vector, the dtypes differ, or no tensor is given

    Example:
        >>> refnet.cartesian_prod(refnet.tensor([1, 2]), refnet.tensor([3, 4]))
        tensor([[1, 3],
                [1, 4],
                [2, 3],
                [2, 4]])
    """
    for x in tensors:
        if x.ndim != 1:
            raise RuntimeError(f"Expect a 1D vector, but got shape {list(x._array.shape)}")
    if not tensors or any(x._array.dtype != tensors[0]._array.dtype for x in tensors):
        raise RuntimeError("cartesian_prod(): expected one or more vectors of the same dtype")
    if len(tensors) == 1:
        return tensors[0]
    return stack([x.reshape(-1) for x in meshgrid(*tensors, indexing="ij")], 1)


concat = concatenate = cat
row_stack = vstack
