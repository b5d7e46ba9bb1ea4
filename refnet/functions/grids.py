"""Evenly spaced numbers, and the coordinates of grids: arange, linspace, meshgrid, tril_indices."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from refnet.engine import dtypes
from refnet.engine.caller_warning import warn
from refnet.engine.dtypes import as_numpy, converted, wide
from refnet.engine.tensor import Tensor
from refnet.functions.creation import made
from refnet.functions.dims import count, integer
from refnet.functions.drawing import float_dtype
from refnet.functions.operands import number
from refnet.ops.rule import Array

__all__ = ["arange", "linspace", "logspace", "meshgrid", "range", "tril_indices", "triu_indices"]

_MAX_SIZE = 2**60  # more values than fit into any memory
_WIDE = dtypes.float64.dtype


def arange(
    start: Any,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Returns evenly spaced numbers from `start` to `end`, without `end`.

        yᵢ = start + i step,   i = 0, …, ⌈(end − start) / step⌉ − 1

    For an integer dtype, `start` and `step` are first truncated towards 0, and for int64 `end` too.

    Args:
        start: the first number; a single argument is the end, and the start is then 0
        end: the exclusive bound
        step: the distance between two numbers
        dtype: the dtype; None means int64 if all three are integers, and the default dtype
            otherwise
        layout: None or refnet.strided
        device: None or the CPU
        requires_grad: whether the result requires a gradient
        pin_memory: False; refnet runs on the CPU, which cannot pin memory

    Raises:
        RuntimeError: if `step` is 0 or leads away from `end`, and for a bound that is not finite
        ValueError: if `step` is truncated to 0
        TypeError: if `step` is given without an `end`
        NotImplementedError: for a boolean dtype

    Example:
        >>> refnet.arange(4), refnet.arange(1, 10, 3)
        (tensor([0, 1, 2, 3]), tensor([1, 4, 7]))
        >>> refnet.arange(0, 1, 0.25)
        tensor([0.0000, 0.2500, 0.5000, 0.7500])
    """
    if end is None:
        if step != 1:
            raise TypeError("arange(): expected an end together with step, got None")
        start, end = 0, start
    first, last, delta = _bounds("arange", start, end, step, dtype)
    if dtype is None and not all(isinstance(x, int) for x in (first, last, delta)):
        dtype = dtypes.get_default_dtype()
    np_dtype = dtypes.int64.dtype if dtype is None else as_numpy(dtype)
    if np_dtype == np.int64:
        first, last, delta = (converted(x, np_dtype, "arange") for x in (first, last, delta))
        if delta == 0:
            raise ValueError(f"arange(): step must be nonzero, got {step} for int64")
        size = -((first - last) // delta)
    else:
        size = math.ceil((last - first) / delta)
    steps = _steps("arange", size, first, delta, np_dtype)
    return made(steps, requires_grad, device, layout, pin_memory)


def _bounds(function: str, start: Any, end: Any, step: Any, dtype: Any) -> tuple[Any, Any, Any]:
    """Returns start, end and step as Python numbers; raises unless `step` leads towards `end`."""
    names = {"start": start, "end": end, "step": step}
    start, end, step = (number(x, name, function) for name, x in names.items())
    refuse_bool_dtype(function, dtype)
    if not abs(step) > 0:
        raise RuntimeError(f"{function}(): step must be nonzero, got {step}")
    if not (math.isfinite(start) and math.isfinite(end)):
        raise RuntimeError(f"{function}(): unsupported range: {start} -> {end}")
    if (end - start) * step < 0:
        raise RuntimeError(
            f"{function}(): upper bound and lower bound inconsistent with step sign: "
            f"start {start}, end {end}, step {step}"
        )
    return start, end, step


def _steps(function: str, size: int, start: Any, step: Any, np_dtype: np.dtype[Any]) -> Array:
    """Computes start + i step; for an integer dtype in int64."""
    if size > _MAX_SIZE:
        raise RuntimeError(f"{function}(): invalid size, possible overflow: {size} values")
    if np_dtype.kind in "iu":
        start, step = (converted(x, dtypes.int64.dtype, function) for x in (start, step))
    i = np.arange(size, dtype=np.float64 if np_dtype.kind == "f" else np.int64)
    with np.errstate(over="ignore", invalid="ignore"):
        values: Array = (start + i * step).astype(np_dtype)
    return values


def refuse_bool_dtype(function: str, dtype: Any) -> None:
    """Raises NotImplementedError for a boolean dtype."""
    if dtype is not None and np.dtype(dtype).kind == "b":
        raise NotImplementedError(f"{function}(): expected a dtype of numbers, got {dtypes.bool}")


def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Returns evenly spaced numbers from `start` to `end`, both included.

        yᵢ = start + i (end − start) / (steps − 1)

    For an integer dtype, the ends are truncated towards 0, and yᵢ is computed in float64 and
    truncated too. Where yᵢ is an integer, a rounding error can make the result smaller by 1.

    Args:
        start: the first number
        end: the last number
        steps: number of values
        dtype: the dtype; None means the default dtype
        layout: None or refnet.strided
        device: None or the CPU
        requires_grad: whether the result requires a gradient
        pin_memory: False; refnet runs on the CPU, which cannot pin memory

    Raises:
        RuntimeError: if `steps` is negative, or the dtype cannot hold `start` or `end`
        NotImplementedError: for a boolean dtype

    Example:
        >>> refnet.linspace(0, 1, 5)
        tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """
    np_dtype = float_dtype(dtype)
    values = _spaced(
        "linspace", start, end, steps, np_dtype, np_dtype if np_dtype.kind == "f" else _WIDE
    )
    with np.errstate(invalid="ignore"):
        return made(values.astype(np_dtype), requires_grad, device, layout, pin_memory)


def _spaced(
    function: str,
    start: Any,
    end: Any,
    steps: Any,
    np_dtype: np.dtype[Any],
    computed: np.dtype[Any],
) -> Array:
    """Computes evenly spaced values, in the dtype `computed`; np_dtype is the dtype of the ends."""
    n, kind = count(steps, "steps", function), computed.type
    if n == 0:
        return np.empty(0)
    a = kind(_end(start, "start", function, np_dtype if n > 1 else wide(np_dtype)))
    if n == 1:
        return np.array([a])
    refuse_bool_dtype(function, np_dtype)
    b = kind(_end(end, "end", function, np_dtype))
    with np.errstate(over="ignore", invalid="ignore"):
        i = np.arange(n, dtype=kind)
        step = (b - a) / kind(n - 1)
        values: Array = np.where(i < n // 2, a + step * i, b - step * (n - 1 - i))
        return values


def _end(x: Any, name: str, function: str, np_dtype: np.dtype[Any]) -> Any:
    """Returns an end of the interval as a number in the dtype."""
    if hasattr(x, "_array") and x.ndim:
        raise RuntimeError(
            f"{function} only supports 0-dimensional start and end tensors, but got {name} with "
            f"{x.ndim} dimension(s)."
        )
    return converted(number(x, name, function), np_dtype, function)


def range(
    start: Any,
    end: Any,
    step: Any = 1,
    *,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Returns evenly spaced numbers from `start` to `end`, with `end` if it is reached.

        yᵢ = start + i step,   i = 0, …, ⌊(end − start) / step⌋

    PyTorch deprecates it in favour of arange; it warns.

    Args:
        start: the first number
        end: the inclusive bound
        step: the distance between two numbers
        dtype: the dtype; None means the default dtype
        layout: None or refnet.strided
        device: None or the CPU
        requires_grad: whether the result requires a gradient

    Raises:
        RuntimeError: if `step` is 0 or leads away from `end`, and for a bound that is not finite
        NotImplementedError: for a boolean dtype

    Example:
        >>> import warnings
        >>> with warnings.catch_warnings(action="ignore"):
        ...     refnet.range(1, 4)
        tensor([1., 2., 3., 4.])
    """
    warn("range is deprecated: its end is included, unlike that of Python's range; use arange")
    np_dtype = float_dtype(dtype)
    first, last, delta = _bounds("range", start, end, step, np_dtype)
    if np_dtype.kind in "iu":
        first, last, delta = (
            converted(x, dtypes.int64.dtype, "range") for x in (first, last, delta)
        )
        if delta == 0:
            raise RuntimeError(f"range(): step must be nonzero, got {step} for {dtype}")
    size = math.floor((last - first) / delta) + 1
    return made(_steps("range", size, first, delta, np_dtype), requires_grad, device, layout)


def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Computes powers whose exponents are evenly spaced.

        yᵢ = base^(start + i (end − start) / (steps − 1))

    For an integer dtype, the ends and the powers are truncated towards 0.

    Args:
        start: the first exponent
        end: the last exponent
        steps: number of values
        base: the base of the powers
        dtype: the dtype; None means the default dtype
        layout: None or refnet.strided
        device: None or the CPU
        requires_grad: whether the result requires a gradient
        pin_memory: False; refnet runs on the CPU, which cannot pin memory

    Raises:
        RuntimeError: if `steps` is negative, or the dtype cannot hold `start` or `end`
        NotImplementedError: for a boolean dtype

    Example:
        >>> refnet.logspace(0, 3, 4)
        tensor([   1.,   10.,  100., 1000.])
    """
    np_dtype = float_dtype(dtype)
    base = float(number(base, "base", "logspace"))
    with np.errstate(all="ignore"):
        if steps == 1:
            power = float(np.power(base, float(number(start, "start", "logspace"))))
            first = converted(power, wide(np_dtype), "logspace")
            powers = np.array([first])
        else:
            powers = np.power(base, _spaced("logspace", start, end, steps, np_dtype, _WIDE))
        return made(powers.astype(np_dtype), requires_grad, device, layout, pin_memory)


def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Tensor, ...]:
    """Returns the coordinates of a grid. Result k holds the values of tensor k along dimension k.

    Args:
        *tensors: vectors or 0-d tensors of one dtype, or one list of them
        indexing: "ij"; or "xy", which swaps the first two dimensions; None means "ij", with
            PyTorch's warning

    Raises:
        RuntimeError: for a tensor of 2 or more dimensions, for different dtypes, for an
            unknown `indexing`, and if no tensor is given

    Example:
        >>> rows, columns = refnet.tensor([1, 2]), refnet.tensor([7, 8, 9])
        >>> refnet.meshgrid(rows, columns, indexing="ij")
        (tensor([[1, 1, 1],
                [2, 2, 2]]), tensor([[7, 8, 9],
                [7, 8, 9]]))
    """
    if indexing is None:
        warn("meshgrid: in an upcoming release, it will be required to pass the indexing argument.")
        indexing = "ij"
    xs = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors
    if indexing not in ("ij", "xy"):
        raise RuntimeError(
            f'meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}'
        )
    if not xs:
        raise RuntimeError("meshgrid: expected at least one tensor, got none")
    for k, x in enumerate(xs):
        if x.ndim > 1:
            raise RuntimeError(
                f"meshgrid: expected tensors of 0 or 1 dimensions, got shape {list(x.shape)} at {k}"
            )
        if x.dtype != xs[0].dtype:
            raise RuntimeError(
                f"meshgrid: expected tensors of one dtype, got {xs[0].dtype} and {x.dtype}"
            )
    xs = [x.reshape(-1) for x in xs]
    if indexing == "xy" and len(xs) > 1:
        xs[0], xs[1] = xs[1], xs[0]
    shape = tuple(x.numel() for x in xs)
    grids = []
    for k, x in enumerate(xs):
        sizes = (1,) * k + (-1,) + (1,) * (len(xs) - 1 - k)
        grids.append(x.reshape(sizes).expand(shape))
    if indexing == "xy" and len(xs) > 1:
        grids[0], grids[1] = grids[1], grids[0]
    return tuple(grids)


def _corner(
    function: str, corner: Callable[..., Any], row: Any, col: Any, offset: Any, dtype: Any
) -> Array:
    """Returns row and column indices; `corner` is NumPy's tril_indices or triu_indices."""
    row, col = count(row, "row", function), count(col, "col", function)
    offset = integer(offset, "offset", function)
    np_dtype = dtypes.int64.dtype if dtype is None else as_numpy(dtype)
    if np_dtype not in (np.int32, np.int64):
        raise NotImplementedError(f"{function}(): expected int32 or int64, got {dtype}")
    numbers: Array = np.stack(corner(row, offset, col)).astype(np_dtype)
    return numbers


def tril_indices(
    row: int,
    col: int,
    offset: int = 0,
    *,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Returns the row and column indices on and below a diagonal.

    Args:
        row: the number of rows
        col: the number of columns
        offset: the diagonal: 0 is the main one, positive numbers are above it
        dtype: int32 or int64; None means int64
        layout: None or refnet.strided
        device: None or the CPU
        requires_grad: whether the result requires a gradient
        pin_memory: False; refnet runs on the CPU, which cannot pin memory

    Returns:
        a tensor of two rows: the row indices and the column indices

    Raises:
        RuntimeError: for a negative size
        NotImplementedError: for any other dtype

    Example:
        >>> refnet.tril_indices(2, 3)
        tensor([[0, 1, 1],
                [0, 0, 1]])
    """
    numbers = _corner("tril_indices", np.tril_indices, row, col, offset, dtype)
    return made(numbers, requires_grad, device, layout, pin_memory)


def triu_indices(
    row: int,
    col: int,
    offset: int = 0,
    *,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Returns the row and column indices on and above a diagonal.

    Args:
        row: the number of rows
        col: the number of columns
        offset: the diagonal: 0 is the main one, positive numbers are above it
        dtype: int32 or int64; None means int64
        layout: None or refnet.strided
        device: None or the CPU
        requires_grad: whether the result requires a gradient
        pin_memory: False; refnet runs on the CPU, which cannot pin memory

    Returns:
        a tensor of two rows: the row indices and the column indices

    Raises:
        RuntimeError: for a negative size
        NotImplementedError: for any other dtype

    Example:
        >>> refnet.triu_indices(2, 3)
        tensor([[0, 0, 0, 1, 1],
                [0, 1, 2, 1, 2]])
    """
    numbers = _corner("triu_indices", np.triu_indices, row, col, offset, dtype)
    return made(numbers, requires_grad, device, layout, pin_memory)
