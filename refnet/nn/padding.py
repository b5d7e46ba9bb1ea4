"""Layers that put a margin around their input: of a value, or of the input's own entries.

In all of them `padding` is one number for every side, or (left, right), (left, right, top,
bottom), (left, right, top, bottom, front, back); a negative one cuts off.
"""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.module import Module
from refnet.nn.sizes import Size, as_tuple

__all__ = [
    "CircularPad1d",
    "CircularPad2d",
    "CircularPad3d",
    "ConstantPad1d",
    "ConstantPad2d",
    "ConstantPad3d",
    "ReflectionPad1d",
    "ReflectionPad2d",
    "ReflectionPad3d",
    "ReplicationPad1d",
    "ReplicationPad2d",
    "ReplicationPad3d",
    "ZeroPad1d",
    "ZeroPad2d",
    "ZeroPad3d",
]


class _ConstantPad(Module):
    """The value around the last `dims` dimensions."""

    dims: int

    def __init__(self, padding: Size, value: float) -> None:
        super().__init__()
        self.value = value
        self.padding = as_tuple(2 * self.dims, padding)

    def forward(self, input: Tensor) -> Tensor:
        """F.pad(input, padding, "constant", value)."""
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        """The widths and the value."""
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPad):
    """y = x, with a margin of `value` at both ends of the last dimension

    The gradient is derived in `refnet.ops.pad`.

    Shape:
        x: (*, W), y: (*, left + W + right)

    Args:
        padding: a number or (left, right)
        value: what the margin is made of

    Source:
        torch.nn.ConstantPad1d
    """

    dims = 1


class ConstantPad2d(_ConstantPad):
    """y = x, with a margin of `value` around the last two dimensions

    The gradient is derived in `refnet.ops.pad`.

    Shape:
        x: (*, H, W), y: (*, top + H + bottom, left + W + right)

    Args:
        padding: a number or (left, right, top, bottom)
        value: what the margin is made of

    Source:
        torch.nn.ConstantPad2d
    """

    dims = 2


class ConstantPad3d(_ConstantPad):
    """y = x, with a margin of `value` around the last three dimensions

    The gradient is derived in `refnet.ops.pad`.

    Shape:
        x: (*, D, H, W), y: (*, front + D + back, top + H + bottom, left + W + right)

    Args:
        padding: a number or (left, right, top, bottom, front, back)
        value: what the margin is made of

    Source:
        torch.nn.ConstantPad3d
    """

    dims = 3


class ZeroPad1d(ConstantPad1d):
    """ConstantPad1d with the value 0.  Source: torch.nn.ZeroPad1d

    The gradient is derived in `refnet.ops.pad`.
    """

    def __init__(self, padding: Size) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        """The widths."""
        return f"{self.padding}"


class ZeroPad2d(ConstantPad2d):
    """ConstantPad2d with the value 0.  Source: torch.nn.ZeroPad2d

    The gradient is derived in `refnet.ops.pad`.
    """

    def __init__(self, padding: Size) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        """The widths."""
        return f"{self.padding}"


class ZeroPad3d(ConstantPad3d):
    """ConstantPad3d with the value 0.  Source: torch.nn.ZeroPad3d

    The gradient is derived in `refnet.ops.pad`.
    """

    def __init__(self, padding: Size) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        """The widths."""
        return f"{self.padding}"


class _Extension(Module):
    """The input continued beyond the edges of its last `dims` dimensions."""

    dims: int
    mode: str

    def __init__(self, padding: Size) -> None:
        super().__init__()
        self.padding = as_tuple(2 * self.dims, padding)

    def forward(self, input: Tensor) -> Tensor:
        """F.pad(input, padding, mode)."""
        return F.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        """The widths."""
        return f"{self.padding}"


class _ReflectionPad(_Extension):
    mode = "reflect"


