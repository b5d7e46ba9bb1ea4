"""Layers, losses and containers: torch.nn's names."""

from typing import TYPE_CHECKING

from refnet.compatibility.lookup import documented as _documented
from refnet.compatibility.lookup import mirror as _mirror
from refnet.nn import functional, init, parallel, utils
from refnet.nn.adaptive_pooling import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveAvgPool3d,
    AdaptiveMaxPool1d,
    AdaptiveMaxPool2d,
    AdaptiveMaxPool3d,
)
from refnet.nn.adaptive_softmax import AdaptiveLogSoftmaxWithLoss
from refnet.nn.attention import MultiheadAttention
from refnet.nn.batch_norm import (
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    InstanceNorm1d,
    InstanceNorm2d,
    InstanceNorm3d,
)
from refnet.nn.container import ModuleDict, ModuleList, Sequential
from refnet.nn.convolution import Conv1d, Conv2d, Conv3d
from refnet.nn.cross_entropy import BCELoss, BCEWithLogitsLoss, CrossEntropyLoss, NLLLoss, NLLLoss2d
from refnet.nn.ctc_loss import CTCLoss
from refnet.nn.distance import CosineSimilarity, PairwiseDistance
from refnet.nn.dropout import (
    AlphaDropout,
    Dropout,
    Dropout1d,
    Dropout2d,
    Dropout3d,
    FeatureAlphaDropout,
)
from refnet.nn.embedding import Embedding, EmbeddingBag
from refnet.nn.flatten import Flatten, Unflatten
from refnet.nn.fractional_pooling import FractionalMaxPool2d, FractionalMaxPool3d
from refnet.nn.gate import GELU, GLU, Hardswish, Mish, SiLU
from refnet.nn.lazy_layers import (
    LazyBatchNorm1d,
    LazyBatchNorm2d,
    LazyBatchNorm3d,
    LazyConv1d,
    LazyConv2d,
    LazyConv3d,
    LazyConvTranspose1d,
    LazyConvTranspose2d,
    LazyConvTranspose3d,
    LazyInstanceNorm1d,
    LazyInstanceNorm2d,
    LazyInstanceNorm3d,
    LazyLinear,
)
from refnet.nn.likelihood_loss import GaussianNLLLoss, KLDivLoss, PoissonNLLLoss
from refnet.nn.linear import Bilinear, Identity, Linear
from refnet.nn.linear_cross_entropy import LinearCrossEntropyLoss, LinearCrossEntropyOptions
from refnet.nn.margin_loss import (
    CosineEmbeddingLoss,
    HingeEmbeddingLoss,
    MarginRankingLoss,
    SoftMarginLoss,
    TripletMarginLoss,
    TripletMarginWithDistanceLoss,
)
from refnet.nn.module import Module
from refnet.nn.multi_margin_loss import (
    MultiLabelMarginLoss,
    MultiLabelSoftMarginLoss,
    MultiMarginLoss,
)
from refnet.nn.normalization import GroupNorm, LayerNorm, LocalResponseNorm, RMSNorm
from refnet.nn.padding import (
    CircularPad1d,
    CircularPad2d,
    CircularPad3d,
    ConstantPad1d,
    ConstantPad2d,
    ConstantPad3d,
    ReflectionPad1d,
    ReflectionPad2d,
    ReflectionPad3d,
    ReplicationPad1d,
    ReplicationPad2d,
    ReplicationPad3d,
    ZeroPad1d,
    ZeroPad2d,
    ZeroPad3d,
)
from refnet.nn.parallel import DataParallel
from refnet.nn.parameter import (
    Buffer,
    Parameter,
    UninitializedBuffer,
    UninitializedParameter,
)
from refnet.nn.parameter_container import ParameterDict, ParameterList
from refnet.nn.pooling import (
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    LPPool1d,
    LPPool2d,
    LPPool3d,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
)
from refnet.nn.rectifier import (
    CELU,
    ELU,
    SELU,
    Hardtanh,
    LeakyReLU,
    PReLU,
    ReLU,
    ReLU6,
    RReLU,
    Threshold,
)
from refnet.nn.regression_loss import HuberLoss, L1Loss, MSELoss, SmoothL1Loss
from refnet.nn.rnn import GRU, LSTM, RNN
from refnet.nn.rnn_base import RNNBase
from refnet.nn.rnn_cell import GRUCell, LSTMCell, RNNCell, RNNCellBase
from refnet.nn.shrinkage import Hardshrink, Softshrink, Tanhshrink
from refnet.nn.shuffling import ChannelShuffle, PixelShuffle, PixelUnshuffle
from refnet.nn.sigmoid import (
    BipolarSigmoid,
    Hardsigmoid,
    LogSigmoid,
    Sigmoid,
    Softplus,
    Softsign,
    Tanh,
)
from refnet.nn.softmax import LogSoftmax, Softmax, Softmax2d, Softmin
from refnet.nn.transformer import Transformer, TransformerDecoder, TransformerEncoder
from refnet.nn.transformer_layer import TransformerDecoderLayer, TransformerEncoderLayer
from refnet.nn.transposed_convolution import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from refnet.nn.unfold import Fold, Unfold
from refnet.nn.unpooling import MaxUnpool1d, MaxUnpool2d, MaxUnpool3d
from refnet.nn.upsampling import Upsample, UpsamplingBilinear2d, UpsamplingNearest2d

