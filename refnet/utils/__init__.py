"""Tools for training a model: torch.utils' names."""

from refnet.compatibility.lookup import mirror as _mirror
from refnet.utils import checkpoint as checkpoint, data as data

_mirror(__name__, exports=True)
