"""The functions that are methods of Tensor: `refnet.exp(x)` and `x.exp()` are the same function.

One line for each of PyTorch's names: first the functions of refnet.functions, then the operators.
"""

import numpy as np

from refnet.compatibility.public_functions import publish
from refnet.functions import (
    activation,
    arithmetic,
    axes,
    casting,
    comparison,
    conversion,
    creation_like,
    diagonals,
    dtype_queries,
    filling,
    gather_scatter,
    gradients,
    index_writing,
    indexing,
    linalg,
    logarithmic,
    matrix_functions,
    order_statistics,
    parts,
    piecewise,
    random,
    random_filling,
    rearranging,
    reduction,
    reshaping,
    scatter_variants,
    selection,
    sets_and_counts,
    shape as shapes,
    splitting,
    transcendental,
    trigonometric,
    vector_products,
)
from refnet.functions.nn_functional import rectifier, shrinkage
from refnet.functions.operators import delitem, in_place_operator, invert, operator, reflected


class Methods:  # noqa: PLW1641 - Tensor has a __hash__
    """The methods of Tensor that are functions of refnet.functions."""

    _as = casting.cast
    to = casting.to
    type = casting.type
    type_as = casting.type_as
    float = casting.float
    double = casting.double
    half = casting.half
    long = casting.long
    int = casting.int
    bool = casting.bool
    byte = casting.byte
    cpu = casting.cpu
    cuda = casting.cuda
    clone = casting.clone
    contiguous = casting.contiguous
    char = casting.char
    short = casting.short

    item = conversion.item
    numpy = conversion.numpy
    tolist = conversion.tolist

    backward = gradients.backward
    detach = gradients.detach
    detach_ = gradients.detach_
    register_hook = gradients.register_hook
    requires_grad_ = gradients.requires_grad_
    retain_grad = gradients.retain_grad

    log_softmax = activation.log_softmax
    relu = activation.relu
    relu_ = activation.relu_
    sigmoid = activation.sigmoid
    sigmoid_ = activation.sigmoid_
    softmax = activation.softmax
    tanh = activation.tanh
    tanh_ = activation.tanh_
    hardshrink = shrinkage.hardshrink
    prelu = rectifier.prelu

    allclose = comparison.allclose
    bitwise_and = comparison.bitwise_and
    bitwise_left_shift = comparison.bitwise_left_shift
    bitwise_not = comparison.bitwise_not
    bitwise_or = comparison.bitwise_or
    bitwise_right_shift = comparison.bitwise_right_shift
    bitwise_xor = comparison.bitwise_xor
    eq = comparison.eq
    equal = comparison.equal
    ge = comparison.ge
    gt = comparison.gt
    isclose = comparison.isclose
    isfinite = comparison.isfinite
    isinf = comparison.isinf
    isnan = comparison.isnan
    le = comparison.le
    logical_and = comparison.logical_and
    logical_not = comparison.logical_not
    logical_or = comparison.logical_or
    logical_xor = comparison.logical_xor
    lt = comparison.lt
    ne = comparison.ne
    bitwise_and_ = comparison.bitwise_and_
    bitwise_left_shift_ = comparison.bitwise_left_shift_
    bitwise_not_ = comparison.bitwise_not_
    bitwise_or_ = comparison.bitwise_or_
    bitwise_right_shift_ = comparison.bitwise_right_shift_
    bitwise_xor_ = comparison.bitwise_xor_
    greater = comparison.greater
    greater_equal = comparison.greater_equal
    less = comparison.less
    less_equal = comparison.less_equal
    logical_and_ = comparison.logical_and_
    logical_not_ = comparison.logical_not_
    logical_or_ = comparison.logical_or_
    logical_xor_ = comparison.logical_xor_
    not_equal = comparison.not_equal

    new_empty = creation_like.new_empty
    new_full = creation_like.new_full
    new_ones = creation_like.new_ones
    new_tensor = creation_like.new_tensor
    new_zeros = creation_like.new_zeros
    new = creation_like.new

    abs = piecewise.abs
    abs_ = piecewise.abs_
    absolute = piecewise.absolute
    add = arithmetic.add
    add_ = arithmetic.add_
    addcdiv = arithmetic.addcdiv
    addcdiv_ = arithmetic.addcdiv_
    addcmul = arithmetic.addcmul
    addcmul_ = arithmetic.addcmul_
    ceil = piecewise.ceil
    clamp = piecewise.clamp
    clamp_ = piecewise.clamp_
    clamp_max = piecewise.clamp_max
    clamp_min = piecewise.clamp_min
    clip = piecewise.clip
    copy_ = filling.copy_
    cos = transcendental.cos
    erf = transcendental.erf
    erf_ = transcendental.erf_
    div = arithmetic.div
    div_ = arithmetic.div_
    divide = arithmetic.divide
    exp = transcendental.exp
    exp_ = transcendental.exp_
    expm1 = transcendental.expm1
    fill_ = filling.fill_
    floor = piecewise.floor
    floor_divide = arithmetic.floor_divide
    lerp = arithmetic.lerp
    lerp_ = arithmetic.lerp_
    log = transcendental.log
    log1p = transcendental.log1p
    maximum = piecewise.maximum
    minimum = piecewise.minimum
    mul = arithmetic.mul
    mul_ = arithmetic.mul_
    multiply = arithmetic.multiply
    neg = arithmetic.neg
    neg_ = arithmetic.neg_
    negative = arithmetic.negative
    pow = arithmetic.pow
    pow_ = arithmetic.pow_
    reciprocal = arithmetic.reciprocal
    remainder = arithmetic.remainder
    round = piecewise.round
    rsqrt = transcendental.rsqrt
    sign = piecewise.sign
    sin = transcendental.sin
    sqrt = transcendental.sqrt
    sqrt_ = transcendental.sqrt_
    cos_ = transcendental.cos_
    expm1_ = transcendental.expm1_
    log_ = transcendental.log_
    log1p_ = transcendental.log1p_
    rsqrt_ = transcendental.rsqrt_
    sin_ = transcendental.sin_
    square = arithmetic.square
    sub = arithmetic.sub
    sub_ = arithmetic.sub_
    subtract = arithmetic.subtract
    true_divide = arithmetic.true_divide
    divide_ = arithmetic.divide_
    floor_divide_ = arithmetic.floor_divide_
    multiply_ = arithmetic.multiply_
    negative_ = arithmetic.negative_
    reciprocal_ = arithmetic.reciprocal_
    remainder_ = arithmetic.remainder_
    square_ = arithmetic.square_
    subtract_ = arithmetic.subtract_
    true_divide_ = arithmetic.true_divide_
    where = piecewise.method_where
    absolute_ = piecewise.absolute_
    ceil_ = piecewise.ceil_
    clamp_max_ = piecewise.clamp_max_
    clamp_min_ = piecewise.clamp_min_
    clip_ = piecewise.clip_
    floor_ = piecewise.floor_
    round_ = piecewise.round_
    zero_ = filling.zero_

    gather = gather_scatter.gather
    index_select = gather_scatter.index_select
    masked_fill = gather_scatter.masked_fill
    masked_fill_ = gather_scatter.masked_fill_
    masked_select = gather_scatter.masked_select
    nonzero = gather_scatter.nonzero
    scatter = gather_scatter.scatter
    scatter_ = gather_scatter.scatter_
    scatter_add = gather_scatter.scatter_add
    scatter_add_ = gather_scatter.scatter_add_
    take_along_dim = gather_scatter.take_along_dim
    argwhere = gather_scatter.argwhere

    addmm = linalg.addmm
    baddbmm = linalg.baddbmm
    bmm = linalg.bmm
    dot = linalg.dot
    ger = linalg.ger
    inner = linalg.inner
    matmul = linalg.matmul
    mm = linalg.mm
    mv = linalg.mv
    outer = linalg.outer
    addbmm = linalg.addbmm
    addbmm_ = linalg.addbmm_
    addmm_ = linalg.addmm_
    addmv = linalg.addmv
    addmv_ = linalg.addmv_
    addr = linalg.addr
    addr_ = linalg.addr_
    baddbmm_ = linalg.baddbmm_

    inverse = matrix_functions.inverse
    matrix_exp = matrix_functions.matrix_exp

    bernoulli = random.bernoulli
    bernoulli_ = random_filling.bernoulli_
    exponential_ = random_filling.exponential_
    multinomial = random.multinomial
    normal_ = random_filling.normal_
    random_ = random_filling.random_
    uniform_ = random_filling.uniform_

    all = reduction.all
    any = reduction.any
    count_nonzero = reduction.count_nonzero
    cumprod = reduction.cumprod
    cumsum = reduction.cumsum
    logsumexp = reduction.logsumexp
    mean = reduction.mean
    norm = reduction.norm
    prod = reduction.prod
    std = reduction.std
    sum = reduction.sum
    var = reduction.var
    cumprod_ = reduction.cumprod_
    cumsum_ = reduction.cumsum_

    amax = selection.amax
    amin = selection.amin
    argmax = selection.argmax
    argmin = selection.argmin
    argsort = selection.argsort
    max = selection.max
    median = selection.median
    min = selection.min
    sort = selection.sort
    topk = selection.topk

    chunk = splitting.chunk
    diag = diagonals.diag
    diagonal = shapes.diagonal
    expand = shapes.expand
    expand_as = shapes.expand_as
    flatten = shapes.flatten
    flip = rearranging.flip
    movedim = shapes.movedim
    narrow = splitting.narrow
    permute = shapes.permute
    ravel = shapes.ravel
    repeat = rearranging.repeat
    repeat_interleave = rearranging.repeat_interleave
    reshape = shapes.reshape
    reshape_as = shapes.reshape_as
    roll = rearranging.roll
    select = splitting.select
    split = splitting.split
    squeeze = shapes.squeeze
    swapaxes = shapes.swapaxes
    t = shapes.t
    tile = rearranging.tile
    transpose = shapes.transpose
    tril = rearranging.tril
    triu = rearranging.triu
    unbind = splitting.unbind
    unflatten = shapes.unflatten
    unsqueeze = shapes.unsqueeze
    view = shapes.view
    view_as = shapes.view_as
    tril_ = rearranging.tril_
    triu_ = rearranging.triu_

    acos = trigonometric.acos
    acos_ = trigonometric.acos_
    acosh = trigonometric.acosh
    acosh_ = trigonometric.acosh_
    arccos = trigonometric.arccos
    arccos_ = trigonometric.arccos_
    arccosh = trigonometric.arccosh
    arccosh_ = trigonometric.arccosh_
    arcsin = trigonometric.arcsin
    arcsin_ = trigonometric.arcsin_
    arcsinh = trigonometric.arcsinh
    arcsinh_ = trigonometric.arcsinh_
    arctan = trigonometric.arctan
    arctan2 = trigonometric.arctan2
    arctan2_ = trigonometric.arctan2_
    arctan_ = trigonometric.arctan_
    arctanh = trigonometric.arctanh
    arctanh_ = trigonometric.arctanh_
    asin = trigonometric.asin
    asin_ = trigonometric.asin_
    asinh = trigonometric.asinh
    asinh_ = trigonometric.asinh_
    atan = trigonometric.atan
    atan2 = trigonometric.atan2
    atan2_ = trigonometric.atan2_
    atan_ = trigonometric.atan_
    atanh = trigonometric.atanh
    atanh_ = trigonometric.atanh_
    cosh = trigonometric.cosh
    cosh_ = trigonometric.cosh_
    deg2rad = trigonometric.deg2rad
    deg2rad_ = trigonometric.deg2rad_
    rad2deg = trigonometric.rad2deg
    rad2deg_ = trigonometric.rad2deg_
    sinc = trigonometric.sinc
    sinc_ = trigonometric.sinc_
    sinh = trigonometric.sinh
    sinh_ = trigonometric.sinh_
    tan = trigonometric.tan
    tan_ = trigonometric.tan_

    exp2 = logarithmic.exp2
    exp2_ = logarithmic.exp2_
    log10 = logarithmic.log10
    log10_ = logarithmic.log10_
    log2 = logarithmic.log2
    log2_ = logarithmic.log2_
    logaddexp = logarithmic.logaddexp
    logit = logarithmic.logit
    logit_ = logarithmic.logit_
    xlogy = logarithmic.xlogy
    xlogy_ = logarithmic.xlogy_

    copysign = parts.copysign
    copysign_ = parts.copysign_
    fix = parts.fix
    fix_ = parts.fix_
    float_power = parts.float_power
    float_power_ = parts.float_power_
    fmax = parts.fmax
    fmin = parts.fmin
    fmod = arithmetic.fmod
    fmod_ = arithmetic.fmod_
    frac = parts.frac
    frac_ = parts.frac_
    heaviside = parts.heaviside
    heaviside_ = parts.heaviside_
    hypot = parts.hypot
    hypot_ = parts.hypot_
    isneginf = parts.isneginf
    isposinf = parts.isposinf
    ldexp = parts.ldexp
    ldexp_ = parts.ldexp_
    nan_to_num = parts.nan_to_num
    nan_to_num_ = parts.nan_to_num_
    positive = parts.positive
    sgn = parts.sgn
    sgn_ = parts.sgn_
    sign_ = parts.sign_
    signbit = parts.signbit
    trunc = parts.trunc
    trunc_ = parts.trunc_

    adjoint = axes.adjoint
    broadcast_to = axes.broadcast_to
    fliplr = axes.fliplr
    flipud = axes.flipud
    moveaxis = axes.moveaxis
    rot90 = axes.rot90
    sum_to_size = axes.sum_to_size
    swapdims = axes.swapdims
    unfold = axes.unfold

    diag_embed = diagonals.diag_embed
    diagflat = diagonals.diagflat
    diff = vector_products.diff
    dsplit = splitting.dsplit
    hsplit = splitting.hsplit
    split_with_sizes = splitting.split_with_sizes
    tensor_split = splitting.tensor_split
    trace = diagonals.trace
    vsplit = splitting.vsplit

    index_add = index_writing.index_add
    index_add_ = index_writing.index_add_
    index_copy = index_writing.index_copy
    index_copy_ = index_writing.index_copy_
    index_fill = index_writing.index_fill
    index_fill_ = index_writing.index_fill_
    index_put = index_writing.index_put
    index_put_ = index_writing.index_put_

    diagonal_scatter = scatter_variants.diagonal_scatter
    fill_diagonal_ = scatter_variants.fill_diagonal_
    masked_scatter = scatter_variants.masked_scatter
    masked_scatter_ = scatter_variants.masked_scatter_
    scatter_reduce = scatter_variants.scatter_reduce
    scatter_reduce_ = scatter_variants.scatter_reduce_
    select_scatter = scatter_variants.select_scatter
    slice_scatter = scatter_variants.slice_scatter
    take = scatter_variants.take

    cross = vector_products.cross
    dist = vector_products.dist
    kron = vector_products.kron
    vdot = vector_products.vdot

    bincount = sets_and_counts.bincount
    histc = sets_and_counts.histc
    unique = sets_and_counts.unique
    unique_consecutive = sets_and_counts.unique_consecutive

    is_complex = dtype_queries.is_complex
    is_floating_point = dtype_queries.is_floating_point
    is_nonzero = dtype_queries.is_nonzero
    is_same_size = dtype_queries.is_same_size
    is_signed = dtype_queries.is_signed

    aminmax = order_statistics.aminmax
    cummax = order_statistics.cummax
    cummin = order_statistics.cummin
    kthvalue = order_statistics.kthvalue
    mode = order_statistics.mode
    msort = order_statistics.msort
    nanmean = order_statistics.nanmean
    nansum = order_statistics.nansum
    quantile = order_statistics.quantile

    squeeze_ = reshaping.squeeze_
    swapaxes_ = reshaping.swapaxes_
    swapdims_ = reshaping.swapdims_
    t_ = reshaping.t_
    transpose_ = reshaping.transpose_
    unsqueeze_ = reshaping.unsqueeze_

    __add__ = operator(arithmetic.add, np.add)
    __radd__ = reflected(arithmetic.add, np.add)
    __iadd__ = in_place_operator(arithmetic.add_)
    __sub__ = operator(arithmetic.sub, np.subtract)
    __rsub__ = reflected(arithmetic.sub, np.subtract)
    __isub__ = in_place_operator(arithmetic.sub_)
    __mul__ = operator(arithmetic.mul, np.multiply)
    __rmul__ = reflected(arithmetic.mul, np.multiply)
    __imul__ = in_place_operator(arithmetic.mul_)
    __truediv__ = operator(arithmetic.div, np.true_divide)
    __rtruediv__ = reflected(arithmetic.div, np.true_divide)
    __itruediv__ = in_place_operator(arithmetic.div_)
    __floordiv__ = operator(arithmetic.floor_divide, np.floor_divide)
    __rfloordiv__ = reflected(arithmetic.floor_divide, np.floor_divide)
    __ifloordiv__ = in_place_operator(arithmetic.floor_divide_)
    __mod__ = operator(arithmetic.remainder, np.remainder)
    __rmod__ = reflected(arithmetic.remainder, np.remainder)
    __imod__ = in_place_operator(arithmetic.remainder_)
    __pow__ = operator(arithmetic.pow, np.power)
    __rpow__ = reflected(arithmetic.pow, np.power)
    __ipow__ = in_place_operator(arithmetic.pow_)
    __matmul__ = operator(linalg.matmul, np.matmul)
    __rmatmul__ = reflected(linalg.matmul, np.matmul)
    __and__ = operator(comparison.bitwise_and, np.bitwise_and)
    __rand__ = reflected(comparison.bitwise_and, np.bitwise_and)
    __iand__ = in_place_operator(comparison.bitwise_and_)
    __or__ = operator(comparison.bitwise_or, np.bitwise_or)
    __ror__ = reflected(comparison.bitwise_or, np.bitwise_or)
    __ior__ = in_place_operator(comparison.bitwise_or_)
    __xor__ = operator(comparison.bitwise_xor, np.bitwise_xor)
    __rxor__ = reflected(comparison.bitwise_xor, np.bitwise_xor)
    __ixor__ = in_place_operator(comparison.bitwise_xor_)
    __lshift__ = operator(comparison.bitwise_left_shift, np.left_shift)
    __rlshift__ = reflected(comparison.bitwise_left_shift, np.left_shift)
    __ilshift__ = in_place_operator(comparison.bitwise_left_shift_)
    __rshift__ = operator(comparison.bitwise_right_shift, np.right_shift)
    __rrshift__ = reflected(comparison.bitwise_right_shift, np.right_shift)
    __irshift__ = in_place_operator(comparison.bitwise_right_shift_)
    __eq__ = operator(comparison.eq, np.equal)  # type: ignore[assignment]  # elementwise
    __ne__ = operator(comparison.ne, np.not_equal)  # type: ignore[assignment]
    __lt__ = operator(comparison.lt, np.less)
    __le__ = operator(comparison.le, np.less_equal)
    __gt__ = operator(comparison.gt, np.greater)
    __ge__ = operator(comparison.ge, np.greater_equal)
    __neg__ = arithmetic.neg
    __pos__ = parts.positive
    __abs__ = piecewise.abs
    __invert__ = invert
    __array__ = conversion.array
    __array_wrap__ = conversion.array_wrap
    __bool__ = conversion.bool
    __complex__ = conversion.complex
    __float__ = conversion.float
    __index__ = conversion.index
    __int__ = conversion.int
    __getitem__ = indexing.getitem
    __setitem__ = indexing.setitem
    __delitem__ = delitem


for _name, _function in publish(vars(Methods), "refnet").items():
    setattr(Methods, _name, _function)
