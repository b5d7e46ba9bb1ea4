"""When the memory of an array was last written in place.

That is asked seldom and must cost an ordinary operation next to nothing. So nothing is noted
when a node is recorded: a write draws a number from the same counter as the nodes do, and the
reverse pass, at a node older than the last write, looks at the arrays that its pullback holds.
"""

import itertools
import weakref
from typing import Any

import numpy as np

from refnet.engine.tensor import Tensor
from refnet.ops.rule import Array, Pullback, held_arrays

order = itertools.count(1)  # numbers nodes and in-place writes in the order in which they happen

last_write = 0
_writes: dict[int, int] = {}  # id of an array that owns its memory -> number of its last write
_Part = tuple[int, tuple[int, ...], tuple[int, ...], str]  # address, shape, strides, type
_MOST_PARTS = 1000
_data_writes: dict[int, dict[_Part, int]] = {}  # the same for writes through x.data, part by part


def owner(array: Array) -> Array:
    """The array whose memory this one is a view of; itself if it has its own."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def written(array: Array) -> None:
    """Note that the array was changed in place, so that a backward pass which needs what it
    held before raises an error instead of giving a wrong gradient. As in PyTorch a change of one
    part of the memory counts as a change of all of it."""
    global last_write
    whole = owner(array)
    key = id(whole)
    if key not in _writes:
        weakref.finalize(whole, _writes.pop, key, None).atexit = False
    last_write = _writes[key] = next(order)


def written_to(x: Tensor, part: Array | None = None) -> None:
    """Note that the tensor, or a part of its array, was changed in place: as `written`, but through
    x.data.

    PyTorch does not see what is written through x.data, and programs rely on it. Here it counts
    where it changed what a backward pass needs, and nowhere else.
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
    if len(parts) > _MOST_PARTS:  # too many to look through
        parts.clear()
        written(a)


def last_write_of(array: Array) -> int:
    """The number of the last write to the array's memory, but for those through x.data; 0 if there
    was none."""
    return _writes.get(id(owner(array)), 0)


def changed(array: Array, since: int) -> bool:
    """Whether the array was written after `since`."""
    key = id(owner(array))
    if _writes.get(key, 0) > since:
        return True
    parts = _data_writes.get(key)
    return parts is not None and any(n > since and _meet(array, p) for p, n in parts.items())


class _At:
    """A part of the memory, for NumPy to see as an array."""

    def __init__(self, part: _Part) -> None:
        address, shape, strides, kind = part
        self.__array_interface__ = {
            "data": (address, True),
            "shape": shape,
            "strides": strides,
            "typestr": kind,
            "version": 3,
        }


def _meet(array: Array, part: _Part) -> bool:
    """Whether the array and the part have an element in common; True where that is hard to tell."""
    try:
        return np.shares_memory(array, np.asarray(_At(part)), max_work=10_000)  # type: ignore[arg-type]  # NumPy's own annotation has −1 and 0 only
    except np.exceptions.TooHardError:
        return True


def find_overwritten(pullback: Pullback | None, since: int) -> list[tuple[Any, Array]]:
    """The arrays that a pullback holds and that were written after `since`, as held_arrays gives
    them."""
    return [(cell, array) for cell, array in held_arrays(pullback) if changed(array, since)]
