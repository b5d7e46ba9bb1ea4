"""A sigmoid that never overflows

Write the sigmoid so that no exponential overflows, whatever z is. The result must be accurate on
the left as well: σ(−40) is 4.2 · 10⁻¹⁸, not 0.
"""

import numpy as np

from refnet import ops

START = '''
import numpy as np

def stable_sigmoid(z):
    """z: an array; returns σ of each entry"""
    ...
'''
HINTS = (
    "e^−|z| is at most 1.",
    "For z ≥ 0, σ(z) = 1 / (1 + e⁻ᶻ). For z < 0, σ(z) = eᶻ / (1 + eᶻ).",
    "`np.where` computes both sides for all entries. So write both with e^−|z|.",
)
SOLUTION = """
import numpy as np

def stable_sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(z < 0, e, 1) / (1 + e)
"""
MISTAKES = {
    "the first form": SOLUTION.replace("np.abs(z)", "z").replace("np.where(z < 0, e, 1)", "1"),
    "the second form": """
import numpy as np

def stable_sigmoid(z):
    return np.exp(z) / (1 + np.exp(z))
""",
    "both forms are computed": """
import numpy as np

def stable_sigmoid(z):
    return np.where(z < 0, np.exp(z) / (1 + np.exp(z)), 1 / (1 + np.exp(-z)))
""",
    "digits are lost on the left": """
import numpy as np

def stable_sigmoid(z):
    return 0.5 * np.tanh(0.5 * z) + 0.5
""",
}


class Watched(np.ndarray):
    """An array whose functions must be finite: in a browser, NumPy does not notice an overflow."""

    def __array_wrap__(self, y, context=None, return_scalar=False):
        name = context[0].__name__ if context else "a function"
        assert np.all(np.isfinite(np.asarray(y))), (
            f"z = ±1000: expected no overflow, got {y} of {name}"
        )
        return super().__array_wrap__(y, context, return_scalar)


def check(stable_sigmoid):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(2)
    z = np.concatenate([rng.standard_normal(5), [0.0, -40.0, 40.0]])
    right = ops.sigmoid(z)[0]
    got = stable_sigmoid(z)
    assert got is not None, "stable_sigmoid() returned None"
    assert np.allclose(got[:5], right[:5]), f"z = {z[:5]}: expected {right[:5]}, got {got[:5]}"
    assert np.allclose(got, right, rtol=1e-12, atol=0), f"z = {z}: expected {right}, got {got}"
    with np.errstate(all="ignore"):
        got = stable_sigmoid(np.array([-1000.0, 1000.0]).view(Watched))
    assert np.array_equal(got, [0.0, 1.0]), f"z = ±1000: expected [0, 1], got {got}"
