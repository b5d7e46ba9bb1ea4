"""Argument checks of the random functions, and the order in which a tensor is filled."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from refnet.engine import dtypes
from refnet.engine.caller_warning import warn
from refnet.engine.dtypes import as_numpy, from_numpy_dtype
from refnet.functions.dims import integer, several
from refnet.functions.operands import number
from refnet.ops.rule import Array
from refnet.random import default_generator
from refnet.random.generator import Generator


def rng_of(generator: Generator | None) -> Generator:
    """Returns the generator, or the default one for None; raises TypeError for anything else."""
    if generator is None:
        return default_generator
    if not isinstance(generator, Generator):
        raise TypeError(f"generator must be a refnet.Generator, got {type(generator).__name__}")
    return generator


def shape_of(sizes: tuple[Any, ...], size: Any) -> tuple[int, ...]:
    """Reads the sizes of zeros(2, 3), zeros((2, 3)) or zeros(size=(2, 3)).

    Raises:
        TypeError: if the sizes are missing, given twice, or not integers
        RuntimeError: for a negative size
    """
    shape = several("size", sizes, size)
    if any(n < 0 for n in shape):
        raise RuntimeError(f"a tensor cannot have negative sizes, got {list(shape)}")
    return shape


def float_dtype(dtype: Any) -> np.dtype[Any]:
    """Returns the dtype as a NumPy dtype; None means the default dtype."""
    return dtypes.get_default_dtype().dtype if dtype is None else as_numpy(dtype)


def need_float(what: str, dtype: np.dtype[Any]) -> None:
    """Raises NotImplementedError unless the dtype is floating-point."""
    if dtype.kind != "f":
        raise NotImplementedError(f"{what} need a floating-point dtype, got {dtype}")


def check_normal(dtype: np.dtype[Any], std: Any) -> None:
    """Raises for a negative or NaN std, and for a dtype that is not floating-point."""
    wrong = np.asarray(std)[~(np.asarray(std) >= 0)]
    if wrong.size:
        raise RuntimeError(f"normal expects std >= 0, got {wrong[0]}")
    need_float("normal values", dtype)


def probability_of(p: Any) -> float | Array:
    """Returns p as a float, or the array of a tensor; raises RuntimeError outside [0, 1]."""
    probability = p._array if hasattr(p, "_array") else float(number(p, "p", "bernoulli"))
    if not isinstance(probability, float):
        need_float("probabilities", probability.dtype)
    wrong = np.asarray(probability)[~(np.asarray(probability >= 0) & np.asarray(probability <= 1))]
    if wrong.size:
        raise RuntimeError(f"bernoulli expects probabilities in [0, 1], got {wrong[0]}")
    return probability


def integer64(n: Any, name: str, function: str) -> int:
    """Returns an integer argument; raises ValueError if int64 cannot hold it."""
    value = integer(n, name, function)
    if not -(2**63) <= value < 2**63:
        raise ValueError(f"{function}(): {name} must lie in [-2**63, 2**63), got {value}")
    return value


def bounds_of(name: str, given: Any, low: int, high: int | None) -> tuple[int, int]:
    """Reads low and high from f(high), f(low, high), or keywords."""
    if len(given) == 1:
        low, high = (given[0], high) if high is not None else (low, given[0])
    elif len(given) == 2 and high is None:
        low, high = given
    elif given:
        raise TypeError(f"{name}(): expected high, or low and high, got {given}")
    return integer64(low, "low", name), integer64(high, "high", name)


def largest_integer(dtype: np.dtype[Any]) -> int:
    """Returns the largest n such that the dtype holds every integer from 0 to n."""
    if dtype.kind == "b":
        return 1
    return int(np.iinfo(dtype).max) if dtype.kind in "iu" else int(2 ** (np.finfo(dtype).nmant + 1))


def integers(
    rng: Generator, shape: tuple[int, ...], dtype: np.dtype[Any], low: Any, high: Any
) -> Array:
    """Draws integers from low to high − 1 in a dtype; None means up to its largest integer."""
    low = integer64(low, "from", "random_")
    name = from_numpy_dtype(dtype)
    if high is None and low == -(2**63):
        if dtype.name not in ("int64", "float64", "float32"):
            raise RuntimeError(f"random_(): expected int64, float32 or float64, got {name}")
        return rng.remainders(shape, 2**64, True).astype(dtype)
    stop = largest_integer(dtype) + 1 if high is None else integer64(high, "to", "random_")
    if dtype.kind == "f":
        least, most = -int(np.finfo(dtype).max), int(np.finfo(dtype).max)
    else:
        least, most = (0, 1) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    if low < stop and (low < least or stop - 1 > most):
        raise RuntimeError(f"[{low}, {stop}) is out of bounds for {name}")
    if dtype.kind == "f" and high is not None:
        low, stop = _representable(dtype, low, stop)
    if low >= stop:
        raise RuntimeError(f"expected from < to, got from={low} >= to={stop}")
    if dtype.kind == "f" and max(-low, stop - 1) > largest_integer(dtype):
        warn(
            f"[{low}, {stop}) reaches beyond {largest_integer(dtype)}: {name} skips integers there"
        )
    return rng.randint(shape, low, stop).astype(dtype)


def _representable(dtype: np.dtype[Any], low: int, stop: int) -> tuple[int, int]:
    """Moves the bounds inwards, so that rounding to the dtype cannot leave [low, stop)."""
    second, last = dtype.type(low + 1), dtype.type(stop - 1)
    if int(second) < low:
        low = int(np.nextafter(second, dtype.type(math.inf)))
    if int(last) >= stop:
        stop = int(np.nextafter(last, dtype.type(-math.inf)))
    return low, stop


def memory_order(x: Array) -> list[int]:
    """Returns the axes from the slowest in memory to the fastest."""
    return sorted(range(x.ndim), key=lambda axis: -x.strides[axis])


def in_memory_order(x: Array, draw: Callable[[tuple[int, ...]], Array]) -> Array:
    """Draws values in the shape of x, in the order of its elements in memory."""
    order = memory_order(x)
    drawn = draw(tuple(x.shape[axis] for axis in order))
    return drawn.transpose([order.index(axis) for axis in range(x.ndim)])
