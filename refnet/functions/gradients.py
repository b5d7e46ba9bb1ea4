"""Methods of a tensor that use the tape: backward, detach, retain_grad, register_hook, ..."""

import weakref
from collections.abc import Callable
from typing import Any

from refnet.engine import views
from refnet.engine.argument_errors import type_name
from refnet.engine.removable_handle import RemovableHandle
from refnet.engine.tensor import Tensor, wrap

__all__ = ["detach", "detach_"]


def requires_grad_(input: Tensor, requires_grad: bool = True) -> Tensor:
    """Sets whether operations on the tensor are recorded for gradients, and returns the tensor.

    Args:
        input: a tensor
        requires_grad: the new value

    Example:
        >>> refnet.zeros(2).requires_grad_()
        tensor([0., 0.], requires_grad=True)
    """
    input.requires_grad = requires_grad
    return input


def backward(
    input: Tensor,
    gradient: Tensor | None = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    inputs: Any = None,
) -> None:
    """Computes the gradients of the leaves and adds them to their `.grad`; see
    refnet.autograd.backward.

    Args:
        input: a tensor
        gradient: the gradient with respect to `input`; None means 1, for a tensor of one element
        retain_graph: whether the tape is kept for another pass; None means the value of
            `create_graph`
        create_graph: whether the pass itself is recorded, for higher derivatives
        inputs: the tensors that get a gradient; None means all leaves

    Raises:
        RuntimeError: if `input` does not require a gradient, or if it has several elements and
            `gradient` is None

    Example:
        >>> x = refnet.tensor([1.0, 2.0], requires_grad=True)
        >>> (x * x).sum().backward()
        >>> x.grad
        tensor([2., 4.])
    """
    from refnet.autograd.backward import backward

    backward(input, gradient, retain_graph, create_graph, inputs=inputs)


def detach(input: Tensor) -> Tensor:
    """Returns a tensor that shares the memory, but is a leaf and does not require a gradient.

    Args:
        input: a tensor

    Example:
        >>> x = refnet.tensor([1.0, 2.0], requires_grad=True)
        >>> y = (2 * x).detach()
        >>> y, y.requires_grad
        (tensor([2., 4.]), False)
    """
    twin = wrap(input._real())
    views.share_memory(twin, input)
    twin._head = None  # the memory is shared, the place on the tape is not
    if (input if input._head is None else input._head)._is_data:
        twin._is_data = True
    return twin


def detach_(input: Tensor) -> Tensor:
    """Removes the tensor from the tape, in place, and returns it.

    Args:
        input: a tensor

    Raises:
        RuntimeError: if `input` is a view; use `detach`

    Example:
        >>> x = refnet.tensor([1.0, 2.0], requires_grad=True)
        >>> (2 * x).detach_()
        tensor([2., 4.])
    """
    if input._head is not None:
        raise RuntimeError("Can't detach views in-place. Use detach() instead.")
    input._array = input._real()
    input._edge, input._requires_grad = None, False
    return input


def clear_grad(input: Tensor, set_to_none: bool) -> None:
    """Removes the gradient of a tensor, or fills it with zeros in its own memory."""
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
    """Makes backward store the gradient of a tensor that is not a leaf in `.grad` too.

    Args:
        input: a tensor

    Raises:
        RuntimeError: if `input` does not require a gradient

    Example:
        >>> x = refnet.tensor([3.0], requires_grad=True)
        >>> y = 2 * x
        >>> y.retain_grad()
        >>> (y * y).backward()
        >>> y.grad
        tensor([12.])
    """
    if not input._requires_grad:
        raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
    node = input.grad_fn
    if node is not None:
        node.retained = node.retained or {}
        node.retained[input.output_nr] = weakref.ref(input)
        input._retains = True


def register_hook(input: Tensor, hook: Callable[[Tensor], Any]) -> RemovableHandle:
    """Registers a function that is called with the gradient in each backward pass.

    A tensor that the hook returns replaces the gradient.

    Args:
        input: a tensor
        hook: a function of the gradient

    Returns:
        a handle; its remove() removes the hook

    Raises:
        RuntimeError: if `input` does not require a gradient

    Example:
        >>> x = refnet.tensor([1.0, 2.0], requires_grad=True)
        >>> handle = x.register_hook(lambda gradient: 10 * gradient)
        >>> x.sum().backward()
        >>> x.grad
        tensor([10., 10.])
    """
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
    """Raises unless the value can be the `.grad` of the tensor: another tensor of its shape and
    dtype."""
    if not hasattr(value, "_array"):
        raise TypeError(f"assigned grad expected to be a Tensor or None, got {type_name(value)}")
    if value is input:
        raise RuntimeError("can't assign Variable as its own grad")
    if value._array.shape != input._array.shape:
        raise RuntimeError(
            "assigned grad has data of a different size: expected "
            f"{list(input._array.shape)}, got {list(value._array.shape)}"
        )
    if value._array.dtype != input._array.dtype:
        raise RuntimeError(
            f"assigned grad has data of a different type: expected {input.dtype}, got {value.dtype}"
        )
