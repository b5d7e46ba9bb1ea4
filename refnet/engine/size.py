"""Size: the shape of a tensor."""

from typing import Any


class Size(tuple[int, ...]):
    """The shape of a tensor: a tuple of integers with PyTorch's repr.

    Example:
        >>> refnet.ones(2, 3).shape
        refnet.Size([2, 3])
        >>> refnet.Size([2, 3]).numel()
        6
    """

    def numel(self) -> int:
        """Returns the product of the sizes."""
        n = 1
        for size in self:
            n *= size
        return n

    def __repr__(self) -> str:
        return f"refnet.Size({list(self)})"

    def __getitem__(self, index: Any) -> Any:
        item = super().__getitem__(index)
        return Size(item) if isinstance(index, slice) else item

    def __add__(self, other: Any) -> "Size":
        return Size(super().__add__(tuple(other)))

    def __mul__(self, times: Any) -> "Size":
        return Size(super().__mul__(times))
