"""torch.nn.functional: the operations of layers as functions, their parameters as arguments."""

from refnet.compatibility.lookup import mirror as _mirror
from refnet.compatibility.public_functions import publish as _publish
from refnet.functions.activation import relu_ as relu_, sigmoid as sigmoid, tanh as tanh
from refnet.functions.linalg import bilinear as bilinear
from refnet.functions.nn_functional.adaptive_pooling import (
    adaptive_avg_pool1d as adaptive_avg_pool1d,
    adaptive_avg_pool2d as adaptive_avg_pool2d,
    adaptive_avg_pool3d as adaptive_avg_pool3d,
    adaptive_max_pool1d as adaptive_max_pool1d,
    adaptive_max_pool1d_with_indices as adaptive_max_pool1d_with_indices,
    adaptive_max_pool2d as adaptive_max_pool2d,
    adaptive_max_pool2d_with_indices as adaptive_max_pool2d_with_indices,
    adaptive_max_pool3d as adaptive_max_pool3d,
    adaptive_max_pool3d_with_indices as adaptive_max_pool3d_with_indices,
)
from refnet.functions.nn_functional.attention import (
    scaled_dot_product_attention as scaled_dot_product_attention,
)
from refnet.functions.nn_functional.avg_pooling import (
    avg_pool1d as avg_pool1d,
    avg_pool2d as avg_pool2d,
    avg_pool3d as avg_pool3d,
    lp_pool1d as lp_pool1d,
    lp_pool2d as lp_pool2d,
    lp_pool3d as lp_pool3d,
)
from refnet.functions.nn_functional.binary_cross_entropy import (
    binary_cross_entropy as binary_cross_entropy,
    binary_cross_entropy_with_logits as binary_cross_entropy_with_logits,
)
from refnet.functions.nn_functional.convolution import (
    conv1d as conv1d,
    conv2d as conv2d,
    conv3d as conv3d,
    conv_tbc as conv_tbc,
)
from refnet.functions.nn_functional.cross_entropy import (
    cross_entropy as cross_entropy,
    nll_loss as nll_loss,
)
from refnet.functions.nn_functional.ctc_loss import ctc_loss as ctc_loss
from refnet.functions.nn_functional.distance import (
    cosine_similarity as cosine_similarity,
    pairwise_distance as pairwise_distance,
    pdist as pdist,
)
from refnet.functions.nn_functional.dropout import (
    alpha_dropout as alpha_dropout,
    dropout as dropout,
    dropout1d as dropout1d,
    dropout2d as dropout2d,
    dropout3d as dropout3d,
    feature_alpha_dropout as feature_alpha_dropout,
)
from refnet.functions.nn_functional.embedding import (
    embedding as embedding,
    embedding_bag as embedding_bag,
)
from refnet.functions.nn_functional.encoding import one_hot as one_hot
from refnet.functions.nn_functional.fractional_pooling import (
    fractional_max_pool2d as fractional_max_pool2d,
    fractional_max_pool2d_with_indices as fractional_max_pool2d_with_indices,
    fractional_max_pool3d as fractional_max_pool3d,
    fractional_max_pool3d_with_indices as fractional_max_pool3d_with_indices,
)
from refnet.functions.nn_functional.gate import (
    gelu as gelu,
    glu as glu,
    hardswish as hardswish,
    mish as mish,
    silu as silu,
)
from refnet.functions.nn_functional.grid_sample import (
    affine_grid as affine_grid,
    grid_sample as grid_sample,
)
from refnet.functions.nn_functional.interpolation import (
    interpolate as interpolate,
    upsample as upsample,
    upsample_bilinear as upsample_bilinear,
    upsample_nearest as upsample_nearest,
)
from refnet.functions.nn_functional.likelihood_loss import (
    gaussian_nll_loss as gaussian_nll_loss,
    kl_div as kl_div,
    poisson_nll_loss as poisson_nll_loss,
)
from refnet.functions.nn_functional.linear import linear as linear
from refnet.functions.nn_functional.linear_cross_entropy import (
    linear_cross_entropy as linear_cross_entropy,
)
from refnet.functions.nn_functional.margin_loss import (
    cosine_embedding_loss as cosine_embedding_loss,
    hinge_embedding_loss as hinge_embedding_loss,
    margin_ranking_loss as margin_ranking_loss,
    soft_margin_loss as soft_margin_loss,
)
from refnet.functions.nn_functional.max_pooling import (
    max_pool1d as max_pool1d,
    max_pool1d_with_indices as max_pool1d_with_indices,
    max_pool2d as max_pool2d,
    max_pool2d_with_indices as max_pool2d_with_indices,
    max_pool3d as max_pool3d,
    max_pool3d_with_indices as max_pool3d_with_indices,
)
from refnet.functions.nn_functional.multi_head_attention import (
    multi_head_attention_forward as multi_head_attention_forward,
)
from refnet.functions.nn_functional.multi_margin_loss import (
    multi_margin_loss as multi_margin_loss,
    multilabel_margin_loss as multilabel_margin_loss,
    multilabel_soft_margin_loss as multilabel_soft_margin_loss,
)
from refnet.functions.nn_functional.normalization import (
    batch_norm as batch_norm,
    group_norm as group_norm,
    instance_norm as instance_norm,
    layer_norm as layer_norm,
    local_response_norm as local_response_norm,
    normalize as normalize,
    rms_norm as rms_norm,
)
from refnet.functions.nn_functional.padding import pad as pad
from refnet.functions.nn_functional.rectifier import (
    celu as celu,
    celu_ as celu_,
    elu as elu,
    elu_ as elu_,
    hardtanh as hardtanh,
    hardtanh_ as hardtanh_,
    leaky_relu as leaky_relu,
    leaky_relu_ as leaky_relu_,
    prelu as prelu,
    relu as relu,
    relu6 as relu6,
    rrelu as rrelu,
    rrelu_ as rrelu_,
    selu as selu,
    selu_ as selu_,
    threshold as threshold,
    threshold_ as threshold_,
)
from refnet.functions.nn_functional.regression_loss import (
    huber_loss as huber_loss,
    l1_loss as l1_loss,
    mse_loss as mse_loss,
    smooth_l1_loss as smooth_l1_loss,
)
from refnet.functions.nn_functional.shrinkage import (
    hardshrink as hardshrink,
    softshrink as softshrink,
    tanhshrink as tanhshrink,
)
from refnet.functions.nn_functional.shuffling import (
    channel_shuffle as channel_shuffle,
    native_channel_shuffle as native_channel_shuffle,
    pixel_shuffle as pixel_shuffle,
    pixel_unshuffle as pixel_unshuffle,
)
from refnet.functions.nn_functional.sigmoid import (
    bipolar_sigmoid as bipolar_sigmoid,
    hardsigmoid as hardsigmoid,
    logsigmoid as logsigmoid,
    softplus as softplus,
    softsign as softsign,
)
from refnet.functions.nn_functional.softmax import (
    gumbel_softmax as gumbel_softmax,
    log_softmax as log_softmax,
    softmax as softmax,
    softmin as softmin,
)
from refnet.functions.nn_functional.transposed_convolution import (
    conv_transpose1d as conv_transpose1d,
    conv_transpose2d as conv_transpose2d,
    conv_transpose3d as conv_transpose3d,
)
from refnet.functions.nn_functional.triplet_loss import (
    triplet_margin_loss as triplet_margin_loss,
    triplet_margin_with_distance_loss as triplet_margin_with_distance_loss,
)
from refnet.functions.nn_functional.unfold import fold as fold, unfold as unfold
from refnet.functions.nn_functional.unpooling import (
    max_unpool1d as max_unpool1d,
    max_unpool2d as max_unpool2d,
    max_unpool3d as max_unpool3d,
)

globals().update(_publish(globals(), __name__))
_mirror(__name__, exports=True)
