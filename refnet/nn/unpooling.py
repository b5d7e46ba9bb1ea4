"""MaxUnpool: the maxima of MaxPool put back to their places, among zeros."""

from collections.abc import Sequence

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.module import Module
from refnet.nn.sizes import Size, as_tuple

__all__ = ["MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d"]


class _MaxUnpool(Module):
    dims: int

    def __init__(self, kernel_size: Size, stride: Size | None = None, padding: Size = 0) -> None:
        super().__init__()
        self.kernel_size = as_tuple(self.dims, kernel_size)
        self.stride = as_tuple(self.dims, stride if stride is not None else kernel_size)
        self.padding = as_tuple(self.dims, padding)

    def extra_repr(self) -> str:
        """The windows."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpool):
    """y[indices_j] = x_j, and 0 elsewhere: what MaxPool1d(…, return_indices=True) took from where

    The gradient is derived in `refnet.ops.max_unpool`.

    Shape:
        x, indices: (N, C, m) or (C, m), y: (N, C, n) or (C, n), by default with
        n = (m − 1)·stride − 2·padding + kernel_size

    Args:
        kernel_size, stride, padding: those of the MaxPool1d

    Source:
        torch.nn.MaxUnpool1d
    """

    dims = 1

    def forward(
        self, input: Tensor, indices: Tensor, output_size: Sequence[int] | None = None
    ) -> Tensor:
        """y; output_size is n, where several n lead to the same m."""
        return F.max_unpool1d(
            input, indices, self.kernel_size, self.stride, self.padding, output_size
        )


class MaxUnpool2d(_MaxUnpool):
    """y[indices_j] = x_j, and 0 elsewhere: what MaxPool2d(…, return_indices=True) took from where

    The gradient is derived in `refnet.ops.max_unpool`.

    Shape:
        x, indices: (N, C, m₁, m₂) or (C, m₁, m₂), y: with n in place of each m, by default
        n = (m − 1)·stride − 2·padding + kernel_size

    Args:
        kernel_size, stride, padding: those of the MaxPool2d

    Source:
        torch.nn.MaxUnpool2d
    """

    dims = 2

    def forward(
        self, input: Tensor, indices: Tensor, output_size: Sequence[int] | None = None
    ) -> Tensor:
        """y; output_size is (n₁, n₂), where several lead to the same (m₁, m₂)."""
        return F.max_unpool2d(
            input, indices, self.kernel_size, self.stride, self.padding, output_size
        )


class MaxUnpool3d(_MaxUnpool):
    """y[indices_j] = x_j, and 0 elsewhere: what MaxPool3d(…, return_indices=True) took from where

    The gradient is derived in `refnet.ops.max_unpool`.

    Shape:
        x, indices: (N, C, m₁, m₂, m₃) or (C, m₁, m₂, m₃), y: with n in place of each m, by
        default n = (m − 1)·stride − 2·padding + kernel_size

    Args:
        kernel_size, stride, padding: those of the MaxPool3d

    Source:
        torch.nn.MaxUnpool3d
    """

    dims = 3

    def forward(
        self, input: Tensor, indices: Tensor, output_size: Sequence[int] | None = None
    ) -> Tensor:
        """y; output_size is (n₁, n₂, n₃), where several lead to the same (m₁, m₂, m₃)."""
        return F.max_unpool3d(
            input, indices, self.kernel_size, self.stride, self.padding, output_size
        )