class ReflectionPad1d(_ReflectionPad):
    """y = … x₂ x₁ | x₀ x₁ … xₙ₋₁ | xₙ₋₂ xₙ₋₃ …: the edges are mirrors, and are not repeated

    The gradient is derived in `refnet.ops.pad`.

    Shape:
        x: (N, C, W) or (C, W), y: with left + W + right

    Args:
        padding: a number or (left, right), each less than W

    Source:
        torch.nn.ReflectionPad1d
    """

    dims = 1


class ReflectionPad2d(_ReflectionPad):
    """The last two dimensions reflected at their edges, each as in ReflectionPad1d

    The gradient is derived in `refnet.ops.pad`.

    Shape:
        x: (N, C, H, W) or (C, H, W), y: with top + H + bottom, left + W + right

    Args:
        padding: a number or (left, right, top, bottom), each less than its dimension

    Source:
        torch.nn.ReflectionPad2d
    """

    dims = 2


class ReflectionPad3d(_ReflectionPad):
    """The last three dimensions reflected at their edges, each as in ReflectionPad1d

    The gradient is derived in `refnet.ops.pad`.

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W),
        y: with front + D + back, top + H + bottom, left + W + right

    Args:
        padding: a number or (left, right, top, bottom, front, back), each less than its
            dimension

    Source:
        torch.nn.ReflectionPad3d
    """

    dims = 3


class _ReplicationPad(_Extension):
    mode = "replicate"


class ReplicationPad1d(_ReplicationPad):
    """y = … x₀ x₀ | x₀ x₁ … xₙ₋₁ | xₙ₋₁ xₙ₋₁ …: the edges repeated

    The gradient is derived in `refnet.ops.pad`.

    Shape:
        x: (N, C, W) or (C, W), y: with left + W + right

    Args:
        padding: a number or (left, right)

    Source:
        torch.nn.ReplicationPad1d
    """

    dims = 1


class ReplicationPad2d(_ReplicationPad):
    """The edges of the last two dimensions repeated, each as in ReplicationPad1d

    The gradient is derived in `refnet.ops.pad`.

    Shape:
        x: (N, C, H, W) or (C, H, W), y: with top + H + bottom, left + W + right

    Args:
        padding: a number or (left, right, top, bottom)

    Source:
        torch.nn.ReplicationPad2d
    """

    dims = 2


class ReplicationPad3d(_ReplicationPad):
    """The edges of the last three dimensions repeated, each as in ReplicationPad1d

    The gradient is derived in `refnet.ops.pad`.

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W),
        y: with front + D + back, top + H + bottom, left + W + right

    Args:
        padding: a number or (left, right, top, bottom, front, back)

    Source:
        torch.nn.ReplicationPad3d
    """

    dims = 3


class _CircularPad(_Extension):
    """Raises ValueError for an input of another number of dimensions."""

    mode = "circular"

    def forward(self, input: Tensor) -> Tensor:
        """F.pad(input, padding, "circular")."""
        k = self.dims
        if input.ndim not in (k + 1, k + 2):
            raise ValueError(f"expected {k + 1}D or {k + 2}D input (got {input.ndim}D input)")
        return super().forward(input)


class CircularPad1d(_CircularPad):
    """y = … xₙ₋₂ xₙ₋₁ | x₀ x₁ … xₙ₋₁ | x₀ x₁ …: the dimension is a circle

    Shape:
        x: (N, C, W) or (C, W), y: with left + W + right

    Args:
        padding: a number or (left, right), each at most W

    Source:
        torch.nn.CircularPad1d
    """

    dims = 1


class CircularPad2d(_CircularPad):
    """The last two dimensions as circles, each as in CircularPad1d: a torus

    Shape:
        x: (N, C, H, W) or (C, H, W), y: with top + H + bottom, left + W + right

    Args:
        padding: a number or (left, right, top, bottom), each at most its dimension

    Source:
        torch.nn.CircularPad2d
    """

    dims = 2


class CircularPad3d(_CircularPad):
    """The last three dimensions as circles, each as in CircularPad1d

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W),
        y: with front + D + back, top + H + bottom, left + W + right

    Args:
        padding: a number or (left, right, top, bottom, front, back), each at most its
            dimension

    Source:
        torch.nn.CircularPad3d
    """

    dims = 3
