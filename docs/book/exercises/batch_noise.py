"""How wrong is a batch?

You have the gradients of all N examples as the rows of a matrix. Write the function that returns
the mean of |g − ∇C|² over all batches of B different examples, without going through the batches.
"""

import itertools

import numpy as np

START = '''
import numpy as np

def batch_noise(gradients, B):
    """gradients: (N, p), one row for each example; returns one number"""
    ...
'''
HINTS = (
    "∇C is the mean of the rows, and s² the mean of the squared distances from it.",
    "The factor (N − B) / (N − 1) makes the result 0 for B = N, where the batch is the data set.",
)
SOLUTION = """
import numpy as np

def batch_noise(gradients, B):
    N = len(gradients)
    s2 = ((gradients - gradients.mean(axis=0)) ** 2).sum(axis=1).mean()
    return s2 / B * (N - B) / (N - 1)
"""
MISTAKES = {
    "as if an example could be drawn twice": SOLUTION.replace(" * (N - B) / (N - 1)", ""),
    "the mean over the parameters": SOLUTION.replace(".sum(axis=1).mean()", ".mean()"),
    "the share of the batch": SOLUTION.replace("(N - B) / (N - 1)", "(1 - B / N)"),
}


def check(batch_noise):
    """Raises AssertionError, with what is wrong, for an answer that is not right."""
    rng = np.random.default_rng(0)
    for N, p, B in ((3, 1, 2), (6, 4, 1), (6, 4, 3), (5, 2, 5)):
        g = rng.standard_normal((N, p))
        got = batch_noise(g, B)
        assert got is not None, "batch_noise() returned None"
        batches = itertools.combinations(range(N), B)
        distances = [((g[list(S)].mean(0) - g.mean(0)) ** 2).sum() for S in batches]
        right = float(np.mean(distances))
        assert np.isclose(got, right, atol=1e-14), (
            f"N = {N}, p = {p}, B = {B}: the mean over all {len(distances)} batches is "
            f"{right:.6f}; expected this, got {float(got):.6f}"
        )
