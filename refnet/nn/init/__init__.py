"""Initial values of parameters. Each function fills the tensor that it is given, and returns it.

Outside of the tape: a parameter that requires a gradient may be filled. The draws are PyTorch's
own (refnet.random.generator), so the same seed gives the same parameters.
"""

from refnet.compatibility.lookup import mirror as _mirror
from refnet.compatibility.public_functions import publish as _publish
from refnet.nn.init.deprecated import (
    constant,
    dirac,
    eye,
    kaiming_normal,
    kaiming_uniform,
    normal,
    orthogonal,
    sparse,
    uniform,
    xavier_normal,
    xavier_uniform,
)
from refnet.nn.init.fans import (
    kaiming_normal_,
    kaiming_uniform_,
    xavier_normal_,
    xavier_uniform_,
)
from refnet.nn.init.gain import calculate_gain
from refnet.nn.init.laws import orthogonal_, sparse_, trunc_normal_
from refnet.nn.init.plain import constant_, dirac_, eye_, normal_, ones_, uniform_, zeros_

__all__ = [
    "calculate_gain",
    "constant",
    "constant_",
    "dirac",
    "dirac_",
    "eye",
    "eye_",
    "kaiming_normal",
    "kaiming_normal_",
    "kaiming_uniform",
    "kaiming_uniform_",
    "normal",
    "normal_",
    "ones_",
    "orthogonal",
    "orthogonal_",
    "sparse",
    "sparse_",
    "trunc_normal_",
    "uniform",
    "uniform_",
    "xavier_normal",
    "xavier_normal_",
    "xavier_uniform",
    "xavier_uniform_",
    "zeros_",
]


globals().update(
    _publish({name: value for name, value in globals().items() if name[-1] == "_"}, __name__)
)

_mirror(__name__)
