"""Transposed convolution layers in one, two and three dimensions.

A size is an int for all dimensions or a tuple with one int for each.
"""

from collections.abc import Sequence
from typing import Any

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.convolution import ConvNd
from refnet.nn.sizes import Size, as_tuple

__all__ = ["ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"]


class _ConvTranspose(ConvNd):
    """Transposed convolution over `dims` dimensions; described in ConvTranspose1d."""

    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Size = 0,
        output_padding: Size = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Size = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            name = type(self).__name__
            raise ValueError(f"{name}(): expected padding_mode 'zeros', got {padding_mode!r}")
        sizes = kernel_size, stride, padding, dilation
        super().__init__(
            in_channels, out_channels, *sizes, groups, bias, padding_mode, device, dtype
        )
        self.output_padding = as_tuple(self.dims, output_padding)

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Returns the transposed convolution.

        Args:
            input: x
            output_size: in place of output_padding, the spatial size of y, or the whole shape

        Raises:
            ValueError: no output_padding gives output_size, or output_size has another length
        """
        conv = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[self.dims - 1]
        extra = self.output_padding if output_size is None else self._extra(input, output_size)
        sizes = self.stride, self.padding, extra
        return conv(input, self.weight, self.bias, *sizes, self.groups, self.dilation)

    def _extra(self, input: Tensor, output_size: Sequence[int]) -> list[int]:
        """Returns the output_padding that gives this size."""
        d, batch = self.dims, 2 if input.ndim == self.dims + 2 else 1
        if len(output_size) not in (d, d + batch):
            raise ValueError(
                f"{type(self).__name__}(): expected output_size with {d} or {d + batch} elements "
                f"for a {input.ndim}D input, got {len(output_size)}"
            )
        wanted = output_size[-d:]
        smallest = [
            (input.size(batch + i) - 1) * self.stride[i]
            - 2 * self.padding[i]
            + self.dilation[i] * (self.kernel_size[i] - 1)
            + 1
            for i in range(d)
        ]
        largest = [n + s - 1 for n, s in zip(smallest, self.stride, strict=True)]
        if any(not a <= n <= b for a, n, b in zip(smallest, wanted, largest, strict=True)):
            raise ValueError(
                f"{type(self).__name__}(): expected output_size from {smallest} to {largest} for "
                f"an input of size {list(input.shape[batch:])}, got {list(wanted)}"
            )
        return [n - a for n, a in zip(wanted, smallest, strict=True)]


class ConvTranspose1d(_ConvTranspose):
    """Transposed convolution over one dimension.

        y[n, o, i] = b[o] + Σ W[c, o, k] x[n, c, j],   j·stride + k·dilation − padding = i

    The sum is over c and over all j and k that give i. It is the gradient of Conv1d with respect to
    its input, not its inverse. The layer calls `refnet.nn.functional.conv_transpose1d`. The
    gradient is derived in `refnet.ops.transposed_convolution`.

    Shape:
        x: (N, C, M) or (C, M)
        y: (N, O, L) or (O, L),
            L = (M − 1)·stride − 2·padding + dilation·(K − 1) + output_padding + 1
        weight W: (C, O / groups, K)
        bias b: (O)

    Args:
        in_channels: C
        out_channels: O
        kernel_size: K
        stride: distance between the windows of neighbouring entries of x
        padding: number of entries that are cut off at both ends of y
        output_padding: number of entries that are added at the end of y, less than stride or
            dilation; a convolution maps several sizes L to the same M, and output_padding selects
            one of them
        groups: number of equal parts of C and O that are convolved separately
        bias: if False, the layer has no b
        dilation: distance between two entries of a window
        padding_mode: must be "zeros"
        device: None or "cpu"
        dtype: dtype of the parameters

    Raises:
        ValueError: padding_mode is not "zeros", or groups is not positive or does not divide the
            channels

    Init:
        W and b uniform on ±1/√(K O / groups)

    Source:
        torch.nn.ConvTranspose1d

    Example:
        >>> conv = nn.ConvTranspose1d(1, 1, kernel_size=2, stride=2, bias=False)
        >>> _ = conv.load_state_dict({"weight": refnet.tensor([[[1.0, 10.0]]])})
        >>> conv(refnet.tensor([[1.0, 2.0]])).detach()
        tensor([[ 1., 10.,  2., 20.]])
    """

    dims = 1


class ConvTranspose2d(_ConvTranspose):
    """Transposed convolution over two dimensions; see ConvTranspose1d.

    The parameters are those of ConvTranspose1d; a size is an int or a pair of ints. The layer calls
    `refnet.nn.functional.conv_transpose2d`. The gradient is derived in
    `refnet.ops.transposed_convolution`.

    Shape:
        x: (N, C, H, W) or (C, H, W)
        y: (N, O, H′, W′) or (O, H′, W′), each size as in ConvTranspose1d
        weight: (C, O / groups, K, K′)
        bias: (O)

    Init:
        weight and bias uniform on ±1/√(K K′ O / groups)

    Source:
        torch.nn.ConvTranspose2d

    Example:
        >>> conv = nn.ConvTranspose2d(16, 3, kernel_size=4, stride=2, padding=1)
        >>> conv(refnet.randn(8, 16, 16, 16)).shape
        refnet.Size([8, 3, 32, 32])
    """

    dims = 2


class ConvTranspose3d(_ConvTranspose):
    """Transposed convolution over three dimensions; see ConvTranspose1d.

    The parameters are those of ConvTranspose1d; a size is an int or a triple of ints. The layer
    calls `refnet.nn.functional.conv_transpose3d`. The gradient is derived in
    `refnet.ops.transposed_convolution`.

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W)
        y: (N, O, D′, H′, W′) or (O, D′, H′, W′), each size as in ConvTranspose1d
        weight: (C, O / groups, K, K′, K″)
        bias: (O)

    Init:
        weight and bias uniform on ±1/√(K K′ K″ O / groups)

    Source:
        torch.nn.ConvTranspose3d

    Example:
        >>> nn.ConvTranspose3d(4, 1, 2, stride=2)(refnet.randn(1, 4, 3, 4, 4)).shape
        refnet.Size([1, 1, 6, 8, 8])
    """

    dims = 3
