"""Layers that take the number of incoming features or channels from their first input.

Each becomes a plain layer at its first call, and has the parameters of this layer except the first.
See refnet.nn.lazy.
"""

from typing import Any, ClassVar

import numpy as np

from refnet.engine import dtypes
from refnet.engine.tensor import Tensor, wrap
from refnet.nn.batch_norm import (
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    InstanceNorm1d,
    InstanceNorm2d,
    InstanceNorm3d,
    NormBase,
)
from refnet.nn.convolution import Conv1d, Conv2d, Conv3d, ConvNd
from refnet.nn.lazy import LazyModuleMixin
from refnet.nn.linear import Linear
from refnet.nn.parameter import UninitializedBuffer, UninitializedParameter, is_lazy
from refnet.nn.sizes import Size
from refnet.nn.transposed_convolution import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d

__all__ = [
    "LazyBatchNorm1d",
    "LazyBatchNorm2d",
    "LazyBatchNorm3d",
    "LazyConv1d",
    "LazyConv2d",
    "LazyConv3d",
    "LazyConvTranspose1d",
    "LazyConvTranspose2d",
    "LazyConvTranspose3d",
    "LazyInstanceNorm1d",
    "LazyInstanceNorm2d",
    "LazyInstanceNorm3d",
    "LazyLinear",
]


class _LazyLayer(LazyModuleMixin):
    """A lazy layer: the attribute named by `inferred` is 0 until the first input gives it."""

    inferred: ClassVar[str]

    def _add_lazy(self, bias: bool, device: Any, dtype: Any) -> None:
        """Registers a weight and, if asked for, a bias, both without a shape."""
        for name in ("weight", "bias") if bias else ("weight",):
            self.register_parameter(name, UninitializedParameter(device=device, dtype=dtype))

    def reset_parameters(self) -> None:
        """Draws the parameters, once they have a shape."""
        if not self.has_uninitialized_params() and getattr(self, self.inferred) != 0:
            super().reset_parameters()  # type: ignore[misc]  # of cls_to_become

    def _materialize(self, size: int, **shapes: tuple[int, ...]) -> None:
        """Sets the inferred size, and gives the named members their shapes and values."""
        members = {name: m for name in shapes if (m := getattr(self, name)) is not None}
        loaded = [name for name, m in members.items() if not is_lazy(m)]
        if loaded:
            raise AssertionError(
                f"{type(self).__name__}(): expected a checkpoint with all parameters, "
                f"got only {', '.join(loaded)}"
            )
        setattr(self, self.inferred, size)
        for name, member in members.items():
            member.materialize(shapes[name])
        self.reset_parameters()


