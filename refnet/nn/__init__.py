"""Layers, losses and containers: torch.nn's names."""

import typing as _typing

from refnet.compatibility.lookup import mirror as _mirror
from refnet.nn import functional as functional, init as init, parallel as parallel, utils as utils
from refnet.nn.adaptive_pooling import *
from refnet.nn.adaptive_softmax import *
from refnet.nn.attention import *
from refnet.nn.batch_norm import *
from refnet.nn.container import *
from refnet.nn.convolution import *
from refnet.nn.cross_entropy import *
from refnet.nn.ctc_loss import *
from refnet.nn.distance import *
from refnet.nn.dropout import *
from refnet.nn.embedding import *
from refnet.nn.flatten import *
from refnet.nn.fractional_pooling import *
from refnet.nn.gate import *
from refnet.nn.lazy_layers import *
from refnet.nn.likelihood_loss import *
from refnet.nn.linear import *
from refnet.nn.linear_cross_entropy import *
from refnet.nn.margin_loss import *
from refnet.nn.module import Module as Module
from refnet.nn.multi_margin_loss import *
from refnet.nn.normalization import *
from refnet.nn.padding import *
from refnet.nn.parallel import DataParallel as DataParallel
from refnet.nn.parameter import *
from refnet.nn.parameter_container import *
from refnet.nn.pooling import *
from refnet.nn.rectifier import *
from refnet.nn.regression_loss import *
from refnet.nn.rnn import *
from refnet.nn.rnn_base import *
from refnet.nn.rnn_cell import *
from refnet.nn.shrinkage import *
from refnet.nn.shuffling import *
from refnet.nn.sigmoid import *
from refnet.nn.softmax import *
from refnet.nn.transformer import *
from refnet.nn.transformer_layer import *
from refnet.nn.transposed_convolution import *
from refnet.nn.unfold import *
from refnet.nn.unpooling import *
from refnet.nn.upsampling import *

if _typing.TYPE_CHECKING:
    from refnet.nn import common_types as common_types, grad as grad, modules as modules

_mirror(
    __name__,
    {name: f"{__name__}.{name}" for name in ("common_types", "grad", "modules")},
    exports=True,
)
