"""A module without initial values."""

import inspect
from typing import Any

from refnet.compatibility.lookup import mirror as _mirror
from refnet.nn.module import Module
from refnet.random import get_rng_state, set_rng_state


def skip_init(module_cls: type[Module], *args: Any, **kwargs: Any) -> Module:
    """The module module_cls(*args, **kwargs) whose parameters and buffers are not initialised

    They have some values, and the generator is where it was.

    Raises RuntimeError for what is no Module, or one whose constructor has no argument device.

    Source:
        torch.nn.utils.skip_init
    """
    if not issubclass(module_cls, Module):
        raise RuntimeError(f"Expected a Module; got {module_cls}")
    if "device" not in inspect.signature(module_cls).parameters:
        raise RuntimeError("Module must support a 'device' arg to skip initialization")
    before = get_rng_state()
    module = module_cls(*args, **kwargs)
    set_rng_state(before)
    return module


_mirror(__name__)
