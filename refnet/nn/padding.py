"""Layers that pad their input: with a value, or with its own entries.

In all of them `padding` is one width for every side, or (left, right), (left, right, top, bottom),
(left, right, top, bottom, front, back); a negative width crops.
"""

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.description import describe
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


class _ConstantPadNd(Module):
    """Padding of the last `dims` dimensions with a value; described in ConstantPad1d."""

    dims: int

    def __init__(self, padding: Size, value: float) -> None:
        super().__init__()
        self.value = value
        self.padding = as_tuple(2 * self.dims, padding)

    def forward(self, input: Tensor) -> Tensor:
        """Returns F.pad(input, padding, "constant", value)."""
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        """Returns the widths and the value."""
        return describe(self, "padding", "value")


class ConstantPad1d(_ConstantPadNd):
    """Padding of the last dimension with a value.

    The layer calls `refnet.nn.functional.pad`. The gradient is derived in `refnet.ops.pad`.

    Shape:
        x: (*, W)
        y: (*, left + W + right)

    Args:
        padding: an int or (left, right); a negative width crops
        value: the value of the padding

    Source:
        torch.nn.ConstantPad1d

    Example:
        >>> nn.ConstantPad1d((1, 2), 7.0)(refnet.tensor([1.0, 2.0]))
        tensor([7., 1., 2., 7., 7.])
    """

    dims = 1


class ConstantPad2d(_ConstantPadNd):
    """Padding of the last two dimensions with a value.

    The layer calls `refnet.nn.functional.pad`. The gradient is derived in `refnet.ops.pad`.

    Shape:
        x: (*, H, W)
        y: (*, top + H + bottom, left + W + right)

    Args:
        padding: an int or (left, right, top, bottom); a negative width crops
        value: the value of the padding

    Source:
        torch.nn.ConstantPad2d

    Example:
        >>> nn.ConstantPad2d((1, 0, 0, 1), 7.0)(refnet.tensor([[1.0, 2.0]]))
        tensor([[7., 1., 2.],
                [7., 7., 7.]])
    """

    dims = 2


class ConstantPad3d(_ConstantPadNd):
    """Padding of the last three dimensions with a value.

    The layer calls `refnet.nn.functional.pad`. The gradient is derived in `refnet.ops.pad`.

    Shape:
        x: (*, D, H, W)
        y: (*, front + D + back, top + H + bottom, left + W + right)

    Args:
        padding: an int or (left, right, top, bottom, front, back); a negative width crops
        value: the value of the padding

    Source:
        torch.nn.ConstantPad3d

    Example:
        >>> nn.ConstantPad3d((0, 1, 0, 0, 0, 0), 7.0)(refnet.tensor([[[1.0, 2.0]]]))
        tensor([[[1., 2., 7.]]])
    """

    dims = 3


class _ZeroPadNd(_ConstantPadNd):
    """Padding of the last `dims` dimensions with zeros."""

    def __init__(self, padding: Size) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        """Returns the widths."""
        return f"{self.padding}"


class ZeroPad1d(_ZeroPadNd, ConstantPad1d):
    """Padding of the last dimension with zeros: ConstantPad1d with the value 0.

    The layer calls `refnet.nn.functional.pad`. The gradient is derived in `refnet.ops.pad`.

    Args:
        padding: as in ConstantPad1d

    Source:
        torch.nn.ZeroPad1d

    Example:
        >>> nn.ZeroPad1d((1, 2))(refnet.tensor([1.0, 2.0]))
        tensor([0., 1., 2., 0., 0.])
    """


class ZeroPad2d(_ZeroPadNd, ConstantPad2d):
    """Padding of the last two dimensions with zeros: ConstantPad2d with the value 0.

    The layer calls `refnet.nn.functional.pad`. The gradient is derived in `refnet.ops.pad`.

    Args:
        padding: as in ConstantPad2d

    Source:
        torch.nn.ZeroPad2d

    Example:
        >>> nn.ZeroPad2d(1)(refnet.tensor([[5.0]]))
        tensor([[0., 0., 0.],
                [0., 5., 0.],
                [0., 0., 0.]])
    """


class ZeroPad3d(_ZeroPadNd, ConstantPad3d):
    """Padding of the last three dimensions with zeros: ConstantPad3d with the value 0.

    The layer calls `refnet.nn.functional.pad`. The gradient is derived in `refnet.ops.pad`.

    Args:
        padding: as in ConstantPad3d

    Source:
        torch.nn.ZeroPad3d

    Example:
        >>> nn.ZeroPad3d((1, 1, 0, 0, 0, 0))(refnet.tensor([[[5.0]]]))
        tensor([[[0., 5., 0.]]])
    """


