"""Hooks of a Module: functions called before and after its forward pass and its backward pass.

    x → forward pre-hooks → [input mark] → forward → forward hooks → [output mark] → y
    x̄ ← backward hooks ←─── [input mark] ←──────── backward pre-hooks ←─ [output mark] ← ȳ

A mark is an identity on the tape whose pullback shows the cotangents to the hooks. Marks are
recorded only for modules that have backward hooks.

The functions at the end are methods of Module.

Source: torch.nn.Module, register_forward_hook, register_full_backward_hook and related methods.
"""

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from refnet.engine.grad_mode import is_grad_enabled, no_grad
from refnet.engine.removable_handle import RemovableHandle, register
from refnet.engine.tape import apply_several
from refnet.engine.tensor import Tensor, wrap
from refnet.ops.rule import Array, keeps_dtypes

if TYPE_CHECKING:
    from refnet.nn.module import Module

Gradients = tuple[Tensor | None, ...]


class ForwardHook(NamedTuple):
    """A hook of the forward pass and the options with which it was registered."""

    call: Callable[..., Any]
    with_kwargs: bool = False
    always_call: bool = False  # also when an earlier hook or forward raises


def call_with_hooks(module: "Module", args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Calls module.forward(*args, **kwargs) and the module's hooks."""
    called: set[int] = set()
    result = None
    try:
        args, kwargs = _run_pre_hooks(module, args, kwargs)
        passage = None
        if module._backward_hooks or module._backward_pre_hooks:
            passage = BackwardPassage(module)
            args = passage.mark_inputs(args)
        result = module.forward(*args, **kwargs)
        for key, hook in list(module._forward_hooks.items()):
            called.add(key)
            result = _run_hook(hook, module, args, kwargs, result)
        if passage is not None:
            result = passage.mark_outputs(result)
        return result
    except Exception:
        for key, hook in list(module._forward_hooks.items()):
            if hook.always_call and key not in called:
                try:
                    result = _run_hook(hook, module, args, kwargs, result)
                except Exception as error:  # noqa: BLE001 - a hook may raise anything
                    warnings.warn(
                        "a forward hook with always_call=True raised an exception that was "
                        f"silenced, as forward raised another one: {error}",
                        stacklevel=3,
                    )
        raise


def _run_pre_hooks(
    module: "Module", args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    for hook in list(module._forward_pre_hooks.values()):
        if hook.with_kwargs:
            changed = hook.call(module, args, kwargs)
            if changed is None:
                continue
            if not isinstance(changed, tuple) or len(changed) != 2:
                raise RuntimeError(
                    "forward pre-hook must return None or a tuple of (new_args, new_kwargs), "
                    f"but got {changed}."
                )
            args, kwargs = changed
        else:
            changed = hook.call(module, args)
            if changed is not None:
                args = changed if isinstance(changed, tuple) else (changed,)
    return args, kwargs


def _run_hook(
    hook: ForwardHook, module: "Module", args: tuple[Any, ...], kwargs: dict[str, Any], result: Any
) -> Any:
    """Returns the result of the hook, or the given result if the hook returns None."""
    if hook.with_kwargs:
        changed = hook.call(module, args, kwargs, result)
    else:
        changed = hook.call(module, args, result)
    return result if changed is None else changed


class BackwardPassage:
    """One call of a module, as its backward hooks see it.

    Only hooks that were registered before the call are called.
    """

    def __init__(self, module: "Module") -> None:
        self.module = module
        self.hooks = list(module._backward_hooks.values())
        self.pre_hooks = list(module._backward_pre_hooks.values())
        self.outgoing: Gradients | None = None  # grad_output, after the reverse pass has entered
        self.zeros: Gradients = ()  # grad_input of arguments that no gradient reaches
        self.input_marked = False

    def mark_inputs(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """Returns the arguments; tensors get a mark that shows x̄ to the hooks."""
        self.zeros = tuple(_zeros(x) if isinstance(x, Tensor) else None for x in args)
        marked, self.input_marked = _mark(args, self._leave)
        return marked

    def mark_outputs(self, result: Any) -> Any:
        """Returns the result; its tensors get a mark that shows ȳ to the pre-hooks."""
        if not isinstance(result, (Tensor, tuple)):
            warnings.warn(
                "For backward hooks to be called, module output should be a Tensor or a tuple of "
                f"Tensors but received {type(result).__name__}",
                stacklevel=4,
            )
            return result
        if isinstance(result, Tensor):
            return _mark((result,), self._enter)[0][0]
        return _mark(result, self._enter)[0]

    def _enter(self, grad_output: Gradients) -> Gradients:
        """Runs when the reverse pass reaches the module's outputs with ȳ."""
        for hook in self.pre_hooks:
            changed = hook(self.module, grad_output)
            if changed is not None:
                grad_output = _replace(changed, len(grad_output), "pre hook", "grad_output")
        self.outgoing = grad_output
        if self.hooks and not self.input_marked:
            warnings.warn(
                "Full backward hook is firing when gradients are computed with respect to module "
                "outputs since no inputs require gradients.",
                stacklevel=2,
            )
            nothing: Gradients = (None,) * len(self.zeros)
            for hook in self.hooks:
                changed = hook(self.module, nothing, grad_output)
                if changed is not None and any(dx is not None for dx in _tuple(changed)):
                    raise RuntimeError(
                        "Backward hook for Modules where no input requires gradient should "
                        "always return None or None for all gradients."
                    )
        return grad_output

    def _leave(self, grad_input: Gradients) -> Gradients:
        """Runs when the reverse pass leaves the module with x̄."""
        if self.outgoing is None:
            return grad_input  # it did not pass the module's outputs
        grad_input = tuple(
            z if dx is None else dx for dx, z in zip(grad_input, self.zeros, strict=True)
        )
        for hook in self.hooks:
            changed = hook(self.module, grad_input, self.outgoing)
            if changed is not None:
                grad_input = _replace(changed, len(grad_input), "hook", "grad_input")
        self.outgoing = None
        return grad_input


def _zeros(x: Tensor) -> Tensor:
    """Returns zeros of x's shape that take the memory of one number."""
    return wrap(np.broadcast_to(x._array.dtype.type(0), x._array.shape))


def _tuple(x: Any) -> tuple[Any, ...]:
    return x if isinstance(x, tuple) else (x,)


def _replace(changed: Any, expected: int, kind: str, name: str) -> Gradients:
    gradients = _tuple(changed)
    if len(gradients) != expected:
        raise RuntimeError(
            f"Backward {kind} returned an invalid number of {name}, got {len(gradients)}, "
            f"but expected {expected}"
        )
    return gradients


def _mark(
    values: tuple[Any, ...], show: Callable[[Gradients], Gradients]
) -> tuple[tuple[Any, ...], bool]:
    """Passes the tensors that require a gradient through one identity on the tape.

    Its pullback calls `show` with a gradient or None for each value.

    Returns:
        the values, and whether any of them was marked
    """
    places = [i for i, v in enumerate(values) if isinstance(v, Tensor) and v.requires_grad]
    if not places or not is_grad_enabled():
        return values, False

    @keeps_dtypes
    def backward_hook_function(*xs: Array) -> tuple[tuple[Array, ...], Callable[..., Any]]:
        def pullback(dys: Any) -> tuple[Array | None, ...]:
            gradients: list[Tensor | None] = [None] * len(values)
            for i, dy in zip(places, dys, strict=True):
                gradients[i] = None if dy is None else wrap(dy)
            with no_grad():
                shown = show(tuple(gradients))
            return tuple(None if (dx := shown[i]) is None else dx._array for i in places)

        return xs, pullback

    marked = apply_several(backward_hook_function, *(values[i] for i in places))
    node = marked[0].grad_fn
    assert node is not None
    node.outputs = (None,) * len(marked)  # None, not zeros, for outputs without a gradient
    result = list(values)
    for i, y in zip(places, marked, strict=True):
        result[i] = y
    return tuple(result), True


# --- registering -----------------------------------------------------------------------------


def register_forward_pre_hook(
    module: "Module",
    hook: Callable[..., Any],
    *,
    prepend: bool = False,
    with_kwargs: bool = False,
) -> RemovableHandle:
    """Calls hook(module, args) before each forward pass; its result, unless None, replaces args.

    Args:
        hook: the function to call
        prepend: calls it before the hooks registered so far
        with_kwargs: calls hook(module, args, kwargs), which may return a pair of both

    Returns:
        a handle; handle.remove() removes the hook
    """
    return register(module._forward_pre_hooks, ForwardHook(hook, with_kwargs), prepend)


def register_forward_hook(
    module: "Module",
    hook: Callable[..., Any],
    *,
    prepend: bool = False,
    with_kwargs: bool = False,
    always_call: bool = False,
) -> RemovableHandle:
    """Calls hook(module, args, output) after each forward pass.

    If the hook returns something else than None, that replaces the output.

    Args:
        hook: the function to call
        prepend: calls it before the hooks registered so far
        with_kwargs: calls hook(module, args, kwargs, output)
        always_call: calls it also when forward raises, with None for the output

    Returns:
        a handle; handle.remove() removes the hook
    """
    return register(module._forward_hooks, ForwardHook(hook, with_kwargs, always_call), prepend)


def register_full_backward_pre_hook(
    module: "Module", hook: Callable[..., Any], prepend: bool = False
) -> RemovableHandle:
    """Calls hook(module, grad_output) before each backward pass of the module.

    grad_output has one gradient, or None, for each output. If the hook returns a tuple, this
    replaces grad_output.

    Args:
        hook: the function to call
        prepend: calls it before the hooks registered so far

    Returns:
        a handle; handle.remove() removes the hook
    """
    return register(module._backward_pre_hooks, hook, prepend)


def register_full_backward_hook(
    module: "Module", hook: Callable[..., Any], prepend: bool = False
) -> RemovableHandle:
    """Calls hook(module, grad_input, grad_output) after each backward pass of the module.

    grad_input has one gradient, or None, for each positional argument of forward, grad_output for
    each output. If the hook returns a tuple, this replaces grad_input.

    Args:
        hook: the function to call
        prepend: calls it before the hooks registered so far

    Returns:
        a handle; handle.remove() removes the hook
    """
    return register(module._backward_hooks, hook, prepend)


def find_pre_hook(module: "Module", kind: type, name: str) -> int | None:
    """Returns the key of the forward pre-hook of this class and name, or None."""
    keys = (
        key
        for key, hook in module._forward_pre_hooks.items()
        if isinstance(hook.call, kind) and getattr(hook.call, "name", None) == name
    )
    return next(keys, None)
