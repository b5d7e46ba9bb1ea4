"""Layers that pool over sliding windows: MaxPool, AvgPool and LPPool in 1, 2 and 3 dimensions.

Each of the last d dimensions of the input, of size n, is covered by m windows:

    m = ⌊(n + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1

With ceil_mode the division is rounded up, but a window that would start after the input and the
padding before it is left out. A size is an int for all dimensions or a tuple with one int for each.
"""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.description import describe
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


class _MaxPoolNd(Module):
    """Max pooling over the last `dims` dimensions; described in MaxPool1d."""

    dims: int

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

    def forward(self, input: Tensor) -> Tensor:
        """Returns y, or (y, indices) with return_indices."""
        pool = (F.max_pool1d, F.max_pool2d, F.max_pool3d)[self.dims - 1]
        windows = self.kernel_size, self.stride, self.padding, self.dilation
        return pool(input, *windows, self.ceil_mode, self.return_indices)

    def extra_repr(self) -> str:
        """Returns the sizes of the windows and ceil_mode."""
        return describe(self, "kernel_size", "stride", "padding", "dilation", "ceil_mode")


class MaxPool1d(_MaxPoolNd):
    """Max pooling over one dimension.

        y_j = max_k x[j·stride − padding + k·dilation],   k = 0, …, kernel_size − 1

    Padding counts as −∞. Among equal maxima, the first one receives the gradient. The layer calls
    `refnet.nn.functional.max_pool1d`. The gradient is derived in `refnet.ops.max_pool`.

    Shape:
        x: (N, C, L) or (C, L)
        y: (N, C, M) or (C, M), M = ⌊(L + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1

    Args:
        kernel_size: size of the windows
        stride: distance between two windows; kernel_size by default
        padding: width of the padding at both ends, at most half of kernel_size
        dilation: distance between two entries of a window
        return_indices: if True, forward also returns the indices of the maxima, for MaxUnpool1d
        ceil_mode: if True, the last window may extend beyond the input and its padding

    Source:
        torch.nn.MaxPool1d

    Example:
        >>> pool = nn.MaxPool1d(2, return_indices=True)
        >>> pool(refnet.tensor([[1.0, 3.0, 2.0, 2.0]]))
        (tensor([[3., 2.]]), tensor([[1, 2]]))
    """

    dims = 1


class MaxPool2d(_MaxPoolNd):
    """Max pooling over two dimensions, as MaxPool1d pools over one.

    The parameters are those of MaxPool1d; a size is an int or a pair of ints. The indices count the
    entries of a plane in row-major order; among equal maxima, the first one receives the gradient.
    The layer calls `refnet.nn.functional.max_pool2d`. The gradient is derived in
    `refnet.ops.max_pool`.

    Shape:
        x: (N, C, H, W) or (C, H, W)
        y: (N, C, H′, W′) or (C, H′, W′), each size as in MaxPool1d

    Source:
        torch.nn.MaxPool2d

    Example:
        >>> nn.MaxPool2d(2)(refnet.arange(16.0).reshape(1, 4, 4))
        tensor([[[ 5.,  7.],
                 [13., 15.]]])
    """

    dims = 2


class MaxPool3d(_MaxPoolNd):
    """Max pooling over three dimensions, as MaxPool1d pools over one.

    The parameters are those of MaxPool1d; a size is an int or a triple of ints. The indices count
    the entries of a volume in row-major order; among equal maxima, the first one receives the
    gradient. The layer calls `refnet.nn.functional.max_pool3d`. The gradient is derived in
    `refnet.ops.max_pool`.

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W)
        y: (N, C, D′, H′, W′) or (C, D′, H′, W′), each size as in MaxPool1d

    Source:
        torch.nn.MaxPool3d

    Example:
        >>> nn.MaxPool3d(2)(refnet.arange(8.0).reshape(1, 2, 2, 2))
        tensor([[[[7.]]]])
    """

    dims = 3


class _AvgPoolNd(Module):
    """Average pooling; described in AvgPool1d."""

    kernel_size: Size
    stride: Size
    padding: Size

    def extra_repr(self) -> str:
        """Returns the sizes of the windows."""
        return describe(self, "kernel_size", "stride", "padding")


