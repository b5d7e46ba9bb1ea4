"""Every kernel of refnet: importing its file registers it."""

from refnet.kernels import (
    attention,
    embedding,
    error_function,
    gate,
    gru,
    indexing,
    linear,
    lstm,
    rectifier,
    rnn,
    scattering,
    shrinkage,
    sigmoid,
    strided,
)
from refnet.kernels.registry import start

__all__ = [
    "attention",
    "embedding",
    "error_function",
    "gate",
    "gru",
    "indexing",
    "linear",
    "lstm",
    "rectifier",
    "rnn",
    "scattering",
    "shrinkage",
    "sigmoid",
    "strided",
]

start()
