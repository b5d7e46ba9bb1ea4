"""Making tensors: from data, or filled by a rule."""

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from refnet import dtypes
from refnet.device import check_device
from refnet.dtypes import as_numpy
from refnet.functions.dims import sizes_of
from refnet.tape import wrap

if TYPE_CHECKING:
    from refnet.tensor import Tensor

__all__ = [
    "arange",
    "as_tensor",
    "empty",
    "empty_like",
    "eye",
    "from_numpy",
    "full",
    "full_like",
    "is_tensor",
    "linspace",
    "meshgrid",
    "new_empty",
    "new_full",
    "new_ones",
    "new_tensor",
    "new_zeros",
    "numel",
    "ones",
    "ones_like",
    "tensor",
    "tril_indices",
    "triu_indices",
    "zeros",
    "zeros_like",
]


def is_tensor(obj: Any) -> bool:
    """Whether obj is a Tensor"""
    return hasattr(obj, "_array")


def numel(input: "Tensor") -> int:
    """The number of elements"""
    return input._array.size


def _float_or(dtype: Any) -> Any:
    return dtypes.get_default_dtype().dtype if dtype is None else as_numpy(dtype)


def _made(array: Any, requires_grad: bool, device: Any) -> "Tensor":
    check_device(device)
    result = wrap(np.asarray(array))
    return result.requires_grad_() if requires_grad else result


def _plain(data: Any) -> Any:
    """Nested lists with tensors in them, as NumPy takes them."""
    if is_tensor(data):
        return data._real()
    if isinstance(data, (list, tuple)):
        return [_plain(x) for x in data]
    return data


def _leaf_of(data: Any) -> Any:
    while isinstance(data, (list, tuple)) and data:
        data = data[0]
    return data


def _array_of(data: Any, dtype: Any) -> Any:
    """The data as an array of its own, of the dtype that PyTorch infers."""
    plain = _plain(data)
    try:
        array = np.array(plain)
    except ValueError as error:
        raise ValueError(f"tensor(): the lists have different lengths: {error}") from error
    if dtype is not None:
        return array.astype(as_numpy(dtype), copy=False)
    if array.dtype.kind not in "biufc":
        raise TypeError(f"new(): invalid data type {type(_leaf_of(data)).__name__!r}: {data!r}")
    made_of_python = not isinstance(_leaf_of(data), (np.ndarray, np.generic)) and not is_tensor(
        _leaf_of(data)
    )
    if array.dtype.kind == "f" and made_of_python:
        array = array.astype(dtypes.get_default_dtype().dtype)
    return array


