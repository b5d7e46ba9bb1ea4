"""Every kernel of refnet: importing its file registers it."""

from refnet.kernels import (
    arithmetic,
    attention,
    convolution,
    dropout,
    embedding,
    error_function,
    gate,
    gru,
    indexing,
    interpolation,
    linear,
    lstm,
    padding,
    parts,
    piecewise,
    pooling,
    rectifier,
    rnn,
    scattering,
    shrinkage,
    sigmoid,
    strided,
)
from refnet.kernels.registry import start

__all__ = [
    "arithmetic",
    "attention",
    "convolution",
    "dropout",
    "embedding",
    "error_function",
    "gate",
    "gru",
    "indexing",
    "interpolation",
    "linear",
    "lstm",
    "padding",
    "parts",
    "piecewise",
    "pooling",
    "rectifier",
    "rnn",
    "scattering",
    "shrinkage",
    "sigmoid",
    "strided",
]

start()
