"""Evenly spaced numbers, and the coordinates of grids: arange, linspace, meshgrid, tril_indices."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from refnet.engine import dtypes
from refnet.engine.caller_warning import warn
from refnet.engine.dtypes import as_numpy, converted, wide
from refnet.engine.tensor import Tensor
from refnet.functions.creation import float_or, made
from refnet.functions.dims import count, integer
from refnet.functions.operands import number
from refnet.ops.rule import Array

__all__ = ["arange", "linspace", "logspace", "meshgrid", "range", "tril_indices", "triu_indices"]

_MOST = 2**60  # more values than fit into any memory
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
    """start, start + step, … below end; arange(end) starts at 0. int64 if all three are integers

    For an integer dtype start and step are cut off, for int64 end is too, before the values are
    counted.
    Raises RuntimeError for a step that is 0 or points away from end, and for bounds that are not finite.
    """
    if end is None:
        if step != 1:
            raise TypeError("arange(): expected an end beside step, got none")
        start, end = 0, start
    first, last, by = _bounds("arange", start, end, step, dtype)
    if dtype is None and not all(isinstance(x, int) for x in (first, last, by)):
        dtype = dtypes.get_default_dtype()
    of = dtypes.int64.dtype if dtype is None else as_numpy(dtype)
    if of == np.int64:
        first, last, by = (converted(x, of, "arange") for x in (first, last, by))
        if by == 0:
            raise ValueError(f"arange(): step must be nonzero, got {step} for int64")
        size = -((first - last) // by)
    else:
        size = math.ceil((last - first) / by)
    steps = _steps("arange", size, first, by, of)
    return made(steps, requires_grad, device, layout, pin_memory)


def _bounds(function: str, start: Any, end: Any, step: Any, dtype: Any) -> tuple[Any, Any, Any]:
    """The three as Python numbers, where end can be reached."""
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


def _steps(function: str, size: int, start: Any, step: Any, of: np.dtype[Any]) -> Array:
    """start + i step, in whole numbers for an integer dtype."""
    if size > _MOST:
        raise RuntimeError(f"{function}(): invalid size, possible overflow: {size} values")
    if of.kind in "iu":
        start, step = (converted(x, dtypes.int64.dtype, function) for x in (start, step))
    i = np.arange(size, dtype=np.float64 if of.kind == "f" else np.int64)
    with np.errstate(over="ignore", invalid="ignore"):
        values: Array = (start + i * step).astype(of)
    return values


def refuse_bool_dtype(function: str, dtype: Any) -> None:
    """Raise NotImplementedError for booleans."""
    if dtype is not None and np.dtype(dtype).kind == "b":
        raise NotImplementedError(f"{function} has no values of {dtypes.bool}")


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
    """`steps` values from start to end, both included

    Integers are computed in float64 between the ends, which are cut off first, and then cut off too:
    one that would be whole may be off by one, as rounding goes.
    Raises RuntimeError for a negative number of steps, and for ends that the dtype does not hold.
    """
    of = float_or(dtype)
    values = _spaced("linspace", start, end, steps, of, of if of.kind == "f" else _WIDE)
    with np.errstate(invalid="ignore"):
        return made(values.astype(of), requires_grad, device, layout, pin_memory)


def _spaced(
    function: str, start: Any, end: Any, steps: Any, of: np.dtype[Any], computed: np.dtype[Any]
) -> Array:
    """Evenly spaced values between two ends in the dtype `of`, in the dtype that they are computed in."""
    n, kind = count(steps, "steps", function), computed.type
    if n == 0:
        return np.empty(0)
    a = kind(_end(start, "start", function, of if n > 1 else wide(of)))
    if n == 1:
        return np.array([a])
    refuse_bool_dtype(function, of)
    b = kind(_end(end, "end", function, of))
    with np.errstate(over="ignore", invalid="ignore"):
        i = np.arange(n, dtype=kind)
        step = (b - a) / kind(n - 1)
        values: Array = np.where(i < n // 2, a + step * i, b - step * (n - 1 - i))
        return values


def _end(x: Any, name: str, function: str, of: np.dtype[Any]) -> Any:
    """An end of a grid in its dtype."""
    if hasattr(x, "_array") and x.ndim:
        raise RuntimeError(
            f"{function} only supports 0-dimensional start and end tensors, but got {name} with "
            f"{x.ndim} dimension(s)."
        )
    return converted(number(x, name, function), of, function)


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
    """start, start + step, … up to and including end. PyTorch deprecates it for arange, and warns

    Raises RuntimeError for a step that is 0 or points away from end, and for bounds that are not finite.
    """
    warn("range is deprecated: its end is included, unlike that of Python's range; use arange")
    of = float_or(dtype)
    first, last, by = _bounds("range", start, end, step, of)
    if of.kind in "iu":
        first, last, by = (converted(x, dtypes.int64.dtype, "range") for x in (first, last, by))
        if by == 0:
            raise RuntimeError(f"range(): step must be nonzero, got {step} for {dtype}")
    size = math.floor((last - first) / by) + 1
    return made(_steps("range", size, first, by, of), requires_grad, device, layout)


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
    """base to the power of each of linspace(start, end, steps)

    For integers the exponents' ends are cut off, and so are the powers.
    Raises RuntimeError for a negative number of steps, and for ends that the dtype does not hold.
    """
    of = float_or(dtype)
    base = float(number(base, "base", "logspace"))
    with np.errstate(all="ignore"):
        if steps == 1:
            power = float(np.power(base, float(number(start, "start", "logspace"))))
            first = converted(power, wide(of), "logspace")
            powers = np.array([first])
        else:
            powers = np.power(base, _spaced("logspace", start, end, steps, of, _WIDE))
        return made(powers.astype(of), requires_grad, device, layout, pin_memory)


def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Tensor, ...]:
    """The coordinates of a grid: result k varies along axis k with the values of tensor k

    indexing "xy" swaps the first two axes; without it "ij" is meant, with PyTorch's warning.
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
        along = (1,) * k + (-1,) + (1,) * (len(xs) - 1 - k)
        grids.append(x.reshape(along).expand(shape))
    if indexing == "xy" and len(xs) > 1:
        grids[0], grids[1] = grids[1], grids[0]
    return tuple(grids)


def _corner(
    function: str, corner: Callable[..., Any], row: Any, col: Any, offset: Any, dtype: Any
) -> Array:
    """The row and column numbers of a corner, NumPy's tril_indices or triu_indices, in the dtype."""
    row, col = count(row, "row", function), count(col, "col", function)
    offset = integer(offset, "offset", function)
    of = dtypes.int64.dtype if dtype is None else as_numpy(dtype)
    if of not in (np.int32, np.int64):
        raise NotImplementedError(f"{function}(): expected int32 or int64, got {dtype}")
    numbers: Array = np.stack(corner(row, offset, col)).astype(of)
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
    """The row and column numbers on and below a diagonal, in int64 unless another dtype is given

    Raises RuntimeError for a negative size, NotImplementedError for what is neither int32 nor int64.
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
    """The row and column numbers on and above a diagonal, in int64 unless another dtype is given

    Raises RuntimeError for a negative size, NotImplementedError for what is neither int32 nor int64.
    """
    numbers = _corner("triu_indices", np.triu_indices, row, col, offset, dtype)
    return made(numbers, requires_grad, device, layout, pin_memory)
