"""Switches NumPy's floating-point warnings off in a quarter of the time of np.errstate.

NumPy keeps its reaction to floating-point errors in a context variable. np.errstate creates a new
value for it at each use, which takes 0.4 µs, as long as adding a hundred numbers. Here one value
serves all uses:

    before = set_errors(SILENT)
    try:
        ...
    finally:
        put_back(before)

The decorator @quietly does this for a whole function.

The variable has no public name, so it is found as the one that np.errstate changes.
"""

import functools
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from typing import Any, TypeVar

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])


def _changed_by_errstate() -> tuple[ContextVar[Any], Any]:
    outside = copy_context()
    with np.errstate(all="ignore"):
        inside = copy_context()
    changed = ((v, value) for v, value in inside.items() if value is not outside.get(v))
    return next(changed, (ContextVar("none"), None))  # another NumPy, which would then warn


_errors, SILENT = _changed_by_errstate()
set_errors, put_back = _errors.set, _errors.reset


def quietly(f: F) -> F:
    """Returns f with the warnings off while it runs."""

    @functools.wraps(f)
    def quiet(*args: Any, **kwargs: Any) -> Any:
        previous = set_errors(SILENT)
        try:
            return f(*args, **kwargs)
        finally:
            put_back(previous)

    return quiet  # type: ignore[return-value]
