"""max_pool1d, 2d and 3d of nn.functional, with and without the indices of the maxima.

The functions of two and three dimensions have the parameters of those of one; a size is an int, or
a tuple with one int for each dimension. See refnet.functions.nn_functional.sliding for the windows.
"""

from typing import Any

from refnet import ops
from refnet.engine.tape import apply_several
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.sliding import Sliding
from refnet.functions.operands import need_float
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
    """Computes max pooling over the last d dimensions; arguments are those of Sliding."""
    function = f"max_pool{d}d"
    if input._array.dtype.kind == "b":
        raise NotImplementedError(f"{function}(): expected a numeric input, got {input.dtype}")
    s = Sliding(function, input, d, *arguments)
    windows = s.windows()
    if not all(w.inside.any(axis=0).all() for w in windows):
        raise RuntimeError(
            f"{function}(): expected each window to hold an entry of the input of size "
            f"{list(s.n)}, got dilation {list(s.dilation)}"
        )
    y, indices = apply_several(ops.max_pool, input, windows=grid(windows, s.n), size=s.m)
    return y, indices


def with_indices(pair: tuple[Tensor, Tensor], wanted: bool) -> Tensor:
    """Returns the values, or the pair of values and indices.

    The annotation is that of the usual call, without indices. Type checkers accept that a caller
    unpacks the result too.
    """
    return pair if wanted else pair[0]  # type: ignore[return-value]


def max_pool1d_with_indices(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """Computes max_pool1d, and always returns the indices of the maxima too.

    The parameters are those of max_pool1d; return_indices has no effect. The gradient is derived in
    `refnet.ops.max_pool`.

    Example:
        >>> F.max_pool1d_with_indices(refnet.tensor([[1.0, 3.0, 2.0, 2.0]]), 2)
        (tensor([[3., 2.]]), tensor([[1, 2]]))
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
    """Computes max_pool2d, and always returns the indices of the maxima too.

    The parameters are those of max_pool2d; return_indices has no effect. The gradient is derived in
    `refnet.ops.max_pool`.

    Example:
        >>> F.max_pool2d_with_indices(refnet.arange(4.0).reshape(1, 2, 2), 2)
        (tensor([[[3.]]]), tensor([[[3]]]))
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
    """Computes max_pool3d, and always returns the indices of the maxima too.

    The parameters are those of max_pool3d; return_indices has no effect. The gradient is derived in
    `refnet.ops.max_pool`.

    Example:
        >>> F.max_pool3d_with_indices(refnet.arange(8.0).reshape(1, 2, 2, 2), 2)
        (tensor([[[[7.]]]]), tensor([[[[7]]]]))
    """
    return _max_pool(input, 3, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor:
    """Computes the maximum of each window of the last dimension.

        y_j = max_k x[j·stride − padding + k·dilation],   k = 0, …, kernel_size − 1

    Padding counts as −∞. The gradient goes to the first of equal maxima. The gradient is
    derived in `refnet.ops.max_pool`.

    Shape:
        input x: (N, C, L) or (C, L)
        y: (N, C, M) or (C, M), M = ⌊(L + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1

    Args:
        input: x
        kernel_size: size of the windows
        stride: distance between two windows; kernel_size by default
        padding: width of the padding at both ends, at most half of kernel_size
        dilation: distance between two entries of a window
        ceil_mode: if True, M is rounded up: the last window may extend beyond the input and its
            padding, but not start after them
        return_indices: if True, the indices of the maxima are returned too

    Returns:
        y, or (y, indices)

    Raises:
        RuntimeError: a size does not fit
        NotImplementedError: the input is boolean, or integer and return_indices is False, as in
            PyTorch

    Example:
        >>> F.max_pool1d(refnet.tensor([[1.0, 3.0, 2.0, 2.0]]), 2)
        tensor([[3., 2.]])
    """
    pair = _max_pool(input, 1, kernel_size, stride, padding, dilation, ceil_mode)
    if not return_indices:
        need_float("max_pool1d", input)
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
    """Computes the maximum of each window of the last two dimensions, as max_pool1d does for one.

    The parameters are those of max_pool1d; a size is an int or a pair of ints. An index is a
    position in the flattened plane. The gradient is derived in `refnet.ops.max_pool`.

    Shape:
        input: (N, C, H, W) or (C, H, W)

    Example:
        >>> F.max_pool2d(refnet.arange(16.0).reshape(1, 4, 4), 2)
        tensor([[[ 5.,  7.],
                 [13., 15.]]])
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
    """Computes the maximum of each window of the last three dimensions, as max_pool1d does for one.

    The parameters are those of max_pool1d; a size is an int or a triple of ints. An index is a
    position in the flattened volume. The gradient is derived in `refnet.ops.max_pool`.

    Shape:
        input: (N, C, D, H, W) or (C, D, H, W)

    Example:
        >>> F.max_pool3d(refnet.arange(8.0).reshape(1, 2, 2, 2), 2)
        tensor([[[[7.]]]])
    """
    pair = _max_pool(input, 3, kernel_size, stride, padding, dilation, ceil_mode)
    return with_indices(pair, return_indices)
