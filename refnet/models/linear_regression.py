"""Linear regression.

    F(x) = W x + b,   x ∈ ℝᵐ,   W ∈ ℝⁿˣᵐ,   b ∈ ℝⁿ

This is the notes' first model, there with n = 1: each feature has a weight, and the weighted
features are summed. With the mean squared error, the cost is a convex quadratic function of W and
b, so gradient descent with a small enough learning rate reaches the smallest cost from every start.
All other models of this package follow this layer by a nonlinear function.

A batch of N examples is a matrix with one example in each row, so the layer computes X Wᵀ + b: the
same formula, transposed for the whole batch.
"""

from typing import Any


def build(m: Any, features: int, targets: int = 1) -> Any:
    """Builds the model with the library m, which is refnet or torch.

    Args:
        m: the library
        features: the size of x
        targets: the size of F(x)

    Shape:
        x: (N, features)
        F(x): (N, targets)
    """
    return m.nn.Linear(features, targets)
