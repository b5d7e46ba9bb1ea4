"""Linear layers: Linear, Bilinear and Identity."""

import math
from typing import Any

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F, init
from refnet.nn.description import describe
from refnet.nn.module import Module
from refnet.nn.parameter import Parameter, empty_parameter

__all__ = ["Bilinear", "Identity", "Linear"]


class Identity(Module):
    """The layer that returns its input: y = x.

    Shape:
        x, y: (*)

    Args:
        args: ignored
        kwargs: ignored

    Source:
        torch.nn.Identity

    Example:
        >>> nn.Identity(54, unused=0.1)(refnet.tensor([1.0, 2.0]))
        tensor([1., 2.])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        """Returns the input itself."""
        return input


class Linear(Module):
    """Linear layer.

        y = x Wᵀ + b

    The layer calls `refnet.nn.functional.linear`. The gradient is derived in `refnet.ops.linear`.

    Shape:
        x: (*, in_features)
        y: (*, out_features)
        weight W: (out_features, in_features)
        bias b: (out_features)

    Args:
        in_features: size of the last dimension of x
        out_features: size of the last dimension of y
        bias: if False, the layer has no b
        device: None or "cpu"
        dtype: dtype of the parameters

    Init:
        W and b uniform on ±1/√in_features. For W this is Kaiming's uniform initialisation with
        a = √5, which is PyTorch's choice: gain² = 2/(1 + a²) = 1/3.

    Source:
        torch.nn.Linear

    Example:
        >>> layer = nn.Linear(2, 1)
        >>> _ = layer.load_state_dict(
        ...     {"weight": refnet.tensor([[2.0, -1.0]]), "bias": refnet.ones(1)}
        ... )
        >>> layer(refnet.tensor([[3.0, 4.0], [0.0, 1.0]])).detach()
        tensor([[3.],
                [0.]])
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = empty_parameter(out_features, in_features, device=device, dtype=dtype)
        b = empty_parameter(out_features, device=device, dtype=dtype) if bias else None
        self.register_parameter("bias", b)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws W and b."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        """Returns x Wᵀ + b."""
        return F.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Returns the sizes."""
        return f"{describe(self, 'in_features', 'out_features')}, bias={self.bias is not None}"


class Bilinear(Module):
    """Bilinear layer.

        y_k = x₁ᵀ W_k x₂ + b_k

    The layer calls `refnet.nn.functional.bilinear`. The gradient is derived in
    `refnet.ops.bilinear`.

    Shape:
        x₁: (*, in1_features)
        x₂: (*, in2_features)
        y: (*, out_features)
        weight W: (out_features, in1_features, in2_features)
        bias b: (out_features)

    Args:
        in1_features: size of the last dimension of x₁
        in2_features: size of the last dimension of x₂
        out_features: size of the last dimension of y
        bias: if False, the layer has no b
        device: None or "cpu"
        dtype: dtype of the parameters

    Raises:
        ValueError: in1_features is not positive

    Init:
        W and b uniform on ±1/√in1_features

    Source:
        torch.nn.Bilinear

    Example:
        >>> layer = nn.Bilinear(2, 2, 1, bias=False)
        >>> _ = layer.load_state_dict({"weight": refnet.eye(2)[None]})  # then y = x₁ · x₂
        >>> layer(refnet.tensor([1.0, 2.0]), refnet.tensor([3.0, 4.0])).detach()
        tensor([11.])
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if in1_features <= 0:
            raise ValueError(f"in1_features must be > 0, but got (in1_features={in1_features})")
        super().__init__()
        self.in1_features = in1_features
        self.in2_features = in2_features
        self.out_features = out_features
        self.weight = empty_parameter(
            out_features, in1_features, in2_features, device=device, dtype=dtype
        )
        b = empty_parameter(out_features, device=device, dtype=dtype) if bias else None
        self.register_parameter("bias", b)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws W and b."""
        bound = 1 / math.sqrt(self.in1_features)
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        """Returns x₁ᵀ W x₂ + b."""
        return F.bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Returns the sizes."""
        sizes = describe(self, "in1_features", "in2_features", "out_features")
        return f"{sizes}, bias={self.bias is not None}"
