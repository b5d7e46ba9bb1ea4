"""Indexing, as x[i] and x[i] = y. gather_scatter.py has refnet.gather and similar functions.

An index is applied in two steps, as in PyTorch: first integers, slices, None and Ellipsis, which
give a view; then lists, arrays and masks, which pick from that view. NumPy applies both at once,
and puts the result's dimensions in another order for x[0, :, [1, 2]].
"""

from typing import Any

import numpy as np

from refnet import ops
from refnet.engine.argument_errors import not_a_tensor
from refnet.engine.caller_warning import warn
from refnet.engine.dtypes import converted
from refnet.engine.error_state import quietly
from refnet.engine.grad_mode import state
from refnet.engine.in_place import overwrite, refuse_expanded, refuse_leaf
from refnet.engine.memory import written_to
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.creation import from_numpy
from refnet.functions.filling import copy_
from refnet.functions.operands import is_number, same_dtype
from refnet.ops.rule import Array

_EVERYTHING = slice(None)


def array_index(part: Any, warns: bool = True) -> Any:
    """Returns a tensor, array or list in an index as an array; uint8 becomes a mask and warns."""
    if hasattr(part, "_array"):
        part = part._real()
    elif isinstance(part, (list, tuple, range)):
        if not all(_is_integer(p) or isinstance(p, (bool, float)) for p in part):
            raise IndexError(
                "x[index]: expected a list of integers or booleans, got other entries; use "
                "x[tuple(index)] for one index per dimension, or a tensor of the indices"
            )
        part = np.array([p.item() if hasattr(p, "item") else p for p in part])
        part = part if part.size else part.astype(np.int64)
    if not isinstance(part, np.ndarray):
        raise (TypeError if isinstance(part, str) else IndexError)(
            "only integers, slices (`:`), ellipsis (`...`), None and long or bool Variables are "
            f"valid indices (got {type(part).__name__})"
        )
    if part.dtype == np.uint8:
        if warns and part.ndim:
            warn("indexing with dtype uint8, a mask, is deprecated in PyTorch; use bool")
        part = part.astype(bool)
    if part.dtype not in (np.bool, np.int32, np.int64):
        raise IndexError(
            f"tensors used as indices must be long, int, byte or bool tensors, got {part.dtype}"
        )
    return part


def _plain_slice(part: slice) -> slice:
    """Returns a slice of Python integers."""
    ends = (None if i is None else i.__index__() for i in (part.start, part.stop, part.step))
    plain = slice(*ends)
    if plain.step is not None and plain.step <= 0:
        raise ValueError(f"step must be greater than zero, got {plain.step}")
    return plain


