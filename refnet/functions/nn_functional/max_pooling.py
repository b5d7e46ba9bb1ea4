"""max_pool1d, 2d and 3d under PyTorch's names, with and without the places of the maxima.

kernel_size, stride (by default kernel_size), padding and dilation are an int, or a tuple with one
for each spatial dimension; see refnet.functions.nn_functional.sliding.
"""

from typing import Any

from refnet import ops
from refnet.engine.tape import apply_several
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.checks import check_floating
from refnet.functions.nn_functional.sliding import Sliding
from refnet.ops.windows import grid

__all__ = [
    "max_pool1d",
    "max_pool1d_with_indices",
    "max_pool2d",
    "max_pool2d_with_indices",
    "max_pool3d",
    "max_pool3d_with_indices",
]


def _max_pool(input: Tensor, d: int, *arguments: Any) -> tuple[Tensor, Tensor]:
    function = f"max_pool{d}d"
    if input._array.dtype.kind == "b":
        raise NotImplementedError(f"{function} is not there for a boolean tensor")
    s = Sliding(function, input, d, *arguments)
    windows = s.windows()
    if not all(w.inside.any(axis=0).all() for w in windows):
        raise RuntimeError(
            f"{function}: with dilation {list(s.dilation)} a window holds no entry of the input of "
            f"size {list(s.n)}"
        )
    y, indices = apply_several(ops.max_pool, input, windows=grid(windows, s.n), size=s.m)
    return y, indices


def max_pool1d_with_indices(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """The largest entry of each window, and its place; return_indices changes nothing.

    The gradient is derived in `refnet.ops.max_pool`.
    """
    return _max_pool(input, 1, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool2d_with_indices(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """The largest entry of each window, and its place; return_indices changes nothing.

    The gradient is derived in `refnet.ops.max_pool`.
    """
    return _max_pool(input, 2, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool3d_with_indices(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """The largest entry of each window, and its place; return_indices changes nothing.

    The gradient is derived in `refnet.ops.max_pool`.
    """
    return _max_pool(input, 3, kernel_size, stride, padding, dilation, ceil_mode)


def with_indices(pair: tuple[Tensor, Tensor], wanted: bool) -> Tensor:
    """The values, or the pair of values and indices, for which a type checker sees a tensor: nearly everybody
    asks for the values, and what is unpacked of a pair is right."""
    return pair if wanted else pair[0]  # type: ignore[return-value]


def max_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor:
    """The largest entry of each window; with return_indices also its place.

    Without it the input has to have floating-point numbers, as in PyTorch.

    The gradient is derived in `refnet.ops.max_pool`.
    """
    pair = _max_pool(input, 1, kernel_size, stride, padding, dilation, ceil_mode)
    if not return_indices:
        check_floating("max_pool1d", input)
    return with_indices(pair, return_indices)


def max_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor:
    """The largest entry of each window; with return_indices also its place.

    The gradient is derived in `refnet.ops.max_pool`.
    """
    pair = _max_pool(input, 2, kernel_size, stride, padding, dilation, ceil_mode)
    return with_indices(pair, return_indices)


def max_pool3d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor:
    """The largest entry of each window; with return_indices also its place.

    The gradient is derived in `refnet.ops.max_pool`.
    """
    pair = _max_pool(input, 3, kernel_size, stride, padding, dilation, ceil_mode)
    return with_indices(pair, return_indices)
