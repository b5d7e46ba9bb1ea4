"""Views: which tensors show the same memory, and which of them can follow a recorded change of it.

A view made by one recorded operation follows: an in-place operation gives its base a new place on
the tape, and the view with it (see refnet.engine.in_place). Three kinds do not, as in PyTorch: a
view made in no_grad mode, one of the several views that a function gave, and one that a Function
made. They cannot be changed in place while operations are recorded, and once their memory was
changed in another way, they cannot be used in a recorded operation any more.
"""

import weakref
from typing import Any

from refnet.engine import memory
from refnet.engine.grad_mode import state
from refnet.engine.tensor import Tensor

# What PyTorch's errors call them.
_KINDS = {
    "no_grad": "A view was created in no_grad mode",
    "several": "This view is the output of a function that returns multiple views",
    "function": "This view was created inside a custom Function (or because an input was returned "
    "as-is)",
}


def share_memory(twin: Tensor, of: Tensor) -> None:
    """Note that `twin` shows part of the memory of `of`, for in-place operations to keep both in
    step (see refnet.engine.in_place)."""
    base = twin._base = of if of._base is None else of._base
    twin._head = of if of._head is None else of._head
    if base._views is None:
        base._views = []
    elif len(base._views) >= 32:
        base._views = [ref for ref in base._views if ref() is not None]
    base._views.append(weakref.ref(twin))


def note_view(view: Tensor, of: Tensor, kind: str | None = None) -> None:
    """Note that an operation gave `view` on the memory of `of`: one of "several" views, or that of
    a "function", if a kind is given.
    """
    share_memory(view, of)
    if kind is not None or of._kind is not None or (view._edge is None and not state.grad):
        note_kind(view, kind or of._kind)


def live_views(base: Tensor) -> list[Tensor]:
    """The tensors that show part of the memory of `base` and are still in use."""
    return [view for ref in base._views or () if (view := ref()) is not None]


# --- those that cannot follow ---------------------------------------------------------------------


class Output:
    """The edge to one output of a node that has several."""

    __slots__ = ("index", "node")

    def __init__(self, node: Any, index: int) -> None:
        self.node = node
        self.index = index


class _Guard:
    """What an edge knows of a view that cannot follow. An edge is asked for its truth where its
    tensor is used, `x._edge or x`: that is when a stale one refuses.
    """

    __slots__ = ()
    view: weakref.ref[Tensor]
    made: int

    def _check(self) -> None:
        view = self.view()
        if view is not None and state.grad and memory.last_write_of(view._array) > self.made:
            raise RuntimeError(
                f"{_KINDS[view._kind or 'no_grad']}, and its base or another view of its base has "
                "been modified inplace since. It is ambiguous whether the view has a gradient, so it "
                "cannot be used any more; make it after the change"
            )


class Unplaced(_Guard):
    """The edge of a view that has no place on the tape. It is false, as None is, so an operation
    takes the view for a leaf; the reverse pass leaves out its gradient.
    """

    __slots__ = ("made", "view")

    def __init__(self, view: Tensor, made: int | None = None) -> None:
        self.view = weakref.ref(view)
        self.made = next(memory.order) if made is None else made

    def __bool__(self) -> bool:
        self._check()
        return False


class _ViewOutput(_Guard, Output):
    """The edge of a view that has a place, and loses it when its memory is changed."""

    __slots__ = ("made", "view")

    def __init__(self, view: Tensor, node: Any, index: int) -> None:
        super().__init__(node, index)
        self.view = weakref.ref(view)
        self.made = next(memory.order)

    def __bool__(self) -> bool:
        self._check()
        return True


def note_kind(view: Tensor, kind: str | None) -> None:
    """Note of which kind a view is, if it cannot follow; so is every one in no_grad mode."""
    view._kind = kind if state.grad else "no_grad"
    edge = view._edge
    if isinstance(edge, Output):
        view._edge = _ViewOutput(view, edge.node, edge.index)
    elif edge is not None:
        view._edge = _ViewOutput(view, edge, 0)
    elif not state.grad and view._head is not None and view._head._requires_grad:
        view._requires_grad, view._edge = True, Unplaced(view)


def displace(view: Tensor) -> None:
    """Take the place on the tape from a view that cannot follow the change of its base."""
    view._requires_grad, view._edge = True, Unplaced(view, made=-1)


def refuse_kind(view: Tensor) -> None:
    """Raise PyTorch's error for a recorded in-place change of a view that cannot follow."""
    if view._kind is not None:
        raise RuntimeError(
            f"{_KINDS[view._kind]}, and is being modified inplace with grad mode enabled. The change "
            "would not be recorded as one of its base: change the base or a clone() instead, or make "
            "the change in no_grad mode"
        )
