"""One hidden layer through all points

A ReLU network with one hidden layer is a broken line. Find the one that goes through the points
(t₀, y₀), …, (tₙ, yₙ) exactly: F(x) = c + Σ vᵢ max(0, x − tᵢ) for i = 0 … n − 1. To the left of t₀
it is constant. Return c and v.
"""

import numpy as np

START = '''
import numpy as np

def relu_interpolation(t, y):
    """t: n + 1 growing numbers; y: n + 1 numbers; returns c and the array v of n numbers"""
    ...
'''
HINTS = (
    "Between tᵢ and tᵢ₊₁ the slope of F is v₀ + … + vᵢ.",
    "The slopes that you want are `np.diff(y) / np.diff(t)`.",
    "So vᵢ is the change of the slope at tᵢ. To the left of t₀ the slope is 0.",
)
SOLUTION = """
import numpy as np

def relu_interpolation(t, y):
    slopes = np.diff(y) / np.diff(t)
    return y[0], np.diff(slopes, prepend=0.0)
"""
MISTAKES = {
    "slopes instead of their changes": SOLUTION.replace("np.diff(slopes, prepend=0.0)", "slopes"),
    "rises instead of slopes": SOLUTION.replace(" / np.diff(t)", ""),
    "without the constant": SOLUTION.replace("return y[0]", "return 0.0"),
}


def check(relu_interpolation):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(3)
    for n in (1, 2, 7):
        t = np.sort(rng.uniform(-3, 3, n + 1))
        y = rng.standard_normal(n + 1)
        got = relu_interpolation(t, y)
        assert got is not None, "relu_interpolation() returned None"
        c, v = got
        assert np.shape(v) == (n,), f"expected {n} numbers v, got the shape {np.shape(v)}"
        x = np.concatenate([t, rng.uniform(t[0], t[-1], 20), [t[0] - 2.0]])
        F = c + np.maximum(0, x[:, None] - t[:-1]) @ v
        right = np.interp(x, t, y)
        worst = abs(F - right).argmax()
        assert np.allclose(F, right), (
            f"expected F({x[worst]:.3f}) = {right[worst]:.4f} through {n + 1} points, "
            f"got {F[worst]:.4f}"
        )
