"""What networks can approximate: the notes' universal approximation theorems, as programs.

shallow       F(x) = Σ vᵢ σ(wᵢᵀx + bᵢ), and numbers between which F stays on a box
constructive  the proof: given f and ε, a network with |F − f| < ε, and a check of that by interval bounds
fit           the error with N units, by random features; the least error of any polynomial
narrow        the theorem for bounded width: a deep ReLU network of width n + 4, and what width n cannot do
"""

from refnet.approximation import (
    constructive as constructive,
    fit as fit,
    narrow as narrow,
    shallow as shallow,
)
