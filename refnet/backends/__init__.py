"""backends: the switches of libraries that refnet does not use. Scripts set them; nothing listens."""

from refnet.backends import cudnn as cudnn
from refnet.compatibility.lookup import mirror as _mirror

_mirror(__name__, exports=True)
