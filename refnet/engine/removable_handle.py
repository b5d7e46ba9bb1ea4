"""Handles of registered hooks."""

import itertools
from collections import OrderedDict
from typing import Any

_hook_keys = itertools.count()


class RemovableHandle:
    """The handle that a register_*hook function returns; remove() removes the hook."""

    def __init__(self, hooks: dict[int, Any], hook: Any) -> None:
        self._hooks = hooks
        self.id = next(_hook_keys)
        hooks[self.id] = hook

    def remove(self) -> None:
        """Removes the hook; a second call does nothing."""
        self._hooks.pop(self.id, None)

    def __enter__(self) -> "RemovableHandle":
        return self

    def __exit__(self, *exc: object) -> None:
        self.remove()


def register(hooks: OrderedDict[int, Any], hook: Any, prepend: bool = False) -> RemovableHandle:
    """Adds a hook to the hooks of one kind, after the others or (prepend) before them."""
    handle = RemovableHandle(hooks, hook)
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle
