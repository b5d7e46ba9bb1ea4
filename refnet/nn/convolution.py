"""Convolution layers, in one, two and three dimensions.

Where an argument has a number for each dimension, one number stands for all of them.
"""

import math
from typing import Any

from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.convolution import same_padding
from refnet.nn import functional as F, init
from refnet.nn.module import Module
from refnet.nn.parameter import Parameter, empty_parameter
from refnet.nn.sizes import Size, as_tuple

__all__ = ["Conv1d", "Conv2d", "Conv3d"]

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class ConvNd(Module):
    """What convolutions of 1, 2 and 3 dimensions and transposed ones have in common.

    Raises ValueError for groups that do not divide the channels, an unknown padding, or "same" padding
    with a stride.
    """

    dims: int
    transposed = False
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size,
        padding: Any,
        dilation: Size,
        output_padding: Size,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any,
        dtype: Any,
    ) -> None:
        super().__init__()
        d = self.dims
        stride = as_tuple(d, stride)
        if groups <= 0:
            raise ValueError(f"groups must be a positive integer, got {groups}")
        if in_channels % groups or out_channels % groups:
            raise ValueError(
                f"in_channels and out_channels must be divisible by groups, got {in_channels}, "
                f"{out_channels} and {groups}"
            )
        if isinstance(padding, str) and not self.transposed:
            if padding not in ("same", "valid"):
                raise ValueError(f"Invalid padding string {padding!r}, should be 'same' or 'valid'")
            if padding == "same" and any(s != 1 for s in stride):
                raise ValueError("padding='same' is not supported for strided convolutions")
        else:
            padding = as_tuple(d, padding)
        if padding_mode not in PADDING_MODES:
            raise ValueError(f"padding_mode must be one of {PADDING_MODES}, got {padding_mode!r}")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = as_tuple(d, kernel_size)
        self.stride = stride
        self.padding = padding
        self.dilation = as_tuple(d, dilation)
        self.output_padding = as_tuple(d, output_padding)
        self.groups = groups
        self.padding_mode = padding_mode
        channels = (out_channels, in_channels // groups)
        if self.transposed:
            channels = (in_channels, out_channels // groups)
        self.weight = empty_parameter(*channels, *self.kernel_size, device=device, dtype=dtype)
        if bias:
            self.bias = empty_parameter(out_channels, device=device, dtype=dtype)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw W and b anew."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in = math.prod(self.weight.shape[1:])
        if self.bias is not None and fan_in > 0:
            bound = 1 / math.sqrt(fan_in)
            init.uniform_(self.bias, -bound, bound)

    def extra_repr(self) -> str:
        """The sizes, and the options that are not the defaults."""
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}"
        text += f", stride={self.stride}"
        if self.padding != (0,) * self.dims:
            text += f", padding={self.padding}"
        if self.dilation != (1,) * self.dims:
            text += f", dilation={self.dilation}"
        if self.output_padding != (0,) * self.dims:
            text += f", output_padding={self.output_padding}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text


class _Conv(ConvNd):
    """A convolution; a subclass says of how many dimensions."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: str | Size = 0,
        dilation: Size = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            0,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor) -> Tensor:
        """The convolution of the input, which F.pad extends first if the mode is not "zeros"."""
        conv = (F.conv1d, F.conv2d, F.conv3d)[self.dims - 1]
        padding: Any = self.padding
        if self.padding_mode != "zeros":
            input = F.pad(input, self._margins(), mode=self.padding_mode)
            padding = 0
        return conv(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)

    def _margins(self) -> list[int]:
        """The padding as F.pad has it: before and after the last dimension, then the one before."""
        if isinstance(self.padding, str):
            dilation = self.dilation if self.padding == "same" else (0,) * self.dims
            widths = [same_padding(*kd) for kd in zip(self.kernel_size, dilation, strict=True)]
        else:
            widths = [(p, p) for p in self.padding]
        return [width for pair in reversed(widths) for width in pair]


class Conv1d(_Conv):
    """y[n, o, m] = b[o] + Σ_{c, k} W[o, c, k] x[n, c, m·stride + k·dilation − padding]

    The gradient is derived in `refnet.ops.convolution`.

    Shape:
        x: (N, C, L) or (C, L), y: (N, O, M) or (O, M),
        M = ⌊(L + 2 padding − dilation (K − 1) − 1)/stride⌋ + 1,
        weight W: (O, C/groups, K), bias b: (O)

    Args:
        in_channels, out_channels, kernel_size: C, O, K
        padding: at both ends; "valid" is none, "same" what keeps the size, for stride 1
        groups: C and O are split into so many parts, which do not see each other; with
            groups = C each channel has a kernel of its own ("depthwise")
        bias: whether there is b
        padding_mode: "zeros", or as in F.pad "reflect", "replicate", "circular"

    Init:
        W and b uniform on ±1/√(K C/groups)

    Source:
        torch.nn.Conv1d
    """

    dims = 1


class Conv2d(_Conv):
    """Conv1d's formula with m, k, stride, dilation and padding of two components each

    The gradient is derived in `refnet.ops.convolution`.

    Shape:
        x: (N, C, H, W) or (C, H, W), y: (N, O, H′, W′) or (O, H′, W′), sizes as in Conv1d,
        weight W: (O, C/groups, K, K′), bias b: (O)

    Args:
        those of Conv1d

    Init:
        W and b uniform on ±1/√(K K′ C/groups)

    Source:
        torch.nn.Conv2d
    """

    dims = 2


class Conv3d(_Conv):
    """Conv1d's formula with m, k, stride, dilation and padding of three components each

    The gradient is derived in `refnet.ops.convolution`.

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W), y: with O and sizes as in Conv1d,
        weight W: (O, C/groups, K, K′, K″), bias b: (O)

    Args:
        those of Conv1d

    Init:
        W and b uniform on ±1/√(K K′ K″ C/groups)

    Source:
        torch.nn.Conv3d
    """

    dims = 3
