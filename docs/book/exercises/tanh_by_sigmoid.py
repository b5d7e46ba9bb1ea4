"""tanh by the sigmoid

Write tanh with the function `sigmoid`, which is given, and without another exponential.
"""

import numpy as np

START = '''
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def tanh_by_sigmoid(z):
    """z: an array; returns tanh of each entry"""
    ...
'''
HINTS = (
    "The range of σ is (0, 1), that of tanh is (−1, 1).",
    "tanh is four times as steep as σ at 0. Doubling the height doubles the slope. What else does?",
)
SOLUTION = START.replace("...", "return 2 * sigmoid(2 * z) - 1")
MISTAKES = {
    "the notes' formula": START.replace("...", "return 2 * sigmoid(z) - 1"),
    "the range is (0, 2)": START.replace("...", "return 2 * sigmoid(2 * z)"),
    "the range is (−½, ½)": START.replace("...", "return sigmoid(2 * z) - 0.5"),
}


def check(tanh_by_sigmoid):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    z = np.random.default_rng(0).standard_normal(7)
    got = tanh_by_sigmoid(z)
    assert got is not None, "tanh_by_sigmoid() returned None"
    got = np.asarray(got)
    assert got.shape == z.shape, f"expected the shape {z.shape}, got {got.shape}"
    assert not np.allclose(got, np.tanh(z / 2)), "this is tanh(z/2), the formula of the notes"
    assert np.allclose(got, np.tanh(z)), f"expected {np.tanh(z)}, got {got}"
