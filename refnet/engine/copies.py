"""Copies of tensors: copy.copy, copy.deepcopy and pickle.

As in PyTorch, a copy has all of its tensor's memory and shows the same part of it, with the same
strides. So tensors that share memory still do so after a copy.deepcopy of both; a shallow copy
shares its tensor's memory. pickle creates new memory for each tensor, as does the deep copy of a
Parameter. All copies are leaves without hooks; only copy.deepcopy copies `.grad`.
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
    """Returns the memory of the array as a vector, and the array's window in it.

    If the memory has gaps or another dtype, both are those of a copy.
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
    """Returns the user's attributes of a tensor, or None."""
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
    """Returns a tensor of this class that shows a window of the memory; pickle calls it."""
    twin = _made(cls, _shown(memory, window), requires_grad)
    if twin._array.size != memory.size:
        _relate(twin, wrap(memory))
    return twin


def _relate(twin: Tensor, original: Tensor) -> None:
    """Notes that twin shares the memory of another tensor, but not its place on the tape."""
    share_memory(twin, original)
    twin._head = None


def _warn_hooks(x: Tensor) -> None:
    for hook in (x._hooks or {}).values():
        warnings.warn(f"backward hook {hook!r} on tensor will not be serialized", stacklevel=4)


def reduce_ex(x: Tensor, protocol: Any) -> tuple[Any, ...]:
    """Returns what pickle writes: the class, the memory and the tensor's window in it."""
    _warn_hooks(x)
    memory, window = _place(x._real())
    return rebuilt, (type(x), memory, window, x._requires_grad), _state(x)


def shallow(x: Tensor) -> Tensor:
    """Returns a leaf on the same memory, with the same attributes."""
    _warn_hooks(x)
    twin = _made(type(x), x._real(), x._requires_grad)
    _relate(twin, x)
    _set_state(twin, _state(x))
    result: Tensor = twin
    return result


def deep(x: Tensor, memo: dict[Any, Any]) -> Tensor:
    """Returns a leaf on a copy of the memory, which all copies with this memo share.

    Raises:
        RuntimeError: for a tensor that is not a leaf
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
    """Sets a state as copy and pickle do."""
    if state is None:
        return
    if hasattr(twin, "__setstate__"):
        twin.__setstate__(state)
        return
    attributes, slots = state if isinstance(state, tuple) else (state, None)
    for key, value in {**(attributes or {}), **(slots or {})}.items():
        setattr(twin, key, value)
