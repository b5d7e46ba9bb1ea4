"""Every rule: arrays in, (value, pullback) out. See refnet.ops.rule for the form."""

from refnet.ops.arithmetic import add, div, lerp, mul, neg, pow, reciprocal, scale, square, sub
from refnet.ops.attention import attention
from refnet.ops.binary_cross_entropy import binary_cross_entropy, binary_cross_entropy_with_logits
from refnet.ops.convolution import convolution, transposed_convolution
from refnet.ops.copy import cast, clone
from refnet.ops.cross_entropy import cross_entropy, nll_loss, soft_cross_entropy
from refnet.ops.ctc import ctc_loss
from refnet.ops.distance import cosine_similarity, largest_difference, summed_differences
from refnet.ops.dropout import alpha_dropout, dropout
from refnet.ops.embedding import embedding, embedding_bag, embedding_bag_max
from refnet.ops.error_function import erf
from refnet.ops.gate import gelu, gelu_tanh, glu, hardswish, mish, silu
from refnet.ops.grid_sample import grid_sample
from refnet.ops.gru import gru
from refnet.ops.indexing import (
    gather,
    index,
    index_add,
    index_put,
    masked_fill,
    scatter,
    scatter_add,
)
from refnet.ops.interpolation import interpolate
from refnet.ops.likelihood_loss import gaussian_nll_loss
from refnet.ops.linear import addmm, bilinear, einsum, linear, matmul
from refnet.ops.linear_cross_entropy import linear_cross_entropy
from refnet.ops.local_response_norm import local_response_norm
from refnet.ops.logarithmic import exp2, log1p_exp, log2, log10, logaddexp, logit, xlogy
from refnet.ops.lstm import lstm
from refnet.ops.matrix_functions import matrix_exp, solve
from refnet.ops.normalization import batch_norm, fixed_batch_norm, group_norm, layer_norm, rms_norm
from refnet.ops.padding import extend, pad
from refnet.ops.parts import (
    copysign,
    div_floor,
    div_trunc,
    floor_divide,
    fmod,
    frac,
    heaviside,
    hypot,
    ldexp,
    nan_to_num,
    nan_to_zero,
    remainder,
)
from refnet.ops.piecewise import abs, clamp, maximum, minimum, where
from refnet.ops.pooling import avg_pool, max_pool, max_unpool
from refnet.ops.random import drawn
from refnet.ops.rectifier import elu, hardtanh, leaky_relu, prelu, relu, rrelu, threshold
from refnet.ops.reduction import cumprod, cumsum, logsumexp, mean, norm, p_norm, prod, std, sum, var
from refnet.ops.regression_loss import huber_loss, mse_loss
from refnet.ops.rnn import rnn
from refnet.ops.rounding import ceil, floor, round, sign, trunc
from refnet.ops.scattering import scatter_amax, scatter_amin, scatter_prod
from refnet.ops.selection import amax, amin, max, max_all, median, median_all, min, min_all, topk
from refnet.ops.sequence import reverse_steps
from refnet.ops.shape import (
    cat,
    diagonal,
    expand,
    flip,
    permute,
    repeat,
    reshape,
    roll,
    split,
    stack,
    tril,
    triu,
    unbind,
)
from refnet.ops.shrinkage import hardshrink, softshrink, tanhshrink
from refnet.ops.sigmoid import (
    bipolar_sigmoid,
    hardsigmoid,
    logsigmoid,
    sigmoid,
    softplus,
    softsign,
    tanh,
)
from refnet.ops.sliding import sliding_windows
from refnet.ops.softmax import log_softmax, softmax
from refnet.ops.strided import read_window, write_window
from refnet.ops.transcendental import cos, exp, expm1, log, log1p, rsqrt, sin, sqrt
from refnet.ops.trigonometric import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cosh,
    sinc,
    sinh,
    tan,
)
from refnet.ops.unfold import fold, unfold
from refnet.ops.weight_norm import weight_norm

__all__ = [
    "abs",
    "acos",
    "acosh",
    "add",
    "addmm",
    "alpha_dropout",
    "amax",
    "amin",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "attention",
    "avg_pool",
    "batch_norm",
    "bilinear",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "bipolar_sigmoid",
    "cast",
    "cat",
    "ceil",
    "clamp",
    "clone",
    "convolution",
    "copysign",
    "cos",
    "cosh",
    "cosine_similarity",
    "cross_entropy",
    "ctc_loss",
    "cumprod",
    "cumsum",
    "diagonal",
    "div",
    "div_floor",
    "div_trunc",
    "drawn",
    "dropout",
    "einsum",
    "elu",
    "embedding",
    "embedding_bag",
    "embedding_bag_max",
    "erf",
    "exp",
    "exp2",
    "expand",
    "expm1",
    "extend",
    "fixed_batch_norm",
    "flip",
    "floor",
    "floor_divide",
    "fmod",
    "fold",
    "frac",
    "gather",
    "gaussian_nll_loss",
    "gelu",
    "gelu_tanh",
    "glu",
    "grid_sample",
    "group_norm",
    "gru",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "heaviside",
    "huber_loss",
    "hypot",
    "index",
    "index_add",
    "index_put",
    "interpolate",
    "largest_difference",
    "layer_norm",
    "ldexp",
    "leaky_relu",
    "lerp",
    "linear",
    "linear_cross_entropy",
    "local_response_norm",
    "log",
    "log1p",
    "log1p_exp",
    "log2",
    "log10",
    "log_softmax",
    "logaddexp",
    "logit",
    "logsigmoid",
    "logsumexp",
    "lstm",
    "masked_fill",
    "matmul",
    "matrix_exp",
    "max",
    "max_all",
    "max_pool",
    "max_unpool",
    "maximum",
    "mean",
    "median",
    "median_all",
    "min",
    "min_all",
    "minimum",
    "mish",
    "mse_loss",
    "mul",
    "nan_to_num",
    "nan_to_zero",
    "neg",
    "nll_loss",
    "norm",
    "p_norm",
    "pad",
    "permute",
    "pow",
    "prelu",
    "prod",
    "read_window",
    "reciprocal",
    "relu",
    "remainder",
    "repeat",
    "reshape",
    "reverse_steps",
    "rms_norm",
    "rnn",
    "roll",
    "round",
    "rrelu",
    "rsqrt",
    "scale",
    "scatter",
    "scatter_add",
    "scatter_amax",
    "scatter_amin",
    "scatter_prod",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinc",
    "sinh",
    "sliding_windows",
    "soft_cross_entropy",
    "softmax",
    "softplus",
    "softshrink",
    "softsign",
    "solve",
    "split",
    "sqrt",
    "square",
    "stack",
    "std",
    "sub",
    "sum",
    "summed_differences",
    "tan",
    "tanh",
    "tanhshrink",
    "threshold",
    "topk",
    "transposed_convolution",
    "tril",
    "triu",
    "trunc",
    "unbind",
    "unfold",
    "var",
    "weight_norm",
    "where",
    "write_window",
    "xlogy",
]
