"""The start of a reverse pass: refnet.autograd.backward and refnet.autograd.grad."""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from refnet.compatibility.public_functions import publish
from refnet.engine.argument_errors import type_name
from refnet.engine.grad_mode import enable_grad
from refnet.engine.reverse import accumulate, call_hook, reverse
from refnet.engine.tensor import Tensor, wrap
from refnet.engine.views import Unplaced
from refnet.ops.rule import Array


def _tuple(x: Any) -> tuple[Any, ...]:
    return tuple(x) if isinstance(x, (tuple, list)) else (x,)


def _first_cotangent(y: Tensor, gradient: Any, index: int) -> Array:
    """Returns the cotangent at y, the start of a backward pass, after checks."""
    if not y._requires_grad or type(y._edge) is Unplaced:
        raise RuntimeError(
            f"element {index} of tensors does not require grad and does not have a grad_fn"
        )
    array = y._array
    if gradient is None:
        if array.size != 1:
            raise RuntimeError(
                "grad can be implicitly created only for scalar outputs: the output has shape "
                f"{list(array.shape)}; give backward() a gradient of that shape"
            )
        return np.ones_like(array)
    if not isinstance(gradient, Tensor):
        raise TypeError("gradients can be either Tensors, or None, but got " + type_name(gradient))
    if gradient._array.shape != array.shape:
        raise RuntimeError(
            f"Mismatch in shape: grad_output[{index}] has a shape of "
            f"{list(gradient._array.shape)} and output[{index}] has a shape of "
            f"{list(array.shape)}."
        )
    if gradient._array.dtype.kind not in "fc":
        raise RuntimeError(
            f"grad_output[{index}] must be floating-point like output[{index}] "
            f"({y.dtype}), got {gradient.dtype}"
        )
    if gradient._array.dtype.kind == "c":
        return gradient._array
    return gradient._array.astype(array.dtype, copy=False)


def _start(tensors: Any, gradients: Any) -> tuple[list[Any], list[Array]]:
    ys = _tuple(tensors)
    dys = (None,) * len(ys) if gradients is None else _tuple(gradients)
    if len(dys) != len(ys):
        raise RuntimeError(
            f"expected one gradient for each tensor, got {len(dys)} for {len(ys)} tensors"
        )
    cotangents = [_first_cotangent(y, dy, i) for i, (y, dy) in enumerate(zip(ys, dys, strict=True))]
    return [y._edge or y for y in ys], cotangents


def _run_leaf_hooks(x: Tensor, dx: Any) -> Any:
    if x._edge is None and x._hooks:
        for hook in list(x._hooks.values()):
            dx = call_hook(hook, dx)
    return dx


def _is_alone(dx: Array) -> bool:
    """Returns whether no other array has dx's memory.

    dx owns it, or is the whole of an array, in another shape, to which nothing else refers (except
    this function, twice, and dx itself).
    """
    base = dx.base
    if base is None:
        return True
    return type(base) is np.ndarray and base.nbytes == dx.nbytes and sys.getrefcount(base) <= 3


def _run(
    tensors: Any, gradients: Any, retain_graph: bool | None, create_graph: bool, inputs: Any
) -> list[tuple[Tensor, Any]]:
    """Runs the reverse pass; each gradient is an array of its own, or a recorded tensor."""
    roots, cotangents = _start(tensors, gradients)
    if retain_graph is None:
        retain_graph = create_graph
    if create_graph:
        return _run_recorded(roots, cotangents, gradients, bool(retain_graph), inputs)
    held = {id(a) for a in cotangents}
    result = []
    for x, dx in reverse(roots, cotangents, retain_graph=bool(retain_graph), inputs=inputs):
        dx = _run_leaf_hooks(x, np.asarray(dx))
        if id(dx) in held or not _is_alone(dx):
            dx = dx.copy()
        held.add(id(dx))
        result.append((x, dx))
    return result


def _run_recorded(
    roots: list[Any], cotangents: list[Array], gradients: Any, retain_graph: bool, inputs: Any
) -> list[tuple[Tensor, Tensor]]:
    """Runs the reverse pass on tensors, so that it is recorded."""
    from refnet.engine.derivatives import RecordedPullbacks

    given = (None,) * len(roots) if gradients is None else _tuple(gradients)
    dys = [
        wrap(array) if dy is None else dy.to(array.dtype)
        for dy, array in zip(given, cotangents, strict=True)
    ]
    with enable_grad():
        pull = RecordedPullbacks(roots)
        found = reverse(roots, dys, retain_graph=retain_graph, inputs=inputs, pull=pull)
        return [(x, _run_leaf_hooks(x, dx)) for x, dx in found]


