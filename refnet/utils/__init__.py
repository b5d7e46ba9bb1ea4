"""What stands beside networks: utils.checkpoint trades time for memory."""

from refnet.utils import checkpoint

__all__ = ["checkpoint"]
