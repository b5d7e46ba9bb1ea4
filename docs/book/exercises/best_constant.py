"""The best constant

A model ignores its input and always predicts the same number. Which number is the best one? Write
the function that returns it for three costs: the mean of (p − y)², the mean of |p − y|, and the
mean of the cross entropy −y log p − (1 − y) log(1 − p). All y are between 0 and 1.
"""

import numpy as np

START = '''
import numpy as np

def best_constant(y):
    """y: (N); returns the best p for the squared error, the absolute error, the cross entropy"""
    ...
'''
HINTS = (
    "For the squared error and the cross entropy, set the derivative with respect to p to 0.",
    "The derivative of |p − y| is −1 for y > p and 1 for y < p. When are there as many of each?",
)
SOLUTION = """
import numpy as np

def best_constant(y):
    return y.mean(), np.median(y), y.mean()
"""
MISTAKES = {
    "the mean for all": SOLUTION.replace("np.median(y)", "y.mean()"),
    "the more frequent answer": SOLUTION.replace(", y.mean()", ", float(y.mean() > 0.5)"),
    "the median for all": SOLUTION.replace("y.mean()", "np.median(y)"),
}


def check(best_constant):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    y = np.random.default_rng(0).random(9) ** 3
    got = best_constant(y)
    assert got is not None, "best_constant() returned None"
    assert len(got) == 3, f"expected three numbers, got {len(got)}"
    costs = {
        "squared error": lambda p: ((p - y) ** 2).mean(),
        "absolute error": lambda p: np.abs(p - y).mean(),
        "cross entropy": lambda p: -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean(),
    }
    grid = np.linspace(0.001, 0.999, 2000)
    for (name, cost), p in zip(costs.items(), got, strict=True):
        best = grid[np.argmin([cost(q) for q in grid])]
        assert 0 < p < 1, f"{name}: expected a number between 0 and 1, got {p}"
        assert abs(p - best) < 0.001, (
            f"{name}: expected about {best:.3f} with the cost {cost(best):.4f}, "
            f"got {p:.3f} with the cost {cost(p):.4f}"
        )