class _Extension(Module):
    """Padding of the last `dims` dimensions with entries of the input."""

    dims: int
    mode: str

    def __init__(self, padding: Size) -> None:
        super().__init__()
        self.padding = as_tuple(2 * self.dims, padding)

    def forward(self, input: Tensor) -> Tensor:
        """Returns F.pad(input, padding, mode)."""
        return F.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        """Returns the widths."""
        return f"{self.padding}"


class _ReflectionPadNd(_Extension):
    """Padding with the reflected input; described in ReflectionPad1d."""

    mode = "reflect"


class ReflectionPad1d(_ReflectionPadNd):
    """Padding of the last dimension with its reflection; the edges are not repeated.

        … x₂ x₁ | x₀ x₁ … xₙ₋₁ | xₙ₋₂ xₙ₋₃ …

    The layer calls `refnet.nn.functional.pad`. The gradient is derived in `refnet.ops.extend` and,
    where a negative width crops, in `refnet.ops.pad`.

    Shape:
        x: (N, C, W) or (C, W)
        y: (N, C, left + W + right) or (C, left + W + right)

    Args:
        padding: an int or (left, right), each less than W; a negative width crops

    Source:
        torch.nn.ReflectionPad1d

    Example:
        >>> nn.ReflectionPad1d(2)(refnet.tensor([[0.0, 1.0, 2.0]]))
        tensor([[2., 1., 0., 1., 2., 1., 0.]])
    """

    dims = 1


class ReflectionPad2d(_ReflectionPadNd):
    """Padding of the last two dimensions with their reflections, each as in ReflectionPad1d.

    The layer calls `refnet.nn.functional.pad`. The gradient is derived in `refnet.ops.extend` and,
    where a negative width crops, in `refnet.ops.pad`.

    Shape:
        x: (N, C, H, W) or (C, H, W)
        y: with top + H + bottom and left + W + right in place of H and W

    Args:
        padding: an int or (left, right, top, bottom), each less than its dimension

    Source:
        torch.nn.ReflectionPad2d

    Example:
        >>> nn.ReflectionPad2d((1, 0, 1, 0))(refnet.tensor([[[0.0, 1.0], [2.0, 3.0]]]))
        tensor([[[3., 2., 3.],
                 [1., 0., 1.],
                 [3., 2., 3.]]])
    """

    dims = 2


class ReflectionPad3d(_ReflectionPadNd):
    """Padding of the last three dimensions with their reflections, each as in ReflectionPad1d.

    The layer calls `refnet.nn.functional.pad`. The gradient is derived in `refnet.ops.extend` and,
    where a negative width crops, in `refnet.ops.pad`.

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W)
        y: with front + D + back, top + H + bottom and left + W + right in place of D, H and W

    Args:
        padding: an int or (left, right, top, bottom, front, back), each less than its dimension

    Source:
        torch.nn.ReflectionPad3d

    Example:
        >>> nn.ReflectionPad3d((1, 1, 0, 0, 0, 0))(refnet.tensor([[[[0.0, 1.0]]]]))
        tensor([[[[1., 0., 1., 0.]]]])
    """

    dims = 3


class _ReplicationPadNd(_Extension):
    """Padding with repeated edges; described in ReplicationPad1d."""

    mode = "replicate"


class ReplicationPad1d(_ReplicationPadNd):
    """Padding of the last dimension with its first and last entry.

        … x₀ x₀ | x₀ x₁ … xₙ₋₁ | xₙ₋₁ xₙ₋₁ …

    The layer calls `refnet.nn.functional.pad`. The gradient is derived in `refnet.ops.extend` and,
    where a negative width crops, in `refnet.ops.pad`.

    Shape:
        x: (N, C, W) or (C, W)
        y: (N, C, left + W + right) or (C, left + W + right)

    Args:
        padding: an int or (left, right); a negative width crops

    Source:
        torch.nn.ReplicationPad1d

    Example:
        >>> nn.ReplicationPad1d((2, 1))(refnet.tensor([[0.0, 1.0, 2.0]]))
        tensor([[0., 0., 0., 1., 2., 2.]])
    """

    dims = 1


