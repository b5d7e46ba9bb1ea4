"""Batch and instance normalisation: a mean and a variance for each channel."""

import warnings
from typing import Any

import numpy as np

from refnet.engine import dtypes
from refnet.engine.tensor import Tensor, wrap
from refnet.nn import functional as F
from refnet.nn.description import describe
from refnet.nn.module import Module
from refnet.nn.normalization import reset_affine
from refnet.nn.parameter import Parameter, empty_parameter

__all__ = [
    "BatchNorm1d",
    "BatchNorm2d",
    "BatchNorm3d",
    "InstanceNorm1d",
    "InstanceNorm2d",
    "InstanceNorm3d",
]


class NormBase(Module):
    """γ, β and running statistics, each of them optional, of batch and instance normalisation."""

    ndims: tuple[int, int]  # numbers of dimensions that inputs can have
    weight: Parameter | None
    bias: Parameter | None
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats

        def vector() -> Parameter:
            return empty_parameter(num_features, device=device, dtype=dtype)

        self.register_parameter("weight", vector() if affine else None)
        self.register_parameter("bias", vector() if affine and bias else None)
        for name in ("running_mean", "running_var"):
            self.register_buffer(name, vector().detach() if track_running_stats else None)
        count = wrap(np.array(0, dtypes.int64.dtype)) if track_running_stats else None
        self.register_buffer("num_batches_tracked", count)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Sets the running mean and the count of batches to 0, and the running variance to 1."""
        for name, value in (("running_mean", 0), ("running_var", 1), ("num_batches_tracked", 0)):
            if (buffer := getattr(self, name)) is not None:
                buffer.fill_(value)

    def reset_parameters(self) -> None:
        """Sets γ to 1 and β to 0, and resets the running statistics."""
        self.reset_running_stats()
        reset_affine(self.weight, self.bias)

    def _check_input_dim(self, input: Tensor) -> None:
        """Raises ValueError for an input of another number of dimensions."""
        if input.ndim not in self.ndims:
            expected = " or ".join(f"{n}D" for n in sorted(set(self.ndims)))
            raise ValueError(
                f"{type(self).__name__}(): expected {expected} input, got {input.ndim}D"
            )

    def extra_repr(self) -> str:
        """Returns the size and all options."""
        return (
            f"{self.num_features}, {describe(self, 'eps', 'momentum', 'affine')}, "
            f"bias={self.bias is not None}, {describe(self, 'track_running_stats')}"
        )


class _BatchNorm(NormBase):
    """Batch normalisation; described in BatchNorm1d."""

    def forward(self, input: Tensor) -> Tensor:
        """Returns y. In training mode, the running statistics are updated."""
        self._check_input_dim(input)
        tracked = self.training and self.track_running_stats
        count = self.num_batches_tracked if tracked else None
        momentum = self.momentum
        if momentum is None:
            momentum = 0.0 if count is None else 1 / (count.item() + 1)
        used = tracked or not self.training
        mean, var = (self.running_mean, self.running_var) if used else (None, None)
        batch_stats = self.training or (mean is None and var is None)
        y = F.batch_norm(input, mean, var, self.weight, self.bias, batch_stats, momentum, self.eps)
        if count is not None:
            count.add_(1)
        return y


class BatchNorm1d(_BatchNorm):
    """Batch normalisation of vectors or sequences: each channel is normalised over the batch.

        y = γ (x − μ) / √(σ² + ε) + β

    In training mode μ and σ² are the mean and the variance of a channel in the batch, and the
    running statistics are updated:

        running ← (1 − momentum) running + momentum new,   new variance Σ (x − μ)² / (n − 1)

    In evaluation mode μ and σ² are the running statistics. If an error is raised, these do not
    change. The layer calls `refnet.nn.functional.batch_norm`. The gradient is derived in
    `refnet.ops.batch_norm`.

    Shape:
        x, y: (N, C) or (N, C, L)
        weight γ, bias β, running_mean, running_var: (C)

    Args:
        num_features: C
        eps: ε
        momentum: weight of the new statistics; None gives all batches the same weight
        affine: if False, the layer has neither γ nor β
        track_running_stats: if False, there are no running statistics, and evaluation mode also
            uses the statistics of the batch
        device: None or "cpu"
        dtype: dtype of the parameters
        bias: if False, the layer has no β

    Raises:
        ValueError: x has another number of dimensions, or in training mode one value per channel

    Init:
        γ = 1, β = 0

    Source:
        torch.nn.BatchNorm1d; Ioffe, Szegedy 2015, "Batch normalization"

    Example:
        >>> norm = nn.BatchNorm1d(1)
        >>> norm(refnet.tensor([[1.0], [3.0]])).detach()
        tensor([[-1.0000],
                [ 1.0000]])
        >>> norm.running_mean, norm.running_var  # 0.9 · 0 + 0.1 · 2, 0.9 · 1 + 0.1 · 2
        (tensor([0.2000]), tensor([1.1000]))
    """

    ndims = 2, 3


class BatchNorm2d(_BatchNorm):
    """Batch normalisation of images: BatchNorm1d for inputs (N, C, H, W).

    The parameters are those of BatchNorm1d. The layer calls `refnet.nn.functional.batch_norm`. The
    gradient is derived in `refnet.ops.batch_norm`.

    Source:
        torch.nn.BatchNorm2d

    Example:
        >>> y = nn.BatchNorm2d(3)(refnet.randn(8, 3, 4, 4) * 5 + 2)
        >>> y.var(dim=(0, 2, 3), correction=0).detach()
        tensor([1.0000, 1.0000, 1.0000])
    """

    ndims = 4, 4


class BatchNorm3d(_BatchNorm):
    """Batch normalisation of volumes: BatchNorm1d for inputs (N, C, D, H, W).

    The parameters are those of BatchNorm1d. The layer calls `refnet.nn.functional.batch_norm`. The
    gradient is derived in `refnet.ops.batch_norm`.

    Source:
        torch.nn.BatchNorm3d

    Example:
        >>> nn.BatchNorm3d(2)(refnet.randn(4, 2, 3, 3, 3)).shape
        refnet.Size([4, 2, 3, 3, 3])
    """

    ndims = 5, 5


class _InstanceNorm(NormBase):
    """Instance normalisation; described in InstanceNorm1d."""

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(
            num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias
        )

    def forward(self, input: Tensor) -> Tensor:
        """Returns y. In training mode, the running statistics are updated."""
        self._check_input_dim(input)
        axis = input.ndim - self.ndims[0]  # the dimension of the channels
        if input.size(axis) != self.num_features:
            if self.affine:
                raise ValueError(
                    f"{type(self).__name__}(): expected size {self.num_features} at dim={axis}, "
                    f"got {input.size(axis)}"
                )
            warnings.warn(
                f"input's size at dim={axis} does not match num_features. You can silence this "
                "warning by not passing in num_features, which is not used because affine=False",
                stacklevel=2,
            )
        x = input if axis else input.unsqueeze(0)
        state = self.running_mean, self.running_var, self.weight, self.bias
        input_stats = self.training or not self.track_running_stats
        momentum = 0.0 if self.momentum is None else self.momentum
        y = F.instance_norm(x, *state, input_stats, momentum, self.eps)
        return y if axis else y.squeeze(0)


class InstanceNorm1d(_InstanceNorm):
    """Instance normalisation of sequences: each channel of each sample is normalised by itself.

        y = γ (x − μ) / √(σ² + ε) + β

    μ and σ² are the mean and the variance of one channel of one sample. If the layer has running
    statistics, evaluation mode uses them instead, as BatchNorm1d does. The layer calls
    `refnet.nn.functional.instance_norm`. The gradient is derived in `refnet.ops.group_norm`.

    Shape:
        x, y: (N, C, L) or (C, L)
        weight γ, bias β, running_mean, running_var: (C)

    Args:
        num_features: C
        eps: ε
        momentum: weight of the new statistics; None leaves the running statistics unchanged
        affine: if True, the layer has γ and β
        track_running_stats: if True, the layer has running statistics
        device: None or "cpu"
        dtype: dtype of the parameters
        bias: if False, the layer has no β

    Raises:
        ValueError: x has another number of dimensions or, if affine, of channels; or in training
            mode one value per channel and sample

    Init:
        γ = 1, β = 0

    Source:
        torch.nn.InstanceNorm1d; Ulyanov, Vedaldi, Lempitsky 2016, "Instance normalization"

    Example:
        >>> nn.InstanceNorm1d(2, eps=0.0)(refnet.tensor([[[1.0, 3.0], [10.0, 30.0]]]))
        tensor([[[-1.,  1.],
                 [-1.,  1.]]])
    """

    ndims = 2, 3


class InstanceNorm2d(_InstanceNorm):
    """Instance normalisation of images: InstanceNorm1d for inputs (N, C, H, W) or (C, H, W).

    The parameters are those of InstanceNorm1d. The layer calls
    `refnet.nn.functional.instance_norm`. The gradient is derived in `refnet.ops.group_norm`.

    Source:
        torch.nn.InstanceNorm2d

    Example:
        >>> nn.InstanceNorm2d(1, eps=0.0)(refnet.tensor([[[[1.0, 3.0], [3.0, 1.0]]]]))
        tensor([[[[-1.,  1.],
                  [ 1., -1.]]]])
    """

    ndims = 3, 4


class InstanceNorm3d(_InstanceNorm):
    """Instance normalisation of volumes: InstanceNorm1d for inputs (N, C, D, H, W) or (C, D, H, W).

    The parameters are those of InstanceNorm1d. The layer calls
    `refnet.nn.functional.instance_norm`. The gradient is derived in `refnet.ops.group_norm`.

    Source:
        torch.nn.InstanceNorm3d

    Example:
        >>> nn.InstanceNorm3d(2)(refnet.randn(4, 2, 3, 3, 3)).shape
        refnet.Size([4, 2, 3, 3, 3])
    """

    ndims = 4, 5
