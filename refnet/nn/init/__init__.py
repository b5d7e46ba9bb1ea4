"""Initial values of parameters. Each function fills the given tensor and returns it.

The operations are not recorded, so a parameter that requires a gradient can be filled. The draws
are PyTorch's own (refnet.random.generator): the same seed gives the same parameters.
"""

from refnet.compatibility.lookup import mirror as _mirror
from refnet.compatibility.public_functions import publish as _publish
from refnet.nn.init.deprecated import *
from refnet.nn.init.fans import *
from refnet.nn.init.gain import *
from refnet.nn.init.laws import *
from refnet.nn.init.plain import *

globals().update(
    _publish({name: value for name, value in globals().items() if name[-1] == "_"}, __name__)
)

_mirror(__name__, exports=True)
