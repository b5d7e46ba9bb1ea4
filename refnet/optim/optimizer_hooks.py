"""Hooks of an optimizer: what runs around step(), state_dict() and load_state_dict().

The functions that take an optimizer are its methods; those that do not register for all optimizers.

Source: torch.optim.Optimizer; torch.optim.optimizer.register_optimizer_step_pre_hook.
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

_pre_hooks_of_all: OrderedDict[int, Hook] = OrderedDict()
_post_hooks_of_all: OrderedDict[int, Hook] = OrderedDict()


def prepare(optimizer: "Optimizer") -> None:
    """Give the optimizer the dictionaries for its hooks that it does not have yet."""
    for kind in KINDS:
        optimizer.__dict__.setdefault(kind, OrderedDict())


def around(step: Callable[..., Any]) -> Callable[..., Any]:
    """A class's step() with the hooks around it."""
    if hasattr(step, "hooked"):
        return step

    @functools.wraps(step)
    def hooked(self: "Optimizer", *args: Any, **kwargs: Any) -> Any:
        # A subclass need not have called super().__init__, which makes them.
        before = self.__dict__.get("_optimizer_step_pre_hooks", {})
        after = self.__dict__.get("_optimizer_step_post_hooks", {})
        if not (before or after or _pre_hooks_of_all or _post_hooks_of_all):
            return step(self, *args, **kwargs)
        args = (self, *args)
        for hook in (*_pre_hooks_of_all.values(), *before.values()):
            changed = hook(self, args, kwargs)
            if changed is not None:
                if not isinstance(changed, tuple) or len(changed) != 2:
                    raise RuntimeError(
                        "a step pre-hook must return None or a tuple of (new_args, new_kwargs), "
                        f"but got {changed}."
                    )
                args, kwargs = changed
        result = step(*args, **kwargs)
        for hook in (*after.values(), *_post_hooks_of_all.values()):
            hook(self, args, kwargs)
        return result

    hooked.hooked = True  # type: ignore[attr-defined]
    return hooked


def register_optimizer_step_pre_hook(hook: Hook) -> RemovableHandle:
    """Call hook(optimizer, args, kwargs) before each step of every optimizer."""
    return register(_pre_hooks_of_all, hook)


def register_optimizer_step_post_hook(hook: Hook) -> RemovableHandle:
    """Call hook(optimizer, args, kwargs) after each step of every optimizer."""
    return register(_post_hooks_of_all, hook)


def register_step_pre_hook(optimizer: "Optimizer", hook: Hook) -> RemovableHandle:
    """Call hook(optimizer, args, kwargs) before each step; args begins with the optimizer.

    A pair that it returns replaces args and kwargs.
    """
    return register(optimizer._optimizer_step_pre_hooks, hook)


def register_step_post_hook(optimizer: "Optimizer", hook: Hook) -> RemovableHandle:
    """Call hook(optimizer, args, kwargs) after each step."""
    return register(optimizer._optimizer_step_post_hooks, hook)


def register_state_dict_pre_hook(
    optimizer: "Optimizer", hook: Hook, prepend: bool = False
) -> RemovableHandle:
    """Call hook(optimizer) before state_dict() reads the optimizer.

    Args:
        prepend: call it before the hooks that are there already
    """
    return register(optimizer._optimizer_state_dict_pre_hooks, hook, prepend)


def register_state_dict_post_hook(
    optimizer: "Optimizer", hook: Hook, prepend: bool = False
) -> RemovableHandle:
    """Call hook(optimizer, state_dict) on what state_dict() gives; it may change it, or return
    another."""
    return register(optimizer._optimizer_state_dict_post_hooks, hook, prepend)


def register_load_state_dict_pre_hook(
    optimizer: "Optimizer", hook: Hook, prepend: bool = False
) -> RemovableHandle:
    """Call hook(optimizer, state_dict) before loading, on a shallow copy; it may change it, or
    return another."""
    return register(optimizer._optimizer_load_state_dict_pre_hooks, hook, prepend)


def register_load_state_dict_post_hook(
    optimizer: "Optimizer", hook: Hook, prepend: bool = False
) -> RemovableHandle:
    """Call hook(optimizer) after loading."""
    return register(optimizer._optimizer_load_state_dict_post_hooks, hook, prepend)
