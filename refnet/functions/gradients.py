"""A tensor's place on the tape, as its methods: backward, detach, retain_grad, register_hook, ..."""

import weakref
from collections.abc import Callable
from typing import Any

from refnet.engine import views
from refnet.engine.argument_errors import type_name
from refnet.engine.removable_handle import RemovableHandle
from refnet.engine.tensor import Tensor, wrap

__all__ = ["detach", "detach_"]


def requires_grad_(input: Tensor, requires_grad: bool = True) -> Tensor:
    """Set requires_grad and return the tensor."""
    input.requires_grad = requires_grad
    return input


def backward(
    input: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Add the gradient of the tensor to the leaves; see refnet.autograd.backward."""
    from refnet.autograd.backward import backward

    backward(input, gradient, retain_graph, create_graph, inputs=inputs)


def detach(input: Tensor) -> Tensor:
    """The same memory, as a leaf that requires no gradient."""
    twin = wrap(input._real())
    views.share_memory(twin, input)
    twin._head = None  # the memory is shared, the place on the tape is not
    if (input if input._head is None else input._head)._is_data:
        twin._is_data = True
    return twin


def detach_(input: Tensor) -> Tensor:
    """Cut the tensor itself from the tape.

    Raises RuntimeError for a view, whose place on the tape is that of its base.
    """
    if input._head is not None:
        raise RuntimeError("Can't detach views in-place. Use detach() instead.")
    input._array = input._real()
    input._edge, input._requires_grad = None, False
    return input


def clear_grad(input: Tensor, set_to_none: bool) -> None:
    """Take the tensor's gradient away, or fill it with zeros in its own memory."""
    grad = input.grad
    if set_to_none or grad is None:
        input._grad = None
        return
    if grad._edge:
        grad.detach_()
    else:
        grad.requires_grad = False
    grad.zero_()


def retain_grad(input: Tensor) -> None:
    """Keep the gradient of a tensor that is not a leaf in `.grad`, too."""
    if not input._requires_grad:
        raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
    node = input.grad_fn
    if node is not None:
        node.retained = node.retained or {}
        node.retained[input.output_nr] = weakref.ref(input)
        input._retains = True


def register_hook(input: Tensor, hook: Callable[[Tensor], Any]) -> RemovableHandle:
    """Call hook(gradient) in each backward pass; a Tensor that it returns takes the gradient's
    place. Returns a handle whose remove() takes the hook away."""
    if not input._requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    node = input.grad_fn
    if node is None:
        if input._hooks is None:
            input._hooks = {}
        return RemovableHandle(input._hooks, hook)
    if node.hooks is None:
        node.hooks = {}
    return RemovableHandle(node.hooks, (input.output_nr, hook))


def check_grad(input: Tensor, value: Any) -> None:
    """Raise unless the value can be the tensor's `.grad`: another tensor of its shape and dtype."""
    if not hasattr(value, "_array"):
        raise TypeError(f"assigned grad expected to be a Tensor or None, got {type_name(value)}")
    if value is input:
        raise RuntimeError("can't assign Variable as its own grad")
    if value._array.shape != input._array.shape:
        raise RuntimeError(
            f"assigned grad has data of a different size: expected "
            f"{list(input._array.shape)}, got {list(value._array.shape)}"
        )
    if value._array.dtype != input._array.dtype:
        raise RuntimeError(
            f"assigned grad has data of a different type: expected {input.dtype}, got {value.dtype}"
        )
