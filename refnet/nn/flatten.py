"""Layers that change only the shape: Flatten and Unflatten."""

from collections.abc import Sequence

from refnet.engine.argument_errors import is_integer
from refnet.engine.tensor import Tensor
from refnet.nn.description import describe
from refnet.nn.module import Module

__all__ = ["Flatten", "Unflatten"]


class Flatten(Module):
    """Flattening: joins the dimensions start_dim to end_dim into one, in the order of elements.

    Shape:
        x: (N, d₁, …, dₙ)
        y: (N, d₁ ⋯ dₙ), with the defaults, which keep the batch dimension

    Args:
        start_dim: first of these dimensions; a negative number counts from the end
        end_dim: last of these dimensions; a negative number counts from the end

    Source:
        torch.nn.Flatten

    Example:
        >>> nn.Flatten()(refnet.zeros(8, 3, 4, 4)).shape
        refnet.Size([8, 48])
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Tensor) -> Tensor:
        """Returns input.flatten(start_dim, end_dim)."""
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        """Returns the dimensions."""
        return describe(self, "start_dim", "end_dim")


class Unflatten(Module):
    """Unflattening: splits one dimension into several, in the order of elements.

    Shape:
        x: (*, d, *)
        y: (*, u₁, …, uₙ, *) with u₁ ⋯ uₙ = d

    Args:
        dim: the dimension that is split
        unflattened_size: (u₁, …, uₙ); one of them can be −1, the size that makes the product d

    Raises:
        TypeError: dim or a size is not an int, or unflattened_size is not a tuple or list

    Source:
        torch.nn.Unflatten, without named dimensions

    Example:
        >>> nn.Unflatten(1, (3, -1))(refnet.zeros(8, 12)).shape
        refnet.Size([8, 3, 4])
    """

    def __init__(self, dim: int, unflattened_size: Sequence[int]) -> None:
        super().__init__()
        if not is_integer(dim):
            raise TypeError(f"Unflatten(): expected dim to be an int, got {type(dim).__name__}")
        if not isinstance(unflattened_size, (tuple, list)):
            kind = type(unflattened_size).__name__
            raise TypeError(f"unflattened_size must be a tuple or list, but found type {kind}")
        for i, n in enumerate(unflattened_size):
            if not isinstance(n, int):
                raise TypeError(
                    "unflattened_size must be tuple of ints, but found element of type "
                    f"{type(n).__name__} at pos {i}"
                )
        self.dim = dim
        self.unflattened_size = unflattened_size

    def forward(self, input: Tensor) -> Tensor:
        """Returns input.unflatten(dim, unflattened_size)."""
        return input.unflatten(self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        """Returns the dimension and its sizes."""
        return describe(self, "dim", "unflattened_size")
