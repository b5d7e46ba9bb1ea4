"""Batch and instance normalisation: a mean and a variance for each channel."""

import warnings
from typing import Any

import numpy as np

from refnet.engine import dtypes
from refnet.engine.tensor import Tensor, wrap
from refnet.nn import functional as F, init
from refnet.nn.module import Module
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
    """What both kinds have in common: γ, β and the running statistics, each of them optional."""

    ndims: tuple[int, int]  # of which inputs may be
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
        tracked = track_running_stats
        self.register_buffer("running_mean", vector().detach() if tracked else None)
        self.register_buffer("running_var", vector().detach() if tracked else None)
        count = wrap(np.array(0, dtypes.int64.dtype)) if tracked else None
        self.register_buffer("num_batches_tracked", count)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Forget every batch: mean 0, variance 1."""
        for buffer, value in (
            (self.running_mean, 0),
            (self.running_var, 1),
            (self.num_batches_tracked, 0),
        ):
            if buffer is not None:
                buffer.fill_(value)

    def reset_parameters(self) -> None:
        """γ = 1, β = 0, and the running statistics of no batch."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def _check_input_dim(self, input: Tensor) -> None:
        if input.ndim not in self.ndims:
            expected = " or ".join(f"{n}D" for n in sorted(set(self.ndims)))
            raise ValueError(f"expected {expected} input (got {input.ndim}D input)")

    def extra_repr(self) -> str:
        """The size and all options."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, "
            f"affine={self.affine}, bias={self.bias is not None}, "
            f"track_running_stats={self.track_running_stats}"
        )


class _BatchNorm(NormBase):
    """Batch normalisation; a subclass says for inputs of which dimensions."""

    def forward(self, input: Tensor) -> Tensor:
        """Each channel normalised: in training by the batch, in evaluation by the running statistics."""
        self._check_input_dim(input)
        tracked = self.training and self.track_running_stats
        count = self.num_batches_tracked if tracked else None
        momentum = self.momentum
        if momentum is None:
            momentum = 0.0 if count is None else 1 / (count.item() + 1)
        used = tracked or not self.training
        mean, var = (self.running_mean, self.running_var) if used else (None, None)
        y = F.batch_norm(
            input,
            mean,
            var,
            self.weight,
            self.bias,
            self.training or (self.running_mean is None and self.running_var is None),
            momentum,
            self.eps,
        )
        if count is not None:
            count.add_(1)
        return y


class BatchNorm1d(_BatchNorm):
    """y = γ (x − μ) / √(σ² + ε) + β

    In training μ and σ² are the mean and variance of all entries of a channel, and the running
    statistics follow them: running ← (1 − momentum) running + momentum new, with the variance
    Σ (x − μ)² / (n − 1). In evaluation μ and σ² are the running statistics.

    The gradient is derived in `refnet.ops.batch_norm`.

    Shape:
        x, y: (N, C) or (N, C, L); weight γ, bias β, running_mean, running_var: (C,)

    Args:
        num_features: C
        momentum: None for the mean of all batches
        affine, bias: whether there are γ and β
        track_running_stats: whether there are running statistics; without them evaluation, too,
            takes those of the batch

    Init:
        γ = 1, β = 0

    Source:
        torch.nn.BatchNorm1d; Ioffe & Szegedy 2015

    Raises ValueError for an input of other dimensions, and in training for one value per channel.
    An error leaves the running statistics as they are.
    """

    ndims = 2, 3


class BatchNorm2d(_BatchNorm):
    """BatchNorm1d for x (N, C, H, W)

    The gradient is derived in `refnet.ops.batch_norm`.

    Source:
        torch.nn.BatchNorm2d
    """

    ndims = 4, 4


class BatchNorm3d(_BatchNorm):
    """BatchNorm1d for x (N, C, D, H, W)

    The gradient is derived in `refnet.ops.batch_norm`.

    Source:
        torch.nn.BatchNorm3d
    """

    ndims = 5, 5


class _InstanceNorm(NormBase):
    """Instance normalisation; a subclass says for inputs of which dimensions."""

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
        """Each channel of each sample normalised."""
        self._check_input_dim(input)
        axis = input.ndim - self.ndims[0]  # of the channels
        if input.size(axis) != self.num_features:
            if self.affine:
                raise ValueError(
                    f"expected input's size at dim={axis} to match num_features "
                    f"({self.num_features}), but got: {input.size(axis)}."
                )
            warnings.warn(
                f"input's size at dim={axis} does not match num_features. You can silence this "
                "warning by not passing in num_features, which is not used because affine=False",
                stacklevel=2,
            )
        y = F.instance_norm(
            input if axis else input.unsqueeze(0),
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )
        return y if axis else y.squeeze(0)


class InstanceNorm1d(_InstanceNorm):
    """y = γ (x − μ) / √(σ² + ε) + β, μ and σ² of each channel of each sample

    With running statistics, evaluation takes these, as BatchNorm1d does; without, both modes are the same.

    The gradient is derived in `refnet.ops.group_norm`.

    Shape:
        x, y: (N, C, L) or (C, L); weight γ, bias β, running_mean, running_var: (C,)

    Args:
        num_features: C
        momentum: None means 0: running statistics that stay as they are
        others: those of BatchNorm1d

    Init:
        γ = 1, β = 0

    Source:
        torch.nn.InstanceNorm1d; Ulyanov et al. 2016

    Raises ValueError for an input of other dimensions, and in training for one value per channel
    and sample.
    """

    ndims = 2, 3


class InstanceNorm2d(_InstanceNorm):
    """InstanceNorm1d for x (N, C, H, W) or (C, H, W)

    The gradient is derived in `refnet.ops.group_norm`.

    Source:
        torch.nn.InstanceNorm2d
    """

    ndims = 3, 4


class InstanceNorm3d(_InstanceNorm):
    """InstanceNorm1d for x (N, C, D, H, W) or (C, D, H, W)

    The gradient is derived in `refnet.ops.group_norm`.

    Source:
        torch.nn.InstanceNorm3d
    """

    ndims = 4, 5
