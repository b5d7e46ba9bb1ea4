"""Methods that fill a tensor with random values: uniform_, normal_, random_, bernoulli_, …

The values are drawn in the order of the elements in memory, so a transposed view of a matrix is
filled in the same way as the matrix itself.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from refnet import ops
from refnet.engine.in_place import overwrite, refuse_leaf
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.drawing import (
    check_normal,
    in_memory_order,
    integers,
    largest_integer,
    memory_order,
    need_float,
    probability_of,
    rng_of,
)
from refnet.functions.operands import number
from refnet.ops.rule import Array
from refnet.random.generator import Generator


def uniform_(
    input: Tensor,
    from_: float = 0.0,
    to: float = 1.0,
    *,
    generator: Generator | None = None,
) -> Tensor:
    """Fills a tensor with uniformly distributed values from [from_, to).

    Args:
        input: tensor that is changed
        from_: smallest value
        to: exclusive upper bound
        generator: source of the random numbers; the default stream if None

    Raises:
        RuntimeError: if from_ > to, or the dtype cannot hold the bounds or their difference

    Example:
        >>> refnet.zeros(2).uniform_(0, 10)
        tensor([4.9626, 7.6822])
    """
    x, rng = input._array, rng_of(generator)
    need_float("uniform values", x.dtype)
    most = float(np.finfo(x.dtype).max)
    if not (-most <= from_ <= most and -most <= to <= most):
        raise RuntimeError(f"uniform_(): [{from_}, {to}) is out of bounds for {input.dtype}")
    if from_ > to:
        raise RuntimeError(f"uniform_(): expected from <= to, got from={from_} > to={to}")
    if to - from_ > most:
        raise RuntimeError(f"uniform_(): the length of [{from_}, {to}) exceeds {input.dtype}")
    return _write(input, lambda shape: rng.uniform(shape, x.dtype, from_, to))


def normal_(
    input: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None
) -> Tensor:
    """Fills a tensor with normally distributed values.

    Args:
        input: tensor that is changed
        mean: mean
        std: standard deviation
        generator: source of the random numbers; the default stream if None

    Raises:
        RuntimeError: if `std` is negative

    Example:
        >>> refnet.zeros(2).normal_(10, 0.1)
        tensor([10.1541,  9.9707])
    """
    x, rng = input._array, rng_of(generator)
    mean, std = (float(number(v, k, "normal_")) for v, k in ((mean, "mean"), (std, "std")))
    check_normal(x.dtype, std)
    scattered = not x.flags.c_contiguous
    return _write(input, lambda shape: rng.normal(shape, x.dtype, mean, std, one_by_one=scattered))


def random_(
    input: Tensor,
    *bounds: int | None,
    from_: int | None = None,
    to: int | None = None,
    generator: Generator | None = None,
) -> Tensor:
    """Fills a tensor with integers: random_(), random_(to), random_(from, to), random_(from, None).

    The integers lie between `from`, or 0, and `to` − 1. Without `to`, the upper bound is the
    largest n such that the dtype holds every integer from 0 to n.

    Args:
        input: tensor that is changed
        bounds: (), (to) or (from, to)
        from_: smallest value, by keyword
        to: exclusive upper bound, by keyword
        generator: source of the random numbers; the default stream if None

    Raises:
        RuntimeError: if the range is empty, or the dtype cannot hold it
        TypeError: for more than two bounds

    Example:
        >>> refnet.zeros(5).random_(1, 7)
        tensor([3., 4., 6., 1., 2.])
    """
    dtype, rng = input._array.dtype, rng_of(generator)
    if from_ is not None:
        bounds = (from_, *bounds) if bounds else (from_, to)
    elif to is not None:
        bounds = (*bounds, to)
    if len(bounds) > 2:
        raise TypeError(f"random_(): expected at most two bounds, got {len(bounds)}")
    if not bounds:
        most = largest_integer(dtype)
        wide = dtype.itemsize == 8
        return _write(input, lambda shape: rng.remainders(shape, most + 1, wide).astype(dtype))
    low, high = (0, bounds[0]) if len(bounds) == 1 else bounds
    return _write(input, lambda shape: integers(rng, shape, dtype, low, high))


def bernoulli_(
    input: Tensor, p: float | Tensor = 0.5, *, generator: Generator | None = None
) -> Tensor:
    """Fills a tensor with values that are 1 with probability p, else 0.

    Args:
        input: tensor that is changed
        p: probability, a number or a tensor that broadcasts to the input
        generator: source of the random numbers; the default stream if None

    Raises:
        RuntimeError: for a probability outside [0, 1], or a p that does not broadcast

    Example:
        >>> refnet.zeros(2).bernoulli_(refnet.tensor([0.0, 1.0]))
        tensor([0., 1.])
    """
    x, rng = input._array, rng_of(generator)
    probability = probability_of(p)
    if isinstance(probability, float):
        return _write(input, lambda shape: rng.bernoulli(shape, probability).astype(x.dtype))
    try:
        expanded = np.broadcast_to(probability, x.shape)
    except ValueError:
        raise RuntimeError(
            f"bernoulli_(): expected p to broadcast to {list(x.shape)}, "
            f"got {list(probability.shape)}"
        ) from None
    order = memory_order(x)
    return _write(
        input,
        lambda shape: rng.bernoulli(shape, expanded.transpose(order)).astype(x.dtype),
        p,
    )


def exponential_(
    input: Tensor, lambd: float = 1.0, *, generator: Generator | None = None
) -> Tensor:
    """Fills a tensor with exponentially distributed values.

        p(x) = λ e^(−λx) for x > 0

    Args:
        input: tensor that is changed
        lambd: rate λ
        generator: source of the random numbers; the default stream if None

    Raises:
        RuntimeError: unless λ > 0 and the dtype is a floating-point dtype

    Example:
        >>> refnet.zeros(2).exponential_()
        tensor([3.5083, 1.2304])
    """
    x, rng = input._array, rng_of(generator)
    if x.dtype.kind != "f":
        raise RuntimeError(f"exponential_(): expected a floating-point dtype, got {input.dtype}")
    if not lambd > 0:
        raise RuntimeError(f"exponential_(): expected lambd > 0, got {lambd}")
    return _write(input, lambda shape: rng.exponential(shape, x.dtype, lambd))


def _write(input: Tensor, draw: Callable[[tuple[int, ...]], Array], *parameters: Any) -> Tensor:
    """Writes drawn values into the input. The gradient of the overwritten values is 0."""
    refuse_leaf(input)
    values = in_memory_order(input._array, draw)
    return overwrite(input, apply(ops.drawn, input, *parameters, values=values))
