"""The few functions of refnet.ops that write into a new array, or that choose its strides.

NumPy has no expression for "zeros with these values at these places", so definitions use these
functions. The derivative of each is another of them, or an indexing. Array types of other libraries
are dispatched as in NumPy's functions: through `__array_function__`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from refnet.ops.rule import Array

F = TypeVar("F", bound=Callable[..., Any])


def primitive(function: F) -> F:
    """Makes a function dispatch through `__array_function__`, as NumPy's functions do."""

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

    y[index] += values. The cotangent of the values is ȳ[index].
    """
    y = np.zeros(shape, values.dtype)
    np.add.at(y, index, values)
    return y


@primitive
def put_at(x: Array, index: Any, values: Any) -> Array:
    """A copy of x with the values at the index, which names each entry at most once.

    y[index] = values. The cotangent of the values is ȳ[index]; that of x is ȳ with 0 at the index.
    """
    y = x.copy()
    y[index] = values
    return y


@primitive
def straight_through(x: Array, value: Array) -> Array:
    """The value, with the derivative of x, in derivatives of higher order.

    PyTorch bounds some divisors so that no derivative sees the bound.
    """
    return value


def allocate(shape: tuple[int, ...], dtype: Any, strides: tuple[int, ...]) -> Array:
    """A new array with these strides, which count elements; its values are uninitialised."""
    plain = np.empty(shape, dtype)
    in_bytes = tuple(s * plain.itemsize for s in strides)
    if plain.strides == in_bytes:
        return plain
    size = 1 + sum((n - 1) * s for n, s in zip(shape, strides, strict=True)) if plain.size else 0
    return np.ndarray(shape, dtype, np.empty(size, dtype), 0, in_bytes)


@primitive
def copy_as(x: Array, dtype: Any, strides: tuple[int, ...]) -> Array:
    """A copy of x in this dtype, with these strides in elements.

    The cotangent of x is ȳ, cast to the dtype of x.
    """
    y = allocate(x.shape, dtype, strides)
    y[...] = x
    return y


@primitive
def writable_as(view: Array, x: Array) -> Array:
    """The view of x, which NumPy makes read-only; it is writable if x is. Its derivative is ȳ."""
    view.flags.writeable = x.flags.writeable
    return view


@primitive
def window(memory: Array, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> Array:
    """memory[offset + Σ iₖ strideₖ] for each index i of the shape.

    It is a view if the vector `memory` is contiguous, otherwise a view of a copy. Its derivative is
    add_at with these places as the index.
    """
    memory = np.ascontiguousarray(memory)
    start, steps = offset * memory.itemsize, tuple(s * memory.itemsize for s in strides)
    return np.ndarray(shape, memory.dtype, memory, start if memory.size else 0, steps)
