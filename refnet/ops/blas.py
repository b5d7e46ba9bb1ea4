"""How many threads a product of matrices uses: OpenBLAS's own setting, for which NumPy has no function.

It belongs to the process. Where NumPy was built with another library, nothing here has an effect.
"""

from __future__ import annotations

import ctypes
import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

_NAMES = (
    "scipy_openblas_{}_num_threads64_",  # in NumPy's own wheels
    "scipy_openblas_{}_num_threads",
    "openblas_{}_num_threads64_",
    "openblas_{}_num_threads",
)


@functools.cache
def _functions() -> tuple[Callable[[], int], Callable[[int], object]] | None:
    """OpenBLAS's functions that get and set the number, looked up in what NumPy has loaded."""
    try:
        library = ctypes.CDLL(np._core._multiarray_umath.__file__)  # type: ignore[attr-defined]
    except (AttributeError, OSError):
        return None
    for name in _NAMES:
        get, set_ = (getattr(library, name.format(verb), None) for verb in ("get", "set"))
        if get is not None and set_ is not None:
            return get, set_
    return None


_lock = threading.Lock()
_users = 0  # how many are in one_thread
_before = 0  # the number outside of it


def set_threads(count: int) -> None:
    """Let a product use so many threads."""
    global _before
    functions = _functions()
    if functions is not None:
        with _lock:
            _before = count
            if _users == 0:
                functions[1](count)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let products use one thread, where several threads compute them at a time.

    Otherwise each would wait for OpenBLAS's workers, which all of them share.
    """
    global _users, _before
    functions = _functions()
    if functions is None:
        yield
        return
    get, set_ = functions
    with _lock:
        if _users == 0:
            _before = get()
            set_(1)
        _users += 1
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                set_(_before)
