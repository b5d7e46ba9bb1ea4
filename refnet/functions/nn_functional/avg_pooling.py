"""avg_pool and lp_pool in 1, 2 and 3 dimensions under PyTorch's names.

kernel_size, stride (by default kernel_size) and padding are an int, or a tuple with one for each
spatial dimension; see refnet.functions.nn_functional.sliding.
"""

import math
from typing import Any

from refnet import ops
from refnet.engine.tape import apply
from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.checks import check_floating
from refnet.functions.nn_functional.max_pooling import max_pool1d, max_pool2d, max_pool3d
from refnet.functions.nn_functional.sizes import check_flag
from refnet.functions.nn_functional.sliding import Sliding

__all__ = ["avg_pool1d", "avg_pool2d", "avg_pool3d", "lp_pool1d", "lp_pool2d", "lp_pool3d"]


def _sliding(
    function: str,
    input: Tensor,
    d: int,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
) -> Sliding:
    """The windows, after what PyTorch's averages check besides: in two dimensions another exception,
    in three no window larger than the input, whatever the padding."""
    if d == 2 and input.ndim < 3:
        raise IndexError(f"{function}: expected 3D or 4D input, got {list(input._array.shape)}")
    s = Sliding(function, input, d, kernel_size, stride, padding, 1, ceil_mode)
    if d == 3 and any(n < k for n, k in zip(s.n, s.kernel, strict=True)):
        raise RuntimeError(
            f"{function}: input of size {list(s.n)} smaller than kernel_size {list(s.kernel)}"
        )
    return s


def _avg_pool(
    input: Tensor,
    d: int,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Tensor:
    function = f"avg_pool{d}d"
    check_flag(function, "count_include_pad", count_include_pad)
    if divisor_override is not None and type(divisor_override) is not int:
        raise TypeError(f"{function}(): divisor_override must be int, got {divisor_override!r}")
    s = _sliding(function, input, d, kernel_size, stride, padding, ceil_mode)
    if divisor_override == 0:
        raise RuntimeError(f"{function}: divisor must be not zero")
    if input._array.dtype.kind not in "fc" and input._array.dtype != "int64":
        raise NotImplementedError(f"{function} is not there for {input.dtype}")
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
    """The mean of each window, in which the padding counts as zeros, or does not count.

    The gradient is derived in `refnet.ops.avg_pool`.
    """
    return _avg_pool(input, 1, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def avg_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window, in which the padding counts as zeros, or does not count.

    With divisor_override the sum is divided by that instead.

    The gradient is derived in `refnet.ops.avg_pool`.
    """
    return _avg_pool(
        input, 2, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


def avg_pool3d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window, in which the padding counts as zeros, or does not count.

    With divisor_override the sum is divided by that instead.

    The gradient is derived in `refnet.ops.avg_pool`.
    """
    return _avg_pool(
        input, 3, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


def _lp_pool(
    input: Tensor, d: int, p: float, kernel_size: Any, stride: Any, ceil_mode: bool
) -> Tensor:
    function = f"lp_pool{d}d"
    if d > 1 and isinstance(kernel_size, (tuple, list)) and len(kernel_size) != d:
        raise ValueError(
            f"{function}: kernel_size must be an int or {d} of them, got {kernel_size}"
        )
    if math.isinf(p):
        largest = (max_pool1d, max_pool2d, max_pool3d)[d - 1]
        x = input.abs() if p > 0 else -input.abs()
        y: Tensor = largest(x, kernel_size, stride, 0, 1, ceil_mode)
        return y if p > 0 else -y
    s = _sliding(function, input, d, kernel_size, stride, 0, ceil_mode)
    if d == 1 and isinstance(kernel_size, (tuple, list)):
        raise TypeError(f"{function}(): kernel_size must be an int, got {kernel_size!r}")
    check_floating(function, input)
    if p == 0:
        raise ZeroDivisionError(f"{function}: norm_type must not be 0")
    mean = apply(
        ops.avg_pool, input.pow(p), windows=s.windows(), divisor=s.divisor(count_include_pad=True)
    )
    # As in PyTorch: no gradient from a window whose mean is 0, where the root has no derivative.
    y = (mean.sign() * mean.abs().relu() * math.prod(s.kernel)).pow(1 / p)
    return y


def lp_pool1d(
    input: Tensor,
    norm_type: int | float,
    kernel_size: Any,
    stride: Any = None,
    ceil_mode: bool = False,
) -> Tensor:
    """(Σ xᵖ)^{1/p} over each window with p = norm_type; max |x| for ∞, min |x| for −∞.

    The gradient is derived in `refnet.ops.avg_pool`.
    """
    return _lp_pool(input, 1, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(
    input: Tensor,
    norm_type: int | float,
    kernel_size: Any,
    stride: Any = None,
    ceil_mode: bool = False,
) -> Tensor:
    """(Σ xᵖ)^{1/p} over each window with p = norm_type; max |x| for ∞, min |x| for −∞.

    The gradient is derived in `refnet.ops.avg_pool`.
    """
    return _lp_pool(input, 2, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(
    input: Tensor,
    norm_type: int | float,
    kernel_size: Any,
    stride: Any = None,
    ceil_mode: bool = False,
) -> Tensor:
    """(Σ xᵖ)^{1/p} over each window with p = norm_type; max |x| for ∞, min |x| for −∞.

    The gradient is derived in `refnet.ops.avg_pool`.
    """
    return _lp_pool(input, 3, norm_type, kernel_size, stride, ceil_mode)
