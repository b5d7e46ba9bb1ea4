"""torch.nn.modules.utils: the functions that model files import from it."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from refnet.compatibility.lookup import mirror as _mirror
from refnet.nn.sizes import as_tuple

__all__ = ["consume_prefix_in_state_dict_if_present"]


def _ntuple(n: int, name: str = "parse") -> Any:
    """Returns a function that repeats a number n times, and makes a tuple of a sequence."""
    return partial(as_tuple, n)


_single = _ntuple(1)
_pair = _ntuple(2)
_triple = _ntuple(3)
_quadruple = _ntuple(4)


def _reverse_repeat_tuple(t: Sequence[Any], n: int) -> tuple[Any, ...]:
    """Returns (b, b, a, a) for (a, b) and n = 2: a layer's padding in the order of F.pad."""
    return tuple(x for x in reversed(t) for _ in range(n))


def consume_prefix_in_state_dict_if_present(state_dict: dict[str, Any], prefix: str) -> None:
    """Removes a prefix, such as the "module." of a DataParallel checkpoint, from the keys.

    Args:
        state_dict: the dictionary, which is changed in place
        prefix: the prefix
    """
    for key in [key for key in state_dict if key.startswith(prefix)]:
        state_dict[key.removeprefix(prefix)] = state_dict.pop(key)


_mirror(__name__)
