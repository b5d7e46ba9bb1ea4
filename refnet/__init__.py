"""refnet: the NumPy reference that PyTorch vouches for.

Layers, losses, optimizers and backpropagation under PyTorch's names, on NumPy alone. The rules
(`refnet.ops`) say what each operation computes, forward and backward; everything else lifts,
names, stores or checks them.
"""

import math as _math
import typing as _typing

from refnet import autograd as autograd, ops as ops, random as random
from refnet.compatibility.device import device as device
from refnet.compatibility.legacy_constructors import (
    BoolTensor as BoolTensor,
    ByteTensor as ByteTensor,
    CharTensor as CharTensor,
    DoubleTensor as DoubleTensor,
    FloatTensor as FloatTensor,
    HalfTensor as HalfTensor,
    IntTensor as IntTensor,
    LongTensor as LongTensor,
    ShortTensor as ShortTensor,
)
from refnet.compatibility.lookup import mirror as _mirror
from refnet.compatibility.memory_formats import (
    channels_last as channels_last,
    channels_last_3d as channels_last_3d,
    contiguous_format as contiguous_format,
    layout as layout,
    memory_format as memory_format,
    preserve_format as preserve_format,
    strided as strided,
)
from refnet.compatibility.numeric_limits import finfo as finfo, iinfo as iinfo
from refnet.compatibility.public_functions import publish as _publish
from refnet.engine.dtypes import (
    bool as bool,
    complex64 as complex64,
    complex128 as complex128,
    double as double,
    dtype as dtype,
    float as float,
    float16 as float16,
    float32 as float32,
    float64 as float64,
    get_default_dtype as get_default_dtype,
    half as half,
    int as int,
    int8 as int8,
    int16 as int16,
    int32 as int32,
    int64 as int64,
    long as long,
    result_type as result_type,
    set_default_dtype as set_default_dtype,
    short as short,
    uint8 as uint8,
)
from refnet.engine.grad_mode import (
    enable_grad as enable_grad,
    is_grad_enabled as is_grad_enabled,
    no_grad as no_grad,
    set_grad_enabled as set_grad_enabled,
)
from refnet.engine.size import Size as Size
from refnet.engine.tensor_methods import Tensor as Tensor
from refnet.functions.activation import (
    log_softmax as log_softmax,
    relu as relu,
    relu_ as relu_,
    sigmoid as sigmoid,
    sigmoid_ as sigmoid_,
    softmax as softmax,
    tanh as tanh,
    tanh_ as tanh_,
)
from refnet.functions.arithmetic import (
    add as add,
    addcdiv as addcdiv,
    addcmul as addcmul,
    div as div,
    divide as divide,
    floor_divide as floor_divide,
    fmod as fmod,
    lerp as lerp,
    mul as mul,
    multiply as multiply,
    neg as neg,
    neg_ as neg_,
    negative as negative,
    negative_ as negative_,
    pow as pow,
    reciprocal as reciprocal,
    reciprocal_ as reciprocal_,
    remainder as remainder,
    square as square,
    square_ as square_,
    sub as sub,
    subtract as subtract,
    true_divide as true_divide,
)
from refnet.functions.axes import (
    adjoint as adjoint,
    broadcast_shapes as broadcast_shapes,
    broadcast_tensors as broadcast_tensors,
    broadcast_to as broadcast_to,
    fliplr as fliplr,
    flipud as flipud,
    moveaxis as moveaxis,
    rot90 as rot90,
    swapdims as swapdims,
)
from refnet.functions.casting import clone as clone
from refnet.functions.comparison import (
    allclose as allclose,
    bitwise_and as bitwise_and,
    bitwise_left_shift as bitwise_left_shift,
    bitwise_not as bitwise_not,
    bitwise_or as bitwise_or,
    bitwise_right_shift as bitwise_right_shift,
    bitwise_xor as bitwise_xor,
    eq as eq,
    equal as equal,
    ge as ge,
    greater as greater,
    greater_equal as greater_equal,
    gt as gt,
    isclose as isclose,
    isfinite as isfinite,
    isinf as isinf,
    isnan as isnan,
    le as le,
    less as less,
    less_equal as less_equal,
    logical_and as logical_and,
    logical_not as logical_not,
    logical_or as logical_or,
    logical_xor as logical_xor,
    lt as lt,
    ne as ne,
    not_equal as not_equal,
)
from refnet.functions.creation import (
    as_tensor as as_tensor,
    asarray as asarray,
    empty as empty,
    eye as eye,
    from_numpy as from_numpy,
    full as full,
    is_tensor as is_tensor,
    numel as numel,
    ones as ones,
    scalar_tensor as scalar_tensor,
    tensor as tensor,
    zeros as zeros,
)
from refnet.functions.creation_like import (
    empty_like as empty_like,
    full_like as full_like,
    ones_like as ones_like,
    zeros_like as zeros_like,
)
from refnet.functions.dtype_queries import (
    can_cast as can_cast,
    is_complex as is_complex,
    is_floating_point as is_floating_point,
    is_nonzero as is_nonzero,
    is_same_size as is_same_size,
    is_signed as is_signed,
    promote_types as promote_types,
    typename as typename,
)
from refnet.functions.einsum import einsum as einsum, tensordot as tensordot
from refnet.functions.filling import fill_ as fill_, zero_ as zero_
from refnet.functions.gather_scatter import (
    argwhere as argwhere,
    gather as gather,
    index_select as index_select,
    masked_fill as masked_fill,
    masked_select as masked_select,
    nonzero as nonzero,
    scatter as scatter,
    scatter_add as scatter_add,
    take_along_dim as take_along_dim,
)
from refnet.functions.gradients import detach as detach, detach_ as detach_
from refnet.functions.grids import (
    arange as arange,
    linspace as linspace,
    logspace as logspace,
    meshgrid as meshgrid,
    range as range,
    tril_indices as tril_indices,
    triu_indices as triu_indices,
)
from refnet.functions.index_writing import (
    index_add as index_add,
    index_copy as index_copy,
    index_fill as index_fill,
    index_put as index_put,
    index_put_ as index_put_,
)
from refnet.functions.joining import (
    cat as cat,
    chunk as chunk,
    concat as concat,
    hstack as hstack,
    narrow as narrow,
    select as select,
    split as split,
    stack as stack,
    unbind as unbind,
    vstack as vstack,
)
from refnet.functions.linalg import (
    addbmm as addbmm,
    addmm as addmm,
    addmv as addmv,
    addmv_ as addmv_,
    addr as addr,
    baddbmm as baddbmm,
    bilinear as bilinear,
    bmm as bmm,
    dot as dot,
    ger as ger,
    inner as inner,
    matmul as matmul,
    mm as mm,
    mv as mv,
    outer as outer,
)
from refnet.functions.logarithmic import (
    exp2 as exp2,
    exp2_ as exp2_,
    log2 as log2,
    log2_ as log2_,
    log10 as log10,
    log10_ as log10_,
    logaddexp as logaddexp,
    logit as logit,
    logit_ as logit_,
    xlogy as xlogy,
    xlogy_ as xlogy_,
)
from refnet.functions.matrix_functions import inverse as inverse, matrix_exp as matrix_exp
from refnet.functions.nn_functional.adaptive_pooling import (
    adaptive_avg_pool1d as adaptive_avg_pool1d,
    adaptive_max_pool1d_with_indices as adaptive_max_pool1d,  # noqa: F401 - the public name
)
from refnet.functions.nn_functional.avg_pooling import avg_pool1d as avg_pool1d
from refnet.functions.nn_functional.convolution import (
    conv1d as conv1d,
    conv2d as conv2d,
    conv3d as conv3d,
    conv_tbc as conv_tbc,
)
from refnet.functions.nn_functional.distance import (
    cdist as cdist,
    cosine_similarity as cosine_similarity,
    pairwise_distance as pairwise_distance,
    pdist as pdist,
)
from refnet.functions.nn_functional.max_pooling import (
    max_pool1d as max_pool1d,
    max_pool1d_with_indices as max_pool1d_with_indices,
    max_pool2d as max_pool2d,
    max_pool3d as max_pool3d,
)
from refnet.functions.nn_functional.rectifier import (
    celu as celu,
    celu_ as celu_,
    prelu as prelu,
    rrelu_ as rrelu_,
    selu as selu,
    selu_ as selu_,
    threshold as threshold,
    threshold_ as threshold_,
)
from refnet.functions.nn_functional.shrinkage import hardshrink as hardshrink
from refnet.functions.nn_functional.shuffling import (
    channel_shuffle as channel_shuffle,
    native_channel_shuffle as native_channel_shuffle,
    pixel_shuffle as pixel_shuffle,
    pixel_unshuffle as pixel_unshuffle,
)
from refnet.functions.nn_functional.transposed_convolution import (
    conv_transpose1d as conv_transpose1d,
    conv_transpose2d as conv_transpose2d,
    conv_transpose3d as conv_transpose3d,
)
from refnet.functions.numpy_joining import (
    atleast_1d as atleast_1d,
    atleast_2d as atleast_2d,
    atleast_3d as atleast_3d,
    block_diag as block_diag,
    cartesian_prod as cartesian_prod,
    column_stack as column_stack,
    concatenate as concatenate,
    diag_embed as diag_embed,
    diagflat as diagflat,
    diff as diff,
    dsplit as dsplit,
    dstack as dstack,
    hsplit as hsplit,
    row_stack as row_stack,
    split_with_sizes as split_with_sizes,
    tensor_split as tensor_split,
    trace as trace,
    vsplit as vsplit,
)
from refnet.functions.order_statistics import (
    aminmax as aminmax,
    cummax as cummax,
    cummin as cummin,
    kthvalue as kthvalue,
    mode as mode,
    msort as msort,
    nanmean as nanmean,
    nansum as nansum,
    quantile as quantile,
)
from refnet.functions.parts import (
    copysign as copysign,
    fix as fix,
    fix_ as fix_,
    float_power as float_power,
    fmax as fmax,
    fmin as fmin,
    frac as frac,
    frac_ as frac_,
    heaviside as heaviside,
    hypot as hypot,
    isneginf as isneginf,
    isposinf as isposinf,
    ldexp as ldexp,
    ldexp_ as ldexp_,
    nan_to_num as nan_to_num,
    nan_to_num_ as nan_to_num_,
    positive as positive,
    sgn as sgn,
    signbit as signbit,
    trunc as trunc,
    trunc_ as trunc_,
)
from refnet.functions.piecewise import (
    abs as abs,
    abs_ as abs_,
    absolute as absolute,
    ceil as ceil,
    ceil_ as ceil_,
    clamp as clamp,
    clamp_ as clamp_,
    clamp_max as clamp_max,
    clamp_max_ as clamp_max_,
    clamp_min as clamp_min,
    clamp_min_ as clamp_min_,
    clip as clip,
    clip_ as clip_,
    floor as floor,
    floor_ as floor_,
    maximum as maximum,
    minimum as minimum,
    round as round,
    round_ as round_,
    sign as sign,
    where as where,
)
from refnet.functions.random import (
    bernoulli as bernoulli,
    dropout as dropout,
    multinomial as multinomial,
    normal as normal,
    rand as rand,
    rand_like as rand_like,
    randint as randint,
    randint_like as randint_like,
    randn as randn,
    randn_like as randn_like,
    randperm as randperm,
    rrelu as rrelu,
)
from refnet.functions.rearranging import (
    diag as diag,
    flip as flip,
    repeat_interleave as repeat_interleave,
    roll as roll,
    tile as tile,
    tril as tril,
    triu as triu,
)
from refnet.functions.reduction import (
    all as all,
    any as any,
    count_nonzero as count_nonzero,
    cumprod as cumprod,
    cumsum as cumsum,
    logsumexp as logsumexp,
    mean as mean,
    norm as norm,
    prod as prod,
    std as std,
    std_mean as std_mean,
    sum as sum,
    var as var,
    var_mean as var_mean,
)
from refnet.functions.scatter_variants import (
    diagonal_scatter as diagonal_scatter,
    masked_scatter as masked_scatter,
    scatter_reduce as scatter_reduce,
    select_scatter as select_scatter,
    slice_scatter as slice_scatter,
    take as take,
)
from refnet.functions.selection import (
    amax as amax,
    amin as amin,
    argmax as argmax,
    argmin as argmin,
    argsort as argsort,
    max as max,
    median as median,
    min as min,
    sort as sort,
    topk as topk,
)
from refnet.functions.sets_and_counts import (
    bincount as bincount,
    bucketize as bucketize,
    histc as histc,
    isin as isin,
    searchsorted as searchsorted,
    unique as unique,
    unique_consecutive as unique_consecutive,
)
from refnet.functions.shape import (
    diagonal as diagonal,
    flatten as flatten,
    movedim as movedim,
    permute as permute,
    ravel as ravel,
    reshape as reshape,
    squeeze as squeeze,
    swapaxes as swapaxes,
    t as t,
    transpose as transpose,
    unflatten as unflatten,
    unsqueeze as unsqueeze,
)
from refnet.functions.signal_windows import (
    bartlett_window as bartlett_window,
    blackman_window as blackman_window,
    hamming_window as hamming_window,
    hann_window as hann_window,
)
from refnet.functions.transcendental import (
    cos as cos,
    cos_ as cos_,
    erf as erf,
    erf_ as erf_,
    exp as exp,
    exp_ as exp_,
    expm1 as expm1,
    expm1_ as expm1_,
    log as log,
    log1p as log1p,
    log1p_ as log1p_,
    log_ as log_,
    rsqrt as rsqrt,
    rsqrt_ as rsqrt_,
    sin as sin,
    sin_ as sin_,
    sqrt as sqrt,
    sqrt_ as sqrt_,
)
from refnet.functions.trigonometric import (
    acos as acos,
    acos_ as acos_,
    acosh as acosh,
    acosh_ as acosh_,
    arccos as arccos,
    arccos_ as arccos_,
    arccosh as arccosh,
    arccosh_ as arccosh_,
    arcsin as arcsin,
    arcsin_ as arcsin_,
    arcsinh as arcsinh,
    arcsinh_ as arcsinh_,
    arctan as arctan,
    arctan2 as arctan2,
    arctan_ as arctan_,
    arctanh as arctanh,
    arctanh_ as arctanh_,
    asin as asin,
    asin_ as asin_,
    asinh as asinh,
    asinh_ as asinh_,
    atan as atan,
    atan2 as atan2,
    atan_ as atan_,
    atanh as atanh,
    atanh_ as atanh_,
    cosh as cosh,
    cosh_ as cosh_,
    deg2rad as deg2rad,
    deg2rad_ as deg2rad_,
    rad2deg as rad2deg,
    rad2deg_ as rad2deg_,
    sinc as sinc,
    sinc_ as sinc_,
    sinh as sinh,
    sinh_ as sinh_,
    tan as tan,
    tan_ as tan_,
)
from refnet.functions.vector_products import (
    cross as cross,
    dist as dist,
    kron as kron,
    trapezoid as trapezoid,
    trapz as trapz,
    vander as vander,
    vdot as vdot,
)
from refnet.kernels.threads import (
    get_num_threads as get_num_threads,
    set_num_threads as set_num_threads,
)
from refnet.ops.rule import NotAnalyticError as NotAnalyticError
from refnet.random import (
    default_generator as default_generator,
    get_rng_state as get_rng_state,
    initial_seed as initial_seed,
    manual_seed as manual_seed,
    seed as seed,
    set_rng_state as set_rng_state,
)
from refnet.random.generator import Generator as Generator

