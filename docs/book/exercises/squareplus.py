"""An activation of your own

Squareplus is (z + √(z² + 4)) / 2, a smooth relative of ReLU without an exponential. Derive its slope
and write the function that returns both.
"""

import numpy as np

START = '''
import numpy as np

def squareplus(z):
    """z: an array; returns the activation y and the slope dy/dz, two arrays"""
    ...
'''
HINTS = (
    "The derivative of √u is u′ / (2 √u).",
    "Here u = z² + 4, so the root has the derivative z / √(z² + 4).",
)
SOLUTION = """
import numpy as np

def squareplus(z):
    root = np.sqrt(z * z + 4)
    return (z + root) / 2, (1 + z / root) / 2
"""
MISTAKES = {
    "the inner derivative forgotten": SOLUTION.replace("z / root) / 2", "1 / (2 * root)) / 2"),
    "the slope of ReLU": SOLUTION.replace("(1 + z / root) / 2", "np.where(z > 0, 1.0, 0.0)"),
    "the slope not halved": SOLUTION.replace("(1 + z / root) / 2", "1 + z / root"),
}


def check(squareplus):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    z = 2 * np.random.default_rng(4).standard_normal(8)
    got = squareplus(z)
    assert got is not None, "squareplus() returned None"
    assert len(got) == 2, f"expected y and its slope, got {len(got)} values"
    y, slope = got
    right = (z + np.sqrt(z * z + 4)) / 2
    assert np.allclose(y, right), f"y: expected {right}, got {y}"
    step = z + 1e-30j  # the complex step gives the derivative without rounding error
    right = ((step + np.sqrt(step * step + 4)) / 2).imag / 1e-30
    assert not np.allclose(slope, 2 * right), "this is twice the slope"
    assert np.allclose(slope, right), f"the slope: expected {right}, got {slope}"
