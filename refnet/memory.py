"""Who shares an array's memory, and when it was last written in place.

Both are asked seldom and must cost an ordinary operation next to nothing. So nothing is noted
when a node is recorded: a write draws a number from the same counter as the nodes do, and the
reverse pass, at a node older than the last write, looks at the arrays that its pullback holds.
"""

import itertools
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

from refnet.ops.rule import Array

if TYPE_CHECKING:
    from refnet.tensor import Tensor

order = itertools.count(1)  # numbers nodes and in-place writes in the order in which they happen

last_write = 0
_writes: dict[int, int] = {}  # id of an array that owns its memory -> number of its last write


def owner(array: Array) -> Array:
    """The array whose memory this one is a view of; itself if it has its own."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def written(array: Array) -> None:
    """Note that the array was changed in place, so that a backward pass which needs what it
    held before raises an error instead of giving a wrong gradient."""
    global last_write
    whole = owner(array)
    key = id(whole)
    if key not in _writes:
        weakref.finalize(whole, _writes.pop, key, None).atexit = False
    last_write = _writes[key] = next(order)


def find_overwritten(held: Any, since: int) -> Array | None:
    """An array that a pullback holds (in its closure) and that was written after `since`."""
    if isinstance(held, np.ndarray):
        return held if _writes.get(id(owner(held)), 0) > since else None
    if isinstance(held, (tuple, list)):
        parts = list(held)
    else:
        parts = [c.cell_contents for c in getattr(held, "__closure__", None) or () if _filled(c)]
    for part in parts:
        if isinstance(part, (np.ndarray, tuple, list)) or callable(part):
            found = find_overwritten(part, since)
            if found is not None:
                return found
    return None


def _filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018 - raises if the variable was never assigned
    except ValueError:
        return False
    return True


def note_view(view: "Tensor", of: "Tensor") -> None:
    """Note that `view` shows part of the memory of `of`, for in-place operations to keep both
    in step (see refnet.inplace)."""
    base = view._base = of if of._base is None else of._base
    view._head = of if of._head is None else of._head
    if base._views is None:
        base._views = []
    elif len(base._views) >= 32:
        base._views = [ref for ref in base._views if ref() is not None]
    base._views.append(weakref.ref(view))


def live_views(base: "Tensor") -> "list[Tensor]":
    """The tensors that show part of the memory of `base` and are still in use."""
    return [view for ref in base._views or () if (view := ref()) is not None]
