"""Initial values of parameters. Each function fills the tensor that it is given, and returns it.

Outside of the tape: a parameter that requires a gradient may be filled. The draws are PyTorch's
own (refnet.random.generator), so the same seed gives the same parameters.
"""

from refnet.compatibility.lookup import mirror as _mirror
from refnet.compatibility.public_functions import publish as _publish
from refnet.nn.init.deprecated import (
    constant as constant,
    dirac as dirac,
    eye as eye,
    kaiming_normal as kaiming_normal,
    kaiming_uniform as kaiming_uniform,
    normal as normal,
    orthogonal as orthogonal,
    sparse as sparse,
    uniform as uniform,
    xavier_normal as xavier_normal,
    xavier_uniform as xavier_uniform,
)
from refnet.nn.init.fans import (
    kaiming_normal_ as kaiming_normal_,
    kaiming_uniform_ as kaiming_uniform_,
    xavier_normal_ as xavier_normal_,
    xavier_uniform_ as xavier_uniform_,
)
from refnet.nn.init.gain import calculate_gain as calculate_gain
from refnet.nn.init.laws import (
    orthogonal_ as orthogonal_,
    sparse_ as sparse_,
    trunc_normal_ as trunc_normal_,
)
from refnet.nn.init.plain import (
    constant_ as constant_,
    dirac_ as dirac_,
    eye_ as eye_,
    normal_ as normal_,
    ones_ as ones_,
    uniform_ as uniform_,
    zeros_ as zeros_,
)

globals().update(
    _publish({name: value for name, value in globals().items() if name[-1] == "_"}, __name__)
)

_mirror(__name__, exports=True)
