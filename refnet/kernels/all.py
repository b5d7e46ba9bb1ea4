"""Every kernel of refnet: importing its file registers it."""

from refnet.kernels import (
    arithmetic,
    attention,
    dropout,
    embedding,
    error_function,
    gate,
    gru,
    indexing,
    linear,
    lstm,
    parts,
    piecewise,
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
    "dropout",
    "embedding",
    "error_function",
    "gate",
    "gru",
    "indexing",
    "linear",
    "lstm",
    "parts",
    "piecewise",
    "rectifier",
    "rnn",
    "scattering",
    "shrinkage",
    "sigmoid",
    "strided",
]

start()
