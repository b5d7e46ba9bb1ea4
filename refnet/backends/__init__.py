"""Switches of libraries that refnet does not use. Scripts can set them; they have no effect."""

from refnet.backends import cudnn as cudnn
from refnet.compatibility.lookup import mirror as _mirror

_mirror(__name__, exports=True)
