"""Operations that change a tensor: `x += y`, `x.relu_()`, `x[i] = y`.

An unrecorded one writes into the tensor's memory, where every view of it sees the change. A
recorded one must not: an earlier pullback may hold the old values. It gives the tensor a new
array and a new place on the tape, and carries its views (and the tensor that it is itself a
view of) along, so that they show the new values and lead to the new place, as in PyTorch.
"""

from typing import TYPE_CHECKING

import numpy as np

from refnet import memory, ops
from refnet.gradmode import state
from refnet.tape import Output, apply

if TYPE_CHECKING:
    from refnet.tensor import Tensor


def refuse_leaf(target: "Tensor") -> None:
    """Raise PyTorch's error for an in-place change of a leaf that requires a gradient."""
    if not state.grad:
        return
    if target._requires_grad and target._edge is None:
        raise RuntimeError(
            "a leaf Variable that requires grad is being used in an in-place operation; "
            "wrap the change in refnet.no_grad(), or work on a clone()"
        )
    base = target._base
    if base is not None and base._requires_grad and base._edge is None and target._requires_grad:
        raise RuntimeError(
            "a view of a leaf Variable that requires grad is being used in an in-place operation; "
            "wrap the change in refnet.no_grad(), or work on a clone()"
        )


def overwrite(target: "Tensor", result: "Tensor") -> "Tensor":
    """target takes the result's values and its place on the tape.

    Raises RuntimeError, with nothing changed, for a leaf that requires a gradient, a result of
    another shape, and a result of a higher category of dtype.
    """
    refuse_leaf(target)
    old, new = target._array, result._array
    if new.shape != old.shape:
        raise RuntimeError(
            f"output with shape {list(old.shape)} doesn't match the broadcast shape "
            f"{list(new.shape)}"
        )
    if _RANK[new.dtype.kind] > _RANK[old.dtype.kind] and new.dtype.kind != "c":
        raise RuntimeError(
            f"result type {new.dtype} can't be cast to the desired output type {old.dtype}"
        )
    if state.grad and target._base is not None and isinstance(target._edge, Output):
        raise RuntimeError(
            f"Output {target._edge.index} of {target._edge.node.name()} is a view and is being "
            "modified inplace. This view is the output of a function that returns multiple views. "
            "Such functions do not allow the output views to be modified inplace. You should "
            "replace the inplace operation by an out-of-place one."
        )
    recorded = state.grad and (result._requires_grad or target._requires_grad)
    if not recorded and new.dtype.kind != "c":
        np.copyto(old, new, casting="unsafe")
        memory.written(old)
    else:
        _replace(target, result if new.dtype.kind == "c" else result._as(old.dtype))
    return target


_RANK = {"b": 0, "u": 1, "i": 1, "f": 2, "c": 3}


def _replace(target: "Tensor", result: "Tensor") -> None:
    """Give target a new array and place, and carry everything along that shares its memory."""
    base = target if target._base is None else target._base
    views = memory.live_views(base)
    windows = [_window(view, base) for view in views]
    if base is not target:
        offset, shape, strides = _window(target, base)
        result = apply(ops.write_window, base, result, offset=offset, shape=shape, strides=strides)
    elif views:
        result = _laid_out_like(base, result)
    grow = result._array.itemsize // base._array.itemsize
    base._array, base._edge = result._array, result._edge
    base._requires_grad = result._requires_grad
    for view, (offset, shape, strides) in zip(views, windows, strict=True):
        detached = view._detached
        shown = apply(
            ops.read_window,
            base,
            offset=offset * grow,
            shape=shape,
            strides=tuple(s * grow for s in strides),
        )
        view._array = shown._array
        if not detached:
            view._edge, view._requires_grad = shown._edge, shown._requires_grad


def _window(view: "Tensor", base: "Tensor") -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    """Where the view lies in the memory of the base: offset, shape and strides, in bytes."""
    a, b = view._array, base._array
    dense = sum((n - 1) * s for n, s in zip(b.shape, b.strides, strict=True)) + b.itemsize
    if b.size and (dense != b.nbytes or min(b.strides, default=0) < 0):
        raise RuntimeError(
            "an in-place operation cannot be recorded on a view of memory with gaps; "
            "use the operation without underscore, or clone() the tensor first"
        )
    return a.ctypes.data - b.ctypes.data, a.shape, a.strides


def _laid_out_like(base: "Tensor", result: "Tensor") -> "Tensor":
    """The result in an array with the strides of the base, for the base's views to show."""
    if result._array.strides != base._array.strides or result._array.base is not None:
        held = np.empty_like(base._array, dtype=result._array.dtype)
        np.copyto(held, result._array)
        result._array = held
    return result
