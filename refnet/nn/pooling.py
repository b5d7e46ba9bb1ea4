"""Layers that pool over sliding windows: MaxPool, AvgPool, LPPool.

The input is (N, C, n₁, …, n_d) or (C, n₁, …, n_d), and along each of its last d dimensions lie

    m = ⌊(n + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1

windows. With ceil_mode it is ⌈ ⌉, but a window that would start behind the input and the padding
before it is left out. kernel_size, stride, padding and dilation are a number for all dimensions,
or a tuple with one for each.
"""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.module import Module
from refnet.nn.sizes import Size, as_tuple

__all__ = [
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "LPPool1d",
    "LPPool2d",
    "LPPool3d",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
]


class _MaxPool(Module):
    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        dilation: Size = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride if stride is not None else kernel_size
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def extra_repr(self) -> str:
        """The windows."""
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPool):
    """y_j = max_k x[j·stride − padding + k·dilation], k = 0, …, kernel_size − 1

    What lies in the padding counts as −∞. Of equal entries the first one has the gradient.

    The gradient is derived in `refnet.ops.max_pool`.

    Shape:
        x: (N, C, n) or (C, n), y: with m windows in place of n (see the module)

    Args:
        stride: by default kernel_size
        return_indices: also return where the maxima are, for MaxUnpool1d
        ceil_mode: also a window that is not filled at the end

    Source:
        torch.nn.MaxPool1d
    """

    def forward(self, input: Tensor) -> Tensor:
        """y, or (y, indices)."""
        return F.max_pool1d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
            self.return_indices,
        )


class MaxPool2d(_MaxPool):
    """y = the largest entry of each window of (kernel_size, kernel_size) entries

    What lies in the padding counts as −∞. Of equal entries the first one, row by row, has the
    gradient.

    The gradient is derived in `refnet.ops.max_pool`.

    Shape:
        x: (N, C, H, W) or (C, H, W), y: with m windows in place of each n (see the module)

    Args:
        stride: by default kernel_size
        return_indices: also return where in the H·W plane the maxima are, for MaxUnpool2d
        ceil_mode: also windows that are not filled at the ends

    Source:
        torch.nn.MaxPool2d
    """

    def forward(self, input: Tensor) -> Tensor:
        """y, or (y, indices)."""
        return F.max_pool2d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
            self.return_indices,
        )


class MaxPool3d(_MaxPool):
    """y = the largest entry of each window of (kernel_size, kernel_size, kernel_size) entries

    What lies in the padding counts as −∞. Of equal entries the first one, plane by plane and row
    by row, has the gradient.

    The gradient is derived in `refnet.ops.max_pool`.

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W), y: with m windows in place of each n

    Args:
        stride: by default kernel_size
        return_indices: also return where in the D·H·W volume the maxima are
        ceil_mode: also windows that are not filled at the ends

    Source:
        torch.nn.MaxPool3d
    """

    def forward(self, input: Tensor) -> Tensor:
        """y, or (y, indices)."""
        return F.max_pool3d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            self.ceil_mode,
            self.return_indices,
        )


