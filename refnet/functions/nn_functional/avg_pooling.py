"""avg_pool and lp_pool of nn.functional, in 1, 2 and 3 dimensions.

The functions of two and three dimensions have the parameters of those of one; a size is an int, or
a tuple with one int for each dimension. See refnet.functions.nn_functional.sliding for the windows.
"""

import math
from typing import Any

from refnet import ops
from refnet.engine.argument_errors import is_integer
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.max_pooling import max_pool1d, max_pool2d, max_pool3d
from refnet.functions.nn_functional.sizes import check_flag
from refnet.functions.nn_functional.sliding import Sliding
from refnet.functions.operands import need_float

__all__ = ["avg_pool1d", "avg_pool2d", "avg_pool3d", "lp_pool1d", "lp_pool2d", "lp_pool3d"]


def _sliding(
    function: str, input: Tensor, d: int, sizes: tuple[Any, Any, Any], ceil_mode: bool
) -> Sliding:
    """Returns the windows for sizes = (kernel_size, stride, padding).

    For averages PyTorch's checks differ: two dimensions have another exception, and in three
    dimensions no window may be larger than the input without its padding.
    """
    if d == 2 and input.ndim < 3:
        raise IndexError(f"{function}(): expected 3D or 4D input, got {list(input._array.shape)}")
    s = Sliding(function, input, d, *sizes, 1, ceil_mode)
    if d == 3 and any(n < k for n, k in zip(s.n, s.kernel, strict=True)):
        raise RuntimeError(
            f"{function}(): expected an input not smaller than kernel_size {list(s.kernel)}, got "
            f"{list(s.n)}"
        )
    return s


def _avg_pool(
    input: Tensor,
    d: int,
    sizes: tuple[Any, Any, Any],
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None = None,
) -> Tensor:
    """Computes average pooling for sizes = (kernel_size, stride, padding)."""
    function = f"avg_pool{d}d"
    check_flag(function, "count_include_pad", count_include_pad)
    if divisor_override is not None and (not is_integer(divisor_override)):
        raise TypeError(f"{function}(): expected divisor_override int, got {divisor_override!r}")
    s = _sliding(function, input, d, sizes, ceil_mode)
    if divisor_override == 0:
        raise RuntimeError(f"{function}(): expected divisor_override other than 0, got 0")
    if input._array.dtype.kind not in "fc" and input._array.dtype != "int64":
        raise NotImplementedError(
            f"{function}(): expected a floating-point or int64 input, got {input.dtype}"
        )
    divisor = s.divisor(count_include_pad) if divisor_override is None else divisor_override
    return apply(ops.avg_pool, input, windows=s.windows(), divisor=divisor)


def avg_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """Computes the mean of each window of the last dimension.

        y_j = mean_k x[j·stride − padding + k],   k = 0, …, kernel_size − 1

    With ceil_mode, entries of a window beyond the padding never count. The gradient is derived in
    `refnet.ops.avg_pool`.

    Shape:
        input x: (N, C, L) or (C, L)
        y: (N, C, M) or (C, M), M = ⌊(L + 2·padding − kernel_size) / stride⌋ + 1

    Args:
        input: x
        kernel_size: size of the windows
        stride: distance between two windows; kernel_size by default
        padding: width of the padding at both ends, at most half of kernel_size
        ceil_mode: if True, M is rounded up: the last window may extend beyond the input and its
            padding, but not start after them
        count_include_pad: if True, padding counts as zeros; if False, it does not count

    Raises:
        RuntimeError: a size does not fit
        NotImplementedError: the input is neither floating-point nor int64

    Example:
        >>> F.avg_pool1d(refnet.tensor([[1.0, 3.0, 5.0, 9.0]]), 2)
        tensor([[2., 7.]])
    """
    return _avg_pool(input, 1, (kernel_size, stride, padding), ceil_mode, count_include_pad)


def avg_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """Computes the mean of each window of the last two dimensions, as avg_pool1d does for one.

    The gradient is derived in `refnet.ops.avg_pool`.

    Shape:
        input: (N, C, H, W) or (C, H, W)

    Args:
        input, kernel_size, stride, padding, ceil_mode, count_include_pad: as in avg_pool1d
        divisor_override: an int by which the sum of each window is divided instead of its count

    Example:
        >>> x = refnet.arange(16.0).reshape(1, 4, 4)
        >>> F.avg_pool2d(x, 2)
        tensor([[[ 2.5000,  4.5000],
                 [10.5000, 12.5000]]])
        >>> F.avg_pool2d(x, 2, divisor_override=1)
        tensor([[[10., 18.],
                 [42., 50.]]])
    """
    sizes = kernel_size, stride, padding
    return _avg_pool(input, 2, sizes, ceil_mode, count_include_pad, divisor_override)


