"""Evenly spaced numbers, and the coordinates of grids: arange, linspace, meshgrid, tril_indices."""

from typing import TYPE_CHECKING, Any

import numpy as np

from refnet import dtypes
from refnet.dtypes import as_numpy
from refnet.functions.creation import float_or, is_tensor, made
from refnet.warning import warn

if TYPE_CHECKING:
    from refnet.tensor import Tensor

__all__ = [
    "arange",
    "linspace",
    "logspace",
    "meshgrid",
    "range",
    "tril_indices",
    "triu_indices",
]


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
) -> "Tensor":
    """start, start + step, … below end; arange(end) starts at 0. int64 if all three are integers

    Raises RuntimeError for a step that is 0 or points away from end.
    """
    if end is None:
        start, end = 0, start
    start, end, step = (x.item() if is_tensor(x) else x for x in (start, end, step))
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if (end - start) * step < 0:
        raise RuntimeError(
            "upper bound and lower bound inconsistent with step sign: "
            f"start {start}, end {end}, step {step}"
        )
    if dtype is None and not all(isinstance(x, (int, np.integer)) for x in (start, end, step)):
        dtype = dtypes.get_default_dtype()
    of = np.dtype(np.int64) if dtype is None else as_numpy(dtype)
    count = int(np.ceil((end - start) / step))
    steps = np.arange(count, dtype=np.float64 if of.kind == "f" else np.int64)
    return made((start + steps * step).astype(of), requires_grad, device, layout, pin_memory)


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
) -> "Tensor":
    """`steps` values from start to end, both included"""
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    start, end = (x.item() if is_tensor(x) else x for x in (start, end))
    of = float_or(dtype)
    i = np.arange(steps, dtype=of)
    step = of.type((end - start) / max(steps - 1, 1))
    from_end = of.type(end) - step * (steps - 1 - i)
    values = np.where(i < steps // 2, of.type(start) + step * i, from_end)
    values = values if steps != 1 else np.array([start])
    return made(values.astype(of), requires_grad, device, layout, pin_memory)


def range(
    start: Any,
    end: Any,
    step: Any = 1,
    *,
    dtype: dtypes.dtype | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> "Tensor":
    """start, start + step, … up to and including end. PyTorch deprecates it for arange, and warns

    Raises RuntimeError for a step that is 0 or points away from end.
    """
    warn("range is deprecated: its end is included, unlike that of Python's range; use arange")
    start, end, step = (x.item() if is_tensor(x) else x for x in (start, end, step))
    if step and (end - start) * step >= 0:
        end = start + step * (np.floor((end - start) / step) + 0.5)
    of = dtypes.get_default_dtype() if dtype is None else dtype
    return arange(
        start,
        end,
        step,
        dtype=of,
        layout=layout,
        device=device,
        requires_grad=requires_grad,
    )


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
) -> "Tensor":
    """base to the power of each of linspace(start, end, steps)

    Raises RuntimeError for negative steps.
    """
    exponents = linspace(start, end, steps, dtype=dtypes.float64)._array
    return made(
        np.power(base, exponents).astype(float_or(dtype)), requires_grad, device, layout, pin_memory
    )


def meshgrid(*tensors: Any, indexing: str | None = None) -> "tuple[Tensor, ...]":
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


def _index_dtype(function: str, row: int, col: int, dtype: Any) -> np.dtype[Any]:
    for name, size in (("row", row), ("col", col)):
        if size < 0:
            raise RuntimeError(f"{name} must be non-negative, got {size}")
    of = np.dtype(np.int64) if dtype is None else as_numpy(dtype)
    if of not in (np.int32, np.int64):
        raise NotImplementedError(f"{function}(): expected int32 or int64, got {dtype}")
    return of


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
) -> "Tensor":
    """The row and column numbers on and below a diagonal, in int64 unless another dtype is given

    Raises RuntimeError for a negative size, NotImplementedError for what is neither int32 nor int64.
    """
    of = _index_dtype("tril_indices", row, col, dtype)
    numbers = np.stack(np.tril_indices(row, offset, col)).astype(of)
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
) -> "Tensor":
    """The row and column numbers on and above a diagonal, in int64 unless another dtype is given

    Raises RuntimeError for a negative size, NotImplementedError for what is neither int32 nor int64.
    """
    of = _index_dtype("triu_indices", row, col, dtype)
    numbers = np.stack(np.triu_indices(row, offset, col)).astype(of)
    return made(numbers, requires_grad, device, layout, pin_memory)
