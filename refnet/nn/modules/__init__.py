"""The import paths of torch.nn.modules, for model files that have them.

PyTorch has its layers in files such as torch.nn.modules.batchnorm, and model files import from
there, most often base classes: `from torch.nn.modules.batchnorm import _BatchNorm`. refnet's layers
are all in refnet.nn; each of those paths is this one module, which has the names of refnet.nn and of
the base classes.
"""

import importlib
import sys
from typing import Any

from refnet import nn
from refnet.left_out import explain
from refnet.nn.modules import utils as utils

_FILES = (
    "activation",
    "adaptive",
    "batchnorm",
    "channelshuffle",
    "container",
    "conv",
    "distance",
    "dropout",
    "flatten",
    "fold",
    "instancenorm",
    "lazy",
    "linear",
    "loss",
    "module",
    "normalization",
    "padding",
    "pixelshuffle",
    "pooling",
    "rnn",
    "sparse",
    "transformer",
    "upsampling",
)

# What is not in refnet.nn itself: PyTorch's name, and the file and the name that it has here.
_BASES = {
    "LazyModuleMixin": ("lazy", "LazyModuleMixin"),
    "_BatchNorm": ("batch_norm", "_BatchNorm"),
    "_ConvNd": ("convolution", "ConvNd"),
    "_ConvTransposeNd": ("transposed_convolution", "_ConvTranspose"),
    "_InstanceNorm": ("batch_norm", "_InstanceNorm"),
    "_Loss": ("loss", "_Loss"),
    "_NormBase": ("batch_norm", "NormBase"),
    "_WeightedLoss": ("loss", "_WeightedLoss"),
}

for _file in _FILES:
    globals()[_file] = sys.modules[f"{__name__}.{_file}"] = sys.modules[__name__]


def __getattr__(name: str) -> Any:
    if name not in _BASES:
        if name.startswith("__"):
            raise explain(__name__, name)
        return getattr(nn, name)
    file, own_name = _BASES[name]
    return getattr(importlib.import_module(f"refnet.nn.{file}"), own_name)
