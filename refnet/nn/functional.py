"""torch.nn.functional: the operations of layers as functions, their parameters as arguments."""

from refnet.functions.layers.activation import (
    bipolar_sigmoid,
    leaky_relu,
    leaky_relu_,
    log_softmax,
    logsigmoid,
    relu,
    relu_,
    sigmoid,
    softmax,
    softplus,
    tanh,
)
from refnet.functions.layers.binary_cross_entropy import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
)
from refnet.functions.layers.cross_entropy import cross_entropy, nll_loss
from refnet.functions.layers.dropout import dropout
from refnet.functions.layers.encoding import one_hot
from refnet.functions.layers.linear import linear
from refnet.functions.layers.padding import pad
from refnet.functions.layers.regression_loss import mse_loss
from refnet.functions.linalg import bilinear

__all__ = [
    "bilinear",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "bipolar_sigmoid",
    "cross_entropy",
    "dropout",
    "leaky_relu",
    "leaky_relu_",
    "linear",
    "log_softmax",
    "logsigmoid",
    "mse_loss",
    "nll_loss",
    "one_hot",
    "pad",
    "relu",
    "relu_",
    "sigmoid",
    "softmax",
    "softplus",
    "tanh",
]
