"""The number of threads of a matrix product: a setting of OpenBLAS for which NumPy has no function.

The setting applies to the whole process. If NumPy was built with another library, the functions
here have no effect.
"""

from __future__ import annotations

import ctypes
import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

_NAMES = (
    "scipy_openblas_{}64_",  # in NumPy's own wheels
    "scipy_openblas_{}",
    "openblas_{}64_",
    "openblas_{}",
)


def _function(verb: str) -> Any:
    """Returns a function of NumPy's OpenBLAS, such as "get_num_threads", or None."""
    try:
        library = ctypes.CDLL(np._core._multiarray_umath.__file__)  # type: ignore[attr-defined]
    except (AttributeError, OSError):
        return None
    found = (getattr(library, name.format(verb), None) for name in _NAMES)
    return next((f for f in found if f is not None), None)


@functools.cache
def _functions() -> tuple[Callable[[], int], Callable[[int], object]] | None:
    """Returns OpenBLAS's functions that get and set the number of threads, or None."""
    get, set_ = _function("get_num_threads"), _function("set_num_threads")
    return None if get is None or set_ is None else (get, set_)


def core() -> str:
    """Returns the processor whose kernels OpenBLAS uses, such as "Zen"; "" for another library."""
    name = _function("get_corename")
    if name is None:
        return ""
    name.restype = ctypes.c_char_p
    return str(name().decode())


# An RLock: the garbage collector may close an interrupted one_thread while the lock is held.
_lock = threading.RLock()
_inside: set[int] = set()  # the ids of the running one_thread blocks
_outside: int | None = None  # the number of threads to restore after the last of them


def set_threads(count: int) -> None:
    """Sets the number of threads of a product outside of one_thread."""
    global _outside
    functions = _functions()
    if functions is not None:
        with _lock:
            if _outside is None:
                functions[1](count)
            else:
                _outside = count


@contextmanager
def one_thread() -> Iterator[None]:
    """Limits products to one thread each, for code in which several threads compute products.

    Otherwise each thread would wait for OpenBLAS's workers, which they share. The last block to end
    restores the previous number.
    """
    me = object()
    try:
        try:
            _enter(id(me))
            yield
        finally:
            _leave(id(me))
    except KeyboardInterrupt:  # Ctrl-C can raise it at any line, also inside _leave
        _leave(id(me))
        raise


def _enter(who: int) -> None:
    global _outside
    functions = _functions()
    if functions is not None:
        with _lock:
            if _outside is None:
                _outside = functions[0]()
            _inside.add(who)
            functions[1](1)


def _leave(who: int) -> None:
    """Ends a block; it may be called twice, and after an _enter that was interrupted."""
    global _outside
    functions = _functions()
    if functions is not None:
        with _lock:
            _inside.discard(who)
            if _outside is not None and not _inside:
                functions[1](_outside)
                _outside = None


def after_fork() -> None:
    """Restores the setting in a child process, which does not have the threads in one_thread."""
    global _lock, _outside
    _lock = threading.RLock()
    _inside.clear()
    functions = _functions()
    if functions is not None and _outside is not None:
        functions[1](_outside)
        _outside = None
