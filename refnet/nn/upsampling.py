"""Layers that give the last dimensions other sizes by interpolation: Upsample."""

from collections.abc import Sequence

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.module import Module
from refnet.nn.sizes import Size

__all__ = ["Upsample", "UpsamplingBilinear2d", "UpsamplingNearest2d"]

Ratio = float | Sequence[float]


class Upsample(Module):
    """y = x interpolated at other places: n entries become m = size, or ⌊n · scale_factor⌋

    Output j lies at the place p = (j + ½) n/m − ½ of the input, with align_corners at
    j (n − 1)/(m − 1), and y_j is a weighted sum of the entries around p: see
    refnet.ops.interpolation for the weights.

    The gradient is derived in `refnet.ops.interpolate`.

    Shape:
        x: (N, C, n₁, …, n_d), y: (N, C, m₁, …, m_d), d = 1, 2 or 3

    Args:
        size: m for all dimensions, or one for each
        scale_factor: m/n instead; one for all, or one for each
        mode: nearest, nearest-exact, area, linear (d = 1), bilinear and bicubic
            (d = 2), trilinear (d = 3)
        align_corners: the first and last entries of x and y are the same points
        recompute_scale_factor: take the ratio of the rounded sizes for n/m

    Source:
        torch.nn.Upsample
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
            self.scale_factor = float(scale_factor) if scale_factor else None  # type: ignore[arg-type]
        self.mode = mode
        self.align_corners = align_corners
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, input: Tensor) -> Tensor:
        """The interpolated input."""
        return F.interpolate(
            input,
            self.size,
            self.scale_factor,
            self.mode,
            self.align_corners,
            recompute_scale_factor=self.recompute_scale_factor,
        )

    def extra_repr(self) -> str:
        """The sizes or factors, and the mode."""
        given = (
            f"size={self.size!r}"
            if self.scale_factor is None
            else f"scale_factor={self.scale_factor!r}"
        )
        return f"{given}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """Upsample(mode="nearest") for (N, C, H, W).  Source: torch.nn.UpsamplingNearest2d

    The gradient is derived in `refnet.ops.interpolate`.
    """

    def __init__(self, size: Size | None = None, scale_factor: Ratio | None = None) -> None:
        super().__init__(size, scale_factor, mode="nearest")


class UpsamplingBilinear2d(Upsample):
    """Upsample(mode="bilinear", align_corners=True) for (N, C, H, W)

    The gradient is derived in `refnet.ops.interpolate`.

    Source:
        torch.nn.UpsamplingBilinear2d
    """

    def __init__(self, size: Size | None = None, scale_factor: Ratio | None = None) -> None:
        super().__init__(size, scale_factor, mode="bilinear", align_corners=True)
