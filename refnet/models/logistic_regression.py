r"""Logistic regression.

    F(x) = σ(W x + b)             σ(z) = 1 / (1 + e⁻ᶻ),  x ∈ ℝᵐ, F(x) ∈ (0, 1)

W x + b measures on which side of a hyperplane x lies and how far from it; σ turns that
into the probability of the class y = 1. The cost that belongs to a probability is the
cross entropy

    C = −y log F(x) − (1 − y) log(1 − F(x)),

the negative log-likelihood of the label. Its derivative with respect to z = W x + b is
F(x) − y: the factor σ′(z) = σ(z)(1 − σ(z)) of the chain rule cancels against the
denominator of ∂C/∂F, so a confident mistake is corrected fast, where the squared error
would leave it on the flat end of the sigmoid.
"""

from typing import Any


def build(m: Any, features: int, outputs: int = 1) -> Any:
    """The model on the library m, which is refnet or torch.

    Shape:
        x: (N, features), F(x): (N, outputs)
    """
    nn = m.nn
    return nn.Sequential(nn.Linear(features, outputs), nn.Sigmoid())
