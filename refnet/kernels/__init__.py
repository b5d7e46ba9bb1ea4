"""Kernels: the rules of refnet.ops, faster. See refnet.kernels.registry for what a kernel is.

A file contains the kernels of the rules in the refnet.ops file of the same name, or helpers that
several kernels use.
"""

from refnet.kernels import (  # noqa: F401 - to register them
    arithmetic,
    attention,
    convolution,
    cross_entropy,
    distance,
    dropout,
    embedding,
    error_function,
    gate,
    gru,
    indexing,
    interpolation,
    linear,
    linear_cross_entropy,
    local_response_norm,
    lstm,
    normalization,
    padding,
    parts,
    piecewise,
    pooling,
    rectifier,
    reduction,
    regression_loss,
    rnn,
    scattering,
    shrinkage,
    sigmoid,
    softmax,
    strided,
)
from refnet.kernels.registry import (
    available as available,
    in_use as in_use,
    kernel as kernel,
    report as report,
    start,
    use as use,
)

start()
