"""The few functions of refnet.ops that write into an array, which they have just made.

NumPy has no expression for "zeros with these values at these places", so definitions use these. Each has
a derivative that is another one, or an indexing. An array type of another library takes part as it does in
NumPy's functions: through `__array_function__`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from refnet.ops.rule import Array

__all__ = ["add_at", "put_at"]

F = TypeVar("F", bound=Callable[..., Any])


def primitive(function: F) -> F:
    """Has the function ask its arrays for an implementation of their own first, as NumPy's functions do."""

    @functools.wraps(function)
    def dispatching(*args: Any, **kwargs: Any) -> Any:
        for x in args:
            if type(x) is not np.ndarray and hasattr(x, "__array_function__"):
                types = {type(a) for a in args if hasattr(a, "__array_function__")}
                return x.__array_function__(dispatching, types, args, kwargs)
        return function(*args, **kwargs)

    return dispatching  # type: ignore[return-value]


@primitive
def add_at(shape: Sequence[int], index: Any, values: Array) -> Array:
    """Zeros, with the values added at the index, which may name an entry more than once.

    y[index] += values, whose derivative with respect to the values is ȳ[index].
    """
    y = np.zeros(shape, values.dtype)
    np.add.at(y, index, values)
    return y


@primitive
def put_at(x: Array, index: Any, values: Any) -> Array:
    """A copy of x with the values at the index, which names each entry at most once.

    y[index] = values, whose derivative with respect to the values is ȳ[index], to x ȳ with 0 at the index.
    """
    y = x.copy()
    y[index] = values
    return y
