"""The cross entropy from z

Write the cross entropy of the sigmoid, −y log σ(z) − (1 − y) log(1 − σ(z)), as a function of z that
is accurate for every z. For z = 1000 and y = 0 it is 1000.
"""

import numpy as np

import refnet
from refnet.nn import functional as F

START = '''
import numpy as np

def logits_cost(z, y):
    """z, y: arrays of the same shape; returns the cost of each entry"""
    ...
'''
HINTS = (
    "log σ(z) = −log(1 + e⁻ᶻ) and log(1 − σ(z)) = log σ(z) − z.",
    "`np.log1p(u)` is log(1 + u), accurate also for tiny u.",
    "Only e^−|z| is safe. Which term is missing when you replace e⁻ᶻ by it?",
)
SOLUTION = """
import numpy as np

def logits_cost(z, y):
    return (1 - y) * z + np.maximum(-z, 0) + np.log1p(np.exp(-np.abs(z)))
"""
MISTAKES = {
    "by the sigmoid": """
import numpy as np

def logits_cost(z, y):
    a = 1 / (1 + np.exp(-z))
    return -y * np.log(a) - (1 - y) * np.log(1 - a)
""",
    "e⁻ᶻ overflows": SOLUTION.replace(
        "np.maximum(-z, 0) + np.log1p(np.exp(-np.abs(z)))", "np.log1p(np.exp(-z))"
    ),
    "a term is missing": SOLUTION.replace("np.maximum(-z, 0) + ", ""),
    "the logarithm rounds to 0": SOLUTION.replace("np.log1p(", "np.log(1 + "),
}


def check(logits_cost):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(4)
    z = np.concatenate([rng.standard_normal(6), [50.0, -50.0, 1000.0, -1000.0]])
    y = np.concatenate([rng.random(6), [1.0, 0.0, 0.0, 1.0]])
    right = F.binary_cross_entropy_with_logits(
        refnet.tensor(z), refnet.tensor(y), reduction="none"
    ).numpy()
    with np.errstate(all="ignore"):
        got = logits_cost(z, y)
    assert got is not None, "logits_cost() returned None"
    got = np.asarray(got)
    assert got.shape == z.shape, f"expected the shape {z.shape}, got {got.shape}"
    for i in range(len(z)):
        assert np.isclose(got[i], right[i], rtol=1e-9, atol=0), (
            f"z = {z[i]:.4g}, y = {y[i]:.4g}: expected {right[i]:.6g}, got {got[i]:.6g}"
        )