if TYPE_CHECKING:
    from refnet.nn import common_types as common_types
    from refnet.nn import grad as grad
    from refnet.nn import modules as modules

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "GLU",
    "GRU",
    "LSTM",
    "RNN",
    "SELU",
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveLogSoftmaxWithLoss",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AdaptiveMaxPool3d",
    "AlphaDropout",
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "BatchNorm2d",
    "BatchNorm3d",
    "Bilinear",
    "BipolarSigmoid",
    "Buffer",
    "CTCLoss",
    "ChannelShuffle",
    "CircularPad1d",
    "CircularPad2d",
    "CircularPad3d",
    "ConstantPad1d",
    "ConstantPad2d",
    "ConstantPad3d",
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "ConvTranspose3d",
    "CosineEmbeddingLoss",
    "CosineSimilarity",
    "CrossEntropyLoss",
    "DataParallel",
    "Dropout",
    "Dropout1d",
    "Dropout2d",
    "Dropout3d",
    "Embedding",
    "EmbeddingBag",
    "FeatureAlphaDropout",
    "Flatten",
    "Fold",
    "FractionalMaxPool2d",
    "FractionalMaxPool3d",
    "GRUCell",
    "GaussianNLLLoss",
    "GroupNorm",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "HingeEmbeddingLoss",
    "HuberLoss",
    "Identity",
    "InstanceNorm1d",
    "InstanceNorm2d",
    "InstanceNorm3d",
    "KLDivLoss",
    "L1Loss",
    "LPPool1d",
    "LPPool2d",
    "LPPool3d",
    "LSTMCell",
    "LayerNorm",
    "LazyBatchNorm1d",
    "LazyBatchNorm2d",
    "LazyBatchNorm3d",
    "LazyConv1d",
    "LazyConv2d",
    "LazyConv3d",
    "LazyConvTranspose1d",
    "LazyConvTranspose2d",
    "LazyConvTranspose3d",
    "LazyInstanceNorm1d",
    "LazyInstanceNorm2d",
    "LazyInstanceNorm3d",
    "LazyLinear",
    "LeakyReLU",
    "Linear",
    "LinearCrossEntropyLoss",
    "LinearCrossEntropyOptions",
    "LocalResponseNorm",
    "LogSigmoid",
    "LogSoftmax",
    "MSELoss",
    "MarginRankingLoss",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
    "MaxUnpool1d",
    "MaxUnpool2d",
    "MaxUnpool3d",
    "Mish",
    "Module",
    "ModuleDict",
    "ModuleList",
    "MultiLabelMarginLoss",
    "MultiLabelSoftMarginLoss",
    "MultiMarginLoss",
    "MultiheadAttention",
    "NLLLoss",
    "NLLLoss2d",
    "PReLU",
    "PairwiseDistance",
    "Parameter",
    "ParameterDict",
    "ParameterList",
    "PixelShuffle",
    "PixelUnshuffle",
    "PoissonNLLLoss",
    "RMSNorm",
    "RNNBase",
    "RNNCell",
    "RNNCellBase",
    "RReLU",
    "ReLU",
    "ReLU6",
    "ReflectionPad1d",
    "ReflectionPad2d",
    "ReflectionPad3d",
    "ReplicationPad1d",
    "ReplicationPad2d",
    "ReplicationPad3d",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "SmoothL1Loss",
    "SoftMarginLoss",
    "Softmax",
    "Softmax2d",
    "Softmin",
    "Softplus",
    "Softshrink",
    "Softsign",
    "Tanh",
    "Tanhshrink",
    "Threshold",
    "Transformer",
    "TransformerDecoder",
    "TransformerDecoderLayer",
    "TransformerEncoder",
    "TransformerEncoderLayer",
    "TripletMarginLoss",
    "TripletMarginWithDistanceLoss",
    "Unflatten",
    "Unfold",
    "UninitializedBuffer",
    "UninitializedParameter",
    "Upsample",
    "UpsamplingBilinear2d",
    "UpsamplingNearest2d",
    "ZeroPad1d",
    "ZeroPad2d",
    "ZeroPad3d",
    "functional",
    "init",
    "parallel",
    "utils",
]

for _name, _layer in list(globals().items()):
    if isinstance(_layer, type) and issubclass(_layer, Module):
        _layer.__doc__ = _documented(_layer.__doc__, f"nn.{_name}")

_mirror(__name__, {name: f"{__name__}.{name}" for name in ("common_types", "grad", "modules")})
