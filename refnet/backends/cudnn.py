"""The switches of cuDNN. As in PyTorch without CUDA, they can be set and have no effect."""

from refnet.compatibility.lookup import mirror as _mirror

__all__ = ["is_available"]

enabled = True
benchmark = False
deterministic = False


def is_available() -> bool:
    """Returns False."""
    return False


_mirror(__name__)
