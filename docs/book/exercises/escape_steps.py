"""How long does a saddle hold a descent?

Near a saddle the cost is ½ Σ λᵢ tᵢ², and gradient descent multiplies tᵢ by 1 − η λᵢ. Return the
number of steps until some |tᵢ| with a negative λᵢ is at least 1. Compute it from the formula, not
by a loop over the steps: it may be large. Return `math.inf` if it never happens.
"""

import math

import numpy as np

START = '''
import math

def escape_steps(t, eigenvalues, rate):
    """t, eigenvalues: lists of p numbers, |tᵢ| < 1; returns a whole number, or math.inf"""
    ...
'''
HINTS = (
    "Each negative eigenvalue has its own number of steps. The first to arrive decides.",
    "tᵢ may be negative: take its absolute value. With tᵢ = 0 that direction never leaves.",
    "`math.ceil(math.log(1 / abs(t)) / math.log(1 + rate * abs(λ)))`, and `min(..., default=...)`.",
)
SOLUTION = """
import math

def escape_steps(t, eigenvalues, rate):
    return min(
        (
            math.ceil(math.log(1 / abs(a)) / math.log(1 + rate * abs(b)))
            for a, b in zip(t, eigenvalues)
            if b < 0 and a != 0
        ),
        default=math.inf,
    )
"""
MISTAKES = {
    "positive eigenvalues too": SOLUTION.replace("b < 0 and a != 0", "a != 0"),
    "the slowest direction": SOLUTION.replace("min(", "max("),
    "the exponential of continuous time": SOLUTION.replace(
        "math.log(1 + rate * abs(b))", "(rate * abs(b))"
    ),
}


def check(escape_steps):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(3)
    for k in range(20):
        t = 10 ** rng.uniform(-8, -1, 4) * rng.choice([-1, 1], 4)
        eigenvalues = rng.uniform(0.5, 2.0, 4) * np.array([1, -1, -1, 1])
        rate = rng.uniform(0.05, 0.4)
        if k % 5 == 4:
            t[1] = 0.0
        if k == 19:
            t[1:3] = 0.0
        now, steps = t.copy(), 0
        leaving = eigenvalues < 0
        while k != 19 and abs(now[leaving]).max() < 1:
            now, steps = now - rate * eigenvalues * now, steps + 1
        right = math.inf if k == 19 else steps
        got = escape_steps(t.tolist(), eigenvalues.tolist(), float(rate))
        assert got is not None, "escape_steps() returned None"
        assert got == right, (
            f"expected {right} steps from t = {t.round(6).tolist()} with λ = "
            f"{eigenvalues.round(2).tolist()} and η = {rate:.3f}, got {got}"
        )
