"""Approximation by networks: the notes' universal approximation theorems, as programs.

shallow       F(x) = Σ vᵢ σ(wᵢᵀx + bᵢ), and bounds of F on a box
constructive  the proof: for f and ε, a network with |F − f| < ε, checked by interval bounds
fit           the error with N units, by random features; the least error of any polynomial
narrow        bounded width: a deep ReLU network of width n + 4, and the limits of width n
"""

from refnet.approximation import (
    constructive as constructive,
    fit as fit,
    narrow as narrow,
    shallow as shallow,
)
