"""FractionalMaxPool: max pooling that shrinks by a fraction, with windows at random steps."""

from collections.abc import Sequence

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.module import Module
from refnet.nn.sizes import Size, as_tuple

__all__ = ["FractionalMaxPool2d", "FractionalMaxPool3d"]

Ratio = float | Sequence[float]


class _FractionalMaxPool(Module):
    dims: int

    def __init__(
        self,
        kernel_size: Size,
        output_size: Size | None = None,
        output_ratio: Ratio | None = None,
        return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> None:
        name = type(self).__name__
        super().__init__()
        self.kernel_size = as_tuple(self.dims, kernel_size)
        if self.dims == 3 and min(self.kernel_size) <= 0:
            raise ValueError(f"kernel_size must be greater than 0, but got {kernel_size}")
        self.return_indices = return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size = None if output_size is None else as_tuple(self.dims, output_size)
        self.output_ratio: tuple[float, ...] | None = None
        if output_size is None and output_ratio is None:
            raise ValueError(
                f"{name} requires specifying either an output size, or a pooling ratio"
            )
        if output_ratio is not None:
            if output_size is not None:
                raise ValueError("only one of output_size and output_ratio may be specified")
            self.output_ratio = as_tuple(self.dims, output_ratio)
            if not all(0 < ratio < 1 for ratio in self.output_ratio[: self.dims]):
                raise ValueError(f"output_ratio must be between 0 and 1 (got {output_ratio})")


class FractionalMaxPool2d(_FractionalMaxPool):
    """y = the largest entry of each of m₁ × m₂ windows, whose distances are drawn at random

    Along a dimension of n entries the m windows of size k lie α = (n − k)/(m − 1) apart on average: they
    start at ⌊(j + u) α⌋ − ⌊u α⌋, with a random u for each plane and dimension. Every call, also in
    evaluation, draws anew.

    The gradient is derived in `refnet.ops.max_pool`.

    Shape:
        x: (N, C, H, W) or (C, H, W), y: with m₁, m₂ in place of H, W

    Args:
        output_size: m for both or (m₁, m₂)
        output_ratio: instead: m = ⌊ratio · n⌋ with ratios between 0 and 1
        return_indices: also return where in the H·W plane the maxima are
        _random_samples: the numbers u, (N, C, 2), of the columns first

    Source:
        torch.nn.FractionalMaxPool2d; Graham 2014, "Fractional max-pooling"

    Raises ValueError for both sizes or none, and for a ratio that is not between 0 and 1.
    """

    dims = 2

    def forward(self, input: Tensor) -> Tensor:
        """y, or (y, indices)."""
        return F.fractional_max_pool2d(
            input,
            self.kernel_size,
            self.output_size,
            self.output_ratio,
            self.return_indices,
            _random_samples=self._random_samples,
        )


class FractionalMaxPool3d(_FractionalMaxPool):
    """FractionalMaxPool2d for three dimensions

    The gradient is derived in `refnet.ops.max_pool`.

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W), y: with m₁, m₂, m₃ in place of D, H, W

    Args:
        output_size: m for all or (m₁, m₂, m₃)
        output_ratio: instead: m = ⌊ratio · n⌋ with ratios between 0 and 1
        return_indices: also return where in the D·H·W volume the maxima are
        _random_samples: the numbers u, (N, C, 3), of the depth first

    Source:
        torch.nn.FractionalMaxPool3d

    Raises ValueError for both sizes or none, for a ratio that is not between 0 and 1, and for a
    kernel_size that is not positive.
    """

    dims = 3

    def forward(self, input: Tensor) -> Tensor:
        """y, or (y, indices)."""
        return F.fractional_max_pool3d(
            input,
            self.kernel_size,
            self.output_size,
            self.output_ratio,
            self.return_indices,
            _random_samples=self._random_samples,
        )
