"""The pullback of leaky ReLU

A pullback receives ȳ, the derivatives of the cost with respect to the outputs y, and returns x̄,
those with respect to the inputs x. Write the pullback of leaky ReLU, with PyTorch's convention at
x = 0.
"""

import numpy as np

import refnet
from refnet.nn import functional as F

START = '''
import numpy as np

def leaky_relu_pullback(x, dy, s=0.01):
    """x, dy: arrays of the same shape; s: the slope on the left; returns x̄"""
    ...
'''
HINTS = (
    "x̄ = ȳ σ′(x), entry by entry.",
    "`np.where(condition, a, b)` takes a where the condition holds, and b elsewhere.",
    "At x = 0 the slope is that of the left side.",
)
SOLUTION = """
import numpy as np

def leaky_relu_pullback(x, dy, s=0.01):
    return np.where(x > 0, dy, s * dy)
"""
MISTAKES = {
    "the right slope at 0": SOLUTION.replace("x > 0", "x >= 0"),
    "the sign of ȳ decides": SOLUTION.replace("x > 0", "dy > 0"),
    "the slope without ȳ": SOLUTION.replace("dy, s * dy", "1.0, s"),
    "the default slope always": SOLUTION.replace("s * dy", "0.01 * dy"),
}


def check(leaky_relu_pullback):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(1)
    for s in (0.01, 0.3):
        x, dy = rng.standard_normal(8), rng.standard_normal(8)
        x[2:4], dy[2] = 0.0, 1.5
        t = refnet.tensor(x, requires_grad=True)
        F.leaky_relu(t, s).backward(refnet.tensor(dy))
        right = t.grad.numpy()
        got = leaky_relu_pullback(x, dy, s)
        assert got is not None, "leaky_relu_pullback() returned None"
        got = np.asarray(got)
        assert got.shape == x.shape, f"expected the shape {x.shape}, got {got.shape}"
        off, kink = ~np.isclose(got, right), x == 0
        assert not off[~kink].any(), f"x = {x}, s = {s}: expected {right}, got {got}"
        assert not off.any(), f"at x = 0: expected the left slope, {right[kink]}, got {got[kink]}"
