"""How many threads a product of matrices uses: OpenBLAS's own setting, for which NumPy has no
function.

The setting belongs to the process. If NumPy was built with another library, nothing here has an
effect.
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
    """openblas_get_num_threads for the verb get_num_threads, looked up in what NumPy has loaded, or
    None.
    """
    try:
        library = ctypes.CDLL(np._core._multiarray_umath.__file__)  # type: ignore[attr-defined]
    except (AttributeError, OSError):
        return None
    found = (getattr(library, name.format(verb), None) for name in _NAMES)
    return next((f for f in found if f is not None), None)


@functools.cache
def _functions() -> tuple[Callable[[], int], Callable[[int], object]] | None:
    """OpenBLAS's functions that get and set the number."""
    get, set_ = _function("get_num_threads"), _function("set_num_threads")
    return None if get is None or set_ is None else (get, set_)


def core() -> str:
    """The processor for which OpenBLAS has chosen its kernels, such as "Zen"; "" for another
    library.
    """
    name = _function("get_corename")
    if name is None:
        return ""
    name.restype = ctypes.c_char_p
    return str(name().decode())


_lock = threading.RLock()  # the collector may close one that was interrupted inside of another
_inside: set[int] = set()  # who is in one_thread, by id
_outside: int | None = None  # the number outside of it, while somebody is in it


def set_threads(count: int) -> None:
    """Sets how many threads a product may use outside of one_thread."""
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
    """Lets products use one thread, where several threads compute them at a time.

    Otherwise each would wait for OpenBLAS's workers, which all of them share. The last to leave
    sets the number that there was before.
    """
    me = object()
    try:
        try:
            _enter(id(me))
            yield
        finally:
            _leave(id(me))
    except KeyboardInterrupt:  # which Ctrl-C raises between any two lines, those of _leave too
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
    """May be called again, and before _enter has come to its end."""
    global _outside
    functions = _functions()
    if functions is not None:
        with _lock:
            _inside.discard(who)
            if _outside is not None and not _inside:
                functions[1](_outside)
                _outside = None


def after_fork() -> None:
    """In a child process: the threads that were in one_thread are not here."""
    global _lock, _outside
    _lock = threading.RLock()
    _inside.clear()
    functions = _functions()
    if functions is not None and _outside is not None:
        functions[1](_outside)
        _outside = None