class ReplicationPad2d(_ReplicationPadNd):
    """Padding of the last two dimensions with their edges, each as in ReplicationPad1d.

    The layer calls `refnet.nn.functional.pad`. The gradient is derived in `refnet.ops.extend` and,
    where a negative width crops, in `refnet.ops.pad`.

    Shape:
        x: (N, C, H, W) or (C, H, W)
        y: with top + H + bottom and left + W + right in place of H and W

    Args:
        padding: an int or (left, right, top, bottom); a negative width crops

    Source:
        torch.nn.ReplicationPad2d

    Example:
        >>> nn.ReplicationPad2d((1, 0, 1, 0))(refnet.tensor([[[0.0, 1.0], [2.0, 3.0]]]))
        tensor([[[0., 0., 1.],
                 [0., 0., 1.],
                 [2., 2., 3.]]])
    """

    dims = 2


class ReplicationPad3d(_ReplicationPadNd):
    """Padding of the last three dimensions with their edges, each as in ReplicationPad1d.

    The layer calls `refnet.nn.functional.pad`. The gradient is derived in `refnet.ops.extend` and,
    where a negative width crops, in `refnet.ops.pad`.

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W)
        y: with front + D + back, top + H + bottom and left + W + right in place of D, H and W

    Args:
        padding: an int or (left, right, top, bottom, front, back); a negative width crops

    Source:
        torch.nn.ReplicationPad3d

    Example:
        >>> nn.ReplicationPad3d((1, 1, 0, 0, 0, 0))(refnet.tensor([[[[0.0, 1.0]]]]))
        tensor([[[[0., 0., 1., 1.]]]])
    """

    dims = 3


class _CircularPadNd(_Extension):
    """Padding with the input repeated; described in CircularPad1d."""

    mode = "circular"

    def forward(self, input: Tensor) -> Tensor:
        """Returns F.pad(input, padding, "circular")."""
        d = self.dims
        if input.ndim not in (d + 1, d + 2):
            name = type(self).__name__
            raise ValueError(f"{name}(): expected {d + 1}D or {d + 2}D input, got {input.ndim}D")
        return super().forward(input)


class CircularPad1d(_CircularPadNd):
    """Padding of the last dimension with its other end: the dimension becomes a circle.

        … xₙ₋₂ xₙ₋₁ | x₀ x₁ … xₙ₋₁ | x₀ x₁ …

    The layer calls `refnet.nn.functional.pad`. The gradient is derived in `refnet.ops.extend` and,
    where a negative width crops, in `refnet.ops.pad`.

    Shape:
        x: (N, C, W) or (C, W)
        y: (N, C, left + W + right) or (C, left + W + right)

    Args:
        padding: an int or (left, right), each at most W; a negative width crops

    Raises:
        ValueError: x has another number of dimensions

    Source:
        torch.nn.CircularPad1d

    Example:
        >>> nn.CircularPad1d(1)(refnet.tensor([[0.0, 1.0, 2.0]]))
        tensor([[2., 0., 1., 2., 0.]])
    """

    dims = 1


class CircularPad2d(_CircularPadNd):
    """Padding of the last two dimensions with their other ends: the plane becomes a torus.

    Each dimension is padded as in CircularPad1d. The layer calls `refnet.nn.functional.pad`. The
    gradient is derived in `refnet.ops.extend` and, where a negative width crops, in
    `refnet.ops.pad`.

    Shape:
        x: (N, C, H, W) or (C, H, W)
        y: with top + H + bottom and left + W + right in place of H and W

    Args:
        padding: an int or (left, right, top, bottom), each at most its dimension

    Source:
        torch.nn.CircularPad2d

    Example:
        >>> nn.CircularPad2d((1, 0, 1, 0))(refnet.tensor([[[0.0, 1.0], [2.0, 3.0]]]))
        tensor([[[3., 2., 3.],
                 [1., 0., 1.],
                 [3., 2., 3.]]])
    """

    dims = 2


class CircularPad3d(_CircularPadNd):
    """Padding of the last three dimensions with their other ends, each as in CircularPad1d.

    The layer calls `refnet.nn.functional.pad`. The gradient is derived in `refnet.ops.extend` and,
    where a negative width crops, in `refnet.ops.pad`.

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W)
        y: with front + D + back, top + H + bottom and left + W + right in place of D, H and W

    Args:
        padding: an int or (left, right, top, bottom, front, back), each at most its dimension

    Source:
        torch.nn.CircularPad3d

    Example:
        >>> nn.CircularPad3d((1, 0, 0, 0, 0, 0))(refnet.tensor([[[[0.0, 1.0]]]]))
        tensor([[[[1., 0., 1.]]]])
    """

    dims = 3
