"""The distance from the boundary

The decision boundary of a neuron is where w · x + b = 0. Write the function that returns the
distance of each example from it, positive on the side where the answer is yes, and negative on the
other side.
"""

import numpy as np

START = '''
import numpy as np

def boundary_distance(X, w, b):
    """X: (N, m), w: (m), b: a number; returns (N)"""
    ...
'''
HINTS = (
    "The shortest way to the boundary is along w. Go from x by −t w/‖w‖ and ask when z is 0.",
    "w · (x − t w/‖w‖) + b = z − t ‖w‖.",
)
SOLUTION = """
import numpy as np

def boundary_distance(X, w, b):
    return (X @ w + b) / np.linalg.norm(w)
"""
MISTAKES = {
    "the logit": "def boundary_distance(X, w, b):\n    return X @ w + b",
    "without a sign": SOLUTION.replace("(X @ w + b)", "abs(X @ w + b)"),
    "the bias is not divided": SOLUTION.replace(
        "(X @ w + b) / np.linalg.norm(w)", "X @ w / np.linalg.norm(w) + b"
    ),
}


def check(boundary_distance):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(5)
    X, w, b = rng.standard_normal((8, 3)), 3 * rng.standard_normal(3), 2.0
    got = boundary_distance(X, w, b)
    assert got is not None, "boundary_distance() returned None"
    got = np.asarray(got)
    assert got.shape == (8,), f"expected one number for each of the 8 examples, got {got.shape}"
    z = X @ w + b
    assert not np.allclose(got, z), (
        "this is the logit z: the same boundary with the weights 2w and 2b would be twice as far"
    )
    assert np.array_equal(got > 0, z > 0), "expected a positive distance exactly where z > 0"
    unit = w / np.sqrt((w * w).sum())
    there = (X - got[:, None] * unit) @ w + b
    assert np.allclose(there, 0), (
        f"expected z = 0 after going the distance along −w; z is {there} there"
    )
