"""Layers that only change the shape: Flatten and Unflatten."""

from collections.abc import Sequence

from refnet.engine.tensor import Tensor
from refnet.nn.module import Module

__all__ = ["Flatten", "Unflatten"]


class Flatten(Module):
    """Dimensions start_dim to end_dim (included) become one, in the order of the elements.

    Shape:
        (N, d₁, …, dₙ) -> (N, d₁ ⋯ dₙ) with the defaults, which keep the batch

    Args:
        start_dim, end_dim: negative ones count from the end

    Source:
        torch.nn.Flatten
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Tensor) -> Tensor:
        """input.flatten(start_dim, end_dim)."""
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        """The dimensions."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """Dimension dim becomes several, in the order of the elements.

    Shape:
        (*, d, *) -> (*, u₁, …, uₙ, *) with u₁ ⋯ uₙ = d

    Args:
        unflattened_size: u₁, …, uₙ; one of them may be −1, meaning what is left

    Source:
        torch.nn.Unflatten (without its names of dimensions)

    Raises TypeError for a dim or sizes that are not integers.
    """

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        super().__init__()
        if not isinstance(dim, int):
            raise TypeError(f"dim must be an integer, but found type {type(dim).__name__}")
        if not isinstance(unflattened_size, (tuple, list)):
            raise TypeError(
                "unflattened_size must be a tuple or list, but found type "
                + type(unflattened_size).__name__
            )
        for i, n in enumerate(unflattened_size):
            if not isinstance(n, int):
                raise TypeError(
                    "unflattened_size must be tuple of ints, but found element of type "
                    f"{type(n).__name__} at pos {i}"
                )
        self.dim = dim
        self.unflattened_size = unflattened_size

    def forward(self, input: Tensor) -> Tensor:
        """input.unflatten(dim, unflattened_size)."""
        return input.unflatten(self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        """The dimension and its sizes."""
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
