"""What a Tensor holds. Everything else of the class is in refnet.engine.tensor_methods.

Every module may import the class from here, also the functions and the tape, of which its methods
are made. The methods are added to this same class when refnet.engine.tensor_methods is imported; a
type checker sees both as one class (tensor.pyi).
"""

import weakref
from collections.abc import Callable
from typing import Any, ClassVar

from refnet.ops.rule import Array


class Tensor:
    """An array, with its place on the tape."""

    __module__ = "refnet"  # where its users find it

    # An instance stores only what differs from these; most tensors are one array and one edge.
    _array: Array
    _requires_grad: bool = False
    _edge: Any = None  # Node, Output or Unplaced: what made it; false for a leaf
    _grad: "Tensor | None" = None
    _hooks: dict[int, Callable[..., Any]] | None = None
    _retains: bool = False
    _base: "Tensor | None" = None  # the tensor whose memory it shows, and the views of its own
    _views: "list[weakref.ref[Tensor]] | None" = None
    _head: "Tensor | None" = None  # the tensor whose place on the tape its own follows (inplace.py)
    _is_data: bool = False  # an x.data, through which changes are not seen (memory.written_to)
    _kind: str | None = None  # of a view that cannot follow a recorded change (refnet.engine.views)
    _internal: ClassVar[frozenset[str]]  # the names of all these: other attributes are the user's


Tensor._internal = frozenset(Tensor.__annotations__)

_new = object.__new__


def wrap(array: Array) -> Tensor:
    """A Tensor on this array itself, without a copy."""
    y: Tensor = _new(Tensor)
    y._array = array
    return y


def complete(cls: type) -> type:
    """Give Tensor what the class and its bases define."""
    for base in reversed(cls.__mro__[:-1]):
        for name, value in vars(base).items():
            if name not in ("__module__", "__dict__", "__weakref__", "__annotations__"):
                setattr(Tensor, name, value)
    return Tensor
