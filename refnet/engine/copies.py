"""Copies of tensors: copy.copy, copy.deepcopy and pickle.

As in PyTorch a copy has the memory of its tensor, all of it, and shows the same part in the same
strides. So tensors that share their memory still do after copy.deepcopy of both; a shallow copy
shares its tensor's. pickle makes each tensor's memory anew, and so does the deep copy of a
Parameter. All of them are leaves, without hooks; only copy.deepcopy copies `.grad`.
"""

import copy
import warnings
from typing import Any

import numpy as np

from refnet.engine.memory import owner
from refnet.engine.tensor import Tensor, wrap
from refnet.engine.views import share_memory
from refnet.ops.rule import Array

_Window = tuple[int, tuple[int, ...], tuple[int, ...]]  # offset, shape and strides, in elements


def _place(array: Array) -> tuple[Array, _Window]:
    """The memory that the array lies in, as a vector, and where it lies there; those of a copy if
    the memory has gaps or is of another dtype.
    """
    whole = owner(array)
    in_order = whole.transpose(sorted(range(whole.ndim), key=lambda i: -whole.strides[i]))
    if whole.dtype != array.dtype or not in_order.flags.c_contiguous:
        return _place(array.copy(order="K"))
    memory, n = in_order.reshape(-1), array.itemsize
    offset = (array.ctypes.data - memory.ctypes.data) // n if array.size else 0
    return memory, (offset, array.shape, tuple(stride // n for stride in array.strides))


def _shown(memory: Array, window: _Window) -> Array:
    offset, shape, strides = window
    n = memory.itemsize
    return np.ndarray(shape, memory.dtype, memory, offset * n, tuple(s * n for s in strides))


def _state(x: Tensor) -> Any:
    """The attributes that are not the library's; None if there are none."""
    own = type(x)._internal
    state: Any = x.__getstate__()  # object's, or a subclass's own
    if isinstance(state, tuple) and len(state) == 2 and isinstance(state[0], dict):
        attributes, slots = state
        return {k: v for k, v in attributes.items() if k not in own} or None, slots
    return {k: v for k, v in state.items() if k not in own} or None


def _made(cls: Any, array: Array, requires_grad: bool) -> Any:
    twin = cls.__new__(cls)
    twin._array = array
    if requires_grad:
        twin._requires_grad = True
    return twin


def rebuilt(cls: Any, memory: Array, window: _Window, requires_grad: bool) -> Any:
    """The tensor of a class that shows a window of a memory; what a pickle calls."""
    twin = _made(cls, _shown(memory, window), requires_grad)
    if twin._array.size != memory.size:
        _relate(twin, wrap(memory))
    return twin


def _relate(twin: Tensor, of: Tensor) -> None:
    """Note that the two share their memory, and not their place on the tape."""
    share_memory(twin, of)
    twin._head = None


def _warn_of_hooks(x: Tensor) -> None:
    for hook in (x._hooks or {}).values():
        warnings.warn(f"backward hook {hook!r} on tensor will not be serialized", stacklevel=4)


def reduce_ex(x: Tensor, protocol: Any) -> tuple[Any, ...]:
    """What pickle writes: the class, the memory, and the window of it."""
    _warn_of_hooks(x)
    memory, window = _place(x._real())
    return rebuilt, (type(x), memory, window, x._requires_grad), _state(x)


def shallow(x: Tensor) -> Tensor:
    """A leaf on the same memory, with the same attributes."""
    _warn_of_hooks(x)
    twin = _made(type(x), x._real(), x._requires_grad)
    _relate(twin, x)
    _set_state(twin, _state(x))
    result: Tensor = twin
    return result


def deep(x: Tensor, memo: dict[Any, Any]) -> Tensor:
    """A leaf on a copy of the memory, which all copies made with this memo share.

    Raises RuntimeError for a tensor that is not a leaf.
    """
    if x._edge:
        raise RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
            "protocol at the moment; detach() it first"
        )
    if id(x) not in memo:
        memory, window = _place(x._array)
        # By the memory's owner, which is kept alive, so that nothing else takes its id.
        copies, original = memo.setdefault("refnet", {}), owner(memory)
        if id(original) not in copies:
            copies[id(original)] = original, wrap(memory.copy())
        base = copies[id(original)][1]
        twin = _made(type(x), _shown(base._array, window), x._requires_grad)
        memo[id(x)] = twin
        _relate(twin, base)
        if x._grad is not None:
            twin._grad = copy.deepcopy(x._grad, memo)
        _set_state(twin, copy.deepcopy(_state(x), memo))
    result: Tensor = memo[id(x)]
    return result


def _set_state(twin: Any, state: Any) -> None:
    """What copy and pickle do with a state."""
    if state is None:
        return
    if hasattr(twin, "__setstate__"):
        twin.__setstate__(state)
        return
    attributes, slots = state if isinstance(state, tuple) else (state, None)
    for key, value in {**(attributes or {}), **(slots or {})}.items():
        setattr(twin, key, value)