def _check_wanted(xs: Sequence[Tensor]) -> None:
    for i, x in enumerate(xs):
        if not x._requires_grad:
            raise RuntimeError(
                f"One of the differentiated Tensors does not require grad: inputs[{i}]"
            )


def backward(
    tensors: Any,
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """Adds the gradients of the tensors with respect to the leaves to the leaves' `.grad`.

        x̄ ← x̄ + Σᵢ (∂yᵢ/∂x)ᵀ ȳᵢ

    If an error is raised, nothing is added.

    Args:
        tensors: y, one tensor or several
        grad_tensors: ȳ, with the shapes of y; None means 1, for a y of one element
        retain_graph: whether to keep the saved values, so that backward can run again
        create_graph: whether the gradients are recorded, for derivatives of higher order; the graph
            is then kept unless retain_graph is False
        grad_variables: PyTorch's old name of grad_tensors, which raises TypeError
        inputs: the tensors whose `.grad` is wanted; None for all leaves

    Raises:
        RuntimeError: for a y without a graph, a ȳ that is missing or has another shape, a graph
            that an earlier call freed
        TypeError: for a ȳ that is not a Tensor, and for grad_variables

    Source:
        torch.autograd.backward

    Example:
        >>> x = refnet.tensor([1.0, 2.0], requires_grad=True)
        >>> refnet.autograd.backward(x * x, refnet.tensor([1.0, 10.0]))
        >>> x.grad
        tensor([ 2., 40.])
    """
    if grad_variables is not None:
        raise TypeError("backward(): grad_variables was renamed to grad_tensors")
    wanted = None if inputs is None else list(_tuple(inputs))
    if wanted is not None and not wanted:
        raise RuntimeError("'inputs' argument to backward() cannot be empty.")
    if wanted is not None:
        _check_wanted(wanted)
    for x, dx in _run(tensors, grad_tensors, retain_graph, create_graph, wanted):
        accumulate(x, dx)


def grad(
    outputs: Any,
    inputs: Any,
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Tensor | None, ...]:
    """Returns the gradients of the outputs with respect to the inputs; no `.grad` changes.

        x̄ⱼ = Σᵢ (∂yᵢ/∂xⱼ)ᵀ ȳᵢ

    Args:
        outputs: y, one tensor or several
        inputs: x, one tensor or several, which need not be leaves
        grad_outputs: ȳ, with the shapes of y; None means 1, for a y of one element
        retain_graph: whether to keep the saved values, so that the graph can be used again
        create_graph: whether the gradients are recorded, for derivatives of higher order; the graph
            is then kept unless retain_graph is False
        only_inputs: only True
        allow_unused: whether the gradient of an x that y does not depend on is None; otherwise it
            is an error
        is_grads_batched: only False
        materialize_grads: whether the gradient of such an x is zero instead

    Raises:
        RuntimeError: in the cases of backward, for an input that does not require a gradient, and
            for an unused input unless allowed
        TypeError: for a ȳ that is not a Tensor
        ValueError: for only_inputs=False, and for materialize_grads=True with allow_unused=False

    Source:
        torch.autograd.grad

    Example:
        >>> x = refnet.tensor([1.0, 2.0], requires_grad=True)
        >>> refnet.autograd.grad((x * x).sum(), x)
        (tensor([2., 4.]),)
    """
    if not only_inputs:
        raise ValueError(
            "grad(): only_inputs=False is not supported; use backward() to fill every .grad"
        )
    if is_grads_batched:
        raise RuntimeError(
            "grad(): is_grads_batched=True is not supported; call grad() for each row"
        )
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True"
        )
    xs = _tuple(inputs)
    _check_wanted(xs)
    gradients = _run(outputs, grad_outputs, retain_graph, create_graph, xs)
    found = {id(x): dx for x, dx in gradients}
    result: list[Tensor | None] = []
    for i, x in enumerate(xs):
        if id(x) in found:
            dx = found[id(x)]
            result.append(dx if isinstance(dx, Tensor) else wrap(dx))
        elif materialize_grads:
            result.append(wrap(np.zeros_like(x._array)))
        elif allow_unused:
            result.append(None)
        else:
            raise RuntimeError(
                f"One of the differentiated Tensors appears to not have been used in the graph: "
                f"inputs[{i}]. Set allow_unused=True if this is the desired behavior."
            )
    return tuple(result)


globals().update(publish(globals(), __name__))
