"""The gradient of a bias

Equation (4) is proved like (3). In a batch of N examples the cost is the mean of their costs.
Write the function that returns ∂C/∂b of one layer, given the errors of all examples as the rows
of `delta`, where `delta[n]` is ∂Cₙ/∂z of example n by itself.
"""

import numpy as np

START = '''
def bias_gradient(delta):
    """delta: (N, n), one row for each example; returns (n)"""
    ...
'''
HINTS = (
    "For one example ∂C/∂b_j = δ_j.",
    "The derivative of a mean is the mean of the derivatives.",
)
SOLUTION = """
def bias_gradient(delta):
    return delta.mean(axis=0)
"""
MISTAKES = {
    "the sum where the mean is asked": "def bias_gradient(delta):\n    return delta.sum(axis=0)",
    "the mean over the units": "def bias_gradient(delta):\n    return delta.mean(axis=1)",
}


def check(bias_gradient):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    delta = np.random.default_rng(0).standard_normal((5, 3))
    got = bias_gradient(delta)
    assert got is not None, "bias_gradient() returned None"
    got = np.asarray(got)
    assert got.shape == (3,), (
        f"expected one number for each of the 3 units, got the shape {got.shape}"
    )
    right = sum(delta) / 5
    assert not np.allclose(got, 5 * right), (
        "this is the sum over the examples; the cost is their mean"
    )
    assert np.allclose(got, right), f"expected {right}, got {got}"
