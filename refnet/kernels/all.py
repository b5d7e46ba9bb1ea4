"""Every kernel of refnet: importing its file registers it."""

from refnet.kernels import (
    attention,
    convolution,
    embedding,
    gru,
    indexing,
    interpolation,
    linear,
    lstm,
    padding,
    pooling,
    rectifier,
    rnn,
    scattering,
)
from refnet.kernels.registry import start

__all__ = [
    "attention",
    "convolution",
    "embedding",
    "gru",
    "indexing",
    "interpolation",
    "linear",
    "lstm",
    "padding",
    "pooling",
    "rectifier",
    "rnn",
    "scattering",
]

start()
