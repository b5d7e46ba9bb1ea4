"""Unfold and Fold: windows as columns, and columns added back."""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.module import Module
from refnet.nn.sizes import Size

__all__ = ["Fold", "Unfold"]


class Unfold(Module):
    """y[n, (c, k), m] = x[n, c, m·stride + k·dilation − padding], and 0 outside of x

    The gradient is derived in `refnet.ops.unfold`.

    Shape:
        x: (N, C, H, W) or (C, H, W), y: (N, C·K·K′, M) or (C·K·K′, M) for a kernel (K, K′) with
        M windows

    Args:
        each a number, or one for each dimension

    Source:
        torch.nn.Unfold
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
        """The windows, one in each column."""
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        """The arguments."""
        return (
            f"kernel_size={self.kernel_size}, dilation={self.dilation}, padding={self.padding}, "
            f"stride={self.stride}"
        )


class Fold(Module):
    """y[n, c, i] = Σ x[n, (c, k), m] over the m, k with m·stride + k·dilation − padding = i

    The gradient is derived in `refnet.ops.fold`.

    Shape:
        x: (N, C·K·K′, M) or (C·K·K′, M), y: (N, C, H, W) or (C, H, W)

    Args:
        output_size: (H, W), of which M is the number of windows
        others: as in Unfold

    Source:
        torch.nn.Fold
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
        """The sum of the columns, each where its window lies."""
        return F.fold(
            input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride
        )

    def extra_repr(self) -> str:
        """The arguments."""
        return (
            f"output_size={self.output_size}, kernel_size={self.kernel_size}, "
            f"dilation={self.dilation}, padding={self.padding}, stride={self.stride}"
        )
