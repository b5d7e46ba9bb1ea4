"""Random values written into a tensor: uniform_, normal_, random_, bernoulli_, exponential_.

They are drawn in the order in which the tensor lies in memory, so a transposed view of a matrix
is filled as the matrix itself.
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
    """Uniform values of [from_, to).

    Raises RuntimeError if from_ > to, or where the dtype does not hold them or their distance.
    """
    x, rng = input._array, rng_of(generator)
    need_float("uniform values", x.dtype)
    most = float(np.finfo(x.dtype).max)
    if not (-most <= from_ <= most and -most <= to <= most):
        raise RuntimeError(f"uniform_: [{from_}, {to}) is out of bounds for {input.dtype}")
    if from_ > to:
        raise RuntimeError(f"uniform_ expects from <= to, got from={from_} > to={to}")
    if to - from_ > most:
        raise RuntimeError(f"uniform_: the length of [{from_}, {to}) exceeds {input.dtype}")
    return _write(input, lambda shape: rng.uniform(shape, x.dtype, from_, to))


def normal_(
    input: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None
) -> Tensor:
    """Normal values with this mean and standard deviation.

    Raises RuntimeError for a negative std.
    """
    x, rng = input._array, rng_of(generator)
    mean, std = (float(number(x, k, "normal_")) for x, k in ((mean, "mean"), (std, "std")))
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
    """Integers: random_(), random_(to), random_(from, to), or random_(from, None).

    From 0 or from, to below `to`; without `to`, to the largest value of the dtype, or for a
    floating-point one to the last integer before they have gaps. Raises RuntimeError for an empty
    range, or one that the dtype does not hold.
    """
    of, rng = input._array.dtype, rng_of(generator)
    if from_ is not None:
        bounds = (from_, *bounds) if bounds else (from_, to)
    elif to is not None:
        bounds = (*bounds, to)
    if len(bounds) > 2:
        raise TypeError(f"random_() takes at most two bounds, got {len(bounds)}")
    if not bounds:
        most = largest_integer(of)
        wide = of.itemsize == 8
        return _write(input, lambda shape: rng.remainders(shape, most + 1, wide).astype(of))
    low, high = (0, bounds[0]) if len(bounds) == 1 else bounds
    return _write(input, lambda shape: integers(rng, shape, of, low, high))


def bernoulli_(
    input: Tensor, p: float | Tensor = 0.5, *, generator: Generator | None = None
) -> Tensor:
    """1 with probability p, else 0; a tensor p broadcasts to the input.

    Raises RuntimeError for a probability outside [0, 1], or a p that does not broadcast.
    """
    x, rng = input._array, rng_of(generator)
    probability = probability_of(p)
    if isinstance(probability, float):
        return _write(input, lambda shape: rng.bernoulli(shape, probability).astype(x.dtype))
    try:
        expanded = np.broadcast_to(probability, x.shape)
    except ValueError:
        raise RuntimeError(
            f"p of shape {list(probability.shape)} does not broadcast to {list(x.shape)}"
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
    """Exponential values with the rate lambd: the density is lambd e^(−lambd x) for x > 0.

    Raises RuntimeError unless lambd > 0 and the dtype is a floating-point one.
    """
    x, rng = input._array, rng_of(generator)
    if x.dtype.kind != "f":
        raise RuntimeError(f"exponential values need a floating-point dtype, got {input.dtype}")
    if not lambd > 0:
        raise RuntimeError(f"exponential_ expects lambd > 0, got {lambd}")
    return _write(input, lambda shape: rng.exponential(shape, x.dtype, lambd))


def _write(input: Tensor, draw: Callable[[tuple[int, ...]], Array], *parameters: Any) -> Tensor:
    """Write a draw into the input; what the input held before gets a gradient of zero."""
    refuse_leaf(input)
    values = in_memory_order(input._array, draw)
    return overwrite(input, apply(ops.drawn, input, *parameters, values=values))
