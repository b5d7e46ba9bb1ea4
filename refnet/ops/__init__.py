"""Every rule: arrays in, (value, pullback) out. See refnet.ops.rule for the form."""

from refnet.ops.arithmetic import (
    add as add,
    div as div,
    lerp as lerp,
    mul as mul,
    neg as neg,
    pow as pow,
    reciprocal as reciprocal,
    scale as scale,
    square as square,
    sub as sub,
)
from refnet.ops.attention import attention as attention
from refnet.ops.binary_cross_entropy import (
    binary_cross_entropy as binary_cross_entropy,
    binary_cross_entropy_with_logits as binary_cross_entropy_with_logits,
)
from refnet.ops.convolution import (
    convolution as convolution,
    transposed_convolution as transposed_convolution,
)
from refnet.ops.copy import cast as cast, clone as clone
from refnet.ops.cross_entropy import (
    cross_entropy as cross_entropy,
    nll_loss as nll_loss,
    soft_cross_entropy as soft_cross_entropy,
)
from refnet.ops.ctc import ctc_loss as ctc_loss
from refnet.ops.distance import (
    cosine_similarity as cosine_similarity,
    largest_difference as largest_difference,
    summed_differences as summed_differences,
)
from refnet.ops.dropout import alpha_dropout as alpha_dropout, dropout as dropout
from refnet.ops.embedding import (
    embedding as embedding,
    embedding_bag as embedding_bag,
    embedding_bag_max as embedding_bag_max,
)
from refnet.ops.error_function import erf as erf
from refnet.ops.gate import (
    gelu as gelu,
    gelu_tanh as gelu_tanh,
    glu as glu,
    hardswish as hardswish,
    mish as mish,
    silu as silu,
)
from refnet.ops.grid_sample import grid_sample as grid_sample
from refnet.ops.gru import gru as gru
from refnet.ops.indexing import (
    gather as gather,
    index as index,
    index_add as index_add,
    index_put as index_put,
    masked_fill as masked_fill,
    scatter as scatter,
    scatter_add as scatter_add,
)
from refnet.ops.interpolation import interpolate as interpolate
from refnet.ops.likelihood_loss import gaussian_nll_loss as gaussian_nll_loss
from refnet.ops.linear import (
    addmm as addmm,
    bilinear as bilinear,
    einsum as einsum,
    linear as linear,
    matmul as matmul,
)
from refnet.ops.linear_cross_entropy import linear_cross_entropy as linear_cross_entropy
from refnet.ops.local_response_norm import local_response_norm as local_response_norm
from refnet.ops.logarithmic import (
    exp2 as exp2,
    log1p_exp as log1p_exp,
    log2 as log2,
    log10 as log10,
    logaddexp as logaddexp,
    logit as logit,
    xlogy as xlogy,
)
from refnet.ops.lstm import lstm as lstm
from refnet.ops.matrix_functions import matrix_exp as matrix_exp, solve as solve
from refnet.ops.normalization import (
    batch_norm as batch_norm,
    fixed_batch_norm as fixed_batch_norm,
    group_norm as group_norm,
    layer_norm as layer_norm,
    rms_norm as rms_norm,
)
from refnet.ops.padding import extend as extend, pad as pad
from refnet.ops.parts import (
    copysign as copysign,
    div_floor as div_floor,
    div_trunc as div_trunc,
    floor_divide as floor_divide,
    fmod as fmod,
    frac as frac,
    heaviside as heaviside,
    hypot as hypot,
    ldexp as ldexp,
    nan_to_num as nan_to_num,
    nan_to_zero as nan_to_zero,
    remainder as remainder,
)
from refnet.ops.piecewise import (
    abs as abs,
    clamp as clamp,
    maximum as maximum,
    minimum as minimum,
    where as where,
)
from refnet.ops.pooling import avg_pool as avg_pool, max_pool as max_pool, max_unpool as max_unpool
from refnet.ops.random import drawn as drawn
from refnet.ops.rectifier import (
    elu as elu,
    hardtanh as hardtanh,
    leaky_relu as leaky_relu,
    prelu as prelu,
    relu as relu,
    rrelu as rrelu,
    threshold as threshold,
)
from refnet.ops.reduction import (
    cumprod as cumprod,
    cumsum as cumsum,
    logsumexp as logsumexp,
    mean as mean,
    norm as norm,
    p_norm as p_norm,
    prod as prod,
    std as std,
    sum as sum,
    var as var,
    zero_norm as zero_norm,
)
from refnet.ops.regression_loss import huber_loss as huber_loss, mse_loss as mse_loss
from refnet.ops.rnn import rnn as rnn
from refnet.ops.rounding import (
    ceil as ceil,
    floor as floor,
    round as round,
    sign as sign,
    trunc as trunc,
)
from refnet.ops.scattering import (
    scatter_amax as scatter_amax,
    scatter_amin as scatter_amin,
    scatter_prod as scatter_prod,
)
from refnet.ops.selection import (
    amax as amax,
    amin as amin,
    max as max,
    max_all as max_all,
    median as median,
    median_all as median_all,
    min as min,
    min_all as min_all,
    topk as topk,
)
from refnet.ops.sequence import reverse_steps as reverse_steps
from refnet.ops.shape import (
    cat as cat,
    diagonal as diagonal,
    expand as expand,
    flip as flip,
    permute as permute,
    repeat as repeat,
    reshape as reshape,
    roll as roll,
    split as split,
    stack as stack,
    tril as tril,
    triu as triu,
    unbind as unbind,
)
from refnet.ops.shrinkage import (
    hardshrink as hardshrink,
    softshrink as softshrink,
    tanhshrink as tanhshrink,
)
from refnet.ops.sigmoid import (
    bipolar_sigmoid as bipolar_sigmoid,
    hardsigmoid as hardsigmoid,
    logsigmoid as logsigmoid,
    sigmoid as sigmoid,
    softplus as softplus,
    softsign as softsign,
    tanh as tanh,
)
from refnet.ops.sliding import sliding_windows as sliding_windows
from refnet.ops.softmax import log_softmax as log_softmax, softmax as softmax
from refnet.ops.strided import read_window as read_window, write_window as write_window
from refnet.ops.transcendental import (
    cos as cos,
    exp as exp,
    expm1 as expm1,
    log as log,
    log1p as log1p,
    rsqrt as rsqrt,
    sin as sin,
    sqrt as sqrt,
)
from refnet.ops.trigonometric import (
    acos as acos,
    acosh as acosh,
    asin as asin,
    asinh as asinh,
    atan as atan,
    atan2 as atan2,
    atanh as atanh,
    cosh as cosh,
    sinc as sinc,
    sinh as sinh,
    tan as tan,
)
from refnet.ops.unfold import fold as fold, unfold as unfold
from refnet.ops.weight_norm import weight_norm as weight_norm
