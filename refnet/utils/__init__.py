"""What stands around a model: torch.utils' names."""

from refnet.compatibility.lookup import mirror as _mirror
from refnet.utils import checkpoint, data

__all__ = ["checkpoint", "data"]


_mirror(__name__)
