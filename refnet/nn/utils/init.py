"""Construction of a module whose initial values do not matter."""

import inspect
from typing import Any

from refnet.compatibility.lookup import mirror as _mirror
from refnet.nn.module import Module
from refnet.random import get_rng_state, set_rng_state

__all__ = ["skip_init"]


def skip_init(module_cls: type[Module], *args: Any, **kwargs: Any) -> Module:
    """Constructs a module with unspecified values of its parameters and buffers.

    The state of the generator does not change.

    Args:
        module_cls: the class of the module
        *args: the arguments of its constructor
        **kwargs: its keyword arguments

    Raises:
        RuntimeError: for a class that is not a Module, or whose constructor lacks the argument
            device

    Source:
        torch.nn.utils.skip_init

    Example:
        >>> layer = nn.utils.skip_init(nn.Linear, 2, 3)
        >>> layer.weight.shape
        refnet.Size([3, 2])
    """
    if not issubclass(module_cls, Module):
        raise RuntimeError(f"Expected a Module; got {module_cls}")
    if "device" not in inspect.signature(module_cls).parameters:
        raise RuntimeError("Module must support a 'device' arg to skip initialization")
    previous = get_rng_state()
    module = module_cls(*args, **kwargs)
    set_rng_state(previous)
    return module


_mirror(__name__)
