"""The logarithm of a sum of exponentials

Write log Σ_j exp(z_j) for each row of z, so that no exponential overflows and no logarithm of 0 is
taken, whatever the rows contain.
"""

import numpy as np

import refnet

START = '''
import numpy as np

def log_sum_exp(z):
    """z: (N, n); returns (N)"""
    ...
'''
HINTS = (
    "log Σ exp(z_j) = m + log Σ exp(z_j − m) for every number m.",
    "Take the largest entry of *each row*. `keepdims=True` keeps the shape (N, 1).",
)
SOLUTION = """
import numpy as np

def log_sum_exp(z):
    m = z.max(axis=1, keepdims=True)
    return m[:, 0] + np.log(np.exp(z - m).sum(axis=1))
"""
MISTAKES = {
    "the formula as it is": """
import numpy as np

def log_sum_exp(z):
    return np.log(np.exp(z).sum(axis=1))
""",
    "one maximum for all rows": """
import numpy as np

def log_sum_exp(z):
    m = z.max()
    return m + np.log(np.exp(z - m).sum(axis=1))
""",
    "m is not added again": SOLUTION.replace("m[:, 0] + ", ""),
}


def check(log_sum_exp):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    z = np.random.default_rng(3).standard_normal((4, 3))
    with np.errstate(all="ignore"):
        got = log_sum_exp(z)
        assert got is not None, "log_sum_exp() returned None"
        got = np.asarray(got)
        assert got.shape == (4,), f"expected one number for each of the 4 rows, got {got.shape}"
        right = np.log(np.exp(z).sum(axis=1))
        assert np.allclose(got, right), f"expected {right}, got {got}"
        z = z + np.array([[1000.0], [-1000.0], [0.0], [700.0]])
        got, right = log_sum_exp(z), refnet.logsumexp(refnet.tensor(z), 1).numpy()
    assert np.allclose(got, right), f"rows near 1000, −1000, 0 and 700: expected {right}, got {got}"
