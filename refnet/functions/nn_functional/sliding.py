"""The windows of max_pool, avg_pool and lp_pool, from PyTorch's arguments.

The input is (N, C, n₁, …, n_d) or (C, n₁, …, n_d). Each of its last dimensions is covered by m
windows:

    m = ⌊(n + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1

With ceil_mode the division is rounded up, but a window that would start after the input and its
leading padding is left out.
"""

from typing import Any

import numpy as np

from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.sizes import check_flag, check_planes, sizes
from refnet.ops.rule import Array
from refnet.ops.windows import Windows, sliding


class Sliding:
    """The checked arguments of a pooling, each a tuple with one number for each spatial dimension.

    Attributes:
        kernel: sizes of the windows
        stride: distances between the starts of windows
        padding: widths of the padding
        dilation: distances between entries of a window
        n: sizes of the input
        m: numbers of windows

    Raises:
        RuntimeError: a size does not fit
        TypeError: an argument is not an int or bool
    """

    def __init__(
        self,
        function: str,
        input: Tensor,
        d: int,
        kernel_size: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        ceil_mode: Any,
    ) -> None:
        check_flag(function, "ceil_mode", ceil_mode)
        self.kernel = sizes(function, "kernel_size", kernel_size, d)
        given = stride is not None and not (isinstance(stride, (tuple, list)) and not stride)
        self.stride = sizes(function, "stride", stride, d) if given else self.kernel
        self.padding = sizes(function, "padding", padding, d)
        self.dilation = sizes(function, "dilation", dilation, d)
        check_planes(function, input, d, nonzero=-d - 1)
        for name in ("kernel", "stride", "dilation"):
            if min(getattr(self, name)) <= 0:
                raise RuntimeError(
                    f"{function}(): expected {name} above 0, got {getattr(self, name)}"
                )
        self.n = input._array.shape[input.ndim - d :]
        self.m = tuple(self._outputs(function, axis, ceil_mode) for axis in range(d))

    def _outputs(self, function: str, axis: int, ceil_mode: bool) -> int:
        """Returns the number of windows along an axis."""
        n, padding, stride = self.n[axis], self.padding[axis], self.stride[axis]
        reach = self.dilation[axis] * (self.kernel[axis] - 1) + 1
        if not 0 <= padding <= self.kernel[axis] // 2:
            raise RuntimeError(
                f"{function}(): expected padding from 0 to half of kernel_size, got {padding} and "
                f"kernel_size {self.kernel[axis]}"
            )
        free = n + 2 * padding - reach
        m: int = (-(-free // stride) if ceil_mode else free // stride) + 1
        if ceil_mode and (m - 1) * stride >= n + padding:
            m -= 1
        if m < 1:
            raise RuntimeError(
                f"{function}(): expected at least {reach} entries with padding in dimension "
                f"{axis}, got an input of size {list(self.n)} and padding {list(self.padding)}"
            )
        return m

    def windows(self) -> list[Windows]:
        """Returns the windows of each dimension."""
        return [
            sliding(n, m, kernel=k, stride=s, padding=p, dilation=e)
            for n, m, k, s, p, e in zip(
                self.n, self.m, self.kernel, self.stride, self.padding, self.dilation, strict=True
            )
        ]

    def divisor(self, count_include_pad: bool) -> Array:
        """Returns the number of entries of each window, (m₁, …, m_d).

        Entries of the padding count if count_include_pad; entries beyond the padding never count.
        """
        count = np.ones((), np.intp)
        for n, m, k, s, p in zip(
            self.n, self.m, self.kernel, self.stride, self.padding, strict=True
        ):
            start = np.arange(m) * s - p
            stop = np.minimum(start + k, n + p)
            if not count_include_pad:
                start, stop = np.maximum(start, 0), np.minimum(stop, n)
            count = count[..., None] * (stop - start)
        return count