class AvgPool1d(_AvgPoolNd):
    """Average pooling over one dimension.

        y_j = mean_k x[j·stride − padding + k],   k = 0, …, kernel_size − 1

    With ceil_mode, the part of a window beyond the padding never counts. The layer calls
    `refnet.nn.functional.avg_pool1d`. The gradient is derived in `refnet.ops.avg_pool`.

    Shape:
        x: (N, C, L) or (C, L)
        y: (N, C, M) or (C, M), M = ⌊(L + 2·padding − kernel_size) / stride⌋ + 1

    Args:
        kernel_size: size of the windows
        stride: distance between two windows; kernel_size by default
        padding: width of the padding at both ends, at most half of kernel_size
        ceil_mode: if True, the last window may extend beyond the input and its padding
        count_include_pad: if True, padding counts as zeros; if False, it does not count

    Source:
        torch.nn.AvgPool1d

    Example:
        >>> nn.AvgPool1d(2)(refnet.tensor([[1.0, 3.0, 5.0, 9.0]]))
        tensor([[2., 7.]])
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
        """Returns the means."""
        windows = self.kernel_size, self.stride, self.padding
        return F.avg_pool1d(input, *windows, self.ceil_mode, self.count_include_pad)


class _AvgPoolWithDivisor(_AvgPoolNd):
    """Average pooling over two or three dimensions, with divisor_override."""

    dims: int

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

    def forward(self, input: Tensor) -> Tensor:
        """Returns the means."""
        pool = F.avg_pool2d if self.dims == 2 else F.avg_pool3d
        windows = self.kernel_size, self.stride, self.padding
        divisor = self.count_include_pad, self.divisor_override
        return pool(input, *windows, self.ceil_mode, *divisor)


class AvgPool2d(_AvgPoolWithDivisor):
    """Average pooling over two dimensions, as AvgPool1d pools over one.

    The parameters before divisor_override are those of AvgPool1d; a size is an int or a pair of
    ints. The layer calls `refnet.nn.functional.avg_pool2d`. The gradient is derived in
    `refnet.ops.avg_pool`.

    Shape:
        x: (N, C, H, W) or (C, H, W)
        y: (N, C, H′, W′) or (C, H′, W′), each size as in AvgPool1d

    Args:
        kernel_size, stride, padding, ceil_mode, count_include_pad: as in AvgPool1d
        divisor_override: a number by which the sum of a window is divided instead of its count

    Source:
        torch.nn.AvgPool2d

    Example:
        >>> nn.AvgPool2d(2)(refnet.arange(16.0).reshape(1, 4, 4))
        tensor([[[ 2.5000,  4.5000],
                 [10.5000, 12.5000]]])
    """

    dims = 2


class AvgPool3d(_AvgPoolWithDivisor):
    """Average pooling over three dimensions, as AvgPool2d pools over two.

    The parameters are those of AvgPool2d; a size is an int or a triple of ints. The layer calls
    `refnet.nn.functional.avg_pool3d`. The gradient is derived in `refnet.ops.avg_pool`.

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W)
        y: (N, C, D′, H′, W′) or (C, D′, H′, W′), each size as in AvgPool1d

    Source:
        torch.nn.AvgPool3d

    Example:
        >>> nn.AvgPool3d(2)(refnet.arange(8.0).reshape(1, 2, 2, 2))
        tensor([[[[3.5000]]]])
    """

    dims = 3


class _LPPoolNd(Module):
    """Power-average pooling over the last `dims` dimensions; described in LPPool1d."""

    dims: int

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

    def forward(self, input: Tensor) -> Tensor:
        """Returns the norms."""
        pool = (F.lp_pool1d, F.lp_pool2d, F.lp_pool3d)[self.dims - 1]
        return pool(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)

    def extra_repr(self) -> str:
        """Returns p and the sizes of the windows."""
        return describe(self, "norm_type", "kernel_size", "stride", "ceil_mode")


class LPPool1d(_LPPoolNd):
    """Power-average pooling over one dimension: the p-norm of each window.

        y_j = (Σ_k x[j·stride + k]ᵖ)^{1/p},   k = 0, …, kernel_size − 1

    x is raised to the power p, not |x|, so an odd p can give NaN. With ceil_mode, the sum of a
    window that extends beyond the input is its mean times kernel_size. The gradient of a window of
    zeros is 0. The layer calls `refnet.nn.functional.lp_pool1d`. The gradient is derived in
    `refnet.ops.avg_pool`.

    Shape:
        x: (N, C, L) or (C, L)
        y: (N, C, M) or (C, M), M = ⌊(L − kernel_size) / stride⌋ + 1

    Args:
        norm_type: p; ∞ and −∞ give the largest and the smallest |x|
        kernel_size: size of the windows
        stride: distance between two windows; kernel_size by default
        ceil_mode: if True, the last window may extend beyond the input

    Source:
        torch.nn.LPPool1d

    Example:
        >>> nn.LPPool1d(2, kernel_size=2)(refnet.tensor([[3.0, 4.0, 0.0, 1.0]]))
        tensor([[5., 1.]])
    """

    dims = 1


class LPPool2d(_LPPoolNd):
    """Power-average pooling over two dimensions, as LPPool1d pools over one.

    The parameters are those of LPPool1d; a size is an int or a pair of ints. The layer calls
    `refnet.nn.functional.lp_pool2d`. The gradient is derived in `refnet.ops.avg_pool`.

    Shape:
        x: (N, C, H, W) or (C, H, W)
        y: (N, C, H′, W′) or (C, H′, W′), each size as in LPPool1d

    Source:
        torch.nn.LPPool2d

    Example:
        >>> nn.LPPool2d(2, kernel_size=2)(refnet.tensor([[[1.0, 1.0], [1.0, 1.0]]]))
        tensor([[[2.]]])
    """

    dims = 2


class LPPool3d(_LPPoolNd):
    """Power-average pooling over three dimensions, as LPPool1d pools over one.

    The parameters are those of LPPool1d; a size is an int or a triple of ints. The layer calls
    `refnet.nn.functional.lp_pool3d`. The gradient is derived in `refnet.ops.avg_pool`.

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W)
        y: (N, C, D′, H′, W′) or (C, D′, H′, W′), each size as in LPPool1d

    Source:
        torch.nn.LPPool3d

    Example:
        >>> nn.LPPool3d(1, kernel_size=2)(refnet.ones(1, 2, 2, 2))
        tensor([[[[8.]]]])
    """

    dims = 3