if _typing.TYPE_CHECKING:
    from refnet import (
        approximation as approximation,
        backends as backends,
        cuda as cuda,
        func as func,
        landscape as landscape,
        linalg as linalg,
        models as models,
        nn as nn,
        optim as optim,
        serialization as serialization,
        studies as studies,
        testing as testing,
        training as training,
        utils as utils,
    )
    from refnet.compatibility.torch_modules import as_torch as as_torch
    from refnet.display.diagram import draw as draw
    from refnet.serialization import load as load, save as save

__version__ = "0.1.0"

e, inf, nan, newaxis, pi = _math.e, _math.inf, _math.nan, None, _math.pi


globals().update(_publish(globals(), __name__))
_mirror(
    __name__,
    {
        "approximation": "refnet.approximation",
        "as_torch": "refnet.compatibility.torch_modules",
        "backends": "refnet.backends",
        "cuda": "refnet.cuda",
        "draw": "refnet.display.diagram",
        "func": "refnet.func",
        "landscape": "refnet.landscape",
        "linalg": "refnet.linalg",
        "load": "refnet.serialization",
        "models": "refnet.models",
        "nn": "refnet.nn",
        "optim": "refnet.optim",
        "save": "refnet.serialization",
        "serialization": "refnet.serialization",
        "studies": "refnet.studies",
        "testing": "refnet.testing",
        "training": "refnet.training",
        "utils": "refnet.utils",
    },
    exports=True,
)
