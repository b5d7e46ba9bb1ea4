"""The import paths of torch.nn.modules.

PyTorch defines its layers in files such as torch.nn.modules.batchnorm, and model files import from
there, most often base classes: `from torch.nn.modules.batchnorm import _BatchNorm`. refnet's layers
are in refnet.nn; each of those paths is this module, which has the names of refnet.nn and of the
base classes.
"""

import sys
from typing import TYPE_CHECKING

from refnet import nn
from refnet.compatibility.lookup import mirror as _mirror
from refnet.nn import batch_norm, convolution, loss, transposed_convolution
from refnet.nn.lazy import LazyModuleMixin as LazyModuleMixin
from refnet.nn.modules import utils as utils

if TYPE_CHECKING:
    from refnet.nn import *  # type: ignore[no-redef]

globals().update((name, layer) for name, layer in vars(nn).items() if isinstance(layer, type))

_BatchNorm = batch_norm._BatchNorm
_ConvNd = convolution.ConvNd
_ConvTransposeNd = transposed_convolution._ConvTranspose
_InstanceNorm = batch_norm._InstanceNorm
_Loss = loss._Loss
_NormBase = batch_norm.NormBase
_WeightedLoss = loss._WeightedLoss

_FILES = (
    *("activation", "adaptive", "batchnorm", "channelshuffle", "container", "conv", "distance"),
    *("dropout", "flatten", "fold", "instancenorm", "lazy", "linear", "loss", "module"),
    *("normalization", "padding", "pixelshuffle", "pooling", "rnn", "sparse", "transformer"),
    *("upsampling"),
)

for _file in _FILES:
    globals()[_file] = sys.modules[f"{__name__}.{_file}"] = sys.modules[__name__]

_mirror(__name__)
