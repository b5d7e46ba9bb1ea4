r"""Linear regression.

    F(x) = W x + b                x ∈ ℝᵐ, W ∈ ℝⁿˣᵐ, b ∈ ℝⁿ

The notes' first model, there with n = 1: each feature gets a weight, and the weighted
features add up. With the mean squared error as its cost, C is a quadratic function of W
and b: it has one valley, so gradient descent reaches the same floor from every start. All
else in this package is this layer with something bent behind it.

A batch of N examples is a matrix with one example in each row, so the layer computes
X Wᵀ + b: the same formula, transposed once for the whole batch.
"""

from typing import Any


def build(m: Any, features: int, targets: int = 1) -> Any:
    """The model on the library m, which is refnet or torch.

    Shape:
        x: (N, features), F(x): (N, targets)
    """
    return m.nn.Linear(features, targets)
