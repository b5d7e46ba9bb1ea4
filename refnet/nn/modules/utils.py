"""torch.nn.modules.utils: what model files import of it."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from refnet.compatibility.lookup import mirror as _mirror
from refnet.nn.sizes import as_tuple

__all__ = ["consume_prefix_in_state_dict_if_present"]


def _ntuple(n: int, name: str = "parse") -> Any:
    """A function that makes a tuple of n of a number, and a tuple of a sequence."""
    return partial(as_tuple, n)


_single = _ntuple(1)
_pair = _ntuple(2)
_triple = _ntuple(3)
_quadruple = _ntuple(4)


def _reverse_repeat_tuple(t: Sequence[Any], n: int) -> tuple[Any, ...]:
    """(a, b) -> (b, b, a, a) for n = 2: a layer's padding as F.pad has it."""
    return tuple(x for x in reversed(t) for _ in range(n))


def consume_prefix_in_state_dict_if_present(state_dict: dict[str, Any], prefix: str) -> None:
    """Take the prefix from the keys that have it, such as "module." of a DataParallel checkpoint."""
    for key in [key for key in state_dict if key.startswith(prefix)]:
        state_dict[key.removeprefix(prefix)] = state_dict.pop(key)


_mirror(__name__)
