"""Logistic regression.

    F(x) = σ(W x + b),   σ(z) = 1 / (1 + e⁻ᶻ),   x ∈ ℝᵐ,   F(x) ∈ (0, 1)

The sign of W x + b tells on which side of a hyperplane x lies, and |W x + b| / ‖W‖ is its distance
from it. σ turns W x + b into the probability of the class y = 1. The cost for a probability is the
cross entropy, the negative log-likelihood of the label:

    C = −y log F(x) − (1 − y) log(1 − F(x))

Its derivative with respect to z = W x + b is F(x) − y: the factor σ′(z) = σ(z)(1 − σ(z)) of the
chain rule cancels the denominator of ∂C/∂F. So a confident mistake is corrected fast; the squared
error would leave it on the flat end of the sigmoid.
"""

from typing import Any


def build(m: Any, features: int, outputs: int = 1) -> Any:
    """Builds the model with the library m, which is refnet or torch.

    Args:
        m: the library
        features: the size of x
        outputs: the number of probabilities

    Shape:
        x: (N, features)
        F(x): (N, outputs)
    """
    nn = m.nn
    return nn.Sequential(nn.Linear(features, outputs), nn.Sigmoid())
