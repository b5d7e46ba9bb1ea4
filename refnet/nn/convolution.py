"""Convolution layers in one, two and three dimensions.

A size is an int for all dimensions or a tuple with one int for each.
"""

import math
from typing import Any

from refnet.engine.tensor import Tensor
from refnet.functions.nn_functional.convolution import same_padding
from refnet.nn import functional as F, init
from refnet.nn.description import describe
from refnet.nn.module import Module
from refnet.nn.parameter import Parameter, empty_parameter
from refnet.nn.sizes import Size, as_tuple

__all__ = ["Conv1d", "Conv2d", "Conv3d"]

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class ConvNd(Module):
    """Parameters, checks and repr of convolutions over `dims` dimensions, also transposed ones.

    The arguments are those of Conv1d.
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
        stride: Size = 1,
        padding: str | Size = 0,
        dilation: Size = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        d = self.dims
        stride = as_tuple(d, stride)
        name = type(self).__name__
        if groups <= 0:
            raise ValueError(f"{name}(): expected positive groups, got {groups}")
        if in_channels % groups or out_channels % groups:
            raise ValueError(
                f"{name}(): expected in_channels and out_channels to be divisible by groups, "
                f"got {in_channels}, {out_channels} and {groups}"
            )
        if isinstance(padding, str) and not self.transposed:
            if padding not in ("same", "valid"):
                raise ValueError(f"{name}(): expected padding 'same' or 'valid', got {padding!r}")
            if padding == "same" and any(s != 1 for s in stride):
                raise ValueError(f"{name}(): expected stride 1 with padding 'same', got {stride}")
        else:
            padding = as_tuple(d, padding)  # type: ignore[arg-type]  # forward refuses other text
        if padding_mode not in PADDING_MODES:
            raise ValueError(
                f"{name}(): expected padding_mode in {PADDING_MODES}, got {padding_mode!r}"
            )
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = as_tuple(d, kernel_size)
        self.stride = stride
        self.padding: Any = padding
        self.dilation = as_tuple(d, dilation)
        self.output_padding = as_tuple(d, 0)
        self.groups = groups
        self.padding_mode = padding_mode
        channels = (out_channels, in_channels // groups)
        if self.transposed:
            channels = (in_channels, out_channels // groups)
        self.weight = empty_parameter(*channels, *self.kernel_size, device=device, dtype=dtype)
        b = empty_parameter(out_channels, device=device, dtype=dtype) if bias else None
        self.register_parameter("bias", b)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws W and b."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in = math.prod(self.weight.shape[1:])
        if self.bias is not None and fan_in > 0:
            bound = 1 / math.sqrt(fan_in)
            init.uniform_(self.bias, -bound, bound)

    def extra_repr(self) -> str:
        """Returns the sizes, and the options that are not the defaults."""
        zeros, ones = (0,) * self.dims, (1,) * self.dims
        defaults = {"padding": zeros, "dilation": ones, "output_padding": zeros, "groups": 1}
        options = [name for name, default in defaults.items() if getattr(self, name) != default]
        text = f"{self.in_channels}, {self.out_channels}, "
        text += describe(self, "kernel_size", "stride", *options)
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text


class _Conv(ConvNd):
    """Convolution over `dims` dimensions; described in Conv1d."""

    def forward(self, input: Tensor) -> Tensor:
        """Returns the convolution; F.pad pads the input first if padding_mode is not "zeros"."""
        conv = (F.conv1d, F.conv2d, F.conv3d)[self.dims - 1]
        padding = self.padding
        if self.padding_mode != "zeros":
            input = F.pad(input, self._margins(), mode=self.padding_mode)
            padding = 0
        return conv(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)

    def _margins(self) -> list[int]:
        """Returns the padding as F.pad takes it: (before, after) of the last dimension first."""
        if self.padding == "same":
            widths = [same_padding(*kd) for kd in zip(self.kernel_size, self.dilation, strict=True)]
        elif self.padding == "valid":
            widths = [(0, 0)] * self.dims
        else:
            widths = [(p, p) for p in self.padding]
        return [width for pair in reversed(widths) for width in pair]


class Conv1d(_Conv):
    """Convolution over one dimension.

        y[n, o, j] = b[o] + Σ_{c, k} W[o, c, k] x[n, c, j·stride + k·dilation − padding]

    The layer calls `refnet.nn.functional.conv1d`. The gradient is derived in
    `refnet.ops.convolution`.

    Shape:
        x: (N, C, L) or (C, L)
        y: (N, O, M) or (O, M), M = ⌊(L + 2·padding − dilation·(K − 1) − 1) / stride⌋ + 1
        weight W: (O, C / groups, K)
        bias b: (O)

    Args:
        in_channels: C
        out_channels: O
        kernel_size: K
        stride: distance between two windows
        padding: width of the padding at both ends; "valid" is 0, "same" keeps the size (stride 1
            only)
        dilation: distance between two entries of a window
        groups: number of equal parts of C and O that are convolved separately; with groups = C each
            channel has its own kernels (a depthwise convolution)
        bias: if False, the layer has no b
        padding_mode: "zeros", "reflect", "replicate" or "circular"; see refnet.nn.functional.pad
        device: None or "cpu"
        dtype: dtype of the parameters

    Raises:
        ValueError: groups is not positive or does not divide the channels, padding or padding_mode
            is unknown, or padding is "same" and stride is not 1

    Init:
        W and b uniform on ±1/√(K C / groups)

    Source:
        torch.nn.Conv1d

    Example:
        >>> conv = nn.Conv1d(1, 1, kernel_size=2, bias=False)
        >>> _ = conv.load_state_dict({"weight": refnet.tensor([[[-1.0, 1.0]]])})
        >>> conv(refnet.tensor([[1.0, 2.0, 4.0, 7.0]])).detach()
        tensor([[1., 2., 3.]])
    """

    dims = 1


class Conv2d(_Conv):
    """Convolution over two dimensions; see Conv1d.

    The parameters are those of Conv1d; a size is an int or a pair of ints. The layer calls
    `refnet.nn.functional.conv2d`. The gradient is derived in `refnet.ops.convolution`.

    Shape:
        x: (N, C, H, W) or (C, H, W)
        y: (N, O, H′, W′) or (O, H′, W′), each size as in Conv1d
        weight: (O, C / groups, K, K′)
        bias: (O)

    Init:
        weight and bias uniform on ±1/√(K K′ C / groups)

    Source:
        torch.nn.Conv2d

    Example:
        >>> conv = nn.Conv2d(3, 16, kernel_size=3, stride=2, padding=1)
        >>> conv(refnet.randn(8, 3, 32, 32)).shape
        refnet.Size([8, 16, 16, 16])
    """

    dims = 2


class Conv3d(_Conv):
    """Convolution over three dimensions; see Conv1d.

    The parameters are those of Conv1d; a size is an int or a triple of ints. The layer calls
    `refnet.nn.functional.conv3d`. The gradient is derived in `refnet.ops.convolution`.

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W)
        y: (N, O, D′, H′, W′) or (O, D′, H′, W′), each size as in Conv1d
        weight: (O, C / groups, K, K′, K″)
        bias: (O)

    Init:
        weight and bias uniform on ±1/√(K K′ K″ C / groups)

    Source:
        torch.nn.Conv3d

    Example:
        >>> conv = nn.Conv3d(1, 4, kernel_size=(1, 3, 3), padding="same")
        >>> conv(refnet.randn(2, 1, 5, 8, 8)).shape
        refnet.Size([2, 4, 5, 8, 8])
    """

    dims = 3
