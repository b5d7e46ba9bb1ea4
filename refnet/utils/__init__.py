"""What stands around a model: torch.utils' names."""

from refnet.utils import data

__all__ = ["data"]