class LazyLinear(_LazyLayer, Linear):
    """A Linear layer that takes in_features from its first input.

    The function is `refnet.nn.functional.linear`. The gradient is derived in `refnet.ops.linear`.

    Args:
        out_features: size of the output
        bias: if False, the layer has no b
        device: None or "cpu"
        dtype: dtype of the parameters

    Raises:
        AssertionError: the first input does not fit a weight that was loaded before

    Source:
        torch.nn.LazyLinear

    Example:
        >>> layer = nn.LazyLinear(2)
        >>> layer(refnet.randn(5, 3)).shape
        refnet.Size([5, 2])
        >>> layer
        Linear(in_features=3, out_features=2, bias=True)
    """

    cls_to_become = Linear
    inferred = "in_features"

    def __init__(
        self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(0, 0, False)
        self.out_features = out_features
        self._add_lazy(bias, device, dtype)

    def initialize_parameters(self, input: Tensor) -> None:
        """Takes in_features from the last size of the input."""
        n, m = input.shape[-1], self.out_features
        if self.has_uninitialized_params():
            self._materialize(n, weight=(m, n), bias=(m,))
        if self.in_features == 0:
            if n != self.weight.shape[-1]:
                raise AssertionError(
                    f"LazyLinear(): expected {self.weight.shape[-1]} features for the loaded "
                    f"weight, got {n}"
                )
            self.in_features = n


class _LazyConvNd(_LazyLayer, ConvNd):
    """A lazy convolution or transposed convolution over `dims` dimensions."""

    inferred = "in_channels"

    def initialize_parameters(self, input: Tensor, *args: Any, **kwargs: Any) -> None:
        """Takes in_channels from the channel dimension of the input."""
        if not self.has_uninitialized_params():
            return
        if input.ndim not in (self.dims + 1, self.dims + 2):
            raise RuntimeError(
                f"{type(self).__name__}(): expected a {self.dims + 1}D (unbatched) or "
                f"{self.dims + 2}D (batched) input, got {list(input.shape)}"
            )
        in_channels, out_channels = input.size(-self.dims - 1), self.out_channels
        if in_channels % self.groups:
            raise ValueError(
                f"{type(self).__name__}(): expected in_channels to be divisible by groups, got "
                f"{in_channels} and {self.groups}"
            )
        channels = (out_channels, in_channels // self.groups)
        if self.transposed:
            channels = (in_channels, out_channels // self.groups)
        self._materialize(in_channels, weight=(*channels, *self.kernel_size), bias=(out_channels,))


class _LazyConv(_LazyConvNd):
    """A lazy convolution over `dims` dimensions; described in LazyConv1d."""

    def __init__(
        self,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Any = 0,
        dilation: Size = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(0, 0, kernel_size, stride, padding, dilation, groups, False, padding_mode)
        self.out_channels = out_channels
        self._add_lazy(bias, device, dtype)


class LazyConv1d(_LazyConv, Conv1d):
    """A Conv1d that takes in_channels from its first input.

    The other parameters are those of Conv1d. The function is
    `refnet.nn.functional.conv1d`. The gradient is derived in `refnet.ops.convolution`.

    Source:
        torch.nn.LazyConv1d

    Example:
        >>> layer = nn.LazyConv1d(4, kernel_size=2)
        >>> _ = layer(refnet.randn(1, 3, 8))
        >>> layer
        Conv1d(3, 4, kernel_size=(2,), stride=(1,))
    """

    cls_to_become = Conv1d


class LazyConv2d(_LazyConv, Conv2d):
    """A Conv2d that takes in_channels from its first input.

    The other parameters are those of Conv2d. The function is
    `refnet.nn.functional.conv2d`. The gradient is derived in `refnet.ops.convolution`.

    Source:
        torch.nn.LazyConv2d

    Example:
        >>> layer = nn.LazyConv2d(4, kernel_size=2)
        >>> _ = layer(refnet.randn(1, 3, 8, 8))
        >>> layer
        Conv2d(3, 4, kernel_size=(2, 2), stride=(1, 1))
    """

    cls_to_become = Conv2d


class LazyConv3d(_LazyConv, Conv3d):
    """A Conv3d that takes in_channels from its first input.

    The other parameters are those of Conv3d. The function is
    `refnet.nn.functional.conv3d`. The gradient is derived in `refnet.ops.convolution`.

    Source:
        torch.nn.LazyConv3d

    Example:
        >>> layer = nn.LazyConv3d(4, kernel_size=2)
        >>> _ = layer(refnet.randn(1, 3, 4, 4, 4))
        >>> layer
        Conv3d(3, 4, kernel_size=(2, 2, 2), stride=(1, 1, 1))
    """

    cls_to_become = Conv3d


class _LazyConvTranspose(_LazyConvNd):
    """A lazy transposed convolution over `dims` dimensions; described in LazyConvTranspose1d."""

    def __init__(
        self,
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
        sizes = kernel_size, stride, padding, output_padding
        super().__init__(0, 0, *sizes, groups, False, dilation, padding_mode)
        self.out_channels = out_channels
        self._add_lazy(bias, device, dtype)


class LazyConvTranspose1d(_LazyConvTranspose, ConvTranspose1d):
    """A ConvTranspose1d that takes in_channels from its first input.

    The other parameters are those of ConvTranspose1d. The function is
    `refnet.nn.functional.conv_transpose1d`. The gradient is derived in
    `refnet.ops.transposed_convolution`.

    Source:
        torch.nn.LazyConvTranspose1d

    Example:
        >>> layer = nn.LazyConvTranspose1d(4, kernel_size=2)
        >>> _ = layer(refnet.randn(1, 3, 8))
        >>> layer
        ConvTranspose1d(3, 4, kernel_size=(2,), stride=(1,))
    """

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(_LazyConvTranspose, ConvTranspose2d):
    """A ConvTranspose2d that takes in_channels from its first input.

    The other parameters are those of ConvTranspose2d. The function is
    `refnet.nn.functional.conv_transpose2d`. The gradient is derived in
    `refnet.ops.transposed_convolution`.

    Source:
        torch.nn.LazyConvTranspose2d

    Example:
        >>> layer = nn.LazyConvTranspose2d(4, kernel_size=2)
        >>> _ = layer(refnet.randn(1, 3, 8, 8))
        >>> layer
        ConvTranspose2d(3, 4, kernel_size=(2, 2), stride=(1, 1))
    """

    cls_to_become = ConvTranspose2d


class LazyConvTranspose3d(_LazyConvTranspose, ConvTranspose3d):
    """A ConvTranspose3d that takes in_channels from its first input.

    The other parameters are those of ConvTranspose3d. The function is
    `refnet.nn.functional.conv_transpose3d`. The gradient is derived in
    `refnet.ops.transposed_convolution`.

    Source:
        torch.nn.LazyConvTranspose3d

    Example:
        >>> layer = nn.LazyConvTranspose3d(4, kernel_size=2)
        >>> _ = layer(refnet.randn(1, 3, 4, 4, 4))
        >>> layer
        ConvTranspose3d(3, 4, kernel_size=(2, 2, 2), stride=(1, 1, 1))
    """

    cls_to_become = ConvTranspose3d


class _LazyNorm(_LazyLayer, NormBase):
    """A lazy batch or instance normalisation; described in LazyBatchNorm1d."""

    inferred = "num_features"

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(0, eps, momentum, False, False)
        self.affine = affine
        self.track_running_stats = track_running_stats
        if affine:
            self._add_lazy(bias, device, dtype)
        if track_running_stats:
            self.running_mean = UninitializedBuffer(device=device, dtype=dtype)
            self.running_var = UninitializedBuffer(device=device, dtype=dtype)
            self.num_batches_tracked = wrap(np.array(0, dtypes.int64.dtype))

    def initialize_parameters(self, input: Tensor) -> None:
        """Takes num_features from the second size of the input."""
        if self.has_uninitialized_params():
            n = input.shape[1]
            self._materialize(n, weight=(n,), bias=(n,), running_mean=(n,), running_var=(n,))


class LazyBatchNorm1d(_LazyNorm, BatchNorm1d):
    """A BatchNorm1d that takes num_features from its first input.

    The other parameters are those of BatchNorm1d. The function is
    `refnet.nn.functional.batch_norm`. The gradient is derived in `refnet.ops.batch_norm`.

    Source:
        torch.nn.LazyBatchNorm1d

    Example:
        >>> layer = nn.LazyBatchNorm1d()
        >>> _ = layer(refnet.randn(1, 3, 8))
        >>> type(layer).__name__, layer.num_features
        ('BatchNorm1d', 3)
    """

    cls_to_become = BatchNorm1d


class LazyBatchNorm2d(_LazyNorm, BatchNorm2d):
    """A BatchNorm2d that takes num_features from its first input.

    The other parameters are those of BatchNorm2d. The function is
    `refnet.nn.functional.batch_norm`. The gradient is derived in `refnet.ops.batch_norm`.

    Source:
        torch.nn.LazyBatchNorm2d

    Example:
        >>> layer = nn.LazyBatchNorm2d()
        >>> _ = layer(refnet.randn(1, 3, 8, 8))
        >>> type(layer).__name__, layer.num_features
        ('BatchNorm2d', 3)
    """

    cls_to_become = BatchNorm2d


class LazyBatchNorm3d(_LazyNorm, BatchNorm3d):
    """A BatchNorm3d that takes num_features from its first input.

    The other parameters are those of BatchNorm3d. The function is
    `refnet.nn.functional.batch_norm`. The gradient is derived in `refnet.ops.batch_norm`.

    Source:
        torch.nn.LazyBatchNorm3d

    Example:
        >>> layer = nn.LazyBatchNorm3d()
        >>> _ = layer(refnet.randn(1, 3, 4, 4, 4))
        >>> type(layer).__name__, layer.num_features
        ('BatchNorm3d', 3)
    """

    cls_to_become = BatchNorm3d


class LazyInstanceNorm1d(_LazyNorm, InstanceNorm1d):
    """An InstanceNorm1d that takes num_features from its first input.

    The other parameters are those of InstanceNorm1d, but by default there are γ, β and running
    statistics. The first input must have a batch dimension. The function is
    `refnet.nn.functional.instance_norm`. The gradient is derived in `refnet.ops.group_norm`.

    Source:
        torch.nn.LazyInstanceNorm1d

    Example:
        >>> layer = nn.LazyInstanceNorm1d()
        >>> _ = layer(refnet.randn(1, 3, 8))
        >>> type(layer).__name__, layer.num_features
        ('InstanceNorm1d', 3)
    """

    cls_to_become = InstanceNorm1d


class LazyInstanceNorm2d(_LazyNorm, InstanceNorm2d):
    """An InstanceNorm2d that takes num_features from its first input.

    The other parameters are those of InstanceNorm2d, but by default there are γ, β and running
    statistics. The first input must have a batch dimension. The function is
    `refnet.nn.functional.instance_norm`. The gradient is derived in `refnet.ops.group_norm`.

    Source:
        torch.nn.LazyInstanceNorm2d

    Example:
        >>> layer = nn.LazyInstanceNorm2d()
        >>> _ = layer(refnet.randn(1, 3, 8, 8))
        >>> type(layer).__name__, layer.num_features
        ('InstanceNorm2d', 3)
    """

    cls_to_become = InstanceNorm2d


class LazyInstanceNorm3d(_LazyNorm, InstanceNorm3d):
    """An InstanceNorm3d that takes num_features from its first input.

    The other parameters are those of InstanceNorm3d, but by default there are γ, β and running
    statistics. The first input must have a batch dimension. The function is
    `refnet.nn.functional.instance_norm`. The gradient is derived in `refnet.ops.group_norm`.

    Source:
        torch.nn.LazyInstanceNorm3d

    Example:
        >>> layer = nn.LazyInstanceNorm3d()
        >>> _ = layer(refnet.randn(1, 3, 4, 4, 4))
        >>> type(layer).__name__, layer.num_features
        ('InstanceNorm3d', 3)
    """

    cls_to_become = InstanceNorm3d
