"""MaxUnpool: puts the maxima of MaxPool back at their places, among zeros."""

from collections.abc import Sequence

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.description import describe
from refnet.nn.module import Module
from refnet.nn.sizes import Size, as_tuple

__all__ = ["MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d"]


class _MaxUnpoolNd(Module):
    """Inverse of max pooling over the last `dims` dimensions; described in MaxUnpool1d."""

    dims: int

    def __init__(self, kernel_size: Size, stride: Size | None = None, padding: Size = 0) -> None:
        super().__init__()
        self.kernel_size = as_tuple(self.dims, kernel_size)
        self.stride = as_tuple(self.dims, stride if stride is not None else kernel_size)
        self.padding = as_tuple(self.dims, padding)

    def forward(
        self, input: Tensor, indices: Tensor, output_size: Sequence[int] | None = None
    ) -> Tensor:
        """Returns y; output_size is its spatial size, which input does not always determine."""
        unpool = (F.max_unpool1d, F.max_unpool2d, F.max_unpool3d)[self.dims - 1]
        return unpool(input, indices, self.kernel_size, self.stride, self.padding, output_size)

    def extra_repr(self) -> str:
        """Returns the sizes of the windows."""
        return describe(self, "kernel_size", "stride", "padding")


class MaxUnpool1d(_MaxUnpoolNd):
    """Partial inverse of MaxPool1d: the maxima at their places, and zeros elsewhere.

        y[indices_j] = x_j

    The layer calls `refnet.nn.functional.max_unpool1d`. The gradient is derived in
    `refnet.ops.max_unpool`.

    Shape:
        x, indices: (N, C, M) or (C, M), the two results of MaxPool1d(…, return_indices=True)
        y: (N, C, L) or (C, L), by default L = (M − 1)·stride − 2·padding + kernel_size

    Args:
        kernel_size: as in the MaxPool1d
        stride: as in the MaxPool1d; kernel_size by default
        padding: as in the MaxPool1d

    Source:
        torch.nn.MaxUnpool1d

    Example:
        >>> x, indices = refnet.tensor([[3.0, 2.0]]), refnet.tensor([[1, 2]])
        >>> nn.MaxUnpool1d(2)(x, indices)
        tensor([[0., 3., 2., 0.]])
    """

    dims = 1


class MaxUnpool2d(_MaxUnpoolNd):
    """Partial inverse of MaxPool2d, as MaxUnpool1d is of MaxPool1d.

    The parameters are those of the MaxPool2d. The layer calls `refnet.nn.functional.max_unpool2d`.
    The gradient is derived in `refnet.ops.max_unpool`.

    Shape:
        x, indices: (N, C, M₁, M₂) or (C, M₁, M₂)
        y: (N, C, H, W) or (C, H, W), each size as in MaxUnpool1d

    Source:
        torch.nn.MaxUnpool2d

    Example:
        >>> nn.MaxUnpool2d(2)(refnet.tensor([[[5.0]]]), refnet.tensor([[[2]]]))
        tensor([[[0., 0.],
                 [5., 0.]]])
    """

    dims = 2


class MaxUnpool3d(_MaxUnpoolNd):
    """Partial inverse of MaxPool3d, as MaxUnpool1d is of MaxPool1d.

    The parameters are those of the MaxPool3d. The layer calls `refnet.nn.functional.max_unpool3d`.
    The gradient is derived in `refnet.ops.max_unpool`.

    Shape:
        x, indices: (N, C, M₁, M₂, M₃) or (C, M₁, M₂, M₃)
        y: (N, C, D, H, W) or (C, D, H, W), each size as in MaxUnpool1d

    Source:
        torch.nn.MaxUnpool3d

    Example:
        >>> nn.MaxUnpool3d((1, 1, 2))(refnet.tensor([[[[5.0]]]]), refnet.tensor([[[[1]]]]))
        tensor([[[[0., 5.]]]])
    """

    dims = 3
