"""Layers that normalise a sample by itself: LayerNorm, GroupNorm, RMSNorm, LocalResponseNorm."""

from collections.abc import Sequence
from typing import Any, cast

from refnet.engine.argument_errors import is_integer
from refnet.engine.tensor import Tensor
from refnet.nn import functional as F, init
from refnet.nn.description import describe
from refnet.nn.module import Module
from refnet.nn.parameter import Parameter, empty_parameter

__all__ = ["GroupNorm", "LayerNorm", "LocalResponseNorm", "RMSNorm"]


class LayerNorm(Module):
    """Layer normalisation: each sample is normalised over its last dimensions.

        y = γ (x − μ) / √(σ² + ε) + β

    μ and σ² are the mean and the variance over the last dimensions. The layer calls
    `refnet.nn.functional.layer_norm`. The gradient is derived in `refnet.ops.layer_norm`.

    Shape:
        x, y: (*, normalized_shape)
        weight γ, bias β: normalized_shape

    Args:
        normalized_shape: sizes of the last dimensions; an int for one dimension
        eps: ε
        elementwise_affine: if False, the layer has neither γ nor β
        bias: if False, the layer has no β
        device: None or "cpu"
        dtype: dtype of the parameters

    Init:
        γ = 1, β = 0

    Source:
        torch.nn.LayerNorm; Ba, Kiros, Hinton 2016, "Layer Normalization"

    Example:
        >>> nn.LayerNorm(2, eps=0.0)(refnet.tensor([[1.0, 3.0], [30.0, 10.0]])).detach()
        tensor([[-1.,  1.],
                [ 1., -1.]])
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
        for name, present in (
            ("weight", elementwise_affine),
            ("bias", elementwise_affine and bias),
        ):
            p = empty_parameter(*self.normalized_shape, device=device, dtype=dtype)
            self.register_parameter(name, p if present else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Sets γ to 1 and β to 0."""
        reset_affine(self.weight, self.bias)

    def forward(self, input: Tensor) -> Tensor:
        """Returns γ (x − μ) / √(σ² + ε) + β."""
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Returns the shape and the options."""
        options = describe(self, "eps", "elementwise_affine")
        return f"{self.normalized_shape}, {options}, bias={self.bias is not None}"


class GroupNorm(Module):
    """Group normalisation: groups of neighbouring channels of a sample are normalised.

        y = γ (x − μ) / √(σ² + ε) + β

    μ and σ² are the mean and the variance of C / num_groups neighbouring channels of one sample.
    The layer calls `refnet.nn.functional.group_norm`. The gradient is derived in
    `refnet.ops.group_norm`.

    Shape:
        x, y: (N, C, *)
        weight γ, bias β: (C)

    Args:
        num_groups: number of groups, a divisor of C
        num_channels: C
        eps: ε
        affine: if False, the layer has neither γ nor β
        device: None or "cpu"
        dtype: dtype of the parameters
        bias: if False, the layer has no β

    Raises:
        ValueError: num_groups does not divide num_channels

    Init:
        γ = 1, β = 0

    Source:
        torch.nn.GroupNorm; Wu, He 2018, "Group normalization"

    Example:
        >>> nn.GroupNorm(2, 4, eps=0.0)(refnet.tensor([[1.0, 3.0, 30.0, 10.0]])).detach()
        tensor([[-1.,  1.,  1., -1.]])
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
                f"GroupNorm(): expected num_groups to divide num_channels, got {num_groups} and "
                f"{num_channels}"
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
        """Sets γ to 1 and β to 0."""
        reset_affine(self.weight, self.bias)

    def forward(self, input: Tensor) -> Tensor:
        """Returns γ (x − μ) / √(σ² + ε) + β."""
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """Returns the sizes and the options."""
        options = describe(self, "eps", "affine")
        return f"{self.num_groups}, {self.num_channels}, {options}, bias={self.bias is not None}"


class RMSNorm(Module):
    """Root mean square normalisation over the last dimensions.

        y = γ x / √(mean(x²) + ε)

    The layer calls `refnet.nn.functional.rms_norm`. The gradient is derived in
    `refnet.ops.rms_norm`.

    Shape:
        x, y: (*, normalized_shape)
        weight γ: normalized_shape

    Args:
        normalized_shape: sizes of the last dimensions; an int for one dimension
        eps: ε; None means the machine epsilon of the dtype of x
        elementwise_affine: if False, the layer has no γ
        device: None or "cpu"
        dtype: dtype of the parameter

    Init:
        γ = 1

    Source:
        torch.nn.RMSNorm; Zhang, Sennrich 2019, "Root mean square layer normalization"

    Example:
        >>> nn.RMSNorm(2)(refnet.tensor([1.0, 7.0])).detach()  # divided by √((1 + 49) / 2) = 5
        tensor([0.2000, 1.4000])
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
        """Sets γ to 1."""
        reset_affine(self.weight, None)

    def forward(self, x: Tensor) -> Tensor:
        """Returns γ x / √(mean(x²) + ε)."""
        return F.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """Returns the shape and the options."""
        return f"{self.normalized_shape}, {describe(self, 'eps', 'elementwise_affine')}"


class LocalResponseNorm(Module):
    """Local response normalisation over neighbouring channels.

        y_c = x_c / (k + α/size Σ_j x_j²)^β

    j runs over the `size` channels from c − ⌊size/2⌋ on. The layer calls
    `refnet.nn.functional.local_response_norm`. The gradient is derived in
    `refnet.ops.local_response_norm`.

    Shape:
        x, y: (N, C, *), at least three dimensions

    Args:
        size: number of channels in a window
        alpha: α
        beta: β
        k: the constant of the denominator

    Source:
        torch.nn.LocalResponseNorm; Krizhevsky, Sutskever, Hinton 2012, "ImageNet classification
        with deep convolutional neural networks"

    Example:
        >>> norm = nn.LocalResponseNorm(1, alpha=1.0, beta=0.5, k=0.0)  # x / |x|
        >>> norm(refnet.tensor([[[4.0, -2.0]]]))
        tensor([[[ 1., -1.]]])
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def forward(self, input: Tensor) -> Tensor:
        """Returns x_c / (k + α/size Σ_j x_j²)^β."""
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        """Returns the size and the constants."""
        return f"{self.size}, {describe(self, 'alpha', 'beta', 'k')}"


def _shape(normalized_shape: int | Sequence[int]) -> tuple[int, ...]:
    """Returns normalized_shape as a tuple."""
    if is_integer(normalized_shape):
        return (cast(int, normalized_shape),)
    return tuple(cast(Sequence[int], normalized_shape))


def reset_affine(weight: Parameter | None, bias: Parameter | None) -> None:
    """Sets γ to 1 and β to 0, if they are not None."""
    if weight is not None:
        init.ones_(weight)
    if bias is not None:
        init.zeros_(bias)
