"""Unfold copies the windows of an image to columns; Fold adds the columns to an image."""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.description import describe
from refnet.nn.module import Module
from refnet.nn.sizes import Size

__all__ = ["Fold", "Unfold"]


class Unfold(Module):
    """The windows of an image as the columns of a matrix.

        y[n, (c, k), j] = x[n, c, j·stride + k·dilation − padding], and 0 outside x

    j and k are pairs: the row and the column of a window, and those of an entry in it. The layer
    calls `refnet.nn.functional.unfold`. The gradient is derived in `refnet.ops.unfold`.

    Shape:
        x: (N, C, H, W) or (C, H, W)
        y: (N, C·K·K′, M) or (C·K·K′, M), where M is the number of windows

    Args:
        kernel_size: (K, K′), or an int for both
        dilation: distance between two entries of a window, an int or a pair of ints
        padding: width of the zeros at both ends, an int or a pair of ints
        stride: distance between two windows, an int or a pair of ints

    Source:
        torch.nn.Unfold

    Example:
        >>> nn.Unfold(kernel_size=(1, 2))(refnet.tensor([[[1.0, 2.0, 3.0]]]))
        tensor([[1., 2.],
                [2., 3.]])
    """

    def __init__(
        self, kernel_size: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Tensor) -> Tensor:
        """Returns the windows, one in each column."""
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        """Returns the arguments."""
        return describe(self, "kernel_size", "dilation", "padding", "stride")


class Fold(Module):
    """The sum of the columns, each at the place of its window: the transpose of Unfold.

        y[n, c, i] = Σ x[n, (c, k), j],   j·stride + k·dilation − padding = i

    i, j and k are pairs, as in Unfold; the sum is over all j and k that give i. The layer calls
    `refnet.nn.functional.fold`. The gradient is derived in `refnet.ops.fold`.

    Shape:
        x: (N, C·K·K′, M) or (C·K·K′, M), where M is the number of windows
        y: (N, C, H, W) or (C, H, W)

    Args:
        output_size: (H, W), or an int for both
        kernel_size: (K, K′), or an int for both
        dilation: distance between two entries of a window, an int or a pair of ints
        padding: width of the zeros at both ends, an int or a pair of ints
        stride: distance between two windows, an int or a pair of ints

    Source:
        torch.nn.Fold

    Example:
        >>> nn.Fold(output_size=(1, 3), kernel_size=(1, 2))(refnet.tensor([[1.0, 2.0], [2.0, 3.0]]))
        tensor([[[1., 4., 3.]]])
    """

    def __init__(
        self,
        output_size: Size,
        kernel_size: Size,
        dilation: Size = 1,
        padding: Size = 0,
        stride: Size = 1,
    ) -> None:
        super().__init__()
        self.output_size = output_size
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Tensor) -> Tensor:
        """Returns the sum of the columns, each at the place of its window."""
        return F.fold(
            input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride
        )

    def extra_repr(self) -> str:
        """Returns the arguments."""
        return describe(self, "output_size", "kernel_size", "dilation", "padding", "stride")
