"""Transposed convolution layers, in one, two and three dimensions."""

from collections.abc import Sequence
from typing import Any

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.convolution import ConvNd
from refnet.nn.sizes import Size

__all__ = ["ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"]


class _ConvTranspose(ConvNd):
    """A transposed convolution; a subclass says of how many dimensions.

    Raises ValueError for another padding mode than "zeros".
    """

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
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            output_padding,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """The transposed convolution; output_size, with or without N and O, in the place of output_padding.

        Raises ValueError for an output_size that no output_padding gives.
        """
        conv = (F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d)[self.dims - 1]
        padding = self.output_padding if output_size is None else self._for(input, output_size)
        return conv(
            input,
            self.weight,
            self.bias,
            self.stride,
            self.padding,
            padding,
            self.groups,
            self.dilation,
        )

    def _for(self, input: Tensor, output_size: Sequence[int]) -> list[int]:
        """The output_padding that gives this size."""
        d, batch = self.dims, 2 if input.ndim == self.dims + 2 else 1
        if len(output_size) not in (d, d + batch):
            raise ValueError(
                f"{type(self).__name__}: for {input.ndim}D input, output_size must have {d} or "
                f"{d + batch} elements (got {len(output_size)})"
            )
        wanted = output_size[-d:]
        least = [
            (input.size(batch + i) - 1) * self.stride[i]
            - 2 * self.padding[i]
            + self.dilation[i] * (self.kernel_size[i] - 1)
            + 1
            for i in range(d)
        ]
        most = [n + s - 1 for n, s in zip(least, self.stride, strict=True)]
        if any(not a <= n <= b for a, n, b in zip(least, wanted, most, strict=True)):
            raise ValueError(
                f"requested an output size of {tuple(wanted)}, but valid sizes range from {least} to "
                f"{most} (for an input of {list(input.shape[batch:])})"
            )
        return [n - a for n, a in zip(wanted, least, strict=True)]


class ConvTranspose1d(_ConvTranspose):
    """y[n, o, i] = b[o] + Σ W[c, o, k] x[n, c, m] over the m, k with m·stride + k·dilation − padding = i

    The transposed map of a Conv1d with the same weight: that layer's gradient, not its inverse.

    The gradient is derived in `refnet.ops.transposed_convolution`.

    Shape:
        x: (N, C, M) or (C, M), y: (N, O, L) or (O, L),
        L = (M − 1) stride − 2 padding + dilation (K − 1) + output_padding + 1,
        weight W: (C, O/groups, K), bias b: (O)

    Args:
        in_channels, out_channels, kernel_size: C, O, K
        output_padding: which of the sizes L that a convolution would take to M is meant: less
            than the stride or the dilation
        others: those of Conv1d

    Init:
        W and b uniform on ±1/√(K O/groups)

    Source:
        torch.nn.ConvTranspose1d
    """

    dims = 1


class ConvTranspose2d(_ConvTranspose):
    """ConvTranspose1d's formula with indices of two components each

    The gradient is derived in `refnet.ops.transposed_convolution`.

    Shape:
        x: (N, C, H, W) or (C, H, W), y: with O and sizes as in ConvTranspose1d,
        weight W: (C, O/groups, K, K′), bias b: (O)

    Args:
        those of ConvTranspose1d

    Init:
        W and b uniform on ±1/√(K K′ O/groups)

    Source:
        torch.nn.ConvTranspose2d
    """

    dims = 2


class ConvTranspose3d(_ConvTranspose):
    """ConvTranspose1d's formula with indices of three components each

    The gradient is derived in `refnet.ops.transposed_convolution`.

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W), y: with O and sizes as in ConvTranspose1d,
        weight W: (C, O/groups, K, K′, K″), bias b: (O)

    Args:
        those of ConvTranspose1d

    Init:
        W and b uniform on ±1/√(K K′ K″ O/groups)

    Source:
        torch.nn.ConvTranspose3d
    """

    dims = 3