def _split_index(input: Tensor, index: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Splits an index in two: integers, slices, None and Ellipsis; then arrays and masks, or ().

    Raises:
        IndexError: if a part is not an index, and for more parts than dimensions
    """
    basic: list[Any] = []
    arrays: list[Any] = []
    used = 0  # dimensions of the input
    for part in index if isinstance(index, tuple) else (index,):
        if type(part) is slice:
            basic.append(_plain_slice(part))
            arrays.append(_EVERYTHING)
            used += 1
        elif part is None:
            basic.append(None)
            arrays.append(_EVERYTHING)
        elif part is Ellipsis:
            basic.append(Ellipsis)
            arrays.append(Ellipsis)
        elif type(part) is int or _is_integer(part):
            basic.append(part.__index__())
            used += 1
        else:
            truth = isinstance(part, (bool, np.bool))
            array = np.asarray(part) if truth else array_index(part)
            if array.dtype == bool and array.ndim == 0:  # a new dimension of size 0 or 1
                basic.append(None)
                arrays.append(np.arange(int(array)))
                continue
            covered = array.ndim if array.dtype == bool else 1
            basic += [_EVERYTHING] * covered
            arrays.append(array)
            used += covered
    if used > input.ndim:
        if input.ndim == 0:
            raise IndexError(
                "invalid index of a 0-dim tensor. Use `tensor.item()` to convert it to a number"
            )
        raise IndexError(f"too many indices for tensor of dimension {input.ndim}")
    if basic.count(Ellipsis) > 1:
        raise IndexError("an index can only have one Ellipsis (`...`)")
    return tuple(basic), tuple(arrays) if any(isinstance(a, np.ndarray) for a in arrays) else ()


def _is_integer(part: Any) -> bool:
    """Tests for an integer, or a 0-d tensor or array of an integer; a uint8 tensor is a mask."""
    array = getattr(part, "_array", part)
    if isinstance(array, (np.ndarray, np.generic)):
        mask = array is not part and array.dtype == np.uint8
        return array.ndim == 0 and array.dtype.kind in "iu" and not mask
    return hasattr(array, "__index__") and not isinstance(array, bool)


def _is_trivial(basic: tuple[Any, ...]) -> bool:
    """Tests whether an index selects everything."""
    return all(part is Ellipsis or part == _EVERYTHING for part in basic)


def _check_masks(input: Tensor, arrays: tuple[Any, ...]) -> None:
    """Raises IndexError for a mask whose shape is not that of the dimensions it covers."""
    covered = sum(p.ndim if _is_mask(p) else 1 for p in arrays if p is not Ellipsis)
    d = 0
    for part in arrays:
        if part is Ellipsis:
            d += input.ndim - covered
        elif _is_mask(part):
            shape = input._array.shape[d : d + part.ndim]
            if part.shape != shape:
                raise IndexError(
                    f"the shape of the mask {list(part.shape)} at dimension {d} does not match "
                    f"that of the indexed tensor, {list(shape)}"
                )
            d += part.ndim
        else:
            d += 1


def _is_mask(part: Any) -> bool:
    """Tests whether a part of an index is a mask."""
    return isinstance(part, np.ndarray) and part.dtype == bool


def _indexed(input: Tensor, where: tuple[Any, ...]) -> Tensor:
    """Applies the rule of indexing, with PyTorch's words in the error."""
    try:
        result: Tensor = apply(ops.index, input, where=where)
    except IndexError as error:
        raise _explained(error) from None
    return result


def _explained(error: IndexError) -> IndexError:
    """Returns NumPy's error in PyTorch's words."""
    text = str(error).replace("axis", "dimension").replace("array", "tensor")
    return IndexError(text.replace("boolean index", "the shape of the mask"))


def getitem(input: Tensor, index: Any) -> Tensor:
    """Returns x[index]: a view for slices and integers, a copy for tensors of indices and masks.

    The gradient is derived in `refnet.ops.index`.

    Args:
        input: a tensor, x
        index: integers, slices, None, Ellipsis, tensors of indices, masks, or a tuple of these

    Raises:
        IndexError: for an index out of bounds, and for anything that is not an index
        ValueError: for a step below 1

    Example:
        >>> x = refnet.tensor([[1, 2, 3], [4, 5, 6]])
        >>> x[0], x[:, 1], x[x > 4]
        (tensor([1, 2, 3]), tensor([2, 5]), tensor([5, 6]))
    """
    basic, arrays = _split_index(input, index)
    if not arrays:
        return _indexed(input, basic)
    view = input if _is_trivial(basic) else _indexed(input, basic)
    _check_masks(view, arrays)
    return _indexed(view, arrays)


def _value(input: Tensor, value: Any) -> Tensor:
    """Returns the value of an assignment as a tensor."""
    if hasattr(value, "_array"):
        tensor: Tensor = value
        return tensor
    if isinstance(value, np.ndarray):
        return from_numpy(value)
    if not is_number(value):
        raise not_a_tensor("x[index] = value: the value", value, "Tensor or a number")
    np_dtype = input._array.dtype
    held = value if np_dtype.kind == "f" else converted(value, np_dtype, "setitem")
    return wrap(np.asarray(held).astype(np_dtype))


def _refuse_bytes(index: Any, v: Tensor) -> None:
    """Raises RuntimeError for a value of one element at a uint8 mask: there PyTorch calls
    masked_fill_, which takes boolean masks only."""
    parts = index if isinstance(index, tuple) else (index,)
    found = [a for p in parts if isinstance(a := getattr(p, "_array", p), (np.ndarray, list))]
    found = [a for a in found if isinstance(a, list) or a.ndim]
    if v._array.size == 1 and len(found) == 1 and getattr(found[0], "dtype", None) == np.uint8:
        raise RuntimeError("masked_fill_ only supports boolean masks, but got a mask of uint8")


def _check_put(input: Tensor, v: Tensor, arrays: tuple[Any, ...]) -> None:
    """Raises RuntimeError for a value of another dtype if the index has arrays or masks.

    As in PyTorch, a 0-d value at masks alone may have any dtype.
    """
    lists = [p for p in arrays if isinstance(p, np.ndarray)]
    if not lists or same_dtype(input, v):
        return
    if v.ndim or any(p.dtype != bool for p in lists):
        raise RuntimeError(
            f"Index put requires the source and destination dtypes match, got {input.dtype} for "
            f"the destination and {v.dtype} for the source."
        )


def setitem(input: Tensor, index: Any, value: Any) -> None:
    """Assigns x[index] = value in place. The change is recorded, so x and value get gradients.

    The gradient is derived in `refnet.ops.index_put`.

    Args:
        input: a tensor, x
        index: integers, slices, None, Ellipsis, tensors of indices, masks, or a tuple of these
        value: a tensor, a number or a NumPy array

    Raises:
        IndexError: for an index out of bounds, and for anything that is not an index
        RuntimeError: for a leaf that requires a gradient, if the value does not broadcast, and if
            it has another dtype and the index has arrays or masks
        TypeError: if the value is not a tensor, a number or an array

    Example:
        >>> x = refnet.zeros(2, 3)
        >>> x[0, 1:] = 7
        >>> x
        tensor([[0., 7., 7.],
                [0., 0., 0.]])
    """
    refuse_leaf(input)
    basic, arrays = _split_index(input, index)
    v = _value(input, value)
    if arrays:
        _refuse_bytes(index, v)
    if arrays and not _is_trivial(basic):
        setitem(_indexed(input, basic), arrays, v)
        return
    _check_masks(input, arrays)
    where = arrays or basic
    target, source = input._array, v._array
    _check_put(input, v, arrays)
    try:
        shape = target[where].shape
    except IndexError as error:
        raise _explained(error) from None
    extra = v.ndim - len(shape)
    if extra > 0 and source.shape[:extra] == (1,) * extra:
        v = v.reshape(source.shape[extra:])
        source = v._array
    if not _broadcasts(source.shape, shape):
        raise RuntimeError(
            f"shape mismatch: value tensor of shape {list(source.shape)} cannot be broadcast to "
            f"indexing result of shape {list(shape)}"
        )
    if not arrays and 0 in target.strides:
        # Of an expanded view, the part that is written need not be expanded.
        copy_(_indexed(input, basic), v)
        return
    refuse_expanded(input)
    recorded = state.grad and (v._requires_grad or input._requires_grad)
    if recorded or "c" in source.dtype.kind + target.dtype.kind:
        if source.dtype.kind != "c":
            v = v._as(target.dtype)
        overwrite(input, apply(ops.index_put, input, v, where=where))
        return
    _assign(target, where, source)
    part = target if arrays else target[where]
    written_to(input, part if isinstance(part, np.ndarray) else target[(*where, ...)])


@quietly
def _assign(target: Array, where: Any, source: Array) -> None:
    target[where] = source  # with a cast where the dtypes differ


def _broadcasts(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    """Tests whether a shape broadcasts to the target shape."""
    if len(shape) > len(target):
        return False
    return all(n in (1, m) for n, m in zip(shape[::-1], target[::-1], strict=False))
