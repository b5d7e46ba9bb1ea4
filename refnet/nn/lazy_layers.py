"""Layers that learn how many features or channels come in from their first input.

Each has the arguments of its eager sibling but the first, and becomes one of these at its first call.
See lazy.py.
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
    """A layer of which one size, an attribute, is 0 until the first input tells it."""

    inferred: ClassVar[str]

    def reset_parameters(self) -> None:
        """Draw the parameters anew, once they have a shape."""
        if not self.has_uninitialized_params() and getattr(self, self.inferred) != 0:
            super().reset_parameters()  # type: ignore[misc]  # of the eager sibling

    def _materialize(self, size: int, **shapes: tuple[int, ...]) -> None:
        """Note the size, and give the members named these shapes, and values."""
        members = {name: m for name in shapes if (m := getattr(self, name)) is not None}
        loaded = [name for name, m in members.items() if not is_lazy(m)]
        if loaded:
            raise AssertionError(
                f"{type(self).__name__}: {', '.join(loaded)} was loaded, other parameters were not"
            )
        setattr(self, self.inferred, size)
        for name, member in members.items():
            member.materialize(shapes[name])
        self.reset_parameters()


class LazyLinear(_LazyLayer, Linear):
    """Linear with the in_features of the first input

    The gradient is derived in `refnet.ops.linear`.

    Source:
        torch.nn.LazyLinear

    Raises AssertionError for a first input that does not fit a weight loaded before.
    """

    cls_to_become = Linear
    inferred = "in_features"

    def __init__(
        self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(0, 0, False)
        self.out_features = out_features
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def initialize_parameters(self, input: Tensor) -> None:
        """in_features is the last size of the input."""
        n, m = input.shape[-1], self.out_features
        if self.has_uninitialized_params():
            self._materialize(n, weight=(m, n), bias=(m,))
        if self.in_features == 0:
            if n != self.weight.shape[-1]:
                raise AssertionError(
                    f"the input has {n} features, but the weight was loaded for "
                    f"{self.weight.shape[-1]}"
                )
            self.in_features = n


class _LazyConvNd(_LazyLayer, ConvNd):
    """What the lazy convolutions have in common, transposed ones too."""

    inferred = "in_channels"

    def _make_lazy(self, out_channels: int, bias: bool, device: Any, dtype: Any) -> None:
        self.out_channels = out_channels
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def initialize_parameters(self, input: Tensor, *args: Any, **kwargs: Any) -> None:
        """in_channels is the input's size before the spatial ones."""
        if not self.has_uninitialized_params():
            return
        if input.ndim not in (self.dims + 1, self.dims + 2):
            raise RuntimeError(
                f"Expected {self.dims + 1}D (unbatched) or {self.dims + 2}D (batched) input to "
                f"{type(self).__name__}, but got input of size: {input.shape}"
            )
        in_channels, out_channels = input.size(-self.dims - 1), self.out_channels
        if in_channels % self.groups:
            raise ValueError(
                f"in_channels must be divisible by groups, got {in_channels} and {self.groups}"
            )
        channels = (out_channels, in_channels // self.groups)
        if self.transposed:
            channels = (in_channels, out_channels // self.groups)
        self._materialize(in_channels, weight=(*channels, *self.kernel_size), bias=(out_channels,))


class _LazyConv(_LazyConvNd):
    """A lazy convolution; a subclass says of how many dimensions."""

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
        self._make_lazy(out_channels, bias, device, dtype)


class LazyConv1d(_LazyConv, Conv1d):
    """Conv1d with the in_channels of the first input

    The gradient is derived in `refnet.ops.convolution`.

    Source:
        torch.nn.LazyConv1d
    """

    cls_to_become = Conv1d


class LazyConv2d(_LazyConv, Conv2d):
    """Conv2d with the in_channels of the first input

    The gradient is derived in `refnet.ops.convolution`.

    Source:
        torch.nn.LazyConv2d
    """

    cls_to_become = Conv2d


class LazyConv3d(_LazyConv, Conv3d):
    """Conv3d with the in_channels of the first input

    The gradient is derived in `refnet.ops.convolution`.

    Source:
        torch.nn.LazyConv3d
    """

    cls_to_become = Conv3d


class _LazyConvTranspose(_LazyConvNd):
    """A lazy transposed convolution; a subclass says of how many dimensions."""

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
        super().__init__(
            0,
            0,
            kernel_size,
            stride,
            padding,
            output_padding,
            groups,
            False,
            dilation,
            padding_mode,
        )
        self._make_lazy(out_channels, bias, device, dtype)


class LazyConvTranspose1d(_LazyConvTranspose, ConvTranspose1d):
    """ConvTranspose1d with the in_channels of the first input

    The gradient is derived in `refnet.ops.transposed_convolution`.

    Source:
        torch.nn.LazyConvTranspose1d
    """

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(_LazyConvTranspose, ConvTranspose2d):
    """ConvTranspose2d with the in_channels of the first input

    The gradient is derived in `refnet.ops.transposed_convolution`.

    Source:
        torch.nn.LazyConvTranspose2d
    """

    cls_to_become = ConvTranspose2d


class LazyConvTranspose3d(_LazyConvTranspose, ConvTranspose3d):
    """ConvTranspose3d with the in_channels of the first input

    The gradient is derived in `refnet.ops.transposed_convolution`.

    Source:
        torch.nn.LazyConvTranspose3d
    """

    cls_to_become = ConvTranspose3d


class _LazyNorm(_LazyLayer, NormBase):
    """A lazy batch or instance normalisation; a subclass says for inputs of which dimensions."""

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
            self.weight = UninitializedParameter(device=device, dtype=dtype)
            if bias:
                self.bias = UninitializedParameter(device=device, dtype=dtype)
        if track_running_stats:
            self.running_mean = UninitializedBuffer(device=device, dtype=dtype)
            self.running_var = UninitializedBuffer(device=device, dtype=dtype)
            self.num_batches_tracked = wrap(np.array(0, dtypes.int64.dtype))

    def initialize_parameters(self, input: Tensor) -> None:
        """num_features is the input's size(1)."""
        if self.has_uninitialized_params():
            n = input.shape[1]
            self._materialize(n, weight=(n,), bias=(n,), running_mean=(n,), running_var=(n,))


class LazyBatchNorm1d(_LazyNorm, BatchNorm1d):
    """BatchNorm1d with the num_features of the first input

    The gradient is derived in `refnet.ops.batch_norm`.

    Source:
        torch.nn.LazyBatchNorm1d
    """

    cls_to_become = BatchNorm1d


class LazyBatchNorm2d(_LazyNorm, BatchNorm2d):
    """BatchNorm2d with the num_features of the first input

    The gradient is derived in `refnet.ops.batch_norm`.

    Source:
        torch.nn.LazyBatchNorm2d
    """

    cls_to_become = BatchNorm2d


class LazyBatchNorm3d(_LazyNorm, BatchNorm3d):
    """BatchNorm3d with the num_features of the first input

    The gradient is derived in `refnet.ops.batch_norm`.

    Source:
        torch.nn.LazyBatchNorm3d
    """

    cls_to_become = BatchNorm3d


class LazyInstanceNorm1d(_LazyNorm, InstanceNorm1d):
    """InstanceNorm1d with the num_features of the first input, which has a batch dimension

    By default with γ, β and running statistics, unlike InstanceNorm1d.

    The gradient is derived in `refnet.ops.group_norm`.

    Source:
        torch.nn.LazyInstanceNorm1d
    """

    cls_to_become = InstanceNorm1d


class LazyInstanceNorm2d(_LazyNorm, InstanceNorm2d):
    """InstanceNorm2d with the num_features of the first input; see LazyInstanceNorm1d

    The gradient is derived in `refnet.ops.group_norm`.

    Source:
        torch.nn.LazyInstanceNorm2d
    """

    cls_to_become = InstanceNorm2d


class LazyInstanceNorm3d(_LazyNorm, InstanceNorm3d):
    """InstanceNorm3d with the num_features of the first input; see LazyInstanceNorm1d

    The gradient is derived in `refnet.ops.group_norm`.

    Source:
        torch.nn.LazyInstanceNorm3d
    """

    cls_to_become = InstanceNorm3d
