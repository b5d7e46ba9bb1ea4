"""Arguments of the random functions, checked, and the order in which a tensor is filled."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from refnet.engine import dtypes
from refnet.engine.caller_warning import warn
from refnet.engine.dtypes import as_numpy, from_numpy_dtype
from refnet.functions.dims import integer, sizes_of
from refnet.functions.operands import number
from refnet.ops.rule import Array
from refnet.random import default_generator
from refnet.random.generator import Generator


def rng_of(generator: Generator | None) -> Generator:
    if generator is None:
        return default_generator
    if not isinstance(generator, Generator):
        raise TypeError(f"generator must be a refnet.Generator, got {type(generator).__name__}")
    return generator


def shape_of(sizes: tuple[Any, ...], size: Any) -> tuple[int, ...]:
    if sizes and size is not None:
        raise TypeError(f"got multiple values for argument 'size': {sizes} and {size}")
    if not sizes and size is None:
        raise TypeError("no size was given; an empty one, (), makes a tensor of one value")
    shape = sizes_of(sizes if size is None else (size,))
    if any(n < 0 for n in shape):
        raise RuntimeError(f"a tensor cannot have negative sizes, got {list(shape)}")
    return shape


def float_dtype(dtype: dtypes.dtype | None) -> np.dtype[Any]:
    return as_numpy(dtypes.get_default_dtype() if dtype is None else dtype)


def need_float(what: str, of: np.dtype[Any]) -> None:
    if of.kind != "f":
        raise NotImplementedError(f"{what} need a floating-point dtype, got {of}")


def check_normal(of: np.dtype[Any], std: Any) -> None:
    wrong = np.asarray(std)[~(np.asarray(std) >= 0)]
    if wrong.size:
        raise RuntimeError(f"normal expects std >= 0, got {wrong[0]}")
    need_float("normal values", of)


def probability_of(p: Any) -> float | Array:
    """p as a float, or the array of a tensor p; RuntimeError outside [0, 1]."""
    probability = p._array if hasattr(p, "_array") else float(number(p, "p", "bernoulli"))
    if not isinstance(probability, float):
        need_float("probabilities", probability.dtype)
    wrong = np.asarray(probability)[~(np.asarray(probability >= 0) & np.asarray(probability <= 1))]
    if wrong.size:
        raise RuntimeError(f"bernoulli expects probabilities in [0, 1], got {wrong[0]}")
    return probability


def integer64(n: Any, name: str, function: str) -> int:
    """An integer argument of 64 bits; ValueError beyond."""
    value = integer(n, name, function)
    if not -(2**63) <= value < 2**63:
        raise ValueError(f"{function}(): {name} must lie in [-2**63, 2**63), got {value}")
    return value


def bounds_of(name: str, given: Any, low: int, high: int | None) -> tuple[int, int]:
    """low and high from (high), (low, high), or keywords."""
    if len(given) == 1:
        low, high = (given[0], high) if high is not None else (low, given[0])
    elif len(given) == 2 and high is None:
        low, high = given
    elif given:
        raise TypeError(f"{name}() takes high, or low and high, got {given}")
    return integer64(low, "low", name), integer64(high, "high", name)


def largest_integer(of: np.dtype[Any]) -> int:
    """The largest integer of a dtype, or for floating-point the last without a gap before it."""
    if of.kind == "b":
        return 1
    return int(np.iinfo(of).max) if of.kind in "iu" else int(2 ** (np.finfo(of).nmant + 1))


def integers(
    rng: Generator, shape: tuple[int, ...], of: np.dtype[Any], low: Any, high: Any
) -> Array:
    """Integers from low to high − 1 in the dtype; high = None stands for all up to its largest."""
    low = integer64(low, "from", "random_")
    name = from_numpy_dtype(of)
    if high is None and low == -(2**63):
        if of.name not in ("int64", "float64", "float32"):
            raise RuntimeError(f"{name} does not hold all integers of 64 bits")
        return rng.remainders(shape, 2**64, True).astype(of)
    above = largest_integer(of) + 1 if high is None else integer64(high, "to", "random_")
    if of.kind == "f":
        least, most = -int(np.finfo(of).max), int(np.finfo(of).max)
    else:
        least, most = (0, 1) if of.kind == "b" else (np.iinfo(of).min, np.iinfo(of).max)
    if low < above and (low < least or above - 1 > most):
        raise RuntimeError(f"[{low}, {above}) is out of bounds for {name}")
    if of.kind == "f" and high is not None:
        low, above = _representable(of, low, above)
    if low >= above:
        raise RuntimeError(f"expected from < to, got from={low} >= to={above}")
    if of.kind == "f" and max(-low, above - 1) > largest_integer(of):
        warn(f"[{low}, {above}) reaches beyond {largest_integer(of)}, where {name} skips integers")
    return rng.randint(shape, low, above).astype(of)


def _representable(of: np.dtype[Any], low: int, above: int) -> tuple[int, int]:
    """The bounds moved inwards to where rounding to the dtype cannot leave [low, above)."""
    after, before = of.type(low + 1), of.type(above - 1)
    if int(after) < low:
        low = int(np.nextafter(after, of.type(math.inf)))
    if int(before) >= above:
        above = int(np.nextafter(before, of.type(-math.inf)))
    return low, above


def memory_order(x: Array) -> list[int]:
    """The axes from the slowest in memory to the fastest."""
    return sorted(range(x.ndim), key=lambda axis: -x.strides[axis])


def in_memory_order(x: Array, draw: Callable[[tuple[int, ...]], Array]) -> Array:
    """Values of x's shape, drawn in the order in which x lies in memory."""
    order = memory_order(x)
    drawn = draw(tuple(x.shape[axis] for axis in order))
    return drawn.transpose([order.index(axis) for axis in range(x.ndim)])
