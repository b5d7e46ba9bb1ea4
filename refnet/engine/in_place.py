"""Operations that change a tensor: `x += y`, `x.relu_()`, `x[i] = y`.

An operation that is not recorded writes into the tensor's memory, so every view of it sees the
change. A recorded one must not, since an earlier pullback may hold the old values. It gives the
tensor a new array and a new place on the tape. Its views and the tensor of which it is a view get
them, too, as in PyTorch.
"""

from typing import Any

import numpy as np

from refnet import ops
from refnet.engine import memory
from refnet.engine.dtypes import refuse_cast
from refnet.engine.grad_mode import state
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.engine.views import displace, live_views, refuse_kind
from refnet.ops.rule import Array, NotAnalyticError


def refuse_leaf(target: Tensor) -> None:
    """Raises PyTorch's error for an in-place change of a leaf that requires a gradient."""
    if not state.grad:
        return
    head = target._head
    if not (target._requires_grad or (head is not None and head._requires_grad)):
        return
    refuse_kind(target)
    if (target if head is None else head)._edge is None:
        raise RuntimeError(
            f"{'a' if head is None else 'a view of a'} leaf Variable that requires grad is being "
            "used in an in-place operation; wrap the change in refnet.no_grad(), or change a "
            "clone()"
        )


def refuse_expanded(target: Tensor) -> None:
    """Raises PyTorch's error for an in-place change of a tensor that repeats an element."""
    x = target._array
    if x.size and any(n > 1 and s == 0 for n, s in zip(x.shape, x.strides, strict=True)):
        raise RuntimeError(
            "unsupported operation: more than one element of the written-to tensor refers to a "
            "single memory location. Please clone() the tensor before performing the operation."
        )


def overwrite(target: Tensor, result: Tensor) -> Tensor:
    """Gives target the values of the result and its place on the tape.

    Raises:
        RuntimeError: for a leaf that requires a gradient, an expanded target, a result of another
            shape or of a higher category of dtype. Nothing is changed then.
    """
    refuse_leaf(target)
    old, new = target._array, result._array
    refuse_expanded(target)
    if new.shape != old.shape:
        raise RuntimeError(
            f"output with shape {list(old.shape)} doesn't match the broadcast shape "
            f"{list(new.shape)}"
        )
    if new.dtype is not old.dtype:
        refuse_cast(new.dtype, old.dtype)
    recorded = state.grad and (result._requires_grad or target._requires_grad)
    if recorded:
        refuse_kind(target)
    if not recorded and new.dtype.kind != "c":
        np.copyto(old, new, casting="unsafe")
        memory.written_to(target)
    else:
        _replace(target, result if new.dtype.kind == "c" else result._as(old.dtype))
    return target


def _replace(target: Tensor, result: Tensor) -> None:
    """Gives target and all tensors that share its memory a new array and a new place.

    The base owns the memory. The head is the tensor of which target is a view on the tape: the
    base, unless detach() shared the memory. All tensors on this memory show the new values; only
    those with the same head lead to the new place, except for views that cannot follow
    (refnet.engine.views).
    """
    base = target if target._base is None else target._base
    head = target if target._head is None else target._head
    views = live_views(base)
    windows = [_window(view, base) for view in views]
    if head is not target:
        result = apply(ops.write_window, head, result, **_window(target, head))
    if head is base:
        whole = _laid_out_like(base._array, result._array) if views else result._array
    else:
        whole = _with_window(base._array, _window(head, base), result._array)
    base._array = whole
    for view, window in zip(views, windows, strict=True):
        view._array, _ = ops.read_window(whole, **window)
    head._edge, head._requires_grad = result._edge, result._requires_grad
    for view in views:
        if view._head is head and view._kind is not None and head._requires_grad:
            displace(view)
        elif view._head is head:
            shown = apply(ops.read_window, head, **_window(view, head))
            view._edge, view._requires_grad = shown._edge, shown._requires_grad


def _window(view: Tensor, base: Tensor) -> dict[str, Any]:
    """Returns the view's offset, shape and strides in the memory of the base, in elements.

    `order` is the order of the base's axes in memory.
    """
    a, b = view._array, base._array
    dense = sum((n - 1) * s for n, s in zip(b.shape, b.strides, strict=True)) + b.itemsize
    if b.size and (dense != b.nbytes or min(b.strides, default=0) < 0):
        raise RuntimeError(
            "an in-place operation cannot be recorded on a view of memory with gaps; "
            "use the operation without underscore, or clone() the tensor first"
        )
    return {
        "order": tuple(sorted(range(b.ndim), key=lambda axis: -b.strides[axis])),
        "offset": (a.ctypes.data - b.ctypes.data) // b.itemsize,
        "shape": a.shape,
        "strides": tuple(s // b.itemsize for s in a.strides),
    }


def _laid_out_like(base: Array, result: Array) -> Array:
    """Returns the result in an array with the base's strides, which the base's views need."""
    if result.strides == base.strides and result.base is None:
        return result
    held = np.empty_like(base, dtype=result.dtype)
    np.copyto(held, result)
    return held


def _with_window(base: Array, window: dict[str, Any], values: Array) -> Array:
    """Returns the base with other values in the window."""
    if values.dtype.kind == "c":
        raise NotAnalyticError(
            "the complex step cannot follow an in-place change of a detached tensor, which shares "
            "its memory with one that is not; clone() it first"
        )
    whole, _ = ops.write_window(base, values, **window)
    return whole