def tensor(
    data: Any,
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> "Tensor":
    """A copy of the data: numbers, nested lists, arrays. Python floats take the default dtype,
    integers int64; arrays keep theirs.

    Raises ValueError for lists of different lengths, TypeError for what is not a number.
    """
    if pin_memory:
        raise RuntimeError("pin_memory=True needs a GPU; refnet runs on the CPU")
    array = _array_of(data, dtype)
    dtypes.from_numpy_dtype(array.dtype)
    return _made(array, requires_grad, device)


def as_tensor(data: Any, dtype: dtypes.dtype | None = None, device: Any = None) -> "Tensor":
    """The data as a tensor, without a copy where that is possible"""
    check_device(device)
    if is_tensor(data):
        kept: Tensor = data if dtype is None else data.to(dtype)
        return kept
    if isinstance(data, np.ndarray) and (dtype is None or as_numpy(dtype) == data.dtype):
        return from_numpy(data)
    return tensor(data, dtype=dtype)


def from_numpy(ndarray: Any) -> "Tensor":
    """A tensor on the array's own memory

    Raises TypeError for what is not an array, or of a dtype without a name here.
    """
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    dtypes.from_numpy_dtype(ndarray.dtype)
    return wrap(ndarray)


def _filled(fill: Any, size: Any, dtype: Any, device: Any, requires_grad: bool) -> "Tensor":
    sizes = sizes_of(size)
    if any(n < 0 for n in sizes):
        raise RuntimeError(
            f"Trying to create tensor with negative dimension {min(sizes)}: {list(sizes)}"
        )
    return _made(np.full(sizes, fill, _float_or(dtype)), requires_grad, device)


def zeros(
    *size: Any,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> "Tensor":
    """Zeros of this size"""
    return _filled(0, size, dtype, device, requires_grad)


def ones(
    *size: Any,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> "Tensor":
    """Ones of this size"""
    return _filled(1, size, dtype, device, requires_grad)


def empty(
    *size: Any,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> "Tensor":
    """A tensor of this size whose values are to be set; they are zeros until then"""
    return _filled(0, size, dtype, device, requires_grad)


def full(
    size: Any,
    fill_value: Any,
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> "Tensor":
    """One value everywhere, and its dtype unless another is given"""
    value = fill_value.item() if is_tensor(fill_value) else fill_value
    of = dtypes.from_numpy_dtype(dtypes.result_dtype(value)) if dtype is None else dtype
    return _filled(value, (size,), of, device, requires_grad)


def eye(
    n: int,
    m: int | None = None,
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> "Tensor":
    """Ones on the diagonal of an n × m matrix, zeros elsewhere"""
    return _made(np.eye(n, m, dtype=_float_or(dtype)), requires_grad, device)


def arange(
    start: Any,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
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
    return _made((start + steps * step).astype(of), requires_grad, device)


def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> "Tensor":
    """`steps` values from start to end, both included"""
    if steps < 0:
        raise RuntimeError("number of steps must be non-negative")
    start, end = (x.item() if is_tensor(x) else x for x in (start, end))
    of = _float_or(dtype)
    i = np.arange(steps, dtype=of)
    step = of.type((end - start) / max(steps - 1, 1))
    from_end = of.type(end) - step * (steps - 1 - i)
    values = np.where(i < steps // 2, of.type(start) + step * i, from_end)
    values = values if steps != 1 else np.array([start])
    return _made(values.astype(of), requires_grad, device)


def zeros_like(
    input: "Tensor",
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> "Tensor":
    """Zeros of input's shape and dtype"""
    return zeros(
        input.shape, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad
    )


def ones_like(
    input: "Tensor",
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> "Tensor":
    """Ones of input's shape and dtype"""
    return ones(input.shape, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)


def empty_like(
    input: "Tensor",
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> "Tensor":
    """A tensor of input's shape and dtype whose values are to be set"""
    return empty(
        input.shape, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad
    )


def full_like(
    input: "Tensor",
    fill_value: Any,
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> "Tensor":
    """One value in input's shape and dtype"""
    return full(
        input.shape,
        fill_value,
        dtype=dtype or input.dtype,
        device=device,
        requires_grad=requires_grad,
    )


def new_tensor(
    input: "Tensor",
    data: Any,
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> "Tensor":
    """tensor(data) in input's dtype"""
    return tensor(data, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)


def new_zeros(
    input: "Tensor",
    *size: Any,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> "Tensor":
    """Zeros of this size in input's dtype"""
    return zeros(*size, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)


def new_ones(
    input: "Tensor",
    *size: Any,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> "Tensor":
    """Ones of this size in input's dtype"""
    return ones(*size, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)


def new_empty(
    input: "Tensor",
    *size: Any,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> "Tensor":
    """A tensor of this size in input's dtype whose values are to be set"""
    return empty(*size, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad)


def new_full(
    input: "Tensor",
    size: Any,
    fill_value: Any,
    *,
    dtype: dtypes.dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> "Tensor":
    """One value everywhere in input's dtype"""
    return full(
        size, fill_value, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad
    )


def meshgrid(*tensors: Any, indexing: str | None = None) -> "tuple[Tensor, ...]":
    """The coordinates of a grid: result k varies along axis k with the values of tensor k

    indexing "xy" swaps the first two axes; without it "ij" is meant, with PyTorch's warning.
    """
    if indexing is None:
        warnings.warn(
            "meshgrid: in an upcoming release, it will be required to pass the indexing argument.",
            UserWarning,
            stacklevel=2,
        )
        indexing = "ij"
    xs = tensors[0] if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)) else tensors
    if indexing not in ("ij", "xy"):
        raise RuntimeError(
            f'meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}'
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


def tril_indices(row: int, col: int, offset: int = 0) -> "Tensor":
    """The row and column numbers on and below a diagonal"""
    return wrap(np.stack(np.tril_indices(row, offset, col)).astype(np.int64))


def triu_indices(row: int, col: int, offset: int = 0) -> "Tensor":
    """The row and column numbers on and above a diagonal"""
    return wrap(np.stack(np.triu_indices(row, offset, col)).astype(np.int64))
