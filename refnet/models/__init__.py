"""The architectures of the lecture notes, each a short file that runs on both libraries.

A model file defines `build(nn, ...)`, where nn is refnet.nn or torch.nn::

    from refnet import nn
    from refnet.models import cascade

    network = cascade.build(nn, [64, 32, 10])

The same line with `from torch import nn` builds PyTorch's network; after the same
manual_seed the two have the same weights. `backprop` differentiates the cascade by hand,
without any library.
"""

from refnet.models import backprop, cascade, linear_regression, logistic_regression

__all__ = ["backprop", "cascade", "linear_regression", "logistic_regression"]
