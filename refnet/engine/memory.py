"""The times of in-place writes to the memory of arrays.

They show whether a pullback's saved array was changed after the forward pass. In-place writes are
rare, so recording a node takes no time for them. Nodes and writes are numbered by one counter. At a
node older than the last write, the reverse pass looks at the arrays that the node's pullback holds.
"""

import itertools
import weakref
from typing import Any

import numpy as np

from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array, Pullback, held_arrays

order = itertools.count(1)  # numbers the nodes and the in-place writes in order

last_write = 0
_writes: dict[int, int] = {}  # id of an array that owns its memory -> number of its last write
_Part = tuple[int, tuple[int, ...], tuple[int, ...], str]  # address, shape, strides, type
_MOST_PARTS = 1000
_data_writes: dict[int, dict[_Part, int]] = {}  # the same for writes through x.data, part by part


def owner(array: Array) -> Array:
    """Returns the array that owns this one's memory; itself if it is not a view."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def written(array: Array) -> None:
    """Notes that the array was changed in place.

    A backward pass that needs the previous values then raises an error instead of giving a wrong
    gradient. As in PyTorch, a change of one part of the memory counts as a change of all of it.
    """
    global last_write
    whole = owner(array)
    key = id(whole)
    if key not in _writes:
        weakref.finalize(whole, _writes.pop, key, None).atexit = False
    last_write = _writes[key] = next(order)


def written_to(x: Tensor, part: Array | None = None) -> None:
    """Notes that the tensor, or a part of its array, was changed in place, perhaps through x.data.

    PyTorch does not see writes through x.data, and programs rely on it. Here they count only where
    they change values that a backward pass needs.
    """
    global last_write
    if not (x if x._head is None else x._head)._is_data:
        written(x._array)
        return
    a = x._array if part is None else part
    whole = owner(a)
    key = id(whole)
    if key not in _data_writes:
        weakref.finalize(whole, _data_writes.pop, key, None).atexit = False
    parts = _data_writes.setdefault(key, {})
    last_write = next(order)
    parts[(a.ctypes.data, a.shape, a.strides, a.dtype.str)] = last_write
    if len(parts) > _MOST_PARTS:  # too many to compare with each
        parts.clear()
        written(a)


def find_last_write(array: Array) -> int:
    """Returns the number of the last write to the array's memory, or 0.

    Writes through x.data do not count.
    """
    return _writes.get(id(owner(array)), 0)


def changed(array: Array, since: int) -> bool:
    """Returns whether the array was written after `since`."""
    key = id(owner(array))
    if _writes.get(key, 0) > since:
        return True
    parts = _data_writes.get(key)
    return parts is not None and any(n > since and _overlap(array, p) for p, n in parts.items())


class _At:
    """A part of the memory, as an object that NumPy can read as an array."""

    def __init__(self, part: _Part) -> None:
        address, shape, strides, kind = part
        self.__array_interface__ = {
            "data": (address, True),
            "shape": shape,
            "strides": strides,
            "typestr": kind,
            "version": 3,
        }


def _overlap(array: Array, part: _Part) -> bool:
    """Returns whether the array and the part share an element; True if that is hard to decide."""
    try:
        other, work = np.asarray(_At(part)), 10_000
        return np.shares_memory(array, other, max_work=work)  # type: ignore[arg-type]  # not int
    except np.exceptions.TooHardError:
        return True


def find_overwritten(pullback: Pullback | None, since: int) -> list[tuple[Any, Array]]:
    """Returns the arrays of a pullback that were written after `since`, as held_arrays does."""
    return [(cell, array) for cell, array in held_arrays(pullback) if changed(array, since)]
