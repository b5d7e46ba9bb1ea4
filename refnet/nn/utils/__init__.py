"""Utilities for modules and their parameters: torch.nn.utils' names."""

from refnet.compatibility.lookup import mirror as _mirror
from refnet.nn.utils import (
    parametrizations as parametrizations,
    parametrize as parametrize,
    rnn as rnn,
    stateless as stateless,
)
from refnet.nn.utils.clip_grad import *
from refnet.nn.utils.convert_parameters import *
from refnet.nn.utils.fusion import *
from refnet.nn.utils.init import *
from refnet.nn.utils.memory_format import *
from refnet.nn.utils.spectral_norm import *
from refnet.nn.utils.weight_norm import *

_mirror(__name__, exports=True)