def avg_pool3d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """Computes the mean of each window of the last three dimensions, as avg_pool1d does for one.

    The parameters are those of avg_pool2d. The gradient is derived in `refnet.ops.avg_pool`.

    Shape:
        input: (N, C, D, H, W) or (C, D, H, W)

    Example:
        >>> F.avg_pool3d(refnet.arange(8.0).reshape(1, 2, 2, 2), 2)
        tensor([[[[3.5000]]]])
    """
    sizes = kernel_size, stride, padding
    return _avg_pool(input, 3, sizes, ceil_mode, count_include_pad, divisor_override)


def _lp_pool(
    input: Tensor, d: int, p: float, kernel_size: Any, stride: Any, ceil_mode: bool
) -> Tensor:
    """Computes power-average pooling over the last d dimensions."""
    function = f"lp_pool{d}d"
    if d > 1 and isinstance(kernel_size, (tuple, list)) and len(kernel_size) != d:
        raise ValueError(f"{function}(): expected kernel_size int or {d} ints, got {kernel_size}")
    if math.isinf(p):
        largest = (max_pool1d, max_pool2d, max_pool3d)[d - 1]
        x = input.abs() if p > 0 else -input.abs()
        y: Tensor = largest(x, kernel_size, stride, 0, 1, ceil_mode)
        return y if p > 0 else -y
    s = _sliding(function, input, d, (kernel_size, stride, 0), ceil_mode)
    if d == 1 and isinstance(kernel_size, (tuple, list)):
        raise TypeError(f"{function}(): expected kernel_size int, got {kernel_size!r}")
    need_float(function, input)
    if p == 0:
        raise ZeroDivisionError(f"{function}(): expected norm_type other than 0, got {p}")
    divisor = s.divisor(count_include_pad=True)
    mean = apply(ops.avg_pool, input.pow(p), windows=s.windows(), divisor=divisor)
    # As in PyTorch, a window whose mean is 0, where the root has no derivative, has no gradient.
    y = (mean.sign() * mean.abs().relu() * math.prod(s.kernel)).pow(1 / p)
    return y


def lp_pool1d(
    input: Tensor,
    norm_type: int | float,
    kernel_size: Any,
    stride: Any = None,
    ceil_mode: bool = False,
) -> Tensor:
    """Computes the p-norm of each window of the last dimension.

        y_j = (Σ_k x[j·stride + k]ᵖ)^{1/p},   k = 0, …, kernel_size − 1

    The power is that of x, not of |x|, so an odd p can give NaN. With ceil_mode, the sum of a
    window that extends beyond the input is its mean times kernel_size. A window of zeros has no
    gradient. The gradient is derived in `refnet.ops.avg_pool`.

    Shape:
        input x: (N, C, L) or (C, L)
        y: (N, C, M) or (C, M), M = ⌊(L − kernel_size) / stride⌋ + 1

    Args:
        input: x
        norm_type: p; ∞ and −∞ give the largest and the smallest |x|
        kernel_size: size of the windows
        stride: distance between two windows; kernel_size by default
        ceil_mode: if True, M is rounded up, unless the last window then starts after the input

    Raises:
        RuntimeError: a size does not fit
        ZeroDivisionError: norm_type is 0
        NotImplementedError: the input is not floating-point

    Example:
        >>> F.lp_pool1d(refnet.tensor([[3.0, 4.0, 0.0, 1.0]]), 2, kernel_size=2)
        tensor([[5., 1.]])
    """
    return _lp_pool(input, 1, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(
    input: Tensor,
    norm_type: int | float,
    kernel_size: Any,
    stride: Any = None,
    ceil_mode: bool = False,
) -> Tensor:
    """Computes the p-norm of each window of the last two dimensions, as lp_pool1d does for one.

    The parameters are those of lp_pool1d. The gradient is derived in `refnet.ops.avg_pool`.

    Shape:
        input: (N, C, H, W) or (C, H, W)

    Example:
        >>> F.lp_pool2d(refnet.ones(1, 2, 2), 2, kernel_size=2)
        tensor([[[2.]]])
    """
    return _lp_pool(input, 2, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(
    input: Tensor,
    norm_type: int | float,
    kernel_size: Any,
    stride: Any = None,
    ceil_mode: bool = False,
) -> Tensor:
    """Computes the p-norm of each window of the last three dimensions, as lp_pool1d does for one.

    The parameters are those of lp_pool1d. The gradient is derived in `refnet.ops.avg_pool`.

    Shape:
        input: (N, C, D, H, W) or (C, D, H, W)

    Example:
        >>> F.lp_pool3d(refnet.ones(1, 2, 2, 2), 1, kernel_size=2)
        tensor([[[[8.]]]])
    """
    return _lp_pool(input, 3, norm_type, kernel_size, stride, ceil_mode)