class _AvgPool(Module):
    kernel_size: Size
    stride: Size
    padding: Size

    def extra_repr(self) -> str:
        """The windows."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool1d(_AvgPool):
    """y_j = the mean of x[j·stride − padding + k], k = 0, …, kernel_size − 1

    The gradient is derived in `refnet.ops.avg_pool`.

    Shape:
        x: (N, C, n) or (C, n), y: with m windows in place of n (see the module)

    Args:
        stride: by default kernel_size
        ceil_mode: also a window that is not filled at the end
        count_include_pad: the padding counts as zeros; False: it does not count. What a
            window has behind the padding never counts

    Source:
        torch.nn.AvgPool1d
    """

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size = as_tuple(1, kernel_size)
        self.stride = as_tuple(1, stride if stride is not None else kernel_size)
        self.padding = as_tuple(1, padding)
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        """The means."""
        return F.avg_pool1d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
        )


class _AvgPoolWithDivisor(_AvgPool):
    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride if stride is not None else kernel_size
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override


class AvgPool2d(_AvgPoolWithDivisor):
    """y = the mean of each window of (kernel_size, kernel_size) entries

    The gradient is derived in `refnet.ops.avg_pool`.

    Shape:
        x: (N, C, H, W) or (C, H, W), y: with m windows in place of each n (see the module)

    Args:
        stride: by default kernel_size
        ceil_mode: also windows that are not filled at the ends
        count_include_pad: the padding counts as zeros; False: it does not count
        divisor_override: divide every window's sum by this instead

    Source:
        torch.nn.AvgPool2d
    """

    def forward(self, input: Tensor) -> Tensor:
        """The means."""
        return F.avg_pool2d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )


class AvgPool3d(_AvgPoolWithDivisor):
    """y = the mean of each window of (kernel_size, kernel_size, kernel_size) entries

    The gradient is derived in `refnet.ops.avg_pool`.

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W), y: with m windows in place of each n

    Args:
        stride: by default kernel_size
        ceil_mode: also windows that are not filled at the ends
        count_include_pad: the padding counts as zeros; False: it does not count
        divisor_override: divide every window's sum by this instead

    Source:
        torch.nn.AvgPool3d
    """

    def forward(self, input: Tensor) -> Tensor:
        """The means."""
        return F.avg_pool3d(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )


class _LPPool(Module):
    def __init__(
        self,
        norm_type: float,
        kernel_size: Size,
        stride: Size | None = None,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.norm_type = norm_type
        self.kernel_size = kernel_size
        self.stride = stride
        self.ceil_mode = ceil_mode

    def extra_repr(self) -> str:
        """p and the windows."""
        return (
            f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, "
            f"ceil_mode={self.ceil_mode}"
        )


class LPPool1d(_LPPool):
    """y_j = (Σ_k x[j·stride + k]ᵖ)^{1/p}, k = 0, …, kernel_size − 1, with p = norm_type

    The power is that of x, not of |x|: an odd p can give NaN. A window that is not filled counts
    as if its mean filled it. A window of zeros has no gradient.

    The gradient is derived in `refnet.ops.avg_pool`.

    Shape:
        x: (N, C, n) or (C, n), y: with m windows in place of n (see the module)

    Args:
        norm_type: p; ±∞ gives the largest or smallest |x|
        stride: by default kernel_size
        ceil_mode: also a window that is not filled at the end

    Source:
        torch.nn.LPPool1d
    """

    def forward(self, input: Tensor) -> Tensor:
        """The norms."""
        p = float(self.norm_type)
        return F.lp_pool1d(input, p, self.kernel_size, self.stride, self.ceil_mode)


class LPPool2d(_LPPool):
    """y = (Σ xᵖ)^{1/p} over each window of (kernel_size, kernel_size) entries, with p = norm_type

    Everything else is as in LPPool1d.

    The gradient is derived in `refnet.ops.avg_pool`.

    Shape:
        x: (N, C, H, W) or (C, H, W), y: with m windows in place of each n (see the module)

    Source:
        torch.nn.LPPool2d
    """

    def forward(self, input: Tensor) -> Tensor:
        """The norms."""
        p = float(self.norm_type)
        return F.lp_pool2d(input, p, self.kernel_size, self.stride, self.ceil_mode)


class LPPool3d(_LPPool):
    """y = (Σ xᵖ)^{1/p} over each window of three dimensions, with p = norm_type

    Everything else is as in LPPool1d.

    The gradient is derived in `refnet.ops.avg_pool`.

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W), y: with m windows in place of each n

    Source:
        torch.nn.LPPool3d
    """

    def forward(self, input: Tensor) -> Tensor:
        """The norms."""
        p = float(self.norm_type)
        return F.lp_pool3d(input, p, self.kernel_size, self.stride, self.ceil_mode)
