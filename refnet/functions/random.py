"""Random tensors: rand, randn, randint, randperm, normal, bernoulli, multinomial, dropout.

Without a generator, every function draws from the default generator of refnet.random. The values
are those of PyTorch (refnet.random.generator). The functions that write into a tensor are in
random_filling.py.
"""

import math
from typing import Any

import numpy as np

from refnet import ops
from refnet.engine import dtypes
from refnet.engine.dtypes import as_numpy, from_numpy_dtype
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor, wrap
from refnet.functions.creation import check_place
from refnet.functions.creation_like import empty_like
from refnet.functions.drawing import (
    bounds_of,
    check_normal,
    float_dtype,
    in_memory_order,
    integer64,
    integers,
    largest_integer,
    need_float,
    probability_of,
    rng_of,
    shape_of,
)
from refnet.functions.nn_functional import dropout as layers
from refnet.functions.nn_functional.checks import check_number
from refnet.functions.nn_functional.rectifier import randomized_relu
from refnet.functions.operands import number
from refnet.functions.random_filling import (
    normal_,
    random_,
    uniform_,
)
from refnet.random.generator import Generator

__all__ = [
    "bernoulli",
    "dropout",
    "multinomial",
    "normal",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "randperm",
    "rrelu",
]


def rand(
    *sizes: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Returns uniformly distributed values from [0, 1).

    Args:
        sizes: shape of the result
        size: shape of the result, by keyword
        generator: source of the random numbers; the default stream if None
        dtype: floating-point dtype; refnet's default dtype if None
        layout: must be strided, PyTorch's default
        device: must be the CPU
        requires_grad: whether operations on the result are recorded
        pin_memory: must be False

    Raises:
        NotImplementedError: for a dtype that is not floating-point
        RuntimeError: for negative sizes

    Example:
        >>> refnet.rand(2)
        tensor([0.4963, 0.7682])
    """
    check_place(device, layout, pin_memory)
    np_dtype, shape = float_dtype(dtype), shape_of(sizes, size)
    need_float("uniform values", np_dtype)
    return wrap(rng_of(generator).uniform(shape, np_dtype)).requires_grad_(requires_grad)


def randn(
    *sizes: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Returns normally distributed values with mean 0 and standard deviation 1.

    Args:
        sizes: shape of the result
        size: shape of the result, by keyword
        generator: source of the random numbers; the default stream if None
        dtype: floating-point dtype; refnet's default dtype if None
        layout: must be strided, PyTorch's default
        device: must be the CPU
        requires_grad: whether operations on the result are recorded
        pin_memory: must be False

    Raises:
        NotImplementedError: for a dtype that is not floating-point
        RuntimeError: for negative sizes

    Example:
        >>> refnet.randn(2)
        tensor([ 1.5410, -0.2934])
    """
    check_place(device, layout, pin_memory)
    np_dtype, shape = float_dtype(dtype), shape_of(sizes, size)
    need_float("normal values", np_dtype)
    return wrap(rng_of(generator).normal(shape, np_dtype)).requires_grad_(requires_grad)


def randint(
    *bounds_and_size: Any,
    low: int = 0,
    high: int | None = None,
    size: Any = None,
    generator: Generator | None = None,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Returns integers from low to high − 1: randint(high, size) or randint(low, high, size).

    Args:
        bounds_and_size: (high, size) or (low, high, size)
        low: smallest value, by keyword
        high: exclusive upper bound, by keyword
        size: shape of the result, by keyword
        generator: source of the random numbers; the default stream if None
        dtype: dtype of the result; int64 if None
        layout: must be strided, PyTorch's default
        device: must be the CPU
        requires_grad: whether operations on the result are recorded
        pin_memory: must be False

    Raises:
        RuntimeError: if the range is empty, or the dtype cannot hold it
        TypeError: if no size is given

    Example:
        >>> refnet.randint(1, 7, (5,))
        tensor([3, 4, 6, 1, 2])
    """
    check_place(device, layout, pin_memory)
    bounds = list(bounds_and_size)
    if size is None and bounds:
        size = bounds.pop()
    if not isinstance(size, (tuple, list)):
        raise TypeError(f"randint(): expected size to be a tuple of ints, got {size!r}")
    low, high = bounds_of("randint", bounds, low, high)
    np_dtype = np.dtype(np.int64) if dtype is None else as_numpy(dtype)
    values = integers(rng_of(generator), shape_of((size,), None), np_dtype, low, high)
    return wrap(values).requires_grad_(requires_grad)


def randperm(
    n: int,
    *,
    generator: Generator | None = None,
    dtype: dtypes.dtype = dtypes.int64,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Returns the integers 0, …, n − 1 in random order.

    Args:
        n: number of integers
        generator: source of the random numbers; the default stream if None
        dtype: dtype of the result
        layout: must be strided, PyTorch's default
        device: must be the CPU
        requires_grad: whether operations on the result are recorded
        pin_memory: must be False

    Raises:
        RuntimeError: if n is negative, or the dtype cannot hold all integers below n
        NotImplementedError: for booleans

    Example:
        >>> refnet.randperm(4)
        tensor([0, 1, 3, 2])
    """
    check_place(device, layout, pin_memory)
    n, np_dtype = integer64(n, "n", "randperm"), as_numpy(dtype)
    if np_dtype.kind not in "iuf":
        raise NotImplementedError(
            f"randperm(): expected an integer or floating-point dtype, got {dtype}"
        )
    most = largest_integer(np_dtype) + 1
    if not 0 <= n <= most:
        raise RuntimeError(f"randperm(): expected n in [0, {most}] for {dtype}, got {n}")
    values = rng_of(generator).randperm(n).astype(np_dtype, copy=False)
    return wrap(values).requires_grad_(requires_grad)


def rand_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Returns uniformly distributed values from [0, 1) in the shape of a tensor.

    The gradient is derived in `refnet.ops.drawn`.

    Args:
        input: tensor with the shape of the result, and with its dtype if `dtype` is None
        generator: source of the random numbers; the default stream if None
        dtype: floating-point dtype; that of the input if None
        layout: must be strided, PyTorch's default
        device: must be the CPU
        requires_grad: whether operations on the result are recorded
        pin_memory: must be False
        memory_format: order of the result in memory

    Raises:
        NotImplementedError: for a dtype that is not floating-point

    Example:
        >>> refnet.rand_like(refnet.zeros(1, 2))
        tensor([[0.4963, 0.7682]])
    """
    result = _empty_like(input, dtype, device, layout, pin_memory, memory_format)
    return uniform_(result, generator=generator).requires_grad_(requires_grad)


def randn_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Returns standard normal values in the shape of a tensor: mean 0, standard deviation 1.

    The gradient is derived in `refnet.ops.drawn`.

    Args:
        input: tensor with the shape of the result, and with its dtype if `dtype` is None
        generator: source of the random numbers; the default stream if None
        dtype: floating-point dtype; that of the input if None
        layout: must be strided, PyTorch's default
        device: must be the CPU
        requires_grad: whether operations on the result are recorded
        pin_memory: must be False
        memory_format: order of the result in memory

    Raises:
        NotImplementedError: for a dtype that is not floating-point

    Example:
        >>> refnet.randn_like(refnet.zeros(1, 2))
        tensor([[ 1.5410, -0.2934]])
    """
    result = _empty_like(input, dtype, device, layout, pin_memory, memory_format)
    return normal_(result, generator=generator).requires_grad_(requires_grad)


def randint_like(
    input: Tensor,
    *bounds: Any,
    low: int = 0,
    high: int | None = None,
    generator: Generator | None = None,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Returns integers from low to high − 1 in the shape of a tensor.

    The gradient is derived in `refnet.ops.drawn`.

    Args:
        input: tensor with the shape of the result, and with its dtype if `dtype` is None
        bounds: (high) or (low, high)
        low: smallest value, by keyword
        high: exclusive upper bound, by keyword
        generator: source of the random numbers; the default stream if None
        dtype: dtype of the result; that of the input if None
        layout: must be strided, PyTorch's default
        device: must be the CPU
        requires_grad: whether operations on the result are recorded
        pin_memory: must be False
        memory_format: order of the result in memory

    Raises:
        RuntimeError: if the range is empty, or the dtype cannot hold it

    Example:
        >>> refnet.randint_like(refnet.zeros(3), 1, 7)
        tensor([3., 4., 6.])
    """
    low, high = bounds_of("randint_like", bounds, low, high)
    result = _empty_like(input, dtype, device, layout, pin_memory, memory_format)
    return random_(result, low, high, generator=generator).requires_grad_(requires_grad)


def normal(
    mean: Any,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Returns normally distributed values with given means and standard deviations.

    The call is normal(mean, std, size) for numbers, and normal(mean, std) if one of them is a
    tensor.

    The gradients with respect to `mean` and `std` are 0.

    The gradient is derived in `refnet.ops.drawn`.

    Args:
        mean: mean, a tensor or a number
        std: standard deviation, a tensor or a number; the two broadcast
        size: shape of the result, if both are numbers
        generator: source of the random numbers; the default stream if None
        dtype: dtype of the result, if both are numbers; refnet's default dtype if None
        layout: must be strided, PyTorch's default
        device: must be the CPU
        requires_grad: whether operations on the result are recorded
        pin_memory: must be False

    Raises:
        RuntimeError: if `std` is negative, or the tensors do not broadcast
        TypeError: for two numbers without a size, and for a tensor with a size or dtype

    Example:
        >>> refnet.normal(10.0, 0.1, (2,))
        tensor([10.1541,  9.9707])
        >>> refnet.normal(refnet.tensor([0.0, 100.0]), 1.0)
        tensor([ -2.1788, 100.5684])
    """
    check_place(device, layout, pin_memory)
    tensors = [x for x in (mean, std) if hasattr(x, "_array")]
    if bool(tensors) == (size is not None) or (tensors and dtype is not None):
        raise TypeError(
            "normal(): expected numbers and a size, or a tensor without size and dtype, got "
            f"{type(mean).__name__}, {type(std).__name__}, size={size}, dtype={dtype}"
        )
    mean, std = (
        x if hasattr(x, "_array") else number(x, name, "normal")
        for x, name in ((mean, "mean"), (std, "std"))
    )
    if size is not None:
        np_dtype, shape = float_dtype(dtype), shape_of((size,), None)
        check_normal(np_dtype, std)
        values = rng_of(generator).normal(shape, np_dtype, mean, std)
        return wrap(values).requires_grad_(requires_grad)
    np_dtype, scale = tensors[0]._array.dtype, getattr(std, "_array", std)
    check_normal(np_dtype, scale)
    try:
        shape = np.broadcast_shapes(*(x._array.shape for x in tensors))
    except ValueError as error:
        raise RuntimeError(f"normal(): expected mean and std to broadcast: {error}") from None
    values = rng_of(generator).normal(shape, np_dtype, 0.0, 1.0 if scale is not std else std)
    if scale is not std:
        np.multiply(values, scale, out=values, casting="same_kind")
    np.add(values, getattr(mean, "_array", mean), out=values, casting="same_kind")
    return apply(ops.drawn, *tensors, values=values)


def bernoulli(
    input: Tensor, p: float | None = None, *, generator: Generator | None = None
) -> Tensor:
    """Draws 1 with probability p, else 0.

    The gradient is 0.

    The gradient is derived in `refnet.ops.drawn`.

    Args:
        input: tensor with the shape and dtype of the result; its values are the probabilities if p
            is None
        p: probability for all elements
        generator: source of the random numbers; the default stream if None

    Raises:
        RuntimeError: for a probability outside [0, 1]

    Example:
        >>> refnet.bernoulli(refnet.tensor([0.0, 1.0]))
        tensor([0., 1.])
        >>> refnet.bernoulli(refnet.zeros(4), 0.5)
        tensor([0., 1., 0., 0.])
    """
    x = input._array
    draws = rng_of(generator).bernoulli(x.shape, probability_of(input if p is None else p))
    return apply(ops.drawn, input, values=draws.astype(x.dtype))


def dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Sets elements to 0 with probability p in training, as `refnet.nn.functional.dropout` does.

        y = m x / (1 − p),   m = 0 with probability p, else 1

    If not in training, y = x.

    The gradient is derived in `refnet.ops.dropout`.

    Args:
        input: x
        p: probability of a 0
        train: whether elements are set to 0

    Raises:
        RuntimeError: for a p outside [0, 1]

    Example:
        >>> refnet.dropout(refnet.ones(4), 0.5, True)
        tensor([0., 0., 2., 0.])
    """
    check_number("dropout", p=p)
    if not 0 <= p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {p}")
    return layers.dropout(input, p, train)


def rrelu(
    input: Tensor,
    lower: float = 1.0 / 8,
    upper: float = 1.0 / 3,
    training: bool = False,
    generator: Generator | None = None,
) -> Tensor:
    """Applies the randomized leaky ReLU, as `refnet.nn.functional.rrelu` does, with a generator.

        y = x for x > 0, else r x

    In training r is uniformly distributed on [lower, upper), otherwise it is (lower + upper) / 2.

    The gradient is derived in `refnet.ops.rrelu`.

    Args:
        input: x
        lower: smallest slope
        upper: exclusive upper bound of the slopes
        training: whether the slopes are drawn
        generator: source of the random numbers; the default stream if None

    Raises:
        RuntimeError: if lower > upper, or a bound is not finite

    Example:
        >>> refnet.rrelu(refnet.tensor([-4.0, 1.0]), 0.25, 0.75)
        tensor([-2.,  1.])
    """
    return randomized_relu(input, lower, upper, training, False, generator)


def multinomial(
    input: Tensor,
    num_samples: int,
    replacement: bool = False,
    *,
    generator: Generator | None = None,
) -> Tensor:
    """Draws indices with probabilities proportional to the values of each row.

    Without replacement, each row is sorted by wᵢ / eᵢ, where the eᵢ are exponentially distributed.
    This gives the same distribution as drawing one index after the other.

    Shape:
        input: (C) or (N, C)
        result: (num_samples) or (N, num_samples), int64

    Args:
        input: weights w, which do not have to sum to 1
        num_samples: number of indices per row
        replacement: whether an index may be drawn more than once
        generator: source of the random numbers; the default stream if None

    Raises:
        RuntimeError: for weights that are not floating-point, a weight that is negative, NaN or
            infinite, a row of zeros, and more samples than entries without replacement

    Source:
        Efraimidis, Spirakis 2006, "Weighted random sampling with a reservoir"

    Example:
        >>> weights = refnet.tensor([0.0, 1.0, 0.0])
        >>> refnet.multinomial(weights, 4, replacement=True)
        tensor([1, 1, 1, 1])
    """
    w, rng = input._array, rng_of(generator)
    if w.ndim not in (1, 2) or w.shape[-1] == 0:
        raise RuntimeError(
            f"multinomial(): expected weights of shape (C) or (N, C), got {list(w.shape)}"
        )
    if w.dtype.kind != "f":
        raise RuntimeError(f"multinomial(): expected floating-point weights, got {input.dtype}")
    if num_samples <= 0:
        raise RuntimeError(f"multinomial(): expected num_samples > 0, got {num_samples}")
    if not replacement and num_samples > w.shape[-1]:
        raise RuntimeError(
            f"multinomial(): expected at most {w.shape[-1]} samples without replacement, "
            f"got {num_samples}"
        )
    if not np.all((w >= 0) & (w < math.inf)) or np.any(w.sum(axis=-1) == 0):
        raise RuntimeError(
            "multinomial(): expected weights that are finite, non-negative and not all 0 in a row"
        )
    if replacement and num_samples > 1:
        rows = w.reshape(-1, w.shape[-1])
        indices = np.empty((len(rows), num_samples), np.int64)
        for i, row in enumerate(rows.astype(np.promote_types(w.dtype, np.float32))):
            cumulative = np.cumsum(row)
            cumulative /= cumulative[-1]
            cumulative[-1] = 1
            u = rng.uniform((num_samples,), np.dtype(np.float64))
            indices[i] = np.searchsorted(cumulative.astype(np.float64), u)
        return wrap(indices.reshape(*w.shape[:-1], num_samples))
    scores = w / in_memory_order(w, lambda shape: rng.exponential(shape, w.dtype))
    first = np.argsort(-scores, axis=-1, kind="stable")[..., :num_samples]
    return wrap(first.astype(np.int64))


def _empty_like(
    input: Tensor,
    dtype: dtypes.dtype | None,
    device: Any,
    layout: Any,
    pin_memory: bool,
    memory_format: Any,
) -> Tensor:
    if not hasattr(input, "_array"):
        raise TypeError(f"expected input to be a Tensor, got {type(input).__name__}")
    return empty_like(
        input,
        dtype=dtype or from_numpy_dtype(input._real().dtype),
        layout=layout,
        device=device,
        pin_memory=pin_memory,
        memory_format=memory_format,
    )
