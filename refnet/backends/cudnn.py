"""cudnn: there is none. Its switches can be set, as in PyTorch without CUDA, and change nothing."""

from refnet.compatibility.lookup import mirror as _mirror

__all__ = ["is_available"]

enabled = True
benchmark = False
deterministic = False


def is_available() -> bool:
    """False."""
    return False


_mirror(__name__)
