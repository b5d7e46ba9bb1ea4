"""Find the dead units

A unit of a layer with ReLU is dead for some data if no example gives its weights a gradient. Write
the function that finds the dead units of a layer, as an array of True and False.
"""

import numpy as np

import refnet

START = '''
def dead_units(X, W, b):
    """X: (N, in), W: (out, in), b: (out); returns (out), True for a dead unit"""
    ...
'''
HINTS = (
    "z of all examples and units is `X @ W.T + b`, with the shape (N, out).",
    "A unit is dead if *all* its slopes are 0. `.all(axis=0)` asks this for each column.",
    "What is the slope at z = 0?",
)
SOLUTION = """
def dead_units(X, W, b):
    return (X @ W.T + b <= 0).all(axis=0)
"""
MISTAKES = {
    "the slope at 0 is not 0": SOLUTION.replace("<=", "<"),
    "dead for one example": SOLUTION.replace(".all", ".any"),
    "dead examples": SOLUTION.replace("axis=0", "axis=1"),
    "a negative bias": "def dead_units(X, W, b):\n    return b <= 0",
}


def check(dead_units):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(3)
    X, W, b = rng.random((20, 3)), rng.standard_normal((6, 3)), rng.standard_normal(6)
    W[1], b[1] = -np.abs(W[1]), -0.1  # negative for all examples
    W[3], b[3] = 0.0, 0.0  # z is 0 for all examples
    W[4], b[4] = np.abs(W[4]), -0.1
    got = dead_units(X, W, b)
    assert got is not None, "dead_units() returned None"
    got = np.asarray(got)
    assert got.shape == (6,), f"expected one answer for each of the 6 units, got {got.shape}"
    weights, biases = (refnet.tensor(p, requires_grad=True) for p in (W, b))
    y = refnet.relu(refnet.nn.functional.linear(refnet.tensor(X), weights, biases))
    y.backward(refnet.tensor(rng.random((20, 6))))
    right = biases.grad.numpy() == 0
    assert got[3], "unit 3: z is 0 for every example; expected True, since the slope at 0 is 0"
    assert np.array_equal(got, right), f"expected {right}, got {got}"
