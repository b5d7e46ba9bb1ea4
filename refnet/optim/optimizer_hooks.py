"""Hooks of an optimizer: functions that run before and after step() and the state_dict methods.

The functions that take an optimizer are its methods; the others register a hook for all optimizers.

Source:
    torch.optim.Optimizer; torch.optim.optimizer.register_optimizer_step_pre_hook.
"""

import functools
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from refnet.engine.removable_handle import RemovableHandle, register

if TYPE_CHECKING:
    from refnet.optim.optimizer import Optimizer

Hook = Callable[..., Any]

KINDS = (
    "_optimizer_step_pre_hooks",
    "_optimizer_step_post_hooks",
    "_optimizer_state_dict_pre_hooks",
    "_optimizer_state_dict_post_hooks",
    "_optimizer_load_state_dict_pre_hooks",
    "_optimizer_load_state_dict_post_hooks",
)

_global_pre_hooks: OrderedDict[int, Hook] = OrderedDict()
_global_post_hooks: OrderedDict[int, Hook] = OrderedDict()


def prepare(optimizer: "Optimizer") -> None:
    """Gives the optimizer the dictionaries for its hooks that it does not have yet."""
    for kind in KINDS:
        optimizer.__dict__.setdefault(kind, OrderedDict())


def add_step_hooks(step: Callable[..., Any]) -> Callable[..., Any]:
    """Returns the step() of a class with its hooks before and after it."""
    if hasattr(step, "hooked"):
        return step

    @functools.wraps(step)
    def hooked(self: "Optimizer", *args: Any, **kwargs: Any) -> Any:
        # A subclass may not have called super().__init__, which makes the dictionaries.
        pre_hooks = self.__dict__.get("_optimizer_step_pre_hooks", {})
        post_hooks = self.__dict__.get("_optimizer_step_post_hooks", {})
        if not (pre_hooks or post_hooks or _global_pre_hooks or _global_post_hooks):
            return step(self, *args, **kwargs)
        args = (self, *args)
        for hook in (*_global_pre_hooks.values(), *pre_hooks.values()):
            changed = hook(self, args, kwargs)
            if changed is not None:
                if not isinstance(changed, tuple) or len(changed) != 2:
                    raise RuntimeError(
                        "a step pre-hook must return None or a tuple of (new_args, new_kwargs), "
                        f"but got {changed}."
                    )
                args, kwargs = changed
        result = step(*args, **kwargs)
        for hook in (*post_hooks.values(), *_global_post_hooks.values()):
            hook(self, args, kwargs)
        return result

    hooked.hooked = True  # type: ignore[attr-defined]
    return hooked


def register_optimizer_step_pre_hook(hook: Hook) -> RemovableHandle:
    """Registers hook(optimizer, args, kwargs), called before each step of every optimizer."""
    return register(_global_pre_hooks, hook)


def register_optimizer_step_post_hook(hook: Hook) -> RemovableHandle:
    """Registers hook(optimizer, args, kwargs), called after each step of every optimizer."""
    return register(_global_post_hooks, hook)


def register_step_pre_hook(optimizer: "Optimizer", hook: Hook) -> RemovableHandle:
    """Registers hook(optimizer, args, kwargs), called before each step.

    args begins with the optimizer. If the hook returns a pair, that replaces args and kwargs.
    """
    return register(optimizer._optimizer_step_pre_hooks, hook)


def register_step_post_hook(optimizer: "Optimizer", hook: Hook) -> RemovableHandle:
    """Registers hook(optimizer, args, kwargs), called after each step."""
    return register(optimizer._optimizer_step_post_hooks, hook)


def register_state_dict_pre_hook(
    optimizer: "Optimizer", hook: Hook, prepend: bool = False
) -> RemovableHandle:
    """Registers hook(optimizer), called before state_dict() reads the optimizer.

    Args:
        hook: the function to call
        prepend: whether to call it before the hooks registered so far, or else after them
    """
    return register(optimizer._optimizer_state_dict_pre_hooks, hook, prepend)


def register_state_dict_post_hook(
    optimizer: "Optimizer", hook: Hook, prepend: bool = False
) -> RemovableHandle:
    """Registers hook(optimizer, state_dict), called with the result of state_dict().

    The hook can change the dictionary, or return one that replaces it.

    Args:
        hook: the function to call
        prepend: whether to call it before the hooks registered so far, or else after them
    """
    return register(optimizer._optimizer_state_dict_post_hooks, hook, prepend)


def register_load_state_dict_pre_hook(
    optimizer: "Optimizer", hook: Hook, prepend: bool = False
) -> RemovableHandle:
    """Registers hook(optimizer, state_dict), called with a shallow copy before loading.

    The hook can change the copy, or return a dictionary that replaces it.

    Args:
        hook: the function to call
        prepend: whether to call it before the hooks registered so far, or else after them
    """
    return register(optimizer._optimizer_load_state_dict_pre_hooks, hook, prepend)


def register_load_state_dict_post_hook(
    optimizer: "Optimizer", hook: Hook, prepend: bool = False
) -> RemovableHandle:
    """Registers hook(optimizer), called after loading.

    Args:
        hook: the function to call
        prepend: whether to call it before the hooks registered so far, or else after them
    """
    return register(optimizer._optimizer_load_state_dict_post_hooks, hook, prepend)
