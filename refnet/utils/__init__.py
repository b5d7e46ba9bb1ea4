"""What stands around a model: torch.utils' names."""

from refnet.utils import checkpoint, data

__all__ = ["checkpoint", "data"]
