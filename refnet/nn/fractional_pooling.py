"""FractionalMaxPool: max pooling that shrinks by a fraction, with windows at random distances."""

from collections.abc import Sequence

from refnet.engine.tensor import Tensor
from refnet.nn import functional as F
from refnet.nn.module import Module
from refnet.nn.sizes import Size, as_tuple

__all__ = ["FractionalMaxPool2d", "FractionalMaxPool3d"]

Ratio = float | Sequence[float]


class _FractionalMaxPoolNd(Module):
    """Fractional max pooling over the last `dims` dimensions; described in FractionalMaxPool2d."""

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
            raise ValueError(f"{name}(): expected kernel_size above 0, got {kernel_size}")
        self.return_indices = return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size = None if output_size is None else as_tuple(self.dims, output_size)
        self.output_ratio: tuple[float, ...] | None = None
        if (output_size is None) == (output_ratio is None):
            given = "neither" if output_size is None else "both"
            raise ValueError(f"{name}(): expected output_size or output_ratio, got {given}")
        if output_ratio is not None:
            self.output_ratio = as_tuple(self.dims, output_ratio)
            if not all(0 < ratio < 1 for ratio in self.output_ratio[: self.dims]):
                raise ValueError(
                    f"{name}(): expected output_ratio between 0 and 1, got {output_ratio}"
                )

    def forward(self, input: Tensor) -> Tensor:
        """Returns y, or (y, indices) with return_indices."""
        pool = F.fractional_max_pool2d if self.dims == 2 else F.fractional_max_pool3d
        size = self.output_size, self.output_ratio
        samples = self._random_samples
        return pool(input, self.kernel_size, *size, self.return_indices, _random_samples=samples)


class FractionalMaxPool2d(_FractionalMaxPoolNd):
    """Max pooling over two dimensions, with windows at random distances.

        y_j = max_k x[s_j + k],   k = 0, …, kernel_size − 1
        s_j = ⌊(j + u) α⌋ − ⌊u α⌋,   α = (n − kernel_size) / (m − 1)

    along a dimension of n entries with m windows, whose average distance is α. The random u is
    drawn for each plane and dimension at every call, also in evaluation. The layer calls
    `refnet.nn.functional.fractional_max_pool2d`. The gradient is derived in `refnet.ops.max_pool`.

    Shape:
        x: (N, C, H, W) or (C, H, W)
        y: (N, C, M₁, M₂) or (C, M₁, M₂)

    Args:
        kernel_size: size of the windows, an int or a pair of ints
        output_size: M for both dimensions or (M₁, M₂)
        output_ratio: in place of output_size: M = ⌊ratio · n⌋, ratios between 0 and 1
        return_indices: if True, forward also returns the indices in the flattened plane
        _random_samples: the numbers u, (N, C, 2), those of the columns first

    Raises:
        ValueError: output_size and output_ratio are both given, or neither; or a ratio is not
            between 0 and 1

    Source:
        torch.nn.FractionalMaxPool2d; Graham 2014, "Fractional max-pooling"

    Example:
        >>> nn.FractionalMaxPool2d(2, output_ratio=0.7)(refnet.randn(1, 3, 10, 10)).shape
        refnet.Size([1, 3, 7, 7])
    """

    dims = 2


class FractionalMaxPool3d(_FractionalMaxPoolNd):
    """Max pooling over three dimensions, as FractionalMaxPool2d pools over two.

    The parameters are those of FractionalMaxPool2d; a size is an int or a triple of ints, and
    _random_samples is (N, C, 3), the numbers of the depth first. The layer calls
    `refnet.nn.functional.fractional_max_pool3d`. The gradient is derived in `refnet.ops.max_pool`.

    Shape:
        x: (N, C, D, H, W) or (C, D, H, W)
        y: (N, C, M₁, M₂, M₃) or (C, M₁, M₂, M₃)

    Raises:
        ValueError: as in FractionalMaxPool2d, or kernel_size is not positive

    Source:
        torch.nn.FractionalMaxPool3d

    Example:
        >>> nn.FractionalMaxPool3d(2, output_size=3)(refnet.randn(1, 1, 8, 8, 8)).shape
        refnet.Size([1, 1, 3, 3, 3])
    """

    dims = 3
