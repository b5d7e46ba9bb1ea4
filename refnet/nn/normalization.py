"""Layers that normalise a sample by itself: LayerNorm, GroupNorm, RMSNorm, LocalResponseNorm."""

from collections.abc import Sequence
from typing import Any

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F, init
from refnet.nn.module import Module
from refnet.nn.parameter import Parameter, empty_parameter

__all__ = ["GroupNorm", "LayerNorm", "LocalResponseNorm", "RMSNorm"]


class LayerNorm(Module):
    """y = γ (x − μ) / √(σ² + ε) + β, μ and σ² over the last dimensions

    The gradient is derived in `refnet.ops.layer_norm`.

    Shape:
        x, y: (*, normalized_shape); weight γ and bias β: normalized_shape

    Args:
        normalized_shape: the last dimensions' sizes; an int for one dimension
        elementwise_affine, bias: whether there are γ and β

    Init:
        γ = 1, β = 0

    Source:
        torch.nn.LayerNorm; Ba, Kiros & Hinton 2016
    """

    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = _shape(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        has = elementwise_affine, elementwise_affine and bias
        for name, present in zip(("weight", "bias"), has, strict=True):
            p = empty_parameter(*self.normalized_shape, device=device, dtype=dtype)
            self.register_parameter(name, p if present else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """γ = 1, β = 0."""
        _reset(self.weight, self.bias)

    def forward(self, input: Tensor) -> Tensor:
        """γ (x − μ) / √(σ² + ε) + β."""
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The shape and the options."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, "
            f"elementwise_affine={self.elementwise_affine}, bias={self.bias is not None}"
        )


class GroupNorm(Module):
    """y = γ (x − μ) / √(σ² + ε) + β, μ and σ² over a sample's C / num_groups neighbouring channels

    The gradient is derived in `refnet.ops.group_norm`.

    Shape:
        x, y: (N, C, *); weight γ and bias β: (C,)

    Args:
        num_channels: C
        affine, bias: whether there are γ and β

    Init:
        γ = 1, β = 0

    Source:
        torch.nn.GroupNorm; Wu & He 2018

    Raises ValueError if num_groups does not divide num_channels.
    """

    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups:
            raise ValueError(
                f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})"
            )
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.affine = affine
        for name, present in (("weight", affine), ("bias", affine and bias)):
            p = empty_parameter(num_channels, device=device, dtype=dtype)
            self.register_parameter(name, p if present else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """γ = 1, β = 0."""
        _reset(self.weight, self.bias)

    def forward(self, input: Tensor) -> Tensor:
        """γ (x − μ) / √(σ² + ε) + β."""
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The sizes and the options."""
        return (
            f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, "
            f"bias={self.bias is not None}"
        )


class RMSNorm(Module):
    """y = γ x / √(mean(x²) + ε), the mean over the last dimensions

    The gradient is derived in `refnet.ops.rms_norm`.

    Shape:
        x, y: (*, normalized_shape); weight γ: normalized_shape

    Args:
        normalized_shape: the last dimensions' sizes; an int for one dimension
        eps: None is the dtype's: the distance from 1 to the next number
        elementwise_affine: whether there is γ

    Init:
        γ = 1

    Source:
        torch.nn.RMSNorm; Zhang & Sennrich 2019
    """

    weight: Parameter | None

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape = _shape(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        p = empty_parameter(*self.normalized_shape, device=device, dtype=dtype)
        self.register_parameter("weight", p if elementwise_affine else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """γ = 1."""
        _reset(self.weight, None)

    def forward(self, x: Tensor) -> Tensor:
        """γ x / √(mean(x²) + ε)."""
        return F.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """The shape and the options."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"
        )


class LocalResponseNorm(Module):
    """y_c = x_c / (k + α/size Σ_j x_j²)^β, j in a window of so many channels around c

    The gradient is derived in `refnet.ops.local_response_norm`.

    Shape:
        x, y: (N, C, *), at least three dimensions

    Args:
        size: of the window
        alpha, beta, k: α, β, k

    Source:
        torch.nn.LocalResponseNorm; Krizhevsky et al. 2012
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def forward(self, input: Tensor) -> Tensor:
        """x_c / (k + α/size Σ_j x_j²)^β."""
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        """The numbers."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


def _shape(normalized_shape: int | Sequence[int]) -> tuple[int, ...]:
    return (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)


def _reset(weight: Parameter | None, bias: Parameter | None) -> None:
    if weight is not None:
        init.ones_(weight)
    if bias is not None:
        init.zeros_(bias)
