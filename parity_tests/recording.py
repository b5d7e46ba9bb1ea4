"""A minimal array type that NumPy's functions accept: a definition may only use what it supports.

Derivatives of higher order run a rule's pullback on arrays that record the operations on them. An
array type can record NumPy's functions, operators, indexing, and the attributes and methods below.
It cannot record writes into an array, and it cannot be converted to a plain array.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

ATTRIBUTES = ("shape", "dtype", "ndim", "size", "itemsize")
ARRAYS = ("real", "imag", "T")  # attributes that are arrays
METHODS = (
    *("reshape", "transpose", "swapaxes", "squeeze", "astype", "copy"),
    *("sum", "mean", "max", "min", "prod", "cumsum", "repeat", "take", "conj"),
)


class Recorded(NDArrayOperatorsMixin):
    """A floating-point array; NumPy's functions of it return another one."""

    def __init__(self, array: np.ndarray) -> None:
        self.array = np.asarray(array)

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError("expected a definition that makes no plain array of a recorded one")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if "out" in options:
            raise TypeError(f"expected np.{ufunc.__name__} without out=")
        if method not in ("__call__", "reduce", "accumulate", "outer"):
            raise TypeError(f"expected no np.{ufunc.__name__}.{method}")
        return lift(getattr(ufunc, method)(*lower(inputs), **lower(options)))

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        if options.get("out") is not None:
            raise TypeError(f"expected np.{function.__name__} without out=")
        return lift(function(*lower(args), **lower(options)))

    def __getitem__(self, index: Any) -> Any:
        return lift(self.array[lower(index)])

    def __len__(self) -> int:
        return len(self.array)

    def __bool__(self) -> bool:
        return bool(self.array)

    def __float__(self) -> float:
        raise TypeError("expected a definition that makes no number of a recorded array")

    __array_priority__ = 1000.0


def _attribute(name: str) -> property:
    return property(lambda self: getattr(self.array, name))


def _array(name: str) -> property:
    return property(lambda self: lift(getattr(self.array, name)))


def _method(name: str) -> Callable[..., Any]:
    def method(self: Recorded, *args: Any, **options: Any) -> Any:
        if options.get("out") is not None:
            raise TypeError(f"expected .{name}() without out=")
        return lift(getattr(self.array, name)(*lower(args), **lower(options)))

    return method


for _name in ATTRIBUTES:
    setattr(Recorded, _name, _attribute(_name))
for _name in ARRAYS:
    setattr(Recorded, _name, _array(_name))
for _name in METHODS:
    setattr(Recorded, _name, _method(_name))


def lift(x: Any) -> Any:
    """Floating-point arrays as recorded ones, also inside tuples and lists."""
    if isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind == "f":
        return Recorded(np.asarray(x))
    if isinstance(x, (tuple, list)):
        return type(x)(map(lift, x)) if type(x) in (tuple, list) else tuple(map(lift, x))
    return x


def lower(x: Any) -> Any:
    """The plain arrays of recorded ones."""
    if isinstance(x, Recorded):
        return x.array
    if isinstance(x, (tuple, list)):
        return type(x)(map(lower, x))
    if isinstance(x, dict):
        return {name: lower(value) for name, value in x.items()}
    return x
