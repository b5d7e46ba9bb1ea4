"""The attributes of a Tensor. The methods are in refnet.engine.tensor_methods.

Every module can import the class from here, including the functions and the tape, from which its
methods are built. The methods are added to this class when refnet.engine.tensor_methods is
imported; a type checker sees both as one class (tensor.pyi).
"""

import weakref
from collections.abc import Callable
from typing import Any, ClassVar

from refnet.ops.rule import Array


class Tensor:
    """An array, with its place on the tape."""

    __module__ = "refnet"  # its public module

    # An instance stores only the values that differ; most tensors have one array and one edge.
    _array: Array
    _requires_grad: bool = False
    _edge: Any = None  # the Node or Output that computed it, or Unplaced; false for a leaf
    _grad: "Tensor | None" = None
    _hooks: dict[int, Callable[..., Any]] | None = None
    _retains: bool = False
    _base: "Tensor | None" = None  # the tensor whose memory it shows
    _views: "list[weakref.ref[Tensor]] | None" = None  # the views of its memory
    _head: "Tensor | None" = None  # the tensor whose place on the tape it follows (in_place.py)
    _is_data: bool = False  # an x.data, writes to which do not count (memory.written_to)
    _kind: str | None = None  # of a view that cannot follow a recorded change (views.py)
    _internal: ClassVar[frozenset[str]]  # these names: all other attributes are the user's


Tensor._internal = frozenset(Tensor.__annotations__)

_new = object.__new__


def wrap(array: Array) -> Tensor:
    """Returns a Tensor on this array itself, without a copy."""
    y: Tensor = _new(Tensor)
    y._array = array
    return y


def complete(cls: type) -> type:
    """Adds the members of the class and its bases to Tensor."""
    for base in reversed(cls.__mro__[:-1]):
        for name, value in vars(base).items():
            if name not in ("__module__", "__dict__", "__weakref__", "__annotations__"):
                setattr(Tensor, name, value)
    return Tensor
