"""Views: tensors that show the same memory, and their behaviour when it changes.

A view that one recorded operation created can follow: an in-place operation gives its base a new
place on the tape, and the view, too (see refnet.engine.in_place). Three kinds cannot follow, as in
PyTorch: a view created in no_grad mode, one of several views that a function returned, and one that
a Function created. A recorded operation cannot change them in place. After another change of their
memory, a recorded operation cannot use them.
"""

import weakref
from typing import Any

from refnet.engine import memory
from refnet.engine.grad_mode import state
from refnet.engine.tensor import Tensor

# Their names in PyTorch's errors.
_KINDS = {
    "no_grad": "A view was created in no_grad mode",
    "several": "This view is the output of a function that returns multiple views",
    "function": "This view was created inside a custom Function (or because an input was returned "
    "as-is)",
}


def share_memory(twin: Tensor, original: Tensor) -> None:
    """Notes that twin shows part of the memory of a tensor; in-place operations update both."""
    base = twin._base = original if original._base is None else original._base
    twin._head = original if original._head is None else original._head
    if base._views is None:
        base._views = []
    elif len(base._views) >= 32:
        base._views = [ref for ref in base._views if ref() is not None]
    base._views.append(weakref.ref(twin))


def note_view(view: Tensor, base: Tensor, kind: str | None = None) -> None:
    """Notes that an operation created a view of a tensor's memory.

    Args:
        view: the view
        base: the tensor
        kind: "several" for one of several views, "function" for that of a Function
    """
    share_memory(view, base)
    if kind is not None or base._kind is not None or (view._edge is None and not state.grad):
        note_kind(view, kind or base._kind)


def live_views(base: Tensor) -> list[Tensor]:
    """Returns the tensors in use that show part of the memory of `base`."""
    return [view for ref in base._views or () if (view := ref()) is not None]


# --- views that cannot follow ---------------------------------------------------------------------


class Output:
    """The edge to one output of a node with several outputs."""

    __slots__ = ("index", "node")

    def __init__(self, node: Any, index: int) -> None:
        self.node = node
        self.index = index


class _Guard:
    """The edge of a view that cannot follow.

    Every use of a tensor asks for the truth value of its edge, `x._edge or x`. There a stale view
    raises its error.
    """

    __slots__ = ()
    view: weakref.ref[Tensor]
    made: int

    def _check(self) -> None:
        view = self.view()
        if view is not None and state.grad and memory.find_last_write(view._array) > self.made:
            raise RuntimeError(
                f"{_KINDS[view._kind or 'no_grad']}, and its base or another view of its base has "
                "been modified inplace since. It is ambiguous whether the view has a gradient, so "
                "it cannot be used any more; create it after the change"
            )


class Unplaced(_Guard):
    """The edge of a view without a place on the tape.

    It is false, as None is, so operations treat the view as a leaf; the reverse pass drops its
    gradient.
    """

    __slots__ = ("made", "view")

    def __init__(self, view: Tensor, made: int | None = None) -> None:
        self.view = weakref.ref(view)
        self.made = next(memory.order) if made is None else made

    def __bool__(self) -> bool:
        self._check()
        return False


class _ViewOutput(_Guard, Output):
    """The edge of a view that has a place and loses it when its memory is changed."""

    __slots__ = ("made", "view")

    def __init__(self, view: Tensor, node: Any, index: int) -> None:
        super().__init__(node, index)
        self.view = weakref.ref(view)
        self.made = next(memory.order)

    def __bool__(self) -> bool:
        self._check()
        return True


def note_kind(view: Tensor, kind: str | None) -> None:
    """Notes the kind of a view that cannot follow; in no_grad mode it is "no_grad"."""
    view._kind = kind if state.grad else "no_grad"
    edge = view._edge
    if isinstance(edge, Output):
        view._edge = _ViewOutput(view, edge.node, edge.index)
    elif edge is not None:
        view._edge = _ViewOutput(view, edge, 0)
    elif not state.grad and view._head is not None and view._head._requires_grad:
        view._requires_grad, view._edge = True, Unplaced(view)


def displace(view: Tensor) -> None:
    """Removes the place on the tape of a view that cannot follow the change of its base."""
    view._requires_grad, view._edge = True, Unplaced(view, made=-1)


def refuse_kind(view: Tensor) -> None:
    """Raises PyTorch's error for a recorded in-place change of a view that cannot follow."""
    if view._kind is not None:
        raise RuntimeError(
            f"{_KINDS[view._kind]}, and is being modified inplace with grad mode enabled. The "
            "change would not be recorded as one of its base: change the base or a clone() "
            "instead, or make the change in no_grad mode"
        )
