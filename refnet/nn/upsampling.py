"""Layers that resize their input by interpolation: Upsample."""

from collections.abc import Sequence
from typing import Any

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.description import describe
from refnet.nn.module import Module
from refnet.nn.sizes import Size

__all__ = ["Upsample", "UpsamplingBilinear2d", "UpsamplingNearest2d"]

Ratio = float | Sequence[float]


class Upsample(Module):
    """Resizing of the last d dimensions by interpolation.

        p_j = (j + ½) n/m − ½,   with align_corners p_j = j (n − 1)/(m − 1)

    Output j of m lies at p_j in a dimension of n entries. The linear and cubic modes return a
    weighted sum of the entries around p_j; refnet.ops.interpolation has the weights. "nearest"
    returns entry ⌊j n/m⌋, "nearest-exact" entry ⌊(j + ½) n/m⌋, "area" a mean as AdaptiveAvgPool1d.
    The layer calls `refnet.nn.functional.interpolate`. The gradient is derived in
    `refnet.ops.interpolate`.

    Shape:
        x: (N, C, n₁, …, n_d), d = 1, 2 or 3
        y: (N, C, m₁, …, m_d)

    Args:
        size: m, an int for all dimensions or one for each
        scale_factor: in place of size: m = ⌊n · scale_factor⌋, a number for all or one for each
        mode: "nearest", "nearest-exact", "area", "linear" (d = 1), "bilinear" or "bicubic" (d = 2),
            "trilinear" (d = 3)
        align_corners: if True, the first and last entries of x and y are at the same places
        recompute_scale_factor: if True, n/m is the ratio of the sizes; otherwise it is
            1/scale_factor where that is given

    Source:
        torch.nn.Upsample

    Example:
        >>> x = refnet.tensor([[[0.0, 4.0]]])
        >>> nn.Upsample(scale_factor=2)(x)
        tensor([[[0., 0., 4., 4.]]])
        >>> nn.Upsample(5, mode="linear", align_corners=True)(x)
        tensor([[[0., 1., 2., 3., 4.]]])
    """

    def __init__(
        self,
        size: Size | None = None,
        scale_factor: Ratio | None = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ) -> None:
        super().__init__()
        self.name = type(self).__name__
        self.size = size
        self.scale_factor: float | tuple[float, ...] | None
        if isinstance(scale_factor, tuple):
            self.scale_factor = tuple(float(factor) for factor in scale_factor)
        else:
            given: Any = scale_factor
            self.scale_factor = float(given) if given else None
        self.mode = mode
        self.align_corners = align_corners
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, input: Tensor) -> Tensor:
        """Returns the resized input."""
        options = self.size, self.scale_factor, self.mode, self.align_corners
        return F.interpolate(input, *options, self.recompute_scale_factor)

    def extra_repr(self) -> str:
        """Returns the sizes or factors, and the mode."""
        given = "size" if self.scale_factor is None else "scale_factor"
        return f"{describe(self, given)}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """Upsample with mode="nearest", for inputs (N, C, H, W).

    The layer calls `refnet.nn.functional.interpolate`. The gradient is derived in
    `refnet.ops.interpolate`.

    Args:
        size: size of the output, an int or a pair of ints
        scale_factor: in place of size: output size divided by input size, a number or a pair

    Source:
        torch.nn.UpsamplingNearest2d

    Example:
        >>> nn.UpsamplingNearest2d(scale_factor=2)(refnet.tensor([[[[1.0, 2.0]]]]))
        tensor([[[[1., 1., 2., 2.],
                  [1., 1., 2., 2.]]]])
    """

    def __init__(self, size: Size | None = None, scale_factor: Ratio | None = None) -> None:
        super().__init__(size, scale_factor, mode="nearest")


class UpsamplingBilinear2d(Upsample):
    """Upsample with mode="bilinear" and align_corners=True, for inputs (N, C, H, W).

    The layer calls `refnet.nn.functional.interpolate`. The gradient is derived in
    `refnet.ops.interpolate`.

    Args:
        size: size of the output, an int or a pair of ints
        scale_factor: in place of size: output size divided by input size, a number or a pair

    Source:
        torch.nn.UpsamplingBilinear2d

    Example:
        >>> nn.UpsamplingBilinear2d(size=(1, 5))(refnet.tensor([[[[0.0, 4.0]]]]))
        tensor([[[[0., 1., 2., 3., 4.]]]])
    """

    def __init__(self, size: Size | None = None, scale_factor: Ratio | None = None) -> None:
        super().__init__(size, scale_factor, mode="bilinear", align_corners=True)
