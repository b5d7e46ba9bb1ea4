"""A gradient by the complex step

Write the function that returns the gradient of f at x without any formula for its derivative. f
takes an array of n numbers, real or complex, and returns one number.
"""

import numpy as np

START = '''
def complex_gradient(f, x):
    """f: (n) -> a number; x: (n), real; returns (n)"""
    ...
'''
HINTS = (
    "Entry k of the gradient is the derivative in the direction of axis k: n calls of f.",
    "`z = x.astype(complex)`, then `z[k] += 1e-30j`; the entry is Im f(z) / 1e-30.",
)
SOLUTION = """
import numpy as np

def complex_gradient(f, x):
    gradient = np.empty(len(x))
    for k in range(len(x)):
        z = x.astype(complex)
        z[k] += 1e-30j
        gradient[k] = f(z).imag / 1e-30
    return gradient
"""
MISTAKES = {
    "a difference": """
import numpy as np

def complex_gradient(f, x):
    steps = 1e-6 * np.eye(len(x))
    return np.array([(f(x + v) - f(x - v)) / 2e-6 for v in steps])
""",
    "all entries at once": """
import numpy as np

def complex_gradient(f, x):
    return np.full(len(x), f(x + 1e-30j).imag / 1e-30)
""",
    "the real part": SOLUTION.replace(".imag", ".real"),
}


def check(complex_gradient):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal(4), rng.standard_normal(4)
    got = complex_gradient(lambda z: (w * np.exp(z)).sum() * np.sin(z[0]), x.copy())
    assert got is not None, "complex_gradient() returned None"
    got = np.asarray(got)
    assert got.shape == (4,), f"expected one derivative for each of the 4 entries, got {got.shape}"
    right = w * np.exp(x) * np.sin(x[0])
    right[0] += (w * np.exp(x)).sum() * np.cos(x[0])
    error = np.abs(got - right).max() / np.abs(right).max()
    assert not 1e-13 < error < 1e-6, (
        f"off by {error:.1e}: expected an error near 1e-16; a difference loses digits"
    )
    assert error < 1e-13, f"expected {right}, got {got}"
